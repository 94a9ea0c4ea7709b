"""A reminder of which there is no word in time goes another way: accepted, and not told to have arrived where earlier
ones were; of unknown fate; or still waiting while the appointment nears. So does an important notice that waits for a
sender that is held. Once, to the person's next channel, and the first keeps the reason.

Where the first may have arrived, only kinds that do no harm when said twice: the second is marked, and never sent
again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from handlers.judging import MATTERS
from handlers.parts import Parts
from handlers.rerouting import other_way, say_there
from storage import contacts, fates, senders
from storage.outbox import OutboxRow

REMINDERS: Final = ("reminder", "soon")
LEAST: Final = timedelta(minutes=2)  # how long a word is waited for
MOST: Final = timedelta(hours=2)
PART: Final = 8  # of the time that is left: a quarter of an hour for a reminder of two hours before
HELD: Final = timedelta(minutes=15)  # a notice waits so long for its own channel

log = structlog.get_logger()


async def look(parts: Parts) -> int:
    """How many went another way."""
    now = parts.clock()
    found = await fates.unheard_of(parts.db, now, now - LEAST, REMINDERS, sorted(MATTERS))
    shut = await senders.held(parts.db)
    done = 0
    for waited in found:
        if now - waited.since >= patience(waited.row, waited.since):
            done += await _elsewhere(parts, waited.row, set(shut), now)
    return done


def patience(row: OutboxRow, since: datetime) -> timedelta:
    """How long a word of it is waited for: the nearer the appointment, the less."""
    if row.kind not in REMINDERS:
        return HELD
    left = row.expires_at - since if row.expires_at is not None else MOST * PART
    return min(max(left / PART, LEAST), MOST)


async def _elsewhere(parts: Parts, row: OutboxRow, shut: set[str], now: datetime) -> bool:
    async with parts.db.transaction() as tx:
        contact = await contacts.get(tx, row.contact_id)
        if contact is None or contact.opted_out_at is not None:
            return False
        other = await other_way(tx, parts, row, contact, now)
        if other is not None and other.channel in shut:
            return False  # looked at again: one of them may be freed
        reason = None if other is None else f"{reason_of(row)}>{other.channel}"
        if not await fates.elsewhere(tx, row, reason, now) or other is None:
            return False
        await say_there(tx, parts, row, other, now, perhaps_twice=row.status != "queued")
        log.info("goes another way", outbox=row.id, channel=row.channel, to=other.channel, status=row.status)
        return True


def reason_of(row: OutboxRow) -> str:
    """Why it went another way, for `why`."""
    return {"queued": row.reason or "waits", "unknown": "unknown"}.get(row.status, "no_word")
