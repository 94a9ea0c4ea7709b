"""The desk ends or moves an appointment for somebody: on the same core as a talk, so both sides are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias

from booking.events import By
from booking.model import Appointment, AppointmentId, Slot, SlotId, Wish
from booking.ports import AlreadyOver, Cancelled, Moved, Refused, SlotGone
from handlers import assisted
from handlers.assisted import Scene
from handlers.parts import Parts
from storage import story

SHOWN: Final = 12

MoveAnswer: TypeAlias = Moved | SlotGone | AlreadyOver | Refused


async def cancel(parts: Parts, id: str, actor: str, by: By) -> Cancelled | AlreadyOver:
    return await assisted.cancel(parts, id, actor, by)


async def hours(parts: Parts, id: str, actor: str, after: datetime | None = None) -> tuple[Sequence[Slot], bool]:
    """Free hours for the same subject and mode, with the same worker; with others (True) where that one has none."""
    found = await story.appointments(parts.db, id)
    if not found:
        return (), False
    async with assisted.helping(parts, found[-1].contact, actor) as scene:
        wish = await _wish(scene, found[-1], after)
        own = (await scene.core.open_slots(wish, SHOWN)).slots
        return (own, False) if own else ((await scene.core.open_slots(replace(wish, worker=None), SHOWN)).slots, True)


async def move(parts: Parts, id: str, slot: SlotId, actor: str) -> MoveAnswer:
    found = await story.appointments(parts.db, id)
    if not found:
        return AlreadyOver()
    async with assisted.helping(parts, found[-1].contact, actor) as scene:
        done = await scene.core.move(AppointmentId(id), slot, await _wish(scene, found[-1], None), "desk")
        if isinstance(done, Moved):
            await assisted.commit(parts, scene, "move", done.appointment.id)
        return done


async def _wish(scene: Scene, appointment: Appointment, after: datetime | None) -> Wish:
    person = await scene.store.person(appointment.person)
    language, zone = (person.language, person.time_zone) if person else ("fr", "Europe/Paris")
    refusing = (await scene.core.known(appointment.contact)).refused_by
    return Wish(
        appointment.motive,
        appointment.mode,
        appointment.worker,
        language,
        after=after,
        zone=zone,
        without=refusing,
    )
