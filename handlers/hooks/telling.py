"""What other programs are told: events of the core become rows, in the transaction of what happened, so that none is
told that did not happen, nor lost. Ids and instants only: who may know more asks the API.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from booking.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentRestored,
    AttendanceSettled,
    Event,
    ModeChanged,
    PersonErased,
    PersonJoined,
)
from booking.model import Appointment
from handlers.parts import Parts
from storage import hooks
from storage.db import Tx


def _appointment(event: Any) -> dict[str, Any]:
    found: Appointment = event.appointment
    return {
        "appointment": found.id,
        "series": found.series,
        "version": found.version,
        "status": found.status,
        "person": found.person,
        "worker": found.worker,
        "start": instant(found.start),
        "end": instant(found.end),
        "mode": found.mode.value,
    }


def _and_before(event: Any) -> dict[str, Any]:
    return {**_appointment(event), "before": event.old.id}


def _gone(event: Any) -> dict[str, Any]:
    return {"person": event.person}


def _person(event: Any) -> dict[str, Any]:
    return {"person": event.person.id}


# The event, what it is called, and what is told of it.
KINDS: Final[Mapping[type, tuple[str, Callable[[Any], dict[str, Any]]]]] = {
    PersonJoined: ("person.joined", _person),
    PersonErased: ("person.erased", _gone),
    AppointmentBooked: ("appointment.booked", _appointment),
    AppointmentMoved: ("appointment.moved", _and_before),
    AppointmentCancelled: ("appointment.cancelled", _appointment),
    AppointmentRestored: ("appointment.restored", _and_before),
    ModeChanged: ("appointment.mode_changed", _appointment),
    AttendanceSettled: ("appointment.settled", _appointment),
}
NAMES: Final = frozenset(name for name, _ in KINDS.values())


def instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


async def announce(tx: Tx, parts: Parts, events: Sequence[Event], now: datetime) -> None:
    """A row for each hook that wants it. One look at the hooks, and only if there is something to tell."""
    told = [(KINDS[type(event)], event) for event in events if type(event) in KINDS]
    if not told:
        return
    wanting = await hooks.wanting(tx)
    for (kind, draw), event in told:
        body = json.dumps({"type": kind, "timestamp": instant(now), "data": draw(event)}, separators=(",", ":"))
        for hook, kinds in wanting:
            if kind in kinds:
                await hooks.tell(tx, parts.new_id(), hook, kind, body, now)
    if wanting:
        tx.after_commit(partial(parts.bell.ring, "hooks"))
