"""What lies at providers of what was said ends there: 48 hours after we handled it, and at once when somebody is erased
(safety G20, G6). No transaction is open while a provider is called.

    look(parts) -> int                                how many were seen to: a worker's loop
    all_of(tx, theirs, appointments, now, erasure)    all of theirs is to be deleted; before their rows go
    stray(parts, contact, ref, now)                   a message was taken, and its row is not ours any more

One after the other for each channel, so that it takes nothing from what is to be sent. Whatever fails is tried again,
until it is gone: a human is told once it is a day late (`copies_late`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from handlers import standing
from handlers.channels.base import SendError
from handlers.channels.copies import DELETABLE, Copies, telegram_id
from handlers.parts import Parts
from storage import contacts, flags, inbox, parting, provider_copies
from storage.contacts import ContactRow
from storage.db import Tx
from storage.provider_copies import TEXTED, Copy

AFTER: Final = timedelta(hours=48)  # until then a log is read back for what we missed, or looked through for a fate
LATE: Final = timedelta(hours=24)
JUDGED: Final = timedelta(hours=1)
LEASE: Final = timedelta(minutes=5)  # longer than a batch takes, as a rule: who is late does no harm
BATCH: Final = 20
COLLECTED: Final = 500
# After the first, the second … try in vain; then as long as after the last.
WAITS: Final = tuple(timedelta(minutes=each) for each in (1, 5, 30, 60, 240, 720))

log = structlog.get_logger()


async def all_of(
    tx: Tx, theirs: Sequence[ContactRow], appointments: Sequence[str], now: datetime, erasure: int | None = None
) -> None:
    """`appointments`: what was said of them to others is emptied."""
    await provider_copies.of_contacts(tx, [(row.id, parting.address_of(row)) for row in theirs], now, erasure)
    unsure = await provider_copies.of_appointments(tx, appointments, now, erasure)
    for id, row in (await contacts.get_many(tx, list(unsure))).items():
        await provider_copies.look_for(tx, row.channel, parting.address_of(row), unsure[id], now, erasure)
    for row in theirs:
        if row.channel == "telegram":
            await _of_chat(tx, row, now, erasure)


async def _of_chat(tx: Tx, row: ContactRow, now: datetime, erasure: int | None) -> None:
    since = now - DELETABLE
    came = [telegram_id(body) for body in await inbox.bodies_since(tx, row.id, since)]
    for id in dict.fromkeys([*came, *await provider_copies.of_chat(tx, row.id, since)]):
        if id:
            await provider_copies.due(tx, row.channel, f"{parting.address_of(row)}:{id}", "delete", now, erasure)


async def stray(parts: Parts, contact: ContactRow, ref: str, now: datetime) -> None:
    """A message was taken whose row is not ours any more, and bears another's id, or is gone with its person."""
    if contact.channel == "telegram":
        ref = f"{contact.address}:{ref}"
    elif contact.channel not in TEXTED:
        return
    if await contacts.get(parts.db, contact.id) is None:
        await provider_copies.due(parts.db, contact.channel, ref, "delete", now)
    elif contact.channel in TEXTED:
        await provider_copies.due(parts.db, contact.channel, ref, "empty", now + AFTER)


async def look(parts: Parts) -> int:
    now = parts.clock()
    count = 0
    for channel in TEXTED:
        if channel in parts.copies:
            count += await provider_copies.collect(parts.db, channel, now - AFTER, now, COLLECTED)
    rows = await provider_copies.take_due(parts.db, now, now + LEASE, BATCH, list(parts.copies))
    by_channel: dict[str, list[Copy]] = {}
    for row in rows:
        by_channel.setdefault(row.channel, []).append(row)
    count += sum(await asyncio.gather(*(_see_to(parts, theirs) for theirs in by_channel.values())))
    if await flags.turn(parts.db, "copies_judged", JUDGED, now):
        await _judge(parts, now)
    return count


async def _see_to(parts: Parts, rows: Sequence[Copy]) -> int:
    """Of one channel. Once its provider is away, or has too much to do, the others wait as well."""
    for count, row in enumerate(rows):
        try:
            end = await _end(parts, parts.copies[row.channel], row)
        except SendError as error:
            log.info("copy not deleted", channel=row.channel, act=row.act, reason=error.code)
            parts.metrics.provider_copies.labels(row.channel, "later").inc()
            at = parts.clock() + max(WAITS[min(row.attempts, len(WAITS)) - 1], error.after or timedelta())
            if error.outcome == "refused":
                await provider_copies.later(parts.db, row, error.code, at)
                continue
            for each in rows[count:]:
                await provider_copies.later(parts.db, each, error.code, at)
            return count
        await provider_copies.gone(parts.db, row)
        parts.metrics.provider_copies.labels(row.channel, end).inc()
    return len(rows)


async def _end(parts: Parts, there: Copies, row: Copy) -> str:
    match row.act:
        case "empty":
            return await there.empty(row.ref)
        case "delete":
            return await there.delete(row.ref)
    what = json.loads(row.ref)
    found = await there.find(what["to"], datetime.fromisoformat(what["since"]))
    for ref in await provider_copies.unknown_to_us(parts.db, found):
        await provider_copies.due(parts.db, row.channel, ref, "delete", parts.clock(), row.erasure)
    return "found"


async def _judge(parts: Parts, now: datetime) -> None:
    waiting = await provider_copies.waiting(parts.db)
    for channel in dict.fromkeys([*waiting, *parts.copies]):
        if channel in waiting and waiting[channel].oldest_at < now - LATE:
            await standing.raised(parts, "copies_late", channel, now)
        else:
            await standing.over(parts, "copies_late", channel, now)
