"""Operators are added, reset, suspended, let in again. By the command, or by an administrator in the console."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from booking.operating import Role
from handlers.console import second_factor
from handlers.console.entry import actor, plain_name
from handlers.console.second_factor import Chance
from handlers.parts import Parts
from storage import audit, operators, sessions, tokens
from storage.db import Tx
from storage.faults import Refused

NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
ENROL_WITHIN: Final = timedelta(days=1)


class BadName(ValueError):
    """Not a name to log in with, or somebody has it already. The text says which."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where they enrol, within a day and once. It gives access: to be handed over in person, or by a safe way."""

    url: str


async def add(parts: Parts, chance: Chance, typed: str, role: Role, by: str) -> Link:
    """Raises BadName."""
    name, id, now = plain_name(typed), parts.new_id(), parts.clock()
    if not NAME.fullmatch(name):
        raise BadName("2 to 32 letters without accents, digits, dots, dashes; it begins with a letter or digit")
    try:
        async with parts.db.transaction() as tx:
            await operators.add(tx, id, name, role, second_factor.new_secret(chance), now)
            await audit.add(tx, by, f"add {role}", actor(id), now)
            return await _link(tx, parts, id, 0)
    except Refused:
        raise BadName("an operator has this name already") from None


async def reset(parts: Parts, chance: Chance, id: str, by: str) -> Link:
    """They are out at once; password, second factor and codes are over; links from before lead nowhere."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        number = await operators.renew(tx, id, second_factor.new_secret(chance))
        await sessions.end_all(tx, id, now)
        await tokens.revoke(tx, "enrol", id, now)
        await audit.add(tx, by, "reset", actor(id), now)
        return await _link(tx, parts, id, number)


async def suspend(parts: Parts, id: str, by: str) -> bool:
    """Out at once, also where an enrolment link is under way. False: they were suspended."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if not await operators.suspend(tx, id, now):
            return False
        await sessions.end_all(tx, id, now)
        await tokens.revoke(tx, "enrol", id, now)
        await audit.add(tx, by, "suspend", actor(id), now)
        return True


async def lift(parts: Parts, id: str, by: str) -> bool:
    """False: they were not suspended."""
    async with parts.db.transaction() as tx:
        if not await operators.lift(tx, id):
            return False
        await audit.add(tx, by, "lift suspension", actor(id), parts.clock())
        return True


async def end_sessions(parts: Parts, id: str, by: str) -> int:
    now = parts.clock()
    async with parts.db.transaction() as tx:
        ended = await sessions.end_all(tx, id, now)
        await audit.add(tx, by, "end sessions", actor(id), now)
        return ended


async def _link(tx: Tx, parts: Parts, id: str, number: int) -> Link:
    token = await tokens.give(tx, "enrol", id, parts.clock() + ENROL_WITHIN, number)
    return Link(f"{parts.pages.public_url.rstrip('/')}/console/enrol/{token}")
