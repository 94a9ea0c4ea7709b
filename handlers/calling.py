"""A worker calls a person: the tap on their page, what is kept of it, and what the person is asked when they missed it.

A row of `call` is committed as 'asked', and only then Twilio is called, with no transaction open. An answer that is
lost
leaves 'unknown': nothing rings a second time by itself, the worker may tap again after a while. What happens on the
telephone is in `handlers/calls.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from booking.model import Appointment, Mode
from handlers import scene as scenes
from handlers.alarms import hour, raise_alarm
from handlers.channels.base import SendError
from handlers.effects import Tell, ToPerson
from handlers.parts import Parts
from handlers.scene import Scene
from handlers.web.ports import JOIN_CLOSES, Gone
from handlers.writing import write
from storage import calls, tokens
from storage.calls import CallRow, Outcome, State
from storage.db import Tx

MOST_TEXTS: Final = 2  # to a person who does not answer, for one appointment
KEPT: Final = timedelta(hours=3)  # after the end: so long the call's own address answers
# How long a state may last before we take it that its end was not told, and offer to call again.
LASTS: Final[Mapping[State, timedelta]] = {
    "asked": timedelta(seconds=30),
    "unknown": timedelta(seconds=60),
    "placed": timedelta(seconds=60),
    "ringing": timedelta(seconds=60),
    "answered": timedelta(seconds=90),
    "dialling": timedelta(seconds=60),
    "talking": timedelta(minutes=100),
}

log = structlog.get_logger()


def under_way(row: CallRow | None, now: datetime) -> bool:
    """Whether something still rings or somebody still speaks, as far as we were told."""
    return row is not None and row.status != "ended" and now - row.changed_at < LASTS[row.status]


# ------------------------------------------------------------ the worker's tap


async def ask(parts: Parts, token: str, seen: int) -> Gone | None:
    """Ring the worker. `seen`: how many calls their page knew of, so a second tap on it is no second call."""
    placed = await _asked(parts, token, seen)
    if placed is None or isinstance(placed, Gone) or parts.voice is None:
        return placed if isinstance(placed, Gone) else None
    id, number, call_token = placed
    try:
        sid = await parts.voice.ring(number, call_token)
    except SendError as error:
        await _not_placed(parts, id, error)
        return None
    await calls.rise(parts.db, id, "placed", parts.clock(), sid)
    return None


async def _asked(parts: Parts, token: str, seen: int) -> tuple[str, str, str] | Gone | None:
    """The row, committed: its id, the worker's number, the token of its addresses. None: nothing is to be done."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        scene = await scenes.of_link(tx, parts, token, now)
        if not isinstance(scene, Scene):
            return scene
        if parts.voice is None or not callable_now(scene):
            return None
        before = await calls.of(tx, scene.appointment.id)
        if len(before) != seen or under_way(before[0] if before else None, now):
            return None
        id = parts.new_id()
        if not await calls.add(tx, id, scene.appointment.id, len(before) + 1, now):
            return None
        await scene.note("call")
        return id, scene.worker.phone, await tokens.give(tx, "call", id, scene.appointment.end + KEPT)


def callable_now(scene: Scene) -> bool:
    """By telephone, from ten minutes before to half an hour after the end, and a number is known."""
    soon_over = scene.now < scene.appointment.end + JOIN_CLOSES
    phone = scene.person.phone if scene.person else None
    opened = scene.at_its_hour or (scene.now >= scene.appointment.start and soon_over)
    return scene.appointment.mode is Mode.PHONE and opened and phone is not None


async def _not_placed(parts: Parts, id: str, error: SendError) -> None:
    now = parts.clock()
    log.warning("a call was not placed", call=id, code=error.code, outcome=error.outcome)
    if error.outcome == "unknown":
        await calls.rise(parts.db, id, "unknown", now)
        return
    async with parts.db.transaction() as tx:
        await end(tx, parts, id, "not_placed", now)
        if error.alarm:
            await raise_alarm(tx, parts, "call_refused", hour(now), now, error=error.code)


async def missed(parts: Parts, token: str, attempt: int) -> Gone | None:
    """The worker: it was the voicemail. The person gets their choice, as if they had not answered."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        scene = await scenes.of_link(tx, parts, token, now)
        if not isinstance(scene, Scene):
            return scene
        rows = [row for row in await calls.of(tx, scene.appointment.id) if row.attempt == attempt]
        if rows and await calls.was_voicemail(tx, rows[0].id, now):
            await tell(tx, parts, scene, rows[0].id)
        return None


async def unanswered(parts: Parts, token: str, seen: int) -> Gone | None:
    """The worker, where they dial themselves: nobody picked up. We heard nothing of that call; the person gets their
    choice all the same. `seen`, as for `ask`."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        scene = await scenes.of_link(tx, parts, token, now)
        if not isinstance(scene, Scene):
            return scene
        before, id = await calls.of(tx, scene.appointment.id), parts.new_id()
        if not dials(parts, scene) or len(before) != seen:
            return None
        if await calls.add(tx, id, scene.appointment.id, seen + 1, now):
            await scene.note("unanswered")
            await end(tx, parts, id, "person_no_answer", now)
            await tell(tx, parts, scene, id)
        return None


def dials(parts: Parts, scene: Scene) -> bool:
    """Whether the worker is shown the number: no number of ours calls, and it is the hour."""
    return parts.voice is None and scene.at_its_hour and callable_now(scene)


# ------------------------------------------------------------ what comes of a call


async def end(tx: Tx, parts: Parts, id: str, outcome: Outcome, now: datetime, seconds: int | None = None) -> bool:
    """False: it was over before, and better known."""
    ended = await calls.end(tx, id, outcome, now, seconds)
    if ended:
        tx.after_commit(parts.metrics.calls.labels(outcome).inc)
    return ended


async def tell(tx: Tx, parts: Parts, scene: Scene, call: str) -> None:
    """The person's choice: called back, or another day. Two texts at most, and none once the hour is over."""
    appointment = scene.appointment
    if scene.now >= appointment.end or await calls.missed(tx, appointment.id) > MOST_TEXTS:
        return
    await write(tx, parts, scene.store, [news_of(appointment, call)], f"call:{call}", scene.now)
    tx.after_commit(partial(parts.bell.ring, "inbox"))


def news_of(appointment: Appointment, call: str) -> Tell:
    """For `conversations/flows/missed_call.py`. At once, also in quiet hours: the appointment is now."""
    until = appointment.end.isoformat()
    data = {"appointment": appointment.id, "call": call, "urgent": True, "kind": "missed_call", "until": until}
    return Tell(ToPerson(appointment.person), "missed_call", data, urgent=True, key=f"missed_call:{call}")
