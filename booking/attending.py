"""Who came: what the worker says of an hour that has begun, and what the person says when nobody is there.

A worker may say it from the start until the next morning, and may correct it until then; what nobody said counts as
done, since most people come. The day after, it is settled.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from booking import policy
from booking.events import (
    AppointmentNear,
    AttendanceAwaited,
    AttendanceDue,
    AttendanceSettled,
    AttendanceUnanswered,
    Attended,
    By,
    Event,
    NobodyCame,
    WaitsAgain,
)
from booking.model import Appointment, AppointmentId, ContactId, Status
from booking.ports import BookingStore, Noted, NotNow


class Attending:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _now: datetime
    events: list[Event]

    async def attend(self, id: AppointmentId, there: bool, by: By = "worker") -> Noted | NotNow:
        """Said again alike it changes nothing; said otherwise it is a correction."""
        appointment = await self._begun(id)
        if appointment is None:
            return NotNow()
        status: Status = "done" if there else "missed"
        if appointment.status == status:
            return Noted(appointment)
        noted = replace(appointment, status=status)
        await self._store.save_appointment(noted)
        self.events.append(Attended(noted, by, corrected=appointment.status != "booked"))
        return Noted(noted)

    async def draw_near(self, id: AppointmentId) -> None:
        """Its start is ten minutes away."""
        appointment = await self._store.appointment(id)
        if appointment is not None and appointment.status == "booked" and appointment.start > self._now:
            self.events.append(AppointmentNear(appointment))

    async def ask_attendance(self, id: AppointmentId, asked: int) -> None:
        """The worker is to say who came, for the `asked`th time, unless they have."""
        appointment = await self._begun(id)
        if appointment is not None and appointment.status == "booked":
            self.events.append(AttendanceDue(appointment, asked))

    async def miss_attendance(self, id: AppointmentId, asked: int, tries: int) -> None:
        """The worker has not reacted. `tries`: in how many ways they were asked."""
        appointment = await self._begun(id)
        if appointment is not None and appointment.status == "booked":
            self.events.append(AttendanceUnanswered(appointment, asked, tries))

    async def try_again(self, id: AppointmentId, asked: int) -> Noted | NotNow:
        """The worker tries to reach them once more. `asked`: how often the worker was asked who came."""
        appointment = await self._begun(id)
        if appointment is None:
            return NotNow()
        self.events.append(AttendanceAwaited(appointment, asked))
        return Noted(appointment)

    async def settle(self, id: AppointmentId, *, nobody: bool = False) -> Appointment | None:
        """The hour is over for good. None: it was cancelled or moved, or is not over. `nobody`: so the person said."""
        appointment = await self._store.appointment(id)
        if appointment is None or not policy.took_place(appointment) or appointment.end > self._now:
            return None
        assumed = appointment.status == "booked"
        if assumed:
            appointment = replace(appointment, status="done")
            await self._store.save_appointment(appointment)
        self.events.append(AttendanceSettled(appointment, assumed, nobody))
        return appointment

    async def waiting_now(self, contact: ContactId) -> Appointment | None:
        """The hour at which this contact's person may be waiting for somebody: it has begun, not long ago."""
        person = await self._store.person_of(contact)
        if person is None:
            return None
        since = self._now - policy.NOBODY_UNTIL
        theirs = [*await self._store.upcoming(person.id, self._now), *await self._store.past(person.id, self._now, 2)]
        begun = [a for a in theirs if since < a.start <= self._now]
        return max(begun, key=lambda a: a.start, default=None)

    async def nobody_came(self, contact: ContactId) -> Appointment | None:
        """The worker and the desk are told. None: no hour of theirs has begun just now."""
        appointment = await self.waiting_now(contact)
        if appointment is not None:
            self.events.append(NobodyCame(appointment, contact))
        return appointment

    async def waits_again(self, contact: ContactId) -> Appointment | None:
        """They stay for ten minutes more; the worker is told."""
        appointment = await self.waiting_now(contact)
        if appointment is not None:
            self.events.append(WaitsAgain(appointment))
        return appointment

    async def _begun(self, id: AppointmentId) -> Appointment | None:
        appointment = await self._store.appointment(id)
        if appointment is None or not policy.took_place(appointment):
            return None
        worker = (await self._store.directory()).worker(appointment.worker)
        zone = ZoneInfo(worker.time_zone if worker else "Europe/Paris")
        open_ = appointment.start <= self._now < policy.attendance_closes(appointment.start, zone)
        return appointment if open_ else None
