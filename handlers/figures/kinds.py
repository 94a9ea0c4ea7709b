"""The figures as plain data. A count of None is withheld: too few people, or it would give such a count away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, TypeAlias, get_args

from booking.model import Client, Motive
from handlers.figures.period import Period

Count: TypeAlias = int | None

# `kept`: it took place; `cancelled`: by the person, in time; `late`: by the person, under 24 hours before (article
# 5.1); `turned_down`: by the worker or the desk; `open`: still to come, or nobody has said how it went.
Outcome: TypeAlias = Literal["kept", "missed", "cancelled", "late", "turned_down", "open"]
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)

# From somebody's first message to the yes that booked their first hour.
Bucket: TypeAlias = Literal["minutes", "hour", "day", "week", "more"]
BUCKETS: Final[Mapping[Bucket, timedelta]] = {
    "minutes": timedelta(minutes=10),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "more": timedelta.max,
}


@dataclass(frozen=True, slots=True)
class Spread:
    """Of ten people at least: half were at or under `median`, nine in ten at or under `ninth`."""

    median: float
    ninth: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """How often each step of a booking was passed: `begun` (of everybody only), the steps in order, `booked`.

    A step that was answered already is passed with the answer; a known person passes no name. Who changes an answer
    passes its step again.
    """

    steps: tuple[tuple[str, Count], ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """Answers by the question that was open: (step, understood, not understood)."""

    rows: tuple[tuple[str, Count, Count], ...]


@dataclass(frozen=True, slots=True)
class ToBooking:
    """People whose first booking was made by themselves in the period."""

    people: Count
    buckets: tuple[tuple[Bucket, Count], ...]
    minutes: Spread | None
    messages: Spread | None


@dataclass(frozen=True, slots=True)
class Wait:
    """`first_free`: from now to the soonest hour that anybody could book, None where there is none; it is nobody's.

    `days`: from booking to the hour, of those booked in the period.
    """

    motive: Motive
    first_free: timedelta | None
    booked: Count
    days: Spread | None


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of the hours that began in the period. One that was moved counts where it went."""

    total: Count
    of: Mapping[Outcome, Count]


@dataclass(frozen=True, slots=True)
class Reminders:
    """The same hours, by whether a reminder went out: of that day, to that person, as far as we know it arrived."""

    reminded: Outcomes
    alone: Outcomes


SCORES: Final = (1, 2, 3, 4, 5)  # 5 is best


@dataclass(frozen=True, slots=True)
class Scores:
    """How the hours were, as people said the day after; most say nothing."""

    total: Count
    of: Mapping[int, Count]


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Messages of ours by channel and by what became of them, all together: counts of messages, not of people."""

    rows: tuple[tuple[str, Mapping[str, int]], ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """`price`: of the segments, by `SEGMENT_PRICES`; None where none is set, or the count is withheld."""

    channel: str
    messages: Count
    segments: Count
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class ClientRow:
    client: Client
    people: Count  # with an account, who wrote in the period
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a period: of the whole service, or of one `client`, for whom `deliveries` and `clients` are
    empty.
    """

    period: Period
    made_at: datetime
    client: Client | None
    people: Count
    funnel: Funnel
    understanding: Understanding
    to_booking: ToBooking
    waits: tuple[Wait, ...]
    outcomes: Outcomes
    reminders: Reminders
    scores: Scores
    deliveries: Deliveries
    costs: tuple[Cost, ...]
    clients: tuple[ClientRow, ...]
