"""A period's rows, counted month by month for all clients at once: nothing is withheld here yet, and nothing of this is
shown. Reading waits for the database, counting does not: of a busy year it takes seconds, on a thread of its own.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from conversations.flows.book import BOOK
from handlers.figures.counting import START, STEPS
from handlers.figures.grid import ALL, Column, Grid
from handlers.figures.kinds import BUCKETS, OUTCOMES, SCORES, Bucket, Outcome
from handlers.figures.period import Period
from handlers.figures.withholding import FEW
from storage import feedback, figures, past_hours, steps
from storage.db import Database
from storage.feedback import Scored
from storage.figures import First, Hour, Made, Sent
from storage.past_hours import PastHours
from storage.steps import Counted

FUNNEL: Final = ("begun", *STEPS, "booked")
QUESTIONS: Final = (START, *STEPS, "other")
WROTE: Final[Column] = ("people",)
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)
STATUSES: Final[dict[str, Outcome]] = {"booked": "open", "done": "kept", "missed": "missed"}


@dataclass(frozen=True, slots=True)
class Rows:
    """Of one month."""

    period: Period
    wrote: Sequence[tuple[str, str]]
    hours: Sequence[Hour]
    past: Sequence[PastHours]
    firsts: Sequence[First]
    made: Sequence[Made]
    steps: Sequence[Counted]
    sent: Sequence[Sent]
    scores: Sequence[Scored]


@dataclass(frozen=True, slots=True)
class Gathered:
    """By month: `grids` is told of each client and of everybody; `messages`: to people with an account, of each client
    only: what went to others is in no row of it, so no sum of it is told anywhere. Of the whole period, `values`: by
    row and column, (person, value); `segments`: by client and channel.
    """

    grids: Mapping[date, Grid]
    messages: Mapping[date, Grid]
    values: defaultdict[tuple[str, Column], list[tuple[str, float]]]
    segments: Counter[tuple[str, str]]

    def value(self, client: str, column: Column, person: str, value: float) -> None:
        for row in (client, ALL):
            self.values[row, column].append((person, value))


async def gather(db: Database, period: Period, clients: Sequence[str]) -> Gathered:
    """Statement by statement: what happens between two of them may be in one figure and not in the other."""
    rows = await read(db, period)
    return await asyncio.to_thread(counted, db, rows, clients)


async def read(db: Database, period: Period) -> Sequence[Rows]:
    """Month by month: nothing else waits until a year of rows is made. What goes back to the beginning is read once."""
    firsts = await figures.booked(db, period.starts_at, period.ends_at)
    by_month = await asyncio.to_thread(_by_month, period, firsts)
    return [await _month(db, month, by_month[month.first]) for month in period.months]


def _by_month(period: Period, firsts: Sequence[First]) -> Mapping[date, Sequence[First]]:
    return {
        month.first: [each for each in firsts if month.starts_at <= each.made_at < month.ends_at]
        for month in period.months
    }


async def _month(db: Database, month: Period, firsts: Sequence[First]) -> Rows:
    start, end = month.starts_at, month.ends_at
    return Rows(
        month,
        await figures.wrote(db, start, end),
        await figures.hours(db, start, end),
        await past_hours.of_month(db, month.first),
        firsts,
        await figures.made(db, start, end),
        await steps.of_days(db, month.first, month.end),
        await figures.sent_to(db, start, end),
        await feedback.scores(db, month.first, month.end),
    )


def counted(db: Database, months: Sequence[Rows], clients: Sequence[str]) -> Gathered:
    """Needs nothing of the database but its keys."""
    grids = {
        rows.period.first: Grid(clients, crowds={"step": WROTE, "heard": WROTE, "score": WROTE}) for rows in months
    }
    messages = {rows.period.first: Grid(clients, everybody=False) for rows in months}
    all_ = Gathered(grids, messages, defaultdict(list), Counter())
    for rows in months:
        grid = grids[rows.period.first]
        for client, person in rows.wrote:
            grid.count(client, WROTE, person)
        count_hours(grid, rows.hours, rows.period)
        count_past(grid, rows.past)
        count_first(all_, grid, rows.firsts)
        count_made(all_, grid, db, rows.made)
        count_steps(grid, rows.steps, rows.period)
        count_scores(grid, rows.scores, rows.period)
        count_sent(all_, messages[rows.period.first], rows.sent)
    return all_


def count_hours(grid: Grid, hours: Sequence[Hour], period: Period) -> None:
    """A reminder tells of all hours of its day, though it names one of them."""

    def day(of: Hour) -> tuple[str, date]:
        return of.person, of.start.astimezone(period.zone).date()

    reminded = {day(hour) for hour in hours if hour.reminded}
    for hour in hours:
        for group in ("hours", "reminded" if day(hour) in reminded else "alone"):
            for which in (outcome(hour), "all"):
                grid.count(hour.client, (group, which), hour.person)
    for group in ("hours", "reminded", "alone"):
        grid.sums((group, "all"), [(group, which) for which in OUTCOMES])
    for which in (*OUTCOMES, "all"):
        grid.sums(("hours", which), [("reminded", which), ("alone", which)])


def count_past(grid: Grid, past: Sequence[PastHours]) -> None:
    """Of people who were erased. They may all have been one, and count as one: too few rather than too many."""
    for each in past:
        for group in ("hours", "reminded" if each.reminded else "alone"):
            for which in (each.outcome, "all"):
                grid.count(each.client, (group, which), (each.month, "erased"), times=each.count)


def folded(hours: Sequence[Hour], zone: ZoneInfo) -> Sequence[PastHours]:
    """One person's, without them."""
    days = {hour.start.astimezone(zone).date() for hour in hours if hour.reminded}
    counts = Counter(
        (day.replace(day=1), hour.client, outcome(hour), day in days)
        for hour in hours
        for day in [hour.start.astimezone(zone).date()]
    )
    return [PastHours(*key, count) for key, count in sorted(counts.items())]


def outcome(of: Hour) -> Outcome:
    """A late cancellation is the person's alone (article 5.1)."""
    if of.status != "cancelled":
        return STATUSES[of.status]
    if of.ended_by != "person":
        return "turned_down"
    return "late" if of.late else "cancelled"


def count_first(all_: Gathered, grid: Grid, firsts: Iterable[First]) -> None:
    """Of those who wrote themselves; for who was on the phone the desk did it."""
    for first in firsts:
        if not first.messages:
            continue
        took = first.made_at - first.since
        for which in (bucket(took), "all"):
            grid.count(first.client, ("first", which), first.person)
        all_.value(first.client, ("first", "all"), first.person, took / MINUTE)
        all_.value(first.client, ("first", "messages"), first.person, first.messages)
    grid.sums(("first", "all"), [("first", which) for which in BUCKETS])


def bucket(took: timedelta) -> Bucket:
    return next(name for name, most in BUCKETS.items() if took <= most)


def count_made(all_: Gathered, grid: Grid, db: Database, made: Iterable[Made]) -> None:
    for one in made:
        column = ("motive", figures.motive(db, one).value)
        grid.count(one.client, column, one.person)
        all_.value(one.client, column, one.person, (one.start - one.made_at) / DAY)


def count_steps(grid: Grid, counts: Iterable[Counted], period: Period) -> None:
    """These rows know no people: each counts as one of its own. More than enough of them need no names."""
    for each in counts:
        for column in columns_of(each):
            talks = [(period.first, each.what, n) for n in range(min(each.count, FEW))]
            grid.count(each.client, column, *talks, times=each.count)


def count_scores(grid: Grid, scores: Iterable[Scored], period: Period) -> None:
    """As with steps: nobody knows whose they are."""
    for each in scores:
        given = [(period.first, each.score, n) for n in range(min(each.count, FEW))]
        for which in (str(each.score), "all"):
            grid.count(each.client, ("score", which), *given, times=each.count)
    grid.sums(("score", "all"), [("score", str(score)) for score in SCORES])


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


def count_sent(all_: Gathered, grid: Grid, sent: Iterable[Sent]) -> None:
    for each in sent:
        grid.count(each.client, ("sent", each.channel), each.person, times=each.messages)
        all_.segments[each.client, each.channel] += each.segments
