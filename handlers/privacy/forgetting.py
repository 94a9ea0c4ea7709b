"""Nothing is kept, a day later, of who refused the terms, is under 18 or gave up (safety G1, G2): a worker's loop, and
`socialdirect purge`.

Strangers' rows go at once (`storage/forgetting.py`). Whoever was signed up by somebody else and refused never agreed to
anything: their account is erased like one whose owner asks for it, once no hour of theirs is to come. Until then those
hours stand, and the desk has a ticket: nobody loses help because of a no to our terms. A legal hold stops it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog

from booking.model import PersonId
from handlers.alone import one_by_one
from handlers.parts import Parts
from handlers.privacy import erasing
from storage import contacts, forgetting
from storage.booking import RowStore
from storage.whose import WHOSE

AFTER: Final = timedelta(hours=24)
BY: Final = "process:refusal"  # in the audit trail and the ledger: no human asked for it

log = structlog.get_logger()


async def look(parts: Parts) -> int:
    """How many were forgotten, or are to be erased."""
    count = await _strangers(parts)
    count += await one_by_one(
        "forgetting", await forgetting.refused(parts.db, parts.clock()), lambda each: _signed_up(parts, *each)
    )
    if count:
        log.info("forgotten", count=count)
    return count


async def _strangers(parts: Parts) -> int:
    async def see_to(contact: str) -> bool:
        async with parts.db.transaction() as tx:
            return await forgetting.forget(tx, contact, parts.clock())

    count = await one_by_one("forgetting", await forgetting.due(parts.db, parts.clock()), see_to)
    if count:
        await parts.db.leave_no_trace((*WHOSE, "token", "tries"))
    return count


async def _signed_up(parts: Parts, contact: str, person: str) -> bool:
    """False: they agreed after all, or once before; or something is still to come."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        store = RowStore(tx, parts.directories)
        if await store.agreed_ever(PersonId(person)):
            await contacts.forget_at(tx, contact, None)
            return False
        if await store.upcoming(PersonId(person), now):
            return False
    return isinstance(await erasing.erase(parts, person, BY), erasing.Erased)
