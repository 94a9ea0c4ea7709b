"""What people's pages need of the rest of the house. `bot/app.py` gives it; tests give their own.

A token that never was is None, one that is of no more use is `Gone`: 404, 410. What a page does happens in one
transaction, with the same reactions as in a talk: both sides are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias

from booking.addresses import EmailWhy
from booking.model import Appointment, PersonId, Slot, SlotId, Worker
from booking.ports import AlreadyOver, Cancelled, Heard, Refused, SlotGone, TurnAnswer
from conversations.text import Text
from storage.calls import CallRow

# The join button (terms, article 4.2: the link is part of the confirmation) works around the hour, not at any time.
JOIN_OPENS = timedelta(minutes=10)  # before the start
JOIN_CLOSES = timedelta(minutes=30)  # after the end


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose page it is, as far as words go."""

    lang: str
    zone: str


@dataclass(frozen=True, slots=True)
class Gone:
    """`moved`, `cancelled`: the appointment; `expired`: too late. Of a mailed link: `used`, the address is
    confirmed; `later_mail`, another was mailed since; `mail_expired`. Of the password's page: `chosen`,
    `password_expired`.
    """

    why: Literal["moved", "cancelled", "expired", "used", "later_mail", "mail_expired", "chosen", "password_expired"]
    reader: Reader | None = None


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """`late`: ending it now is late (terms, article 5.1). `changeable`: it can still be cancelled or moved.

    `near`: who is late says so now. `turnable`: a video that may become a call at the same hour.
    """

    appointment: Appointment
    worker: Worker
    reader: Reader
    late: bool
    changeable: bool
    near: bool = False
    turnable: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """Free hours for the same subject, mode and worker; with other workers when that one has none."""

    slots: Sequence[Slot]
    other_workers: bool = False


@dataclass(frozen=True, slots=True)
class MovedTo:
    """The token of the new hour's page: the old one is of no more use."""

    token: str


@dataclass(frozen=True, slots=True)
class EmailView:
    """`why`: what the link is for. `password`: the token of the page that chooses one, given once, after a yes.
    `joins`: the channel that it joins to their account, and how that ends.
    """

    address: str
    reader: Reader
    why: EmailWhy = "join"
    password: str | None = None
    joins: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PasswordView:
    """The platform's password can be chosen. `faults`: what is wrong with what was typed; `busy`: nothing, but not now;
    `chosen`: it is kept.
    """

    reader: Reader
    faults: Sequence[Text] = ()
    busy: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Feed:
    """A worker's coming appointments, and those of the last weeks; the first names of the people."""

    appointments: Sequence[Appointment]
    reader: Reader
    names: Mapping[PersonId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkerView:
    """A worker's look at an appointment. `masked`: our number calls; else `phone` is shown, at its hour only.

    `call`: the last of so many `calls`; `live`: something rings, or they speak. `told`: who misses it gets a text.
    """

    appointment: Appointment
    name: str
    reader: Reader
    now: datetime
    masked: bool = True
    callable: bool = False
    phone: str | None = None
    reachable: bool = True
    worker: str = ""  # first name, as the other one reads it in a video room
    turnable: bool = False  # a video that may become a call at the same hour
    call: CallRow | None = None
    calls: int = 0
    live: bool = False
    told: bool = True


MoveAnswer: TypeAlias = MovedTo | SlotGone | Refused | AlreadyOver | Gone | None


class Pages(Protocol):
    async def appointment(self, token: str) -> AppointmentView | Gone | None: ...
    async def hours(self, token: str, after: datetime | None, limit: int) -> Hours | Gone | None: ...
    async def cancel(self, token: str) -> Cancelled | AlreadyOver | Gone | None: ...
    async def move(self, token: str, slot: SlotId) -> MoveAnswer: ...
    async def feed(self, token: str) -> Feed | Gone | None: ...


class EmailPort(Protocol):
    async def email(self, token: str) -> EmailView | Gone | None: ...
    async def confirm_email(self, token: str) -> EmailView | Gone | None: ...
    async def password(self, token: str) -> PasswordView | Gone | None: ...
    async def choose_password(self, token: str, password: str, again: str) -> PasswordView | Gone | None: ...


class WorkersPages(Protocol):
    async def view(self, token: str) -> WorkerView | Gone | None: ...
    async def call(self, token: str, seen: int) -> Gone | None: ...
    async def voicemail(self, token: str, attempt: int) -> Gone | None: ...
    async def unanswered(self, token: str, seen: int) -> Gone | None: ...


class AtTheHour(Protocol):
    """What a person says on their page around the hour, as they may in their talk."""

    async def say_late(self, token: str, minutes: int | None) -> Heard | AlreadyOver | Gone | None: ...
    async def say_here(self, token: str) -> Heard | AlreadyOver | Gone | None: ...
    async def by_phone(self, token: str) -> TurnAnswer | Gone | None: ...


@dataclass(frozen=True, slots=True)
class Seat:
    """Who enters a room. `name` is what the other one reads there: a first name at most (the server is not ours)."""

    role: Literal["worker", "person"]
    name: str


class WorkersVideo(Protocol):
    async def by_phone(self, token: str) -> TurnAnswer | Gone | None: ...


class Rooms(Protocol):
    """Where a video consultation takes place: an address for one participant, good for this click."""

    def __call__(self, appointment: Appointment, seat: Seat) -> str: ...
