"""Requests about somebody's data are answered in time (safety G9): alarms while one waits, more time with its reasons,
a refusal with its reason and the way to complain.

    look(parts) -> int                                    a worker's loop; how many alarms were raised
    extend(parts, ticket, operator, words, told)          two months more, inside the first one; the person is told why
    refuse(parts, ticket, operator, words, told)          closed; the person is told why, and of the CNIL

`told`: they were told otherwise (by telephone, by post), where we cannot write to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from booking import deadlines
from booking.messaging import cleaned
from handlers import tickets as desk
from handlers.alarms import raise_alarm
from handlers.alone import one_by_one
from handlers.parts import Parts
from handlers.ticket_answers import Answer, BadWords, NoTalk
from handlers.tickets import Scene
from handlers.to_desk import PRIVACY
from storage import tickets
from storage.tickets import TicketRow

SHORTEST, LONGEST = 10, 600  # characters of a reason


@dataclass(frozen=True, slots=True)
class NotSo:
    """`no_request`: the ticket asks nothing of data; `late`: the first month is over; `already`: it was extended."""

    why: Literal["no_request", "late", "already"]


DeadlineAnswer: TypeAlias = Answer | BadWords | NoTalk | NotSo


async def look(parts: Parts) -> int:
    """Each alarm once, by whichever worker sees it first."""
    return await one_by_one("requests", await tickets.requests(parts.db, PRIVACY), partial(_warned, parts))


async def _warned(parts: Parts, row: TicketRow) -> bool:
    now, told = parts.clock(), row.extended_at is not None
    due = deadlines.due(row.opened_at, parts.zone)
    number = deadlines.warnings(row.opened_at, now, parts.zone, told=told)
    if number <= row.warned and row.due_at is not None:
        return False
    async with parts.db.transaction() as tx:
        if row.due_at is None:  # opened by an older release
            await tickets.set_due(tx, row.id, due)
        if not await tickets.warn(tx, row.id, row.warned, max(number, row.warned)) or number <= row.warned:
            return False
        await raise_alarm(tx, parts, "request_due", f"{row.id}:{number}", now, ticket=row.id)
    return True


async def extend(
    parts: Parts, ticket: str, operator: str, words: str, *, told: bool = False, once: str | None = None
) -> DeadlineAnswer:
    said = cleaned(words)
    if not SHORTEST <= len(said) <= LONGEST:
        return BadWords()
    async with desk.scene_of(parts, ticket, operator, once) as scene:
        if not isinstance(scene, Scene):
            return scene
        now, row = parts.clock(), scene.ticket
        if row.kind != PRIVACY or row.extended_at is not None:
            return NotSo("no_request" if row.kind != PRIVACY else "already")
        if not deadlines.may_extend(row.opened_at, now, parts.zone):
            return NotSo("late")
        if (refused := await _may_tell(scene, told=told)) is not None:
            return refused
        until = deadlines.extended(row.opened_at, parts.zone)
        await tickets.extend(scene.tx, row.id, until, now)
        await _told(scene, "extended", said, once, told=told, until=until)
        return await scene.done()


async def refuse(
    parts: Parts, ticket: str, operator: str, words: str, *, told: bool = False, once: str | None = None
) -> DeadlineAnswer:
    said = cleaned(words)
    if not SHORTEST <= len(said) <= LONGEST:
        return BadWords()
    async with desk.scene_of(parts, ticket, operator, once) as scene:
        if not isinstance(scene, Scene):
            return scene
        if scene.ticket.kind != PRIVACY:
            return NotSo("no_request")
        if (refused := await _may_tell(scene, told=told)) is not None:
            return refused
        await _told(scene, "refused", said, once, told=told)
        await desk.handed_back(scene)
        await tickets.close(scene.tx, scene.ticket.id, "refused", parts.clock())
        return await scene.done()


async def _may_tell(scene: Scene, *, told: bool) -> DeadlineAnswer | None:
    """None: it is theirs, and the person hears of it."""
    shut = None if told else desk.why_not(scene.parts, scene.contact)
    return shut if shut is not None else await desk.theirs(scene)


async def _told(
    scene: Scene,
    deed: Literal["extended", "refused"],
    words: str,
    once: str | None,
    *,
    told: bool,
    until: datetime | None = None,
) -> None:
    entry = await scene.noted(deed, words, "told" if told else None, once=once)
    if told:
        return
    data = {"words": words, "kind": "desk", "urgent": True}
    if until is not None:
        data["until"] = deadlines.last_day(until).isoformat()
    await scene.told(entry, f"request_{deed}", data)
