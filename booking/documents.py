"""Documents of a person for the worker of their appointment: what came, what was handed over, how long it is kept.

Only what they hand over themselves goes to a worker, and to that one alone: when the appointment moves to somebody else
they hand it over again. What it is made of, and where it lies, is not known here.

    coming → kept → sent            judged clean, then handed over
           → set_aside              something in it acts: kept like the others, and never handed over
           → refused                nothing is kept of it
    any of them → ending → gone     its key is forgotten first, then the file goes
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, NewType, Protocol, TypeAlias

from booking.authority import AFTERWARDS
from booking.model import Appointment, AppointmentId, ContactId, Person, PersonId, Worker, WorkerId

DocumentId = NewType("DocumentId", str)
DocumentStatus: TypeAlias = Literal["coming", "kept", "sent", "refused", "set_aside", "ending", "gone"]

MOST_A_DAY: Final = 20  # threat T12
DAY: Final = timedelta(days=1)
UNSENT: Final = timedelta(hours=72)  # as a draft of a talk


@dataclass(frozen=True, slots=True)
class Document:
    """`batch`: with which others it was handed over; `series`: of the appointment that it was handed over for. `ends`:
    kept until then.
    """

    id: DocumentId
    contact: ContactId
    person: PersonId
    came: datetime
    ends: datetime
    status: DocumentStatus = "coming"
    reason: str | None = None
    kind: str | None = None
    pages: int = 1
    batch: str | None = None
    series: str | None = None
    worker: WorkerId | None = None
    read: datetime | None = None


class DocumentStore(Protocol):
    """Rows of the core, a part of `BookingStore`."""

    async def document(self, id: DocumentId) -> Document | None: ...
    async def documents(self, person: PersonId, since: datetime) -> Sequence[Document]: ...  # that came since; by age
    async def handed_over(self, batch: str) -> Sequence[Document]: ...  # by age
    async def save_document(self, document: Document) -> None: ...


class _Store(DocumentStore, Protocol):
    async def appointment(self, id: AppointmentId) -> Appointment | None: ...
    async def person_of(self, contact: ContactId) -> Person | None: ...
    async def upcoming(self, person: PersonId, now: datetime) -> Sequence[Appointment]: ...
    async def past(self, person: PersonId, now: datetime, limit: int) -> Sequence[Appointment]: ...


@dataclass(frozen=True, slots=True)
class DocumentsSent:
    """Handed over, all with one link for the worker."""

    appointment: Appointment
    batch: str
    count: int


@dataclass(frozen=True, slots=True)
class Expected:
    """It may come now."""

    document: Document


@dataclass(frozen=True, slots=True)
class NobodyToSendTo:
    """No appointment is coming, or was until lately: no worker would read it."""


@dataclass(frozen=True, slots=True)
class TooManyDocuments:
    """`MOST_A_DAY` came within a day."""


@dataclass(frozen=True, slots=True)
class HandedOver:
    appointment: Appointment
    worker: Worker
    count: int


class Documents:
    """The use cases, for one turn."""

    def __init__(self, store: _Store, now: datetime, new_id: Callable[[], str]) -> None:
        self._store = store
        self._now = now
        self._new_id = new_id

    async def readers(self, person: PersonId) -> tuple[Appointment, ...]:
        """The appointments whose worker may be sent something, one a worker: those to come, else the last one."""
        coming = await self._store.upcoming(person, self._now)
        last = [a for a in await self._store.past(person, self._now, 1) if self._now <= a.end + AFTERWARDS]
        by_worker: dict[WorkerId, Appointment] = {}
        for appointment in coming or last:
            by_worker.setdefault(appointment.worker, appointment)
        return tuple(by_worker.values())

    async def expect(self, contact: ContactId) -> Expected | NobodyToSendTo | TooManyDocuments:
        """A row, before its document is there."""
        person = await self._store.person_of(contact)
        if person is None or person.shut is not None or not await self.readers(person.id):
            return NobodyToSendTo()
        if len(await self._store.documents(person.id, self._now - DAY)) >= MOST_A_DAY:
            return TooManyDocuments()
        id = DocumentId(self._new_id())
        document = Document(id, contact, person.id, self._now, self._now + UNSENT)
        await self._store.save_document(document)
        return Expected(document)

    async def judged(
        self, id: DocumentId, status: DocumentStatus, reason: str | None, kind: str | None, pages: int
    ) -> None:
        """What came of it. Said twice, the first holds."""
        document = await self._store.document(id)
        if document is not None and document.status == "coming":
            done = replace(document, status=status, reason=reason, kind=kind, pages=pages)
            await self._store.save_document(done)

    async def not_coming(self, id: DocumentId) -> None:
        """Nobody wants it any more. What may lie there of it meanwhile goes, once more if need be."""
        document = await self._store.document(id)
        if document is not None and document.status in {"coming", "refused", "ending", "gone"}:
            await self._store.save_document(replace(document, status="ending", ends=self._now))

    async def hand_over(
        self, contact: ContactId, appointment: Appointment, only: Collection[str] | None = None
    ) -> DocumentsSent | None:
        """All that they may, or those of which they were asked, to this one's worker."""
        kept = await self._kept(contact, only)
        if not kept:
            return None
        batch = self._new_id()
        for one in kept:
            sent = replace(
                one,
                status="sent",
                batch=batch,
                series=appointment.series,
                worker=appointment.worker,
                ends=max(appointment.end, self._now) + AFTERWARDS,
            )
            await self._store.save_document(sent)
        return DocumentsSent(appointment, batch, len(kept))

    async def drop(self, contact: ContactId, only: Collection[str] | None = None) -> int:
        """What was not handed over is not kept; while a dispute is open it stays, and goes to nobody."""
        return await self._end(contact, await self._kept(contact, only))

    async def give_up(self, contact: ContactId) -> int:
        """What came from this contact and was not handed over, and what is still coming from there."""
        theirs = [one for one in await self.of(contact) if one.contact == contact]
        return await self._end(contact, [one for one in theirs if one.status in {"coming", "kept", "set_aside"}])

    async def _kept(self, contact: ContactId, only: Collection[str] | None) -> list[Document]:
        kept = [one for one in await self.of(contact) if one.status == "kept"]
        return kept if only is None else [one for one in kept if one.id in only]

    async def _end(self, contact: ContactId, documents: Sequence[Document]) -> int:
        """What a dispute keeps is over all the same: nobody is shown it or asked about it, and it goes when that is."""
        person = await self._store.person_of(contact)
        held = person is not None and person.in_dispute
        for one in documents:
            status = one.status if held and one.status != "coming" else "ending"
            await self._store.save_document(replace(one, status=status, ends=self._now))
        return len(documents)

    async def of(self, contact: ContactId) -> Sequence[Document]:
        """What came within `UNSENT`, and is not over."""
        person = await self._store.person_of(contact)
        if person is None:
            return ()
        return [one for one in await self._store.documents(person.id, self._now - UNSENT) if one.ends > self._now]
