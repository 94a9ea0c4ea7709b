"""The archive of who had an account (safety G11) is shut: an administrator opens it for one person at a time, says why,
and shows that it is them by the code of their second factor. Who looked and why is kept with it. What was tried in
vain is in the audit trail, too, whatever it was refused for: neither the words nor whom it was about.

    see(parts, who, administrator, code, why, keyboard) -> what is kept | NotSeen
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from booking import phones
from booking.messaging import cleaned
from booking.operating import Role
from handlers.console import second_factor
from handlers.console.entry import actor, plain_name
from handlers.parts import Parts
from storage import archives, audit, logins, operators
from storage.archives import Archived
from storage.db import Tx

SHORTEST, LONGEST = 10, 300  # characters of a reason
ACTION: Final = "see archive"

Why: TypeAlias = Literal["words", "wait", "administrator", "nobody"]


@dataclass(frozen=True, slots=True)
class NotSeen:
    """`words`: no reason; `wait`: too many tries; `administrator`: none of this name, or not their code of now;
    `nobody`: nothing is kept of this person."""

    why: Why


async def see(
    parts: Parts, who: str, administrator: str, code: str, why: str, keyboard: str
) -> Sequence[Archived] | NotSeen:
    """`who`: a mobile number, or an id; `keyboard`: who is logged in at the computer, as the audit trail calls them."""
    said, now, name = cleaned(why), parts.clock(), plain_name(administrator)
    async with parts.db.transaction() as tx:
        if not SHORTEST <= len(said) <= LONGEST:
            return await _not_seen(tx, "words", keyboard, now)
        if await logins.try_once(tx, name, now) is not None:
            return await _not_seen(tx, "wait", keyboard, now)
        found = await operators.by_name(tx, name)
    step = second_factor.step_of(found.totp if found else second_factor.NOBODYS, code, now)
    async with parts.db.transaction() as tx:
        opener = found if found and found.role is Role.ADMINISTRATOR else None
        if opener is None or step is None or not await operators.use_step(tx, opener, step):
            return await _not_seen(tx, "administrator", keyboard, now)
        await logins.forget(tx, name)
        mobile = phones.read(who)
        ids = await archives.found(tx, mobile.e164) if mobile else [who.strip()]
        kept = [each for each in [await archives.get(tx, id) for id in ids] if each is not None]
        for each in kept:
            await archives.looked(tx, each.id, actor(opener.id), said, now)
            await audit.add(tx, actor(opener.id), ACTION, f"archive:{each.id}", now)
        return kept or await _not_seen(tx, "nobody", actor(opener.id), now)


async def _not_seen(tx: Tx, why: Why, by: str, now: datetime) -> NotSeen:
    """Noted in the same transaction, which is not rolled back for it."""
    await audit.add(tx, by, f"{ACTION} refused", "console", now)
    return NotSeen(why)
