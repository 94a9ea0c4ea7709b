"""What is in the outbox leaves: claimed, judged again, drawn, sent, marked. No transaction is open while a provider
is called.

A row is 'sending', with a lease, before the call. Whatever happens then has a name: accepted; retry, when it was
certainly not processed; refused; or unknown, when it may have arrived and only the provider can tell (invariants I6,
I7). Nothing else retries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog

from handlers import content
from handlers.channels.base import Draw, Payload, SendError
from handlers.judging import Leave, Wait, judge
from handlers.links import url
from handlers.parts import Parts
from handlers.rerouting import reroute
from handlers.writing import window_open
from locales.voice import Voice
from storage import contacts, outbox
from storage.contacts import ContactRow
from storage.outbox import OutboxRow

LEASE: Final = timedelta(seconds=60)  # longer than any channel's own time-out
BATCH: Final = 20
ASK_PROVIDER_AFTER: Final = timedelta(minutes=2)  # a status callback usually settles an unknown row before
TRIES: Final = 8
HARMLESS: Final = frozenset({"answer", "booked", "moved", "reminder", "confirm_email", "alarm", "desk"})  # when doubled

log = structlog.get_logger()


async def deliver(parts: Parts, owner: str) -> int:
    """Send what is due, at most a batch. Returns how many rows were looked at. Order per contact is the claim's."""
    now = parts.clock()
    channels = list(parts.channels)
    rows = await outbox.claim_due(parts.db, owner, now, now + LEASE, BATCH, channels)
    await asyncio.gather(*(handle(parts, row) for row in rows))
    return len(rows)


async def handle(parts: Parts, row: OutboxRow) -> None:
    """One claimed row, to its next state."""
    now = parts.clock()
    contact = await contacts.get(parts.db, row.contact_id)
    if contact is None:
        await outbox.settle(parts.db, row, "failed", "contact_gone", now)
        return
    match await judge(parts, row, contact, now):
        case Wait(until, reason):
            await outbox.retry(parts.db, row, until, reason, now)
        case Leave(status, reason, alarm):
            await _leave(parts, row, status, reason, now, alarm=alarm)
        case _ if row.channel == "whatsapp" and not window_open(contact, now):
            await reroute(parts, row, contact, "window_closed", now)
        case _:
            await send(parts, row, contact)


async def _leave(
    parts: Parts, row: OutboxRow, status: outbox.Final, reason: str, now: datetime, *, alarm: bool
) -> None:
    await outbox.settle(parts.db, row, status, reason, now)
    _count(parts, row, status)
    if alarm:
        parts.alarm("notice_not_sent", outbox=row.id, reason=reason)


async def send(parts: Parts, row: OutboxRow, contact: ContactRow) -> None:
    """Draw and call."""
    payload = drawn(parts, row, contact)
    try:
        provider_id = await parts.channels[row.channel].send(payload, contact.address, row.id)
    except SendError as error:
        await refused(parts, row, contact, error)
        return
    at = parts.clock()
    await outbox.accepted(parts.db, row, provider_id, at, payload.segments)
    _count(parts, row, "accepted")
    parts.metrics.outbound_segments.labels(row.channel).inc(payload.segments)
    if row.received_at is not None:
        parts.metrics.inbound_to_reply.observe((at - row.received_at).total_seconds())


def drawn(parts: Parts, row: OutboxRow, contact: ContactRow) -> Payload:
    """In the words that the contact reads now: its language may have changed since the row was written."""
    assert row.content is not None
    draw = Draw(
        say=Voice(contact.lang, contact.time_zone),
        url=lambda link: url(parts, link),
        lang=contact.lang,
        expires_at=row.expires_at,
    )
    return parts.channels[row.channel].render(content.from_json(row.content), draw)


async def refused(parts: Parts, row: OutboxRow, contact: ContactRow, error: SendError) -> None:
    """What a provider's 'no' changes: the row, the contact, and who must know."""
    now = parts.clock()
    log.info("not accepted", outbox=row.id, channel=row.channel, code=error.code, outcome=error.outcome)
    if error.alarm:
        parts.alarm("provider_refused", outbox=row.id, provider_code=error.code)
    match error.outcome:
        case "retry" if row.attempts < TRIES:
            wait = error.after or backoff(row.attempts)
            await outbox.retry(parts.db, row, now + wait, error.code, now)
        case "unknown":
            await outbox.unknown(parts.db, row, now + ASK_PROVIDER_AFTER, error.code, now)
            _count(parts, row, "unknown")
        case _:
            await contact_refused(parts, contact, error, now)
            await reroute(parts, row, contact, "window_closed" if error.window_closed else error.code, now)
            _count(parts, row, "failed")


async def contact_refused(parts: Parts, contact: ContactRow, error: SendError, now: datetime) -> None:
    """Stopped by the person, or nobody there."""
    if error.opted_out:
        await contacts.opt_out(parts.db, contact.id, now)
    if error.dead:
        await contacts.failed(parts.db, contact.id, now, dead=True)


def backoff(attempts: int) -> timedelta:
    """One second, doubling, five minutes at most."""
    return min(timedelta(seconds=2 ** min(attempts, 9)), timedelta(minutes=5))


async def settle_unknown(parts: Parts, owner: str) -> int:
    """Rows whose fate nobody told: the provider's log first, then one marked resend of what does no harm twice (I7).

    And those that no channel of ours takes, once they are of no use.
    """
    now = parts.clock()
    await outbox.expire_leases(parts.db, now)
    for row in await outbox.expire_stranded(parts.db, now, list(parts.channels)):
        parts.metrics.outbound_messages.labels(row.channel, row.kind, "expired").inc()
        if row.channel != "terminal" and not row.answer and row.kind != "reminder":
            parts.alarm("notice_not_sent", outbox=row.id, reason="channel_off")
    rows = await outbox.claim_unknown(parts.db, owner, now, now + LEASE, BATCH)
    for unknown in rows:
        await _settle(parts, unknown, now)
    return len(rows)


async def _settle(parts: Parts, row: OutboxRow, now: datetime) -> None:
    contact = await contacts.get(parts.db, row.contact_id)
    found: Sequence[str] = ()
    if contact is not None and row.content is not None:
        try:
            logged = await parts.channels[row.channel].sent(drawn(parts, row, contact), contact.address, row.created_at)
            # The same words may have been said before, within the second that the log counts by.
            found = await outbox.of_nobody_else(parts.db, row, logged)
        except SendError as error:
            await outbox.unknown(parts.db, row, now + ASK_PROVIDER_AFTER, error.code, now)
            return
    if found:
        await outbox.accepted(parts.db, row, found[-1], now)  # the oldest, as rows are taken up oldest first
    elif row.kind in HARMLESS and await outbox.resend(parts.db, row, now):
        log.info("sent once more", outbox=row.id, channel=row.channel)
    else:
        await outbox.settle(parts.db, row, "failed", "unknown", now)
        parts.alarm("message_unknown", outbox=row.id)


def _count(parts: Parts, row: OutboxRow, outcome: str) -> None:
    parts.metrics.outbound_messages.labels(row.channel, row.kind, outcome).inc()
