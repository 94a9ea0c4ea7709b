"""What the upload page does, on the real rows: the same core as a talk, and the worker is told alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from booking.agreeing import agreed
from booking.documents import Document, DocumentId, Expected, HandedOver, NobodyToSendTo, TooManyDocuments
from booking.model import Appointment, AppointmentId, ContactId, Person, Worker
from handlers.acting import Acting
from handlers.documents.taking import Taken, take
from handlers.following import follow
from handlers.parts import Parts
from handlers.web.ports import Gone, Reader
from storage import contacts, tokens
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx


@dataclass(frozen=True, slots=True)
class UploadView:
    """`readers`: to whom it may go; `kept`: what came and was not handed over; `sent`: how many were, within days;
    `held`: a dispute is open, what they do not want sent is not deleted.
    """

    reader: Reader
    readers: tuple[tuple[Appointment, Worker], ...]
    kept: tuple[Document, ...]
    sent: int
    held: bool


@dataclass(frozen=True, slots=True)
class _Scene:
    tx: Tx
    store: RowStore
    core: Acting
    who: ContactRow
    person: Person
    now: datetime

    @property
    def contact(self) -> ContactId:
        return ContactId(self.who.id)

    @property
    def reader(self) -> Reader:
        return Reader(self.who.lang, self.person.time_zone)


class UploadCore:
    """A link is for a contact, for some days: the token's object is `<contact>.<day>`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def view(self, token: str) -> UploadView | Gone | None:
        async with self._parts.db.transaction() as tx:
            scene = await self._scene(tx, token)
            if not isinstance(scene, _Scene):
                return scene
            directory = await scene.store.directory()
            readers = await scene.core.document_readers(scene.contact)
            named = ((one, directory.worker(one.worker)) for one in readers)
            theirs = await scene.core.documents_of(scene.contact)
            return UploadView(
                scene.reader,
                tuple((one, worker) for one, worker in named if worker is not None),
                tuple(one for one in theirs if one.status == "kept"),
                sum(one.status == "sent" for one in theirs),
                scene.person.in_dispute,
            )

    async def expect(self, token: str) -> DocumentId | NobodyToSendTo | TooManyDocuments | Gone | None:
        """A row for what is coming now."""
        async with self._parts.db.transaction() as tx:
            scene = await self._scene(tx, token, acts=True)
            if not isinstance(scene, _Scene):
                return scene
            expected = await scene.core.expect_document(scene.contact)
            return expected.document.id if isinstance(expected, Expected) else expected

    async def take(self, id: DocumentId, data: bytes) -> Taken:
        """Raises StoreAway and ScannerAway."""
        assert self._parts.documents is not None
        return await take(self._parts, self._parts.documents, id, data)

    async def hand_over(self, token: str, appointment: str) -> HandedOver | Gone | None:
        """None also where there was nothing to hand over: the page shows how it stands."""
        async with self._parts.db.transaction() as tx:
            scene = await self._scene(tx, token, acts=True)
            if not isinstance(scene, _Scene):
                return scene
            done = await scene.core.hand_over(scene.contact, AppointmentId(appointment))
            cause = f"upload:{self._parts.new_id()}"
            await follow(tx, self._parts, scene.store, scene.core, cause, scene.now)
            return done

    async def drop(self, token: str) -> Gone | None:
        async with self._parts.db.transaction() as tx:
            scene = await self._scene(tx, token, acts=True, serves=False)
            if isinstance(scene, _Scene):
                await scene.core.drop_documents(scene.contact)
                return None
            return scene

    async def _scene(self, tx: Tx, token: str, *, acts: bool = False, serves: bool = True) -> _Scene | Gone | None:
        parts, now = self._parts, self._parts.clock()
        found = await tokens.look(tx, token, "upload", now)
        if found is None or parts.documents is None:
            return None
        if isinstance(found, tokens.Over):
            return Gone("expired")
        contact = found.object.partition(".")[0]
        who = await (contacts.lock if acts else contacts.get)(tx, contact)
        store = RowStore(tx, parts.directories)
        person = await store.person_of(ContactId(contact))
        if who is None or person is None:
            return Gone("expired")
        if serves and not await agreed(store, parts.rules, person.id, None):
            return Gone("expired")  # the terms have changed since: they are asked where they write (invariant I19)
        core = Acting(tx, store, parts.rules, now, parts.new_id, contact=who)
        return _Scene(tx, store, core, who, person, now)
