"""One claimed message on its way out: judged again, drawn, sent, marked. No transaction is open while a provider is
called.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

import structlog

from booking.phones import spaced
from conversations.model import Link
from handlers import content, keyboards, provider_copies, windows
from handlers.alarms import raise_alarm
from handlers.calendars import inviting
from handlers.channels.base import CalendarPart, Draw, Payload, SendError
from handlers.discretion import hushes, names_its_hour, said
from handlers.judging import Leave, Send, Wait, judge
from handlers.links import urls
from handlers.lost_messages import writer_is_told
from handlers.parts import Parts
from handlers.refusing import refused
from handlers.reminding import tell_rest
from handlers.rerouting import reroute
from handlers.spending import weigh
from handlers.to_desk import about_message
from locales.voice import Voice
from storage import contacts, inbox, outbox
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx
from storage.faults import is_transient
from storage.outbox import OutboxRow

log = structlog.get_logger()


class NotCalled:
    """The provider was not asked: dropped, put off, or already somebody else's."""


Called: TypeAlias = SendError | NotCalled | None  # None: accepted
NOT_CALLED: Final = NotCalled()


async def alone(parts: Parts, row: OutboxRow) -> Called:
    """A row that breaks us stands aside, and none of the others waits for it (I16). What passes by itself does: the
    row's lease ends.
    """
    try:
        return await handle(parts, row)
    except Exception as error:
        if is_transient(error):
            raise
        log.warning("delivery failed", outbox=row.id, exc_info=error)
        await give_up(parts, row, f"failed: {type(error).__name__}", "delivery_failed")
        return NOT_CALLED


async def give_up(parts: Parts, row: OutboxRow, reason: str, code: str) -> None:
    """It will not be sent, and a human is told."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if await outbox.settle(tx, row, "failed", reason, now):
            tx.after_commit(partial(_count, parts, row, "failed"))
            await alarm_of(tx, parts, code, row, now, reason=reason)


async def alarm_of(tx: Tx, parts: Parts, code: str, row: OutboxRow, now: datetime, **ids: str) -> None:
    """One mail a row; none about a mail that was an alarm itself."""
    if row.kind == "alarm":
        tx.after_commit(partial(parts.alarm, code, outbox=row.id, **ids))
    else:
        await raise_alarm(tx, parts, code, row.id, now, outbox=row.id, **ids)
        await about_message(tx, parts, code, row.contact_id, row.id, now)
        await writer_is_told(tx, parts, code, row, now)


async def handle(parts: Parts, row: OutboxRow) -> Called:
    """One claimed row, to its next state."""
    now = parts.clock()
    contact = await contacts.get(parts.db, row.contact_id)
    if contact is None:
        await outbox.settle(parts.db, row, "failed", "contact_gone", now)
        return NOT_CALLED
    verdict = await judge(parts, row, contact, now)
    if not isinstance(verdict, Send):
        return await _not_now(parts, row, verdict, now)
    row = await hushed(parts, row, contact, now)
    if windows.shut(parts, row, contact, now):
        async with parts.db.transaction() as tx:
            await reroute(tx, parts, row, contact, "window_closed", now)
        return NOT_CALLED
    return await send(parts, row, contact)


async def _not_now(parts: Parts, row: OutboxRow, verdict: Wait | Leave, now: datetime) -> NotCalled:
    match verdict:
        case Wait(until, reason):
            await outbox.postpone(parts.db, row, until, reason, now)
        case Leave(status, reason, alarm):
            await _leave(parts, row, status, reason, now, alarm=alarm)
    return NOT_CALLED


async def hushed(parts: Parts, row: OutboxRow, contact: ContactRow, now: datetime) -> OutboxRow:
    """As it leaves: without its words, where they might be read by somebody else."""
    if row.answer or not await hushes(parts.db, parts, row, contact, now):
        return replace(row, hushed_at=None)
    await outbox.hush(parts.db, row, now)
    return replace(row, hushed_at=now)


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
        if row.answer and status == "suppressed":  # nobody reads the question that it asked
            await inbox.add_news(tx, f"unread:{row.id}", row.contact_id, "unread", {}, now)
            tx.after_commit(partial(parts.bell.ring, "inbox"))
        if alarm:
            await alarm_of(tx, parts, "notice_not_sent", row, now, reason=reason)


async def send(parts: Parts, row: OutboxRow, contact: ContactRow) -> Called:
    """Wait for our turn where there are such, draw, weigh what it costs, and call."""
    if parts.pace is not None and (wait := await parts.pace.turn(row.channel, contact.id)):
        now = parts.clock()
        await outbox.stays(parts.db, row, "pace", now, until=now + wait)
        return NOT_CALLED
    payload = await drawn(parts, row, contact, await inviting.part(parts, row, contact))
    room = await weigh(parts, row, contact, payload.segments)
    if not isinstance(room, Send):
        return NOT_CALLED if room is None else await _not_now(parts, row, room, parts.clock())
    try:
        provider_id = await parts.channels[row.channel].send(payload, contact.address, row.id)
    except SendError as error:
        await refused(parts, row, contact, error)
        return error
    except Exception as error:
        log.warning("send failed", outbox=row.id, channel=row.channel, exc_info=error)
        unknown = SendError(type(error).__name__, "unknown", alarm=True)
        await refused(parts, row, contact, unknown)
        return unknown
    at = parts.clock()
    if not await outbox.accepted(parts.db, row, provider_id, at, payload.segments):
        # Somebody else has it since our lease ended, and counts it; or its person was erased meanwhile.
        await provider_copies.stray(parts, contact, provider_id, at)
        return None
    _count(parts, row, "accepted")
    parts.metrics.outbound_segments.labels(row.channel).inc(payload.segments)
    await keyboards.clear(parts, row, contact)
    if row.received_at is not None:
        parts.metrics.inbound_to_reply.observe((at - row.received_at).total_seconds())
    return None


async def drawn(parts: Parts, row: OutboxRow, contact: ContactRow, calendar: CalendarPart | None = None) -> Payload:
    """In the words that the contact reads now: its language may have changed since the row was written."""
    reply = content.from_json(said(row))
    about = Link("appointment", row.appointment_id) if row.appointment_id and names_its_hour(row) else None
    draw = Draw(
        say=Voice(contact.lang, contact.time_zone),
        url=await urls(parts.db, parts, [reply.link, about]),
        lang=contact.lang,
        window_open=windows.is_open(row, contact, parts.clock()),
        plain=bool(row.content and row.content.get(windows.PLAIN)),
        expires_at=row.expires_at,
        calendar=calendar,
        about=about,
        desk=spaced(parts.desk_phone) if parts.desk_phone else None,
        heard=contact.last_inbound_at is not None,
        key_up=bool(row.content and row.content.get("key_up")),
    )
    return parts.channels[row.channel].render(reply, draw)


def _count(parts: Parts, row: OutboxRow, outcome: str) -> None:
    parts.metrics.outbound_messages.labels(row.channel, row.kind, outcome).inc()
