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
from handlers.parts import Parts
from handlers.privacy import erasing
from storage import contacts, forgetting
from storage.booking import RowStore
from storage.db import Tx
from storage.whose import WHOSE

AFTER: Final = timedelta(hours=24)
BY: Final = "process:refusal"  # in the audit trail and the ledger: no human asked for it

log = structlog.get_logger()


async def look(parts: Parts) -> int:
    """How many were forgotten, or are to be erased."""
    count = await _strangers(parts)
    for contact, person in await forgetting.refused(parts.db, parts.clock()):
        count += await _signed_up(parts, contact, person)
    if count:
        log.info("forgotten", count=count)
    return count


async def _strangers(parts: Parts) -> int:
    count = 0
    for contact in await forgetting.due(parts.db, parts.clock()):
        async with parts.db.transaction() as tx:
            count += await forgetting.forget(tx, contact, parts.clock())
    if count:
        await parts.db.leave_no_trace((*WHOSE, "token", "tries"))
    return count


async def _signed_up(parts: Parts, contact: str, person: str) -> bool:
    """False: they agreed after all, or once before; or something is still to come."""
    now = parts.clock()

    async def still(tx: Tx) -> bool:
        store = RowStore(tx, parts.directories)
        if await store.agreed_ever(PersonId(person)):
            await contacts.forget_at(tx, contact, None)
            return False
        return not await store.upcoming(PersonId(person), now)

    return isinstance(await erasing.erase(parts, person, BY, still=still), erasing.Erased)
