"""What follows from a turn of a talk that is, or was, with the desk: the words are kept, a timer runs while somebody
waits, and the desk learns that they left. Effects only; `writing.py` makes them rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, Literal

from booking.model import AppointmentId, ContactId
from conversations.model import Desk, Input, News, State, Turn
from handlers.desk import desk
from handlers.effects import Drop, Effect, Entered, Kept, Left, Tell, ToContact
from handlers.parts import Parts
from handlers.world import World

LATE: Final = "desk_late"
# News that they asked for, by writing, or by sending a file.
ANSWERS: Final = frozenset(
    {"desk_takes", "desk_says", "desk_hands_back", LATE, "handing", "join_mailed", "draft_offered", "draft_given"}
)


def desk_now(parts: Parts, now: datetime) -> Desk:
    holidays = parts.desk_on_holidays
    return desk(parts.desk_phone, parts.desk_hours, now, parts.zone, parts.desk_time, on_holidays=holidays)


def follows(before: State, turn: Turn, came: Input | News, contact: ContactId, desk: Desk) -> Sequence[Effect]:
    """All of it, of one turn."""
    return [
        *_entered(before, turn, came, contact),
        *_kept(turn, came, contact),
        *_timer(before, turn, contact, desk),
        *_left(before, turn, came, contact),
    ]


def _entered(before: State, turn: Turn, came: Input | News, contact: ContactId) -> Iterator[Effect]:
    """Also by what an operator did a moment ago: the person may have gone back before it reached their talk."""
    if turn.state.mode != "human":
        return
    if isinstance(came, News) and "ticket" in came.data:
        yield Entered(contact, came.data["ticket"])
    elif before.mode == "bot" and isinstance(came, Input):
        yield Entered(contact)


def _kept(turn: Turn, came: Input | News, contact: ContactId) -> Iterator[Effect]:
    if "kept" in turn.flags and isinstance(came, Input):
        files = tuple(file.kind for file in came.files)
        yield Kept(contact, came.text, files or (("phone",) if came.phone else ()))


def _timer(before: State, turn: Turn, contact: ContactId, desk: Desk) -> Iterator[Effect]:
    """One at a time, from the first word that is not answered."""
    waits = turn.state.waits
    if waits == before.waits:
        return
    if before.waits is not None:
        yield Drop(AppointmentId(contact), kinds=(LATE,))
    if waits is not None:
        yield _late(waits, contact, desk)


def _late(waits: datetime, contact: ContactId, desk: Desk) -> Tell:
    return Tell(
        ToContact(contact),
        LATE,
        {"waits": waits.isoformat()},
        urgent=True,
        at=desk.late(waits),
        subject=AppointmentId(contact),  # what it belongs to is the talk
    )


def _left(before: State, turn: Turn, came: Input | News, contact: ContactId) -> Iterator[Effect]:
    if before.mode == "human" and turn.state.mode == "bot":
        yield Left(contact, _how(came))


def _how(came: Input | News) -> Literal["left", "late", "handed_back"]:
    if isinstance(came, Input):
        return "left"
    return "late" if came.event == LATE else "handed_back"


CALL_LATE: Final = "call_late"


def calls_of(contact: str) -> AppointmentId:
    """What the timer of a call that is awaited belongs to; an attempt ends it."""
    return AppointmentId(f"call:{contact}")


def call_is_awaited(contact: ContactId, world: World) -> Sequence[Effect]:
    """Asked for twice before anybody tried, it is told of once. No key: the one before was dropped, and would stand in
    its way.
    """
    late = world.desk.late(world.now) if world.desk.by(world.now) else world.desk.opens + world.desk.patience
    data = {"kind": "desk", "urgent": True}
    subject = calls_of(contact)
    return [
        Drop(subject, kinds=(CALL_LATE,)),
        Tell(ToContact(contact), CALL_LATE, data, urgent=True, at=late, subject=subject),
    ]
