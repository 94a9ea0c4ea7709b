"""Documents among the use cases of the core: see `booking.documents`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from booking.documents import (
    Document,
    DocumentId,
    Documents,
    DocumentStatus,
    Expected,
    HandedOver,
    NobodyToSendTo,
    TooManyDocuments,
)
from booking.events import Event
from booking.model import Appointment, AppointmentId, ContactId
from booking.ports import BookingStore


class Documenting:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _now: datetime
    _documents: Documents
    events: list[Event]

    async def document_readers(self, contact: ContactId) -> tuple[Appointment, ...]:
        """Whose worker they may send something to."""
        person = await self._store.person_of(contact)
        return () if person is None else await self._documents.readers(person.id)

    async def documents_of(self, contact: ContactId) -> Sequence[Document]:
        """What came lately from this person, by whichever channel."""
        return await self._documents.of(contact)

    async def expect_document(self, contact: ContactId) -> Expected | NobodyToSendTo | TooManyDocuments:
        return await self._documents.expect(contact)

    async def document_judged(
        self, id: DocumentId, status: DocumentStatus, reason: str | None, kind: str | None, pages: int
    ) -> None:
        await self._documents.judged(id, status, reason, kind, pages)

    async def document_not_coming(self, id: DocumentId) -> None:
        await self._documents.not_coming(id)

    async def hand_over(
        self, contact: ContactId, id: AppointmentId, only: Collection[str] | None = None
    ) -> HandedOver | None:
        """`only`: those of which they were asked. None: there was nothing, or the appointment is none of those that it
        may be for, or their account is suspended.
        """
        person = await self._store.person_of(contact)
        readers = () if person is None or person.shut is not None else await self._documents.readers(person.id)
        appointment = next((one for one in readers if one.id == id), None)
        worker = (await self._store.directory()).worker(appointment.worker) if appointment else None
        if appointment is None or worker is None:
            return None
        sent = await self._documents.hand_over(contact, appointment, only)
        if sent is None:
            return None
        self.events.append(sent)
        return HandedOver(appointment, worker, sent.count)

    async def drop_documents(self, contact: ContactId, only: Collection[str] | None = None) -> int:
        return await self._documents.drop(contact, only)

    async def give_up_documents(self, contact: ContactId) -> int:
        """They want nothing more of us there: what they began to send is not sent."""
        return await self._documents.give_up(contact)
