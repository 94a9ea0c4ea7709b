"""What the core answers: values that a step has to tell a person of, and what is handed to it.

What a person must hear of (`SlotGone`, `Refused`) is a value, not an exception: a step has to answer each. They are
imported from `booking.ports`, with the doors whose lines name them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from booking.decisions import Decision
from booking.model import Appointment, CodeId, Hold, Mode, Person, Worker, WorkerId


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    code: CodeId


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """Unknown, expired, full or of a suspended client: one answer for all, so nothing can be learnt (invariant I12)."""


@dataclass(frozen=True, slots=True)
class TooManyTries:
    """The guess was not looked at. Throttled per contact, in the database; fails closed. `everybody`: it is no doing of
    theirs, all together were too many.
    """

    until: datetime
    everybody: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    hold: Hold
    worker: Worker


@dataclass(frozen=True, slots=True)
class Offered:
    """An hour that is kept for somebody who has not answered yet."""

    hold: Hold
    worker: Worker


@dataclass(frozen=True, slots=True)
class Refusable:
    """What somebody ended late with a worker, who has not said yet whether they may come again (article 5.2)."""

    appointment: Appointment
    first_name: str
    until: datetime  # when a refusal that is made now would lapse


@dataclass(frozen=True, slots=True)
class NothingLate:
    """There is nothing to refuse: it was not late, or is long past."""


@dataclass(frozen=True, slots=True)
class SlotGone:
    """Taken meanwhile, closed meanwhile, or too near."""


@dataclass(frozen=True, slots=True)
class Refused:
    """`max_appointments`: the cap of coming ones; `cancellations`: of those that they cancelled lately; `overlap`: they
    are busy then; `suspended`: person, client, code; `frozen`: by the person themself (safety G7); `consent`: no record
    of the current terms (I19); `dispute`: article 4.1.7; `worker`: the one they name refuses them for a while (article
    5.2).
    """

    reason: Literal[
        "max_appointments", "cancellations", "overlap", "suspended", "frozen", "consent", "dispute", "worker"
    ]


@dataclass(frozen=True, slots=True)
class Booked:
    appointment: Appointment
    worker: Worker


@dataclass(frozen=True, slots=True)
class Cancelled:
    """`late`: under 24 elapsed hours before the start (article 5.1)."""

    appointment: Appointment
    late: bool


@dataclass(frozen=True, slots=True)
class Moved:
    appointment: Appointment
    worker: Worker
    late: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The person said that they will come."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class Undoable:
    """What the person did last may be taken back until then. `ended` is the row that was cancelled or moved away
    from."""

    ended: Appointment
    until: datetime


@dataclass(frozen=True, slots=True)
class Undone:
    """It is as it was before. `moved`: a move was taken back, else a cancellation."""

    appointment: Appointment
    worker: Worker
    moved: bool


@dataclass(frozen=True, slots=True)
class CannotUndo:
    """`late`: the minutes for it are over; `gone`: the hour is another's by now. `stands`: what it was moved to."""

    ended: Appointment
    stands: Appointment | None
    why: Literal["late", "gone", "max_appointments", "overlap", "suspended", "frozen"]


@dataclass(frozen=True, slots=True)
class NothingToUndo:
    """They cancelled or moved nothing lately."""


@dataclass(frozen=True, slots=True)
class AlreadyOver:
    """The appointment has begun, is past, or was cancelled before."""


@dataclass(frozen=True, slots=True)
class Turned:
    """`before`: how they were to meet until now; the same when it was turned already, and nothing was done."""

    appointment: Appointment
    worker: Worker
    before: Mode


@dataclass(frozen=True, slots=True)
class NotTurned:
    """`early`: more than a day before, moving is the way; `not_offered`: the worker does not meet people so;
    `no_phone`: a call needs a number that is proven."""

    reason: Literal["early", "not_offered", "no_phone"]
    appointment: Appointment
    worker: Worker


@dataclass(frozen=True, slots=True)
class Heard:
    """`told`: the worker is told now; else they know, or need not know yet."""

    appointment: Appointment
    worker: Worker
    told: bool


TurnAnswer: TypeAlias = Turned | NotTurned | AlreadyOver


@dataclass(frozen=True, slots=True)
class Noted:
    """Who came, as it stands now."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class NotNow:
    """Who came can be said from the start until the next morning."""


@dataclass(frozen=True, slots=True)
class Known:
    """What need not be asked of a contact again. All None for a stranger."""

    person: Person | None = None
    terms_accepted: bool = False  # the current versions, of the terms and of the policy
    agreed_before: bool = False  # to those of some time: else somebody else signed them up
    last_mode: Mode | None = None
    upcoming: tuple[Appointment, ...] = ()  # soonest first
    refused: Refused | None = None  # why no further hour can be booked now, to be said before any question
    refused_by: frozenset[WorkerId] = frozenset()  # workers whose hours are not offered to them (article 5.2)
    suspension: Decision | None = None  # of their account, where one stands
    unread: tuple[Decision, ...] = ()  # of what was decided about them; shown first, whatever they write


@dataclass(frozen=True, slots=True)
class Joining:
    """What a stranger has told us, needed to make the account in the transaction of the first booking."""

    code: CodeId
    first_name: str
    last_name: str
    email: str | None  # None: the desk helps somebody who has no address
    phone: str | None
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    appointment: Appointment
    first_name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The starts that are offered now, and those at which the worker is busy by their own calendar all the same."""

    starts: tuple[datetime, ...]
    busy: tuple[datetime, ...]
