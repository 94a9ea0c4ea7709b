"""What follows from what was done in the core: reactions, their rows, what hooks are told, the figures. For a turn, a
page, the desk and the API alike, in the transaction of the deed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from booking.core import Booking
from booking.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentRestored,
    AttendanceSettled,
    CalendarGiven,
    HourGivenBack,
    HoursOpened,
    OffersDeclined,
    OffersLapsed,
)
from handlers.effects import Effect
from handlers.hooks.telling import announce
from handlers.human import desk_now
from handlers.parts import Parts
from handlers.reactions import react
from handlers.world import World
from handlers.writing import write
from storage.booking import RowStore
from storage.db import Tx

# An hour that somebody may be waiting for became free.
FREES = (AppointmentMoved, AppointmentCancelled, HoursOpened, HourGivenBack, OffersDeclined, OffersLapsed)
OUTCOMES = {
    AppointmentBooked: "booked",
    AppointmentMoved: "moved",
    AppointmentCancelled: "cancelled",
    AppointmentRestored: "restored",
}


async def follow(
    tx: Tx, parts: Parts, store: RowStore, core: Booking, cause: str, now: datetime, more: Sequence[Effect] = ()
) -> None:
    """`more`: effects besides those of the core's events, such as a receipt for who did it on a page."""
    world = World(core, now, parts.befores, parts.quiet, parts.rules, desk_now(parts, now))
    await write(tx, parts, store, [*await react(core.events, world), *more], cause, now)
    await announce(tx, parts, core.events, now)
    for event in core.events:
        if isinstance(event, AttendanceSettled):
            tx.after_commit(parts.metrics.appointments.labels(event.appointment.mode, event.appointment.status).inc)
        if isinstance(event, AppointmentBooked | AppointmentMoved | AppointmentCancelled | AppointmentRestored):
            counter = parts.metrics.appointments.labels(event.appointment.mode, OUTCOMES[type(event)])
            tx.after_commit(counter.inc)
    if any(isinstance(event, FREES) for event in core.events):
        tx.after_commit(partial(parts.bell.ring, "waiting"))
    if any(isinstance(event, CalendarGiven) for event in core.events):
        tx.after_commit(partial(parts.bell.ring, "calendars"))
    tx.after_commit(partial(parts.bell.ring, "outbox"))
