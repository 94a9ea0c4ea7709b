"""A period's rows, counted for all clients at once: nothing is withheld here yet, and nothing of this is shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from booking.model import Appointment
from conversations.flows.book import BOOK
from handlers.figures.counting import START, STEPS
from handlers.figures.grid import ALL, Column, Grid
from handlers.figures.kinds import BUCKETS, OUTCOMES, Bucket, Outcome
from handlers.figures.period import Period
from handlers.figures.withholding import FEW
from storage import figures, steps
from storage.db import Database
from storage.figures import First, Reminded, Sent
from storage.steps import Counted

FUNNEL: Final = ("begun", *STEPS, "booked")
QUESTIONS: Final = (START, *STEPS, "other")
WROTE: Final[Column] = ("people",)
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
STATUSES: Final[dict[str, Outcome]] = {"booked": "open", "done": "kept", "missed": "missed"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """`grid`: what is told of each client and of everybody. `messages`: to people with an account, of each client only:
    what went to others is in no row of it, so no sum of it is told anywhere. `values`: by row and column, (person,
    value). `segments`: by client and channel.
    """

    grid: Grid
    messages: Grid
    values: defaultdict[tuple[str, Column], list[tuple[str, float]]]
    segments: Counter[tuple[str, str]]

    def value(self, client: str, column: Column, person: str, value: float) -> None:
        for row in (client, ALL):
            self.values[row, column].append((person, value))


async def gather(db: Database, period: Period, clients: Sequence[str]) -> Gathered:
    """Statement by statement: what happens between two of them may be in one figure and not in the other."""
    start, end = period.starts_at, period.ends_at
    all_ = Gathered(Grid(clients), Grid(clients, everybody=False), defaultdict(list), Counter())
    wrote = await figures.wrote(db, start, end)
    for client, person in wrote:
        all_.grid.count(client, WROTE, person)
    count_hours(all_.grid, await figures.hours(db, start, end), period)
    count_first(all_, await figures.booked(db, start, end))
    count_made(all_, await figures.made(db, start, end))
    count_steps(all_.grid, await steps.of_days(db, period.first, period.end), Counter(client for client, _ in wrote))
    count_sent(all_, await figures.sent_to(db, start, end))
    return all_


def count_hours(grid: Grid, hours: Sequence[Reminded], period: Period) -> None:
    """A reminder tells of all hours of its day, though it names one of them."""

    def day(of: Appointment) -> tuple[str, object]:
        return of.person, of.start.astimezone(period.zone).date()

    reminded = {day(hour.appointment) for hour in hours if hour.reminded}
    for hour in hours:
        one = hour.appointment
        for group in ("hours", "reminded" if day(one) in reminded else "alone"):
            for which in (outcome(one), "all"):
                grid.count(one.client, (group, which), one.person)
    for group in ("hours", "reminded", "alone"):
        grid.sums((group, "all"), [(group, which) for which in OUTCOMES])
    for which in (*OUTCOMES, "all"):
        grid.sums(("hours", which), [("reminded", which), ("alone", which)])


def outcome(of: Appointment) -> Outcome:
    """A late cancellation is the person's alone (article 5.1)."""
    if of.status != "cancelled":
        return STATUSES[of.status]
    if of.ended_by != "person":
        return "turned_down"
    return "late" if of.late else "cancelled"


def count_first(all_: Gathered, firsts: Iterable[First]) -> None:
    """Of those who wrote themselves; for who was on the phone the desk did it."""
    for first in firsts:
        if not first.messages:
            continue
        took = first.made_at - first.since
        for which in (bucket(took), "all"):
            all_.grid.count(first.client, ("first", which), first.person)
        all_.value(first.client, ("first", "all"), first.person, took / MINUTE)
        all_.value(first.client, ("first", "messages"), first.person, first.messages)
    all_.grid.sums(("first", "all"), [("first", which) for which in BUCKETS])


def bucket(took: timedelta) -> Bucket:
    return next(name for name, most in BUCKETS.items() if took <= most)


def count_made(all_: Gathered, made: Iterable[Appointment]) -> None:
    for one in made:
        column = ("motive", one.motive.value)
        all_.grid.count(one.client, column, one.person)
        if one.made_at is not None:
            all_.value(one.client, column, one.person, (one.start - one.made_at) / DAY)


def count_steps(grid: Grid, counts: Iterable[Counted], people: Counter[str]) -> None:
    """These rows know no people: each counts as one of its own, where enough of the client's people wrote at all."""
    for each in counts:
        few = each.client and people[each.client] < FEW
        for column in columns_of(each):
            talks = [] if few else [(each, n) for n in range(each.count)]
            grid.count(each.client, column, *talks, times=each.count)


def columns_of(each: Counted) -> Iterable[Column]:
    """Where it stands in the funnel, or among what was understood."""
    what = each.what
    if what.outcome in {"understood", "missed"}:
        booking = what.flow in {BOOK.name, START} and what.step in QUESTIONS
        yield ("heard", what.step if booking else "other", what.outcome)
    elif what.flow == BOOK.name and what.outcome == "answered":
        yield ("step", what.step)
    elif what.flow == BOOK.name and what.outcome in {"begun", "booked"}:
        yield ("step", what.outcome)


def count_sent(all_: Gathered, sent: Iterable[Sent]) -> None:
    for each in sent:
        all_.messages.count(each.client, ("sent", each.channel), each.person, times=each.messages)
        all_.segments[each.client, each.channel] += each.segments
