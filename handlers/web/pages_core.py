"""What people's pages do, on the same core as a talk:

one transaction, the same reactions, so that both sides are told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking import policy
from booking.authority import PersonActor
from booking.core import Booking
from booking.model import Appointment, AppointmentId, Mode, Person, SlotId, Wish, Worker, WorkerId
from booking.ports import AlreadyOver, Cancelled, Moved
from conversations.model import Link
from conversations.text import t
from handlers.acting import Acting
from handlers.effects import Notice
from handlers.following import follow
from handlers.own_doing import receipt
from handlers.parts import Parts
from handlers.web.ports import AppointmentView, Feed, Gone, Hours, MoveAnswer, MovedTo, Reader
from storage import contacts, tokens
from storage.booking import RowStore
from storage.db import Tx

FEED_BEHIND = timedelta(days=31)
FEED_AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Scene:
    """One transaction of a page: the core on it, and the appointment that the token is for."""

    tx: Tx
    store: RowStore
    core: Booking
    appointment: Appointment
    now: datetime


class PagesCore:
    """Implements `handlers.web.ports.Pages`."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    # ------------------------------------------------------------ the appointment

    async def appointment(self, token: str) -> AppointmentView | Gone | None:
        async with self.scene(token, acts=False) as scene:
            return await self._view(scene) if isinstance(scene, Scene) else scene

    async def hours(self, token: str, after: datetime | None, limit: int) -> Hours | Gone | None:
        async with self.scene(token, acts=False) as scene:
            if not isinstance(scene, Scene):
                return scene
            wish = await self._wish(scene, after)
            own = await scene.core.open_slots(wish, limit)
            if own.slots:
                return Hours(own.slots)
            return Hours((await scene.core.open_slots(_anybody(wish), limit)).slots, other_workers=True)

    async def cancel(self, token: str) -> Cancelled | AlreadyOver | Gone | None:
        async with self.scene(token, acts=True) as scene:
            if not isinstance(scene, Scene):
                return scene
            done = await scene.core.cancel(scene.appointment.id, "person")
            if isinstance(done, Cancelled):
                text = t("cancel.done", start=done.appointment.start)
                await self._commit(scene, await receipt(scene.core, scene.appointment.person, "cancelled", text))
            return done

    async def move(self, token: str, slot: SlotId) -> MoveAnswer:
        async with self.scene(token, acts=True) as scene:
            if not isinstance(scene, Scene):
                return scene
            wish = await self._wish(scene, None)
            done = await scene.core.move(scene.appointment.id, slot, wish, "person")
            if not isinstance(done, Moved):
                return done
            link = Link("appointment", done.appointment.id)
            text = t("move.done", start=done.appointment.start, worker=done.worker.first_name)
            person = scene.appointment.person
            await self._commit(scene, await receipt(scene.core, person, "moved", text, done.appointment.id, link))
            return MovedTo(self._parts.db.vault.token(link.kind, link.id))

    # ------------------------------------------------------------ a worker's calendar

    async def feed(self, token: str) -> Feed | Gone | None:
        parts, now = self._parts, self._parts.clock()
        async with parts.db.transaction() as tx:
            found = await tokens.look(tx, token, "calendar", now)
            if not isinstance(found, tokens.Good):
                return None if found is None else Gone("expired")
            store = RowStore(tx, parts.directories)
            worker = (await store.directory()).worker(WorkerId(found.object))
            if worker is None:
                return Gone("expired")
            appointments = await store.agenda(worker.id, now - FEED_BEHIND, now + FEED_AHEAD)
            names = {a.person: person.first_name for a in appointments if (person := await store.person(a.person))}
            lang = next((lang for lang in worker.languages if lang in parts.languages), parts.default_lang)
            return Feed(appointments, Reader(lang, worker.time_zone), names)

    # ------------------------------------------------------------ inside

    @asynccontextmanager
    async def scene(self, token: str, *, acts: bool) -> AsyncIterator[Scene | Gone | None]:
        """A transaction in which the token is looked at; committed at the end, rolled back by an exception.

        Only what acts takes the contact's lock: who opens a page a hundred times holds up nobody's talk.
        """
        parts, now = self._parts, self._parts.clock()
        async with parts.db.transaction() as tx:
            found = await tokens.look(tx, token, "appointment", now)
            if not isinstance(found, tokens.Good):
                yield None if found is None else Gone("expired")
                return
            store = RowStore(tx, parts.directories)
            appointment = await store.appointment(AppointmentId(found.object))
            if appointment is None:
                yield Gone("expired")
                return
            if acts:
                await contacts.lock(tx, appointment.contact)
                appointment = await store.appointment(appointment.id) or appointment  # as it is, now that it is ours
            if appointment.status in {"moved", "cancelled"}:
                yield Gone(appointment.status, await self._reader_of(store, appointment))
                return
            # Whoever holds the token acts as the person whose appointment it is for.
            holder = PersonActor(appointment.person)
            core = Acting(tx, store, parts.rules, now, parts.new_id, actor=holder)
            yield Scene(tx, store, core, appointment, now)

    async def _view(self, scene: Scene) -> AppointmentView:
        appointment = scene.appointment
        worker = await scene.core.worker(appointment.worker)
        assert worker is not None
        reader = await self._reader_of(scene.store, appointment)
        late = await scene.core.is_late(appointment.id)
        return AppointmentView(
            appointment,
            worker,
            reader,
            late,
            changeable=appointment.start > scene.now,
            near=policy.is_near(appointment, scene.now),
            turnable=turnable(appointment, worker, scene.now),
        )

    async def _reader_of(self, store: RowStore, appointment: Appointment) -> Reader:
        person = await store.person(appointment.person)
        return _reader(person) if person else Reader(self._parts.default_lang, str(self._parts.zone))

    async def _wish(self, scene: Scene, after: datetime | None) -> Wish:
        """The same subject, mode and worker, at another hour."""
        a = scene.appointment
        reader = await self._reader_of(scene.store, a)
        refusing = (await scene.core.known(a.contact)).refused_by
        return Wish(a.motive, a.mode, a.worker, reader.lang, after=after, zone=reader.zone, without=refusing)

    async def _commit(self, scene: Scene, receipt: Notice) -> None:
        """What follows, and a word to the person where they usually read: the page may have been left at once."""
        cause = f"page:{scene.appointment.id}:{scene.appointment.version}"
        await follow(scene.tx, self._parts, scene.store, scene.core, cause, scene.now, [receipt])


def turnable(appointment: Appointment, worker: Worker, now: datetime) -> bool:
    """A video that may become a call, with somebody who telephones."""
    return appointment.mode is Mode.VIDEO and Mode.PHONE in worker.modes and policy.may_turn(appointment, now)


def _anybody(wish: Wish) -> Wish:
    return replace(wish, worker=None)


def _reader(person: Person) -> Reader:
    return Reader(person.language, person.time_zone)
