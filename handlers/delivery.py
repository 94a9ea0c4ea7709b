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
from functools import partial
from typing import Final

import structlog

from handlers import content
from handlers.alarms import hour, raise_alarm
from handlers.calendars import inviting
from handlers.channels.base import CalendarPart, Draw, Payload, SendError
from handlers.judging import MATTERS, Leave, Wait, judge
from handlers.links import url
from handlers.parts import Parts
from handlers.reminding import tell_rest
from handlers.rerouting import reroute
from handlers.writing import window_open
from locales.voice import Voice
from storage import contacts, inbox, outbox
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx
from storage.faults import is_transient
from storage.outbox import OutboxRow

LEASE: Final = timedelta(seconds=60)  # longer than any channel's own time-out
BATCH: Final = 20
ASK_PROVIDER_AFTER: Final = timedelta(minutes=2)  # a status callback usually settles an unknown row before
PATIENCE: Final = timedelta(hours=6)  # a provider that is away is waited for; longer than any failure they had
SOON: Final = timedelta(minutes=15)  # by then a booking, a move, a cancellation is told, or a human knows (I8)
HARMLESS: Final = frozenset(  # when doubled: a second copy only repeats what is so
    {
        "answer",
        "booked",
        "moved",
        "cancelled",
        "turned",
        "arriving",
        "reminder",
        "soon",
        "missed_call",
        "question",
        "offer",
        "freed",
        "digest",
        "feedback",
        "calendar",
        "test",
        "confirm_email",
        "alarm",
    }
)

log = structlog.get_logger()


async def deliver(parts: Parts, owner: str) -> int:
    """Send what is due, at most a batch. Returns how many rows were looked at. Order per contact is the claim's."""
    now = parts.clock()
    channels = list(parts.channels)
    rows = await outbox.claim_due(parts.db, owner, now, now + LEASE, BATCH, channels)
    await asyncio.gather(*(_alone(parts, row) for row in rows))
    return len(rows)


async def _alone(parts: Parts, row: OutboxRow) -> None:
    """A row that breaks us stands aside, and none of the others waits for it (I16). What passes by itself does: the
    row's lease ends.
    """
    try:
        await handle(parts, row)
    except Exception as error:
        if is_transient(error):
            raise
        log.warning("delivery failed", outbox=row.id, exc_info=error)
        await give_up(parts, row, f"failed: {type(error).__name__}", "delivery_failed")


async def give_up(parts: Parts, row: OutboxRow, reason: str, code: str) -> None:
    """It will not be sent, and a human is told."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if await outbox.settle(tx, row, "failed", reason, now):
            tx.after_commit(partial(_count, parts, row, "failed"))
            await _alarm(tx, parts, code, row, now, reason=reason)


async def _alarm(tx: Tx, parts: Parts, code: str, row: OutboxRow, now: datetime, **ids: str) -> None:
    """One mail a row; none about a mail that was an alarm itself."""
    if row.kind == "alarm":
        tx.after_commit(partial(parts.alarm, code, outbox=row.id, **ids))
    else:
        await raise_alarm(tx, parts, code, row.id, now, outbox=row.id, **ids)


async def handle(parts: Parts, row: OutboxRow) -> None:
    """One claimed row, to its next state."""
    now = parts.clock()
    contact = await contacts.get(parts.db, row.contact_id)
    if contact is None:
        await outbox.settle(parts.db, row, "failed", "contact_gone", now)
        return
    match await judge(parts, row, contact, now):
        case Wait(until, reason):
            await outbox.postpone(parts.db, row, until, reason, now)
        case Leave(status, reason, alarm):
            await _leave(parts, row, status, reason, now, alarm=alarm)
        case _ if row.channel == "whatsapp" and not window_open(contact, now):
            async with parts.db.transaction() as tx:
                await reroute(tx, parts, row, contact, "window_closed", now)
        case _:
            await send(parts, row, contact)


async def _leave(
    parts: Parts, row: OutboxRow, status: outbox.Final, reason: str, now: datetime, *, alarm: bool
) -> None:
    async with parts.db.transaction() as tx:
        if not await outbox.settle(tx, row, status, reason, now):
            return
        tx.after_commit(partial(_count, parts, row, status))
        if row.reminder and reason == "appointment_changed":
            await tell_rest(tx, RowStore(tx, parts.directories), row, now)
            tx.after_commit(partial(parts.bell.ring, "inbox"))
        if alarm:
            await _alarm(tx, parts, "notice_not_sent", row, now, reason=reason)


async def send(parts: Parts, row: OutboxRow, contact: ContactRow) -> None:
    """Draw and call."""
    payload = drawn(parts, row, contact, await inviting.part(parts, row, contact))
    try:
        provider_id = await parts.channels[row.channel].send(payload, contact.address, row.id)
    except SendError as error:
        await refused(parts, row, contact, error)
        return
    except Exception as error:
        log.warning("send failed", outbox=row.id, channel=row.channel, exc_info=error)
        await refused(parts, row, contact, SendError(type(error).__name__, "unknown", alarm=True))
        return
    at = parts.clock()
    if not await outbox.accepted(parts.db, row, provider_id, at, payload.segments):
        return  # somebody else has it since our lease ended, and counts it
    _count(parts, row, "accepted")
    parts.metrics.outbound_segments.labels(row.channel).inc(payload.segments)
    if row.received_at is not None:
        parts.metrics.inbound_to_reply.observe((at - row.received_at).total_seconds())


def drawn(parts: Parts, row: OutboxRow, contact: ContactRow, calendar: CalendarPart | None = None) -> Payload:
    """In the words that the contact reads now: its language may have changed since the row was written."""
    assert row.content is not None
    draw = Draw(
        say=Voice(contact.lang, contact.time_zone),
        url=lambda link: url(parts, link),
        lang=contact.lang,
        expires_at=row.expires_at,
        calendar=calendar,
    )
    return parts.channels[row.channel].render(content.from_json(row.content), draw)


async def refused(parts: Parts, row: OutboxRow, contact: ContactRow, error: SendError) -> None:
    """What a provider's 'no' changes: the row, the contact, and who must know."""
    now = parts.clock()
    log.info("not accepted", outbox=row.id, channel=row.channel, code=error.code, outcome=error.outcome)
    if error.alarm:
        async with parts.db.transaction() as tx:
            ids = {"outbox": row.id, "provider_code": error.code}
            await raise_alarm(tx, parts, "provider_refused", hour(now), now, **ids)
    match error.outcome:
        case "retry" if now - row.due_at < PATIENCE:
            wait = error.after or backoff(row.attempts)
            await outbox.retry(parts.db, row, now + wait, error.code, now)
        case "unknown":
            await outbox.unknown(parts.db, row, now + ASK_PROVIDER_AFTER, error.code, now)
            _count(parts, row, "unknown")
        case _:
            async with parts.db.transaction() as tx:
                await not_reached(tx, parts, row, contact, error, now)


async def not_reached(
    tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, error: SendError, now: datetime
) -> None:
    """What it says of the contact: stopped by the person, nobody there. And the other way to them, all at once."""
    if error.opted_out:
        await contacts.opt_out(tx, contact.id, now)
        if row.answer:
            await inbox.add_news(tx, f"unread:{row.id}", contact.id, "unread", {}, now)
    elif not (error.window_closed or error.alarm or error.outcome == "retry"):
        await contacts.failed(tx, contact.id, now, dead=error.dead)
    await reroute(tx, parts, row, contact, "window_closed" if error.window_closed else error.code, now)


def backoff(attempts: int) -> timedelta:
    """One second, doubling, five minutes at most."""
    return min(timedelta(seconds=2 ** min(attempts, 9)), timedelta(minutes=5))


async def settle_unknown(parts: Parts, owner: str) -> int:
    """Rows whose fate nobody told: the provider's log first, then one marked resend of what does no harm twice (I7).

    And those that no channel of ours takes, once they are of no use.
    """
    now = parts.clock()
    await outbox.expire_leases(parts.db, now)
    for stranded in await outbox.expire_stranded(parts.db, now, list(parts.channels)):
        parts.metrics.outbound_messages.labels(stranded.channel, stranded.kind, "expired").inc()
        if stranded.channel != "terminal" and not stranded.answer and stranded.kind != "reminder":
            async with parts.db.transaction() as tx:
                ids = {"outbox": stranded.id, "reason": "channel_off"}
                await raise_alarm(tx, parts, "notice_not_sent", stranded.id, now, **ids)
    rows = await outbox.claim_unknown(parts.db, owner, now, now + LEASE, BATCH, list(parts.channels))
    for row in rows:
        try:
            await _settle(parts, row, now)
        except Exception as error:
            if is_transient(error):
                raise
            log.warning("look-up failed", outbox=row.id, exc_info=error)
            await give_up(parts, row, f"failed: {type(error).__name__}", "message_unknown")
    return len(rows)


async def warn(parts: Parts) -> int:
    """A booking, a move or a cancellation that has not left within a quarter of an hour: a human is told, once."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        late = await outbox.overdue(tx, now - SOON, now, sorted(MATTERS))
        for row in late:
            await _alarm(tx, parts, "notice_late", row, now, status=row.status)
    return len(late)


async def _settle(parts: Parts, row: OutboxRow, now: datetime) -> None:
    contact = await contacts.get(parts.db, row.contact_id)
    found: Sequence[str] = ()
    if contact is not None and row.content is not None:
        try:
            logged = await parts.channels[row.channel].sent(drawn(parts, row, contact), contact.address, row.created_at)
            # The same words may have been said before, within the second that the log counts by.
            found = await outbox.of_nobody_else(parts.db, row, logged)
        except SendError as error:
            if now - row.due_at >= PATIENCE:
                await give_up(parts, row, error.code, "message_unknown")
            else:
                await outbox.unknown(parts.db, row, now + ASK_PROVIDER_AFTER, error.code, now)
            return
    if found:
        await outbox.accepted(parts.db, row, found[-1], now)  # the oldest, as rows are taken up oldest first
    elif row.kind in HARMLESS and await outbox.resend(parts.db, row, now):
        log.info("sent once more", outbox=row.id, channel=row.channel)
    else:
        await give_up(parts, row, "unknown", "message_unknown")


def _count(parts: Parts, row: OutboxRow, outcome: str) -> None:
    parts.metrics.outbound_messages.labels(row.channel, row.kind, outcome).inc()
