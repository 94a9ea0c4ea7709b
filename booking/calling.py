"""A person who missed the worker's call says what suits them. Nothing of the appointment changes; the worker is
told."""

from __future__ import annotations

from datetime import datetime

from booking.events import CallBackWanted, Event
from booking.model import AppointmentId
from booking.ports import BookingStore


async def call_back(
    store: BookingStore, id: AppointmentId, at: datetime | None, now: datetime, events: list[Event]
) -> bool:
    """`at`: when they can be reached; None: another day. False: the hour is over, or no longer theirs."""
    appointment = await store.appointment(id)
    if appointment is None or appointment.status != "booked" or now >= appointment.end:
        return False
    events.append(CallBackWanted(appointment, at))
    return True
