"""Messages between a person and the worker of their appointment: the nouns, what the use cases answer, and their two
doors. `booking.messaging` has the use cases; `ports.BookingCore` and `ports.BookingStore` hold these doors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NewType, Protocol, TypeAlias

from booking.model import Appointment, AppointmentId, PersonId, WorkerId

MessageId = NewType("MessageId", str)
Side: TypeAlias = Literal["person", "worker"]

LONGEST: Final = 1000  # characters of one message: it stays one SMS of ours, whole, with what is said around it


@dataclass(frozen=True, slots=True)
class Message:
    """What one of the two wrote to the other. `series`: of the appointment that it is bound to. `read_at`: when it was
    first shown to whom it is for, as far as we can know."""

    id: MessageId
    series: AppointmentId
    person: PersonId
    worker: WorkerId
    author: Side
    text: str
    written_at: datetime
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A worker says that somebody treats them without respect (terms, article 6.2). `message`: the last that this
    person wrote to them, if there is one. It is open until an operator has decided what follows: `settled_by`, as the
    audit trail calls them, and the verdict."""

    id: str
    series: AppointmentId
    person: PersonId
    worker: WorkerId
    message: MessageId | None
    made_at: datetime
    settled_at: datetime | None = None
    settled_by: str = ""
    verdict: str = ""  # a `decisions.Verdict`


@dataclass(frozen=True, slots=True)
class Last:
    """The last message of a pair, without its text."""

    series: AppointmentId
    person: PersonId
    worker: WorkerId
    author: Side
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Somebody whom one may write to: the appointment that allows it, and the other's first name."""

    appointment: Appointment
    name: str


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """Somebody who wrote to a worker, or to whom the worker just wrote; `at`: the last message; `answered`: it was the
    worker's own."""

    correspondent: Correspondent
    at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Written:
    message: Message
    name: str  # the first name of whom it is for


@dataclass(frozen=True, slots=True)
class NotWritten:
    """Nothing was kept. `nobody`: there is no appointment that allows it, or not any more; `suspended`, `frozen`: the
    person; `too_many`: for one day; `too_long`, `empty`: the text."""

    reason: Literal["nobody", "suspended", "frozen", "too_many", "too_long", "empty"]


class MessageStore(Protocol):
    """Rows of messages and reports."""

    async def add_message(self, message: Message) -> None: ...
    async def messages(self, person: PersonId, worker: WorkerId, limit: int) -> Sequence[Message]: ...  # latest first
    async def unread_messages(self, reader: Side, id: str) -> Sequence[Message]: ...  # to them, the oldest first
    async def read_messages(self, ids: Sequence[MessageId], now: datetime) -> None: ...  # those that were not read yet
    async def last_messages(self, side: Side, id: str, since: datetime) -> Sequence[Last]: ...
    # one of each pair, at or after `since`; the latest first
    async def add_report(self, report: Report) -> None: ...
    async def reports(self, worker: WorkerId, person: PersonId) -> Sequence[Report]: ...  # the latest first
    async def open_reports(self, person: PersonId) -> Sequence[Report]: ...  # about them, by anybody; the oldest first
    async def save_report(self, report: Report) -> None: ...  # how it was settled


class MessagingCore(Protocol):
    """The use cases. `side`: who asks; `id`: of that person or worker."""

    async def correspondents(self, side: Side, id: str) -> Sequence[Correspondent]: ...  # each once
    async def write(self, about: AppointmentId, author: Side, text: str) -> Written | NotWritten: ...
    async def unread(self, reader: Side, id: str) -> Sequence[Message]: ...  # the oldest first
    async def read(self, about: AppointmentId, reader: Side, messages: Sequence[Message]) -> None: ...  # were shown
    async def exchanged(self, about: AppointmentId, reader: Side, limit: int) -> Sequence[Message]: ...  # oldest first
    async def to_answer(self, worker: WorkerId, since: datetime) -> Sequence[ToAnswer]: ...  # the latest first
    async def report(self, about: AppointmentId) -> Report | NotWritten: ...
