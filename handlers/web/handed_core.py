"""What a worker's link to documents shows and gives, on the real rows. Each once; a new link gives them again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from booking.authority import Action, WorkerActor, may
from booking.documents import Document, DocumentsSent
from booking.model import Appointment, AppointmentId, Worker
from handlers.acting import Acting
from handlers.documents import sealing
from handlers.documents.stores import StoreAway
from handlers.following import follow
from handlers.parts import Parts
from handlers.scene import reader_of
from handlers.web.ports import Gone, Reader
from storage import audit, documents, tokens
from storage.booking import RowStore
from storage.db import Tx


@dataclass(frozen=True, slots=True)
class HandedView:
    reader: Reader
    name: str
    appointment: Appointment
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class File:
    kind: str
    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class AlreadyRead:
    """Once through this link: a new one gives it again."""


@dataclass(frozen=True, slots=True)
class _Scene:
    store: RowStore
    view: HandedView
    worker: Worker
    now: datetime


class HandedCore:
    """The token's object is the batch that was handed over."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def view(self, token: str) -> HandedView | Gone | None:
        async with self._parts.db.transaction() as tx:
            scene = await self._scene(tx, token)
            if not isinstance(scene, _Scene):
                return scene
            await self._note(tx, scene, "see documents", once=True)
            return scene.view

    async def read(self, token: str, number: int) -> File | AlreadyRead | Gone | None:
        """Counted from 1. Raises StoreAway: then it was not read."""
        keeping = self._parts.documents
        async with self._parts.db.transaction() as tx:
            scene = await self._scene(tx, token)
            if not isinstance(scene, _Scene):
                return scene
            if not 1 <= number <= len(scene.view.documents):
                return None
            document = scene.view.documents[number - 1]
            key = await documents.key_of(tx, document.id)
        if document.read is not None:
            return AlreadyRead()
        if keeping is None or key is None or document.kind is None:
            return Gone("expired", scene.view.reader)
        sealed = await keeping.store.get(document.id)
        if sealed is None:
            raise StoreAway("lost")
        data = sealing.unseal(document.id, key, sealed)
        async with self._parts.db.transaction() as tx:
            if not await documents.read_once(tx, document.id, scene.now):
                return AlreadyRead()
            await self._note(tx, scene, Action.READ_DOCUMENTS)
        return File(document.kind, number, data)

    async def again(self, token: str) -> Gone | None:
        """A new link goes the worker's own way; this one is over."""
        parts = self._parts
        async with parts.db.transaction() as tx:
            scene = await self._scene(tx, token)
            if not isinstance(scene, _Scene):
                return scene
            if all(one.read is None for one in scene.view.documents):
                return None
            batch = parts.new_id()
            for one in scene.view.documents:
                await scene.store.save_document(replace(one, batch=batch, read=None))
            core = Acting(tx, scene.store, parts.rules, scene.now, parts.new_id)
            core.events.append(DocumentsSent(scene.view.appointment, batch, len(scene.view.documents)))
            await follow(tx, parts, scene.store, core, f"handed:{batch}", scene.now)
            return None

    async def _scene(self, tx: Tx, token: str) -> _Scene | Gone | None:
        parts, now = self._parts, self._parts.clock()
        found = await tokens.look(tx, token, "handed", now)
        if not isinstance(found, tokens.Good):
            return None if found is None else Gone("expired")
        store = RowStore(tx, parts.directories)
        handed = [one for one in await store.handed_over(found.object) if one.status == "sent" and one.ends > now]
        if not handed or handed[0].worker is None or handed[0].series is None:
            return Gone("expired")
        worker = (await store.directory()).worker(handed[0].worker)
        *_, appointment = await store.series(AppointmentId(handed[0].series))
        if worker is None:
            return Gone("expired")
        reader = reader_of(parts, worker)
        if appointment.status == "cancelled":
            return Gone("cancelled", reader)
        if not may(WorkerActor(worker.id), Action.READ_DOCUMENTS, appointment, now):
            return Gone("moved" if appointment.worker != worker.id else "expired", reader)
        person = await store.person(appointment.person)
        view = HandedView(reader, person.first_name if person else "", appointment, tuple(handed))
        return _Scene(store, view, worker, now)

    async def _note(self, tx: Tx, scene: _Scene, action: str, *, once: bool = False) -> None:
        actor, object_ = f"worker:{scene.worker.id}", f"appointment:{scene.view.appointment.id}"
        if not once or not await audit.done(tx, actor, action, object_, scene.now - audit.LOOK):
            await audit.add(tx, actor, action, object_, scene.now)
