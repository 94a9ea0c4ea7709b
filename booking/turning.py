"""A video that does not work becomes a telephone call at the same hour, and back: same row, next version.

The hour, the worker and the link stay; only how the two meet is changed. So nothing is freed and nothing is taken, and
the calendar's event is told as a change (RFC 5546: SEQUENCE rises).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from booking import policy
from booking.events import By, Event, ModeChanged
from booking.model import Appointment, AppointmentId, Mode
from booking.ports import AlreadyOver, BookingStore, NotTurned, TurnAnswer, Turned


@dataclass(frozen=True, slots=True)
class Turning:
    store: BookingStore
    now: datetime
    events: list[Event]

    async def change_mode(self, id: AppointmentId, mode: Mode, by: By, phone: str | None = None) -> TurnAnswer:
        """`phone`: a number that the person has proven, kept when none was known of them (E.164)."""
        appointment = await self.store.appointment(id)
        worker = (await self.store.directory()).worker(appointment.worker) if appointment else None
        if appointment is None or worker is None or not policy.goes_on(appointment, self.now):
            return AlreadyOver()
        if appointment.mode is mode:
            return Turned(appointment, worker, mode)
        if not policy.may_turn(appointment, self.now):
            return NotTurned("early", appointment, worker)
        if mode not in worker.modes:
            return NotTurned("not_offered", appointment, worker)
        if mode is Mode.PHONE and not await self._reachable(appointment, phone):
            return NotTurned("no_phone", appointment, worker)
        turned = replace(appointment, mode=mode, version=appointment.version + 1)
        await self.store.save_appointment(turned)
        self.events.append(ModeChanged(turned, appointment.mode, by))
        return Turned(turned, worker, appointment.mode)

    async def _reachable(self, appointment: Appointment, phone: str | None) -> bool:
        person = await self.store.person(appointment.person)
        if person is None:
            return False
        if person.phone is None and phone is not None:
            await self.store.save_person(replace(person, phone=phone), self.now)
        return person.phone is not None or phone is not None
