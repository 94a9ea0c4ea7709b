"""A worker's link: the appointment that it is for, both sides of it, and whether the worker may see it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.authority import Action, WorkerActor, may
from booking.model import Appointment, AppointmentId, Person, Worker
from handlers.parts import Parts
from handlers.web.ports import JOIN_OPENS, Gone, Reader
from storage import audit, tokens
from storage.booking import RowStore
from storage.db import Sql


@dataclass(frozen=True, slots=True)
class Scene:
    tx: Sql
    store: RowStore
    appointment: Appointment
    worker: Worker
    person: Person | None
    reader: Reader
    now: datetime

    @property
    def first_name(self) -> str:
        return self.person.first_name if self.person else ""

    @property
    def at_its_hour(self) -> bool:
        """From ten minutes before to the end."""
        return self.appointment.start - JOIN_OPENS <= self.now < self.appointment.end

    async def note(self, action: str, within: timedelta | None = None) -> None:
        """What the worker did, or saw; not again `within` so short a time."""
        actor, object_ = f"worker:{self.worker.id}", f"appointment:{self.appointment.id}"
        if within is not None and await audit.done(self.tx, actor, action, object_, self.now - within):
            return
        await audit.add(self.tx, actor, action, object_, self.now)


async def of_link(tx: Sql, parts: Parts, token: str, now: datetime) -> Scene | Gone | None:
    """None: no such link. Gone: moved, cancelled, or too long ago."""
    found = await tokens.look(tx, token, "worker", now)
    if not isinstance(found, tokens.Good):
        return None if found is None else Gone("expired")
    return await of(tx, parts, AppointmentId(found.object), now)


async def of(tx: Sql, parts: Parts, id: AppointmentId, now: datetime) -> Scene | Gone:
    store = RowStore(tx, parts.directories)
    appointment = await store.appointment(id)
    worker = (await store.directory()).worker(appointment.worker) if appointment else None
    if appointment is None or worker is None:
        return Gone("expired")
    reader = reader_of(parts, worker)
    if appointment.status in {"moved", "cancelled"}:
        return Gone(appointment.status, reader)
    if not may(WorkerActor(worker.id), Action.SEE, appointment, now):
        return Gone("expired", reader)
    return Scene(tx, store, appointment, worker, await store.person(appointment.person), reader, now)


def reader_of(parts: Parts, worker: Worker) -> Reader:
    lang = next((lang for lang in worker.languages if lang in parts.languages), parts.default_lang)
    return Reader(lang, worker.time_zone)
