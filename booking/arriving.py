"""Around the hour: the person says that they are late, or that they are there, and the worker hears of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from booking import policy
from booking.events import Event, PersonHere, PersonLate
from booking.model import AppointmentId
from booking.ports import AlreadyOver, BookingStore, Heard

MOST: Final = 3  # notices of one kind about one appointment: a worker's telephone is no toy
WITHIN: Final = timedelta(hours=4)  # longer than anybody may speak of one hour


@dataclass(frozen=True, slots=True)
class Arriving:
    store: BookingStore
    now: datetime
    events: list[Event]

    async def say_late(self, id: AppointmentId, minutes: int | None, *, written: bool = False) -> Heard | AlreadyOver:
        return await self._say(id, "late", minutes, written=written)

    async def say_here(self, id: AppointmentId) -> Heard | AlreadyOver:
        return await self._say(id, "here", None)

    async def _say(
        self, id: AppointmentId, what: Literal["late", "here"], minutes: int | None, *, written: bool = False
    ) -> Heard | AlreadyOver:
        appointment = await self.store.appointment(id)
        worker = (await self.store.directory()).worker(appointment.worker) if appointment else None
        if appointment is None or worker is None or not policy.is_near(appointment, self.now):
            return AlreadyOver()
        if what == "here" and not policy.awaited(appointment, self.now):
            return Heard(appointment, worker, told=False)
        key = f"{what}:{appointment.id}"
        if len(await self.store.tries(key, self.now - WITHIN, MOST)) >= MOST:
            return Heard(appointment, worker, told=False)
        await self.store.add_try(key, self.now)
        self.events.append(PersonLate(appointment, minutes, written) if what == "late" else PersonHere(appointment))
        return Heard(appointment, worker, told=True)
