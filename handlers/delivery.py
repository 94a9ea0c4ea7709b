"""What is in the outbox leaves: claimed, judged again, drawn, sent, marked. No transaction is open while a provider
is called.

A row is 'sending', with a lease, before the call. Whatever happens then has a name: accepted; retry, when it was
certainly not processed; refused; or unknown, when it may have arrived and only the provider can tell (invariants I6,
I7). Nothing else retries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from handlers import holding
from handlers.alarms import raise_alarm
from handlers.channels.base import SendError
from handlers.judging import MATTERS, QUIETLY
from handlers.lost_messages import writer_is_told
from handlers.parts import Parts
from handlers.refusing import ASK_PROVIDER_AFTER, PATIENCE
from handlers.sending import NotCalled, alarm_of, alone, drawn, give_up
from handlers.to_desk import about_message
from storage import contacts, fates, outbox, parting, senders, unsettled
from storage.faults import is_transient
from storage.outbox import OutboxRow
from storage.senders import Held

LEASE: Final = timedelta(seconds=60)  # longer than any channel's own time-out
BATCH: Final = 20
STORM: Final = timedelta(hours=1)  # so long the second try of what was lost waits for the end of a storm
CALM: Final = timedelta(minutes=5)  # without a call that failed: one such second try may find out whether it is over
SOON: Final = timedelta(minutes=15)  # by then a booking, a move, a cancellation is told, or a human knows (I8)
HARMLESS: Final = frozenset(  # when doubled: a second copy only repeats what is so
    {
        "answer",
        "booked",
        "moved",
        "turned",
        "arriving",
        "reminder",
        "soon",
        "message",
        "undelivered",
        "missed_call",
        "question",
        "channel",
        "offer",
        "freed",
        "digest",
        "feedback",
        "calendar",
        "test",
        "stopped",
        "confirm_email",
        "access",
        "alarm",
    }
)

# A second copy of these may be taken for another hour's: only where the provider's own log does not show the first.
# Else a human tells them.
UNLESS_GUESSED: Final = frozenset({"cancelled"})

log = structlog.get_logger()


async def deliver(parts: Parts, owner: str) -> int:
    """Send what is due, at most a batch. Returns how many rows were looked at. Order per contact is the claim's.

    It waits for the slowest, so a worker has `lanes.py` instead; here time stands still between two calls.
    """
    now, held = parts.clock(), await senders.held(parts.db)
    free = [channel for channel in parts.channels if channel not in held]
    rows = await outbox.claim_due(parts.db, owner, now, now + LEASE, BATCH, free)
    due = [channel for channel in parts.channels if channel in held and held[channel].probe_at <= now]
    _, tried = await asyncio.gather(
        asyncio.gather(*(alone(parts, row) for row in rows)),
        asyncio.gather(*(probe(parts, owner, channel) for channel in due)),
    )
    return len(rows) + sum(tried)


async def probe(parts: Parts, owner: str, channel: str) -> int:
    """One message by a sender that is held: the oldest that is still to be sent. Returns how many were looked at."""
    now, pinged = parts.clock(), parts.channels[channel]
    can_be_asked = isinstance(pinged, holding.Pinged)
    if not await senders.take_probe(parts.db, channel, now, now + LEASE, unknown=can_be_asked):
        return 0
    if isinstance(pinged, holding.Pinged):
        try:
            await pinged.ping()
        except SendError as error:
            held = (await senders.held(parts.db)).get(channel)
            await holding.wait_on(parts, channel, error, stopped=bool(held and held.stopped))
            return 0
    for looked in range(1, BATCH + 1):
        rows = await outbox.claim_due(parts.db, owner, now, now + LEASE, 1, [channel])
        if rows:
            called = await alone(parts, rows[0])
            if not isinstance(called, NotCalled):
                await holding.probed(parts, rows[0], called)
                return looked
        elif not await _one_of_unknown_fate(parts, owner, channel, now):
            break
    await senders.give_back(parts.db, channel, now)
    return looked - 1


async def _one_of_unknown_fate(parts: Parts, owner: str, channel: str, now: datetime) -> bool:
    """Where there is no log, and nothing else to try: one whose second try it may be. False: there is none."""
    if not isinstance(parts.channels[channel], holding.Pinged):
        return False
    rows = await unsettled.claim_unknown(parts.db, owner, now, now + LEASE, 1, [channel])
    await _settle_all(parts, rows, {}, now)
    return bool(rows)


async def settle_unknown(parts: Parts, owner: str) -> int:
    """Rows whose fate nobody told: the provider's log first, then one marked resend of what does no harm twice (I7).

    And those that no channel of ours takes, once they are of no use. Returns how many were looked at; of a sender that
    is held, one is at a time, and it counts only once it is settled.
    """
    now = parts.clock()
    await unsettled.expire_leases(parts.db, now)
    await _drop_stranded(parts, now)
    held = await senders.held(parts.db)
    free = [channel for channel in parts.channels if channel not in held]
    rows = await unsettled.claim_unknown(parts.db, owner, now, now + LEASE, BATCH, free)
    found = len(rows)
    for channel in held:
        # Its log may be asked, a little at a time. Where there is none, the second try is not thrown away.
        if channel in parts.channels and not isinstance(parts.channels[channel], holding.Pinged):
            rows += await unsettled.claim_unknown(parts.db, owner, now, now + LEASE, 1, [channel])
    # One after the other for each contact, as one of them may be what the other is taken for.
    of_one: dict[str, list[OutboxRow]] = {}
    for row in rows:
        of_one.setdefault(row.contact_id, []).append(row)
    settled = await asyncio.gather(*(_settle_all(parts, theirs, held, now) for theirs in of_one.values()))
    return found + sum(row.channel in held for theirs in settled for row in theirs)


async def _settle_all(
    parts: Parts, rows: Sequence[OutboxRow], held: Mapping[str, Held], now: datetime
) -> list[OutboxRow]:
    settled = []
    for row in rows:
        try:
            storm = row.channel in held and held[row.channel].storm
            if await _settle(parts, row, now, storm=storm):
                settled.append(row)
        except Exception as error:
            if is_transient(error):
                raise
            log.warning("look-up failed", outbox=row.id, exc_info=error)
            await give_up(parts, row, f"failed: {type(error).__name__}", "message_unknown")
    return settled


async def _drop_stranded(parts: Parts, now: datetime) -> None:
    for stranded in await unsettled.expire_stranded(parts.db, now, list(parts.channels)):
        parts.metrics.outbound_messages.labels(stranded.channel, stranded.kind, "expired").inc()
        if stranded.channel != "terminal" and stranded.kind not in QUIETLY:
            async with parts.db.transaction() as tx:
                ids = {"outbox": stranded.id, "reason": stranded.reason}
                await raise_alarm(tx, parts, "notice_not_sent", stranded.id, now, **ids)
                if (row := await outbox.get(tx, stranded.id)) is not None:
                    await about_message(tx, parts, "notice_not_sent", row.contact_id, row.id, now)
                    await writer_is_told(tx, parts, "notice_not_sent", row, now)


async def warn(parts: Parts) -> int:
    """A booking, a move or a cancellation that has not left within a quarter of an hour: a human is told, once."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        late = await fates.overdue(tx, now - SOON, now, sorted(MATTERS))
        for row in late:
            await alarm_of(tx, parts, "notice_late", row, now, status=row.status)
    return len(late)


async def _settle(parts: Parts, row: OutboxRow, now: datetime, *, storm: bool) -> bool:
    """False: the log cannot be read now; or it is not there, and its one more try would be thrown into a storm."""
    contact = await contacts.get(parts.db, row.contact_id)
    found: Sequence[str] = ()
    if contact is not None and row.content is not None:
        try:
            logged = await parts.channels[row.channel].sent(
                await drawn(parts, row, contact), parting.address_of(contact), row.created_at
            )
            # The same words may have been said before, within the second that the log counts by.
            found = await unsettled.of_nobody_else(parts.db, row, logged)
        except SendError as error:
            if now - row.due_at >= PATIENCE:
                await give_up(parts, row, error.code, "message_unknown")
            else:
                await outbox.unknown(parts.db, row, now + ASK_PROVIDER_AFTER, error.code, now)
            return False
    if found:
        await outbox.accepted(parts.db, row, found[-1], now)  # the oldest, as rows are taken up oldest first
    elif storm and not row.possible_duplicate and now - row.due_at < STORM and not await _calm(parts, row, now):
        await outbox.unknown(parts.db, row, now + ASK_PROVIDER_AFTER, row.reason or "unknown", now)
        return False
    elif _once_more(parts, row) and await unsettled.resend(parts.db, row, now):
        log.info("sent once more", outbox=row.id, channel=row.channel)
    else:
        await give_up(parts, row, "unknown", "message_unknown")
    return True


def _once_more(parts: Parts, row: OutboxRow) -> bool:
    """Whether the second try of what may have arrived does no harm."""
    guessed = isinstance(parts.channels[row.channel], holding.Pinged)  # it has no log
    return row.kind in HARMLESS or (row.kind in UNLESS_GUESSED and not guessed)


async def _calm(parts: Parts, row: OutboxRow, now: datetime) -> bool:
    """Nobody else wrote for a while, so that nothing could be tried: else a storm that is over holds back what was lost
    in it until somebody does.
    """
    return await senders.calm(parts.db, row.channel, now, now - CALM)
