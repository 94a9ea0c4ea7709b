"""Figures as tables: what every view of them shows, be it a page, a plot, a CSV file or a workbook.

    tables(report) -> (Table, …)

A value is a number, nothing to tell (`None`), or `WITHHELD`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final, Literal, TypeAlias

from booking.model import Motive
from conversations.flows.names import MOTIVES
from conversations.text import Text, t
from handlers.figures.kinds import Bucket, Cost, Count, Deliveries, Outcome, Outcomes, Report, Scores, Spread
from handlers.figures.names import BUCKETS, CHANNELS, FATES, OUTCOMES, SCORED, STEPS

Kind: TypeAlias = Literal["count", "share", "number", "money"]
DAY: Final = 86400
# By which their files are called.
TABLES: Final = (
    "funnel",
    "understanding",
    "first-booking",
    "waits",
    "hours",
    "reminders",
    "how-it-was",
    "costs",
    "deliveries",
    "clients",
)


class Withheld(Enum):
    """Fewer than ten people, or it would give such a count away."""

    FEW = "few"


WITHHELD: Final = Withheld.FEW
Value: TypeAlias = int | float | Decimal | Withheld | None


@dataclass(frozen=True, slots=True)
class Column:
    """`number` has one decimal, `money` is in EUR, a `share` is of one."""

    head: Text
    kind: Kind = "count"


@dataclass(frozen=True, slots=True)
class Row:
    """`label` is a client's name where it is no text of ours."""

    label: Text | str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """`bars`: one column, a bar a row. `stack`: shares of several columns in their sum, a bar a row."""

    kind: Literal["bars", "stack"]
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is a file's; `first` is the head of the labels' column."""

    name: str
    title: Text
    note: Text
    first: Text
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    plot: Plot


def tables(report: Report) -> tuple[Table, ...]:
    """Those that have something to tell of everybody, or of a client."""
    found = [
        funnel(report),
        understanding(report),
        to_booking(report),
        waits(report),
        hours(report),
        reminders(report),
        how_it_was(report.scores),
        costs(report.costs),
    ]
    if report.client is None:
        found += [deliveries(report.deliveries), clients(report)]
    return tuple(found)


def told(count: Count) -> Value:
    return WITHHELD if count is None else count


def share(part: Count, whole: Count) -> Value:
    """Nothing of nothing; withheld where either is."""
    if part is None or whole is None:
        return WITHHELD
    return part / whole if whole else None


def plus(*counts: Count) -> Count:
    """Withheld where one of them is."""
    return None if None in counts else sum(count for count in counts if count is not None)


def spread(of: Spread | None, people: Count) -> tuple[Value, Value]:
    """Of fewer than ten, even if their number may be told because it is nought."""
    if of is not None:
        return of.median, of.ninth
    return (None, None) if people == 0 else (WITHHELD, WITHHELD)


# ---------------------------------------------------------------- talks


def funnel(report: Report) -> Table:
    steps = report.funnel.steps
    rows = tuple(Row(STEPS[name], (told(count),)) for name, count in steps)
    head = (Column(t("figures.times")),)
    return Table(
        "funnel", t("figures.funnel"), t("figures.funnel.note"), t("figures.step"), head, rows, Plot("bars", (0,))
    )


def understanding(report: Report) -> Table:
    rows = tuple(
        Row(STEPS[name], (told(yes), told(no), share(no, plus(yes, no)))) for name, yes, no in report.understanding.rows
    )
    head = (
        Column(t("figures.understood")),
        Column(t("figures.missed")),
        Column(t("figures.missed.share"), "share"),
    )
    return Table(
        "understanding",
        t("figures.understanding"),
        t("figures.understanding.note"),
        t("figures.question"),
        head,
        rows,
        Plot("stack", (0, 1)),
    )


def to_booking(report: Report) -> Table:
    of = report.to_booking
    median, ninth = spread(of.minutes, of.people)
    said, said_ninth = spread(of.messages, of.people)
    nothing = (None, None, None)
    buckets: Sequence[tuple[Bucket, Count]] = of.buckets
    rows = tuple(Row(BUCKETS[name], (told(count), share(count, of.people), *nothing[:2])) for name, count in buckets)
    rows += (
        Row(t("figures.median"), (told(of.people), None, median, said)),
        Row(t("figures.nine_in_ten"), (None, None, ninth, said_ninth)),
    )
    head = (
        Column(t("figures.people")),
        Column(t("figures.share"), "share"),
        Column(t("figures.minutes"), "number"),
        Column(t("figures.messages"), "number"),
    )
    return Table(
        "first-booking",
        t("figures.first"),
        t("figures.first.note"),
        t("figures.took"),
        head,
        rows,
        Plot("bars", (0,)),
    )


def waits(report: Report) -> Table:
    def values(motive: Motive) -> tuple[Value, ...]:
        of = next(each for each in report.waits if each.motive == motive)
        free = None if of.first_free is None else of.first_free.total_seconds() / DAY
        return (free, told(of.booked), *spread(of.days, of.booked))

    head = (
        Column(t("figures.free_days"), "number"),
        Column(t("figures.booked")),
        Column(t("figures.median_days"), "number"),
        Column(t("figures.ninth_days"), "number"),
    )
    rows = tuple(Row(label, values(motive)) for motive, label in MOTIVES.items())
    return Table(
        "waits", t("figures.waits"), t("figures.waits.note"), t("figures.motive"), head, rows, Plot("bars", (0,))
    )


# ---------------------------------------------------------------- hours


def hours(report: Report) -> Table:
    of = report.outcomes
    rows = tuple(Row(label, (told(of.of[name]), share(of.of[name], of.total))) for name, label in OUTCOMES.items())
    rows += (Row(t("figures.all"), (told(of.total), None)),)
    head = (Column(t("figures.hours")), Column(t("figures.share"), "share"))
    return Table(
        "hours", t("figures.outcomes"), t("figures.outcomes.note"), t("figures.outcome"), head, rows, Plot("bars", (0,))
    )


def reminders(report: Report) -> Table:
    def row(label: Text, of: Outcomes) -> Row:
        kept, missed = of.of["kept"], of.of["missed"]
        shown: tuple[Outcome, ...] = ("cancelled", "late", "turned_down", "open")
        return Row(
            label, (told(kept), told(missed), share(missed, plus(kept, missed)), *(told(of.of[name]) for name in shown))
        )

    head = (
        Column(OUTCOMES["kept"]),
        Column(OUTCOMES["missed"]),
        Column(t("figures.missed_of_met"), "share"),
        Column(OUTCOMES["cancelled"]),
        Column(OUTCOMES["late"]),
        Column(OUTCOMES["turned_down"]),
        Column(OUTCOMES["open"]),
    )
    rows = (
        row(t("figures.reminded"), report.reminders.reminded),
        row(t("figures.not_reminded"), report.reminders.alone),
    )
    return Table(
        "reminders",
        t("figures.reminders"),
        t("figures.reminders.note"),
        t("figures.hours"),
        head,
        rows,
        Plot("bars", (2,)),
    )


def how_it_was(of: Scores) -> Table:
    """The best first."""
    rows = tuple(
        Row(label, (told(of.of[score]), share(of.of[score], of.total)))
        for score, label in reversed(tuple(SCORED.items()))
    )
    rows += (Row(t("figures.all"), (told(of.total), None)),)
    head = (Column(t("figures.answers")), Column(t("figures.share"), "share"))
    return Table(
        "how-it-was", t("figures.scores"), t("figures.scores.note"), t("figures.score"), head, rows, Plot("bars", (0,))
    )


def clients(report: Report) -> Table:
    rows = tuple(
        Row(each.client.name, (told(each.people), *(told(each.outcomes.of[name]) for name in OUTCOMES)))
        for each in report.clients
    )
    head = (Column(t("figures.people")), *(Column(label) for label in OUTCOMES.values()))
    columns = tuple(range(1, len(OUTCOMES) + 1))
    return Table(
        "clients",
        t("figures.clients"),
        t("figures.clients.note"),
        t("figures.client"),
        head,
        rows,
        Plot("stack", columns),
    )


# ---------------------------------------------------------------- messages


def deliveries(of: Deliveries) -> Table:
    def values(counts: Mapping[str, int]) -> tuple[Value, ...]:
        return tuple(sum(counts.get(status, 0) for status in statuses) for _, statuses in FATES)

    rows = tuple(Row(CHANNELS.get(channel, channel), values(counts)) for channel, counts in of.rows)
    head = tuple(Column(label) for label, _ in FATES)
    return Table(
        "deliveries",
        t("figures.deliveries"),
        t("figures.deliveries.note"),
        t("figures.channel"),
        head,
        rows,
        Plot("stack", tuple(range(len(FATES)))),
    )


def costs(of: Sequence[Cost]) -> Table:
    def price(cost: Cost) -> Value:
        return WITHHELD if cost.segments is None else cost.price

    rows = tuple(
        Row(CHANNELS.get(each.channel, each.channel), (told(each.messages), told(each.segments), price(each)))
        for each in of
    )
    head = (Column(t("figures.messages")), Column(t("figures.segments")), Column(t("figures.cost"), "money"))
    return Table(
        "costs", t("figures.costs"), t("figures.costs.note"), t("figures.channel"), head, rows, Plot("bars", (1,))
    )
