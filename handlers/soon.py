"""Ten minutes before: the person is told how the two meet, so that an unknown number is picked up. `TOLD` is the table.

No setting moves it, and it comes in quiet hours too: the appointment itself is then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final, TypeAlias

from booking.model import Appointment, Mode, Worker
from booking.phones import spaced
from conversations.model import Link
from conversations.text import Text, t
from handlers.effects import Effect, Notice, ToPerson

BEFORE: Final[timedelta] = timedelta(minutes=10)
KIND: Final = "soon"

# `caller`: the number that masked calls come from, in E.164; None where workers dial themselves.
Tells: TypeAlias = Callable[[Appointment, Worker, str | None], Sequence[Effect]]


def by_phone(appointment: Appointment, worker: Worker, caller: str | None) -> Sequence[Effect]:
    """Who calls, and the number that will show: many do not pick up for a stranger."""
    text = t("soon.phone_own", worker=worker.first_name, start=appointment.start)
    if caller is not None:
        text = t("soon.phone", worker=worker.first_name, start=appointment.start, number=spaced(caller))
    to = ToPerson(appointment.person)
    return [Notice(to, KIND, (text,), appointment.id, expires_at=appointment.start, urgent=True)]


def by_video(appointment: Appointment, worker: Worker, _: str | None) -> Sequence[Effect]:
    """The room opens at this moment; and what to do when it does not work."""
    return [_linked(t("soon.video", worker=worker.first_name, start=appointment.start), appointment)]


def in_person(appointment: Appointment, worker: Worker, _: str | None) -> Sequence[Effect]:
    """The address once more; the page has the map, and a button for who is late."""
    text = t("soon.in_person", worker=worker.first_name, start=appointment.start, address=worker.address)
    return [_linked(text, appointment)]


def _linked(text: Text, appointment: Appointment) -> Notice:
    to, link = ToPerson(appointment.person), Link("appointment", appointment.id)
    return Notice(to, KIND, (text,), appointment.id, link, expires_at=appointment.start, urgent=True)


TOLD: Final[Mapping[Mode, tuple[Tells, ...]]] = {
    Mode.PHONE: (by_phone,),
    Mode.VIDEO: (by_video,),
    Mode.IN_PERSON: (in_person,),
}


def effects(appointment: Appointment, worker: Worker, caller: str | None) -> Sequence[Effect]:
    return [effect for tells in TOLD[appointment.mode] for effect in tells(appointment, worker, caller)]
