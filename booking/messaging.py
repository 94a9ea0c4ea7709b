"""Messages between a person and the worker of their appointment, from its booking until 30 days after it.

Who may write to whom: the two of an appointment that stands or took place; and where it was cancelled or moved
meanwhile, whoever was written to, so that an answer is always possible. A moved appointment's messages stay with the
worker to whom they were written.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from booking import policy
from booking.authority import AFTERWARDS
from booking.events import DeskNeeded, Event, MessageReported, MessageWritten
from booking.messages import (
    LONGEST,
    Correspondent,
    Message,
    MessageId,
    NotWritten,
    Report,
    Side,
    ToAnswer,
    Written,
)
from booking.model import HOUR, Appointment, AppointmentId, PersonId, Rules, WorkerId
from booking.ports import BookingStore

A_DAY: Final = 20  # messages of one to the other: more are no conversation by text (threat T22)
PAST: Final = 50  # appointments of a person that are looked through, the latest first
REPORTED: Final = 100  # messages among which the last one of whom is reported is looked for
TOLD: Final = timedelta(minutes=10)  # who was told of an unread message so lately is not told of the next one


class Messaging:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _rules: Rules
    _now: datetime
    _new_id: Callable[[], str]
    events: list[Event]

    async def correspondents(self, side: Side, id: str) -> Sequence[Correspondent]:
        """Each once, by the appointment nearest to now; nearest first, and last those whose appointment was ended."""
        found: dict[str, Appointment] = {}
        theirs = await self._appointments(side, id)
        for appointment in sorted(theirs, key=lambda a: (not policy.took_place(a), abs(a.start - self._now), a.id)):
            found.setdefault(_other(side, appointment), appointment)
        return [Correspondent(appointment, await self._name(side, appointment)) for appointment in found.values()]

    async def write(self, about: AppointmentId, author: Side, text: str) -> Written | NotWritten:
        """Kept whole, and the other one is told. Nothing is cut."""
        appointment, said = await self._store.appointment(about), cleaned(text)
        if appointment is None or not await self._may_write(author, appointment):
            return NotWritten("nobody")
        person = await self._store.person(appointment.person)
        if person is None or (author == "person" and person.shut is not None):
            return NotWritten("nobody" if person is None or person.shut is None else person.shut)
        if not said or len(said) > LONGEST:
            return NotWritten("too_long" if said else "empty")
        if not await self._counted(author, appointment):
            return NotWritten("too_many")
        message = Message(
            MessageId(self._new_id()),
            appointment.series,
            appointment.person,
            appointment.worker,
            author,
            said,
            self._now,
        )
        told = await self._told_lately(message)
        await self._answered(message)
        await self._store.add_message(message)
        self.events.append(MessageWritten(message, appointment, told))
        return Written(message, await self._name(author, appointment))

    async def unread(self, reader: Side, id: str) -> Sequence[Message]:
        """What was written to them, by those whom they may write to."""
        allowed = {_other(reader, each.appointment) for each in await self.correspondents(reader, id)}
        return [m for m in await self._store.unread_messages(reader, id) if _writer(m) in allowed]

    async def read(self, about: AppointmentId, reader: Side, messages: Sequence[Message]) -> None:
        """These were shown to them, all of one writer."""
        appointment = await self._store.appointment(about)
        if appointment is not None:
            pair = (appointment.person, appointment.worker)
            shown = [m.id for m in messages if (m.person, m.worker) == pair and m.author != reader]
            await self._store.read_messages(shown, self._now)

    async def exchanged(self, about: AppointmentId, reader: Side, limit: int) -> Sequence[Message]:
        """The last messages of the two, the oldest first; those to the reader count as read."""
        appointment = await self._store.appointment(about)
        if appointment is None or self._now > appointment.end + AFTERWARDS:
            return ()
        found = list(reversed(await self._store.messages(appointment.person, appointment.worker, limit)))
        await self.read(about, reader, found)
        return found

    async def to_answer(self, worker: WorkerId, since: datetime) -> Sequence[ToAnswer]:
        """With whom a worker is in an exchange."""
        lasts = await self._store.last_messages("worker", worker, since)
        if not lasts:
            return []  # asked for at nearly every text of a worker's
        theirs = {each.appointment.person: each for each in await self.correspondents("worker", worker)}
        return [
            ToAnswer(theirs[last.person], last.written_at, last.author == "worker")
            for last in lasts
            if last.person in theirs
        ]

    async def report(self, about: AppointmentId) -> Report | NotWritten:
        """Article 6.2: the desk looks at it, and acts."""
        appointment = await self._store.appointment(about)
        if appointment is None or self._now > appointment.end + AFTERWARDS:
            return NotWritten("nobody")
        latest = await self._store.messages(appointment.person, appointment.worker, REPORTED)
        theirs = next((message.id for message in latest if message.author == "person"), None)
        report = Report(self._new_id(), appointment.series, appointment.person, appointment.worker, theirs, self._now)
        await self._store.add_report(report)
        self.events += [MessageReported(report), DeskNeeded(appointment.contact, "report", report=report.id)]
        return report

    # ------------------------------------------------------------ inside

    async def _appointments(self, side: Side, id: str) -> list[Appointment]:
        """Those that stand or took place; and the last row of what was ended, where messages were exchanged."""
        since, live = self._now - AFTERWARDS - HOUR, []
        if side == "worker":
            until = self._now + self._rules.horizon + HOUR
            live = list(await self._store.agenda(WorkerId(id), since, until))
        else:
            person = PersonId(id)
            coming = await self._store.upcoming(person, self._now)
            live = [*coming, *await self._store.past(person, self._now, PAST)]
        known = {(a.person, a.worker) for a in live if self._is_open(a)}
        for last in await self._store.last_messages(side, id, since):
            if (last.person, last.worker) not in known:
                series = await self._store.series(last.series)
                live += [row for row in series if row.worker == last.worker][-1:]
        return [appointment for appointment in live if self._is_open(appointment)]

    def _is_open(self, appointment: Appointment) -> bool:
        return self._now <= appointment.end + AFTERWARDS

    async def _may_write(self, author: Side, appointment: Appointment) -> bool:
        if not self._is_open(appointment):
            return False
        if policy.took_place(appointment):
            return True
        id = appointment.person if author == "person" else appointment.worker
        theirs = {_other(author, each.appointment) for each in await self.correspondents(author, id)}
        return _other(author, appointment) in theirs

    async def _counted(self, author: Side, appointment: Appointment) -> bool:
        """False: they wrote so much to this one within a day."""
        key = f"message:{author}:{appointment.person}:{appointment.worker}"
        if len(await self._store.tries(key, self._now - timedelta(days=1), A_DAY)) >= A_DAY:
            return False
        await self._store.add_try(key, self._now)
        return True

    async def _told_lately(self, message: Message) -> bool:
        """Whether another one of the same writer is still unread, of which the reader was told a moment ago."""
        reader: Side = "worker" if message.author == "person" else "person"
        id = message.worker if reader == "worker" else message.person
        waiting = [m for m in await self._store.unread_messages(reader, id) if _writer(m) == _writer(message)]
        return any(m.written_at > self._now - TOLD for m in waiting)

    async def _answered(self, message: Message) -> None:
        """A worker reads with the notice; that they did is certain once they answer."""
        if message.author == "worker":
            unread = await self._store.unread_messages("worker", message.worker)
            await self._store.read_messages([m.id for m in unread if m.person == message.person], self._now)

    async def _name(self, side: Side, appointment: Appointment) -> str:
        if side == "worker":
            person = await self._store.person(appointment.person)
            return person.first_name if person else ""
        worker = (await self._store.directory()).worker(appointment.worker)
        return worker.first_name if worker else ""


def _other(side: Side, appointment: Appointment) -> str:
    return appointment.worker if side == "person" else appointment.person


def _writer(message: Message) -> str:
    return message.person if message.author == "person" else message.worker


def cleaned(text: str) -> str:
    """As it was written, less what cannot be seen and turns what can: control characters, bidirectional overrides
    (threat T17). Lines stay lines; no more than one is empty in a row."""
    kept = "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if char == "\n" or _is_seen(char))
    lines = [" ".join(line.split()) for line in kept.split("\n")]
    return "\n".join(line for n, line in enumerate(lines) if line or (n and lines[n - 1])).strip()


def _is_seen(char: str) -> bool:
    return char == "\t" or (unicodedata.category(char) not in {"Cc", "Cs", "Co"} and char not in _TURNS)


_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
