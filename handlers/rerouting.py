"""A message that cannot go one way goes another: WhatsApp outside its window by SMS, a dead number by the next
channel. The old row keeps the reason; the new one is made in the same transaction, so it is said once. Nobody left:
an alarm, for the desk.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Any, Final

from booking.model import WorkerId
from conversations.model import Link
from handlers import links, unjoined, windows
from handlers.alarms import raise_alarm
from handlers.lost_messages import writer_is_told
from handlers.parts import Parts
from handlers.to_desk import about_message
from handlers.writing import contact_at, ways
from storage import contacts, fates, inbox, outbox, senders
from storage.contacts import ContactRow
from storage.db import Tx
from storage.outbox import OutboxRow

# It proves that very address, and who waits asks again; or it says once more what was said elsewhere.
NOWHERE_ELSE: Final = frozenset({"one_time_code", "confirm_email", "calendar", "stopped"})


async def reroute(tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, reason: str, now: datetime) -> None:
    """The same content, to the same person or worker, on another channel that reaches them and was not tried yet."""
    if row.status in {"sending", "unknown"}:
        if not await outbox.settle(tx, row, "failed", reason, now):
            return
        tx.after_commit(parts.metrics.outbound_messages.labels(row.channel, row.kind, "failed").inc)
    if await windows.once_more(tx, parts, row, contact, reason, now):
        return
    if row.kind in NOWHERE_ELSE:
        return
    if (other := await other_way(tx, parts, row, contact, now)) is None:
        await _nobody(tx, parts, row, contact, reason, now)
    else:
        await say_there(tx, parts, row, other, now)


async def other_way(tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, now: datetime) -> ContactRow | None:
    """Who else of the same person or worker may be told this: reached, and not tried yet. None where that is nobody, or
    it is of no use any more.
    """
    if row.kind in NOWHERE_ELSE or row.content is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    news = await _news(tx, row)
    tried = await fates.contacts_of(tx, _before(row)) | set(news[1].get("tried", ()) if news else ())
    return await _other(tx, parts, row, contact, tried, now, answering=news is not None)


async def say_there(
    tx: Tx, parts: Parts, row: OutboxRow, other: ContactRow, now: datetime, *, perhaps_twice: bool = False
) -> None:
    """`perhaps_twice`: the first may have arrived, so this one is never sent a second time."""
    news = await _news(tx, row)
    if news is not None and (other.person_id or other.worker_id):
        await _asked_there(tx, parts, row, other, news, now)
        return
    assert row.content is not None
    if row.appointment_id is not None:
        await links.give(tx, parts, Link("appointment", row.appointment_id), now)
    known = (other.person_id or other.worker_id) and not unjoined.read_there_only(row)
    said_there = row.again(
        f"{row.key}>{other.channel}",
        now,
        contact=other.id,
        content=row.content if known else await unjoined.words(tx, parts, row, now),
        possible_duplicate=perhaps_twice,
    )
    await outbox.add(tx, said_there, now)
    tx.after_commit(partial(parts.bell.ring, "outbox"))


async def _news(tx: Tx, row: OutboxRow) -> tuple[str, dict[str, Any]] | None:
    """The news that made a talk ask this; None for all other messages."""
    found = None if row.answer else re.match(r"i(\d+):0(>|$)", row.key)
    return await inbox.news_of(tx, int(found[1])) if found else None


async def _asked_there(
    tx: Tx, parts: Parts, row: OutboxRow, other: ContactRow, news: tuple[str, dict[str, Any]], now: datetime
) -> None:
    """A question moves with its talk: an answer is only understood where it was asked."""
    event, data = news
    tried = [*data.get("tried", ()), row.contact_id]
    if await inbox.add_news(tx, f"{row.key}>{other.channel}", other.id, event, {**data, "tried": tried}, now):
        tx.after_commit(partial(parts.bell.ring, "inbox"))


def _before(row: OutboxRow) -> list[str]:
    """This row's key and those it came from: `i7:1>sms>telegram` goes back to `i7:1`."""
    ways = row.key.split(">")
    return [">".join(ways[:count]) for count in range(1, len(ways) + 1)]


async def _nobody(tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, reason: str, now: datetime) -> None:
    """A human calls. A stranger's answer that cannot go is no loss; to somebody with an hour it may be one."""
    ids = {"outbox": row.id, "reason": reason}
    if row.kind == "alarm":
        tx.after_commit(partial(parts.alarm, "nobody_reached", **ids))  # a mail of it would fail like this one
    elif not row.answer or contact.person_id or contact.worker_id or reason == "window_closed":
        await raise_alarm(tx, parts, "nobody_reached", row.id, now, **ids)
        await about_message(tx, parts, "nobody_reached", contact.id, row.id, now)
        await writer_is_told(tx, parts, "nobody_reached", row, now)


async def _other(
    tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, tried: set[str], now: datetime, *, answering: bool
) -> ContactRow | None:
    """The number's own SMS first; then another address of the same person or worker. E-mail only for workers: a
    person's address has its own messages; and for nothing that asks (`answering`), since we read no answers there.
    """
    tried = tried | {contact.id}
    sms = await unjoined.sms_of(tx, parts, contact, now)
    if sms is not None and sms.id not in tried and _reachable(sms, row, parts, now):
        return sms
    same = [each for each in await _same(tx, parts, contact, now) if not (answering and each.channel == "email")]
    good = [each for each in same if each.id not in tried and _reachable(each, row, parts, now)]
    shut = await senders.held(tx)
    return min(good, key=lambda each: each.channel in shut, default=None)  # the first of those that are open


async def _same(tx: Tx, parts: Parts, contact: ContactRow, now: datetime) -> list[ContactRow]:
    """The same person's, or worker's, other contacts; a worker's are made where the directory gives the address."""
    if contact.worker_id:
        worker = (await parts.directories.current(tx)).worker(WorkerId(contact.worker_id))
        there = [await contact_at(tx, parts, worker, *way, now) for way in ways(worker)] if worker else []
        return [row for row in there if row is not None]
    if contact.person_id:
        return [row for row in await contacts.of_person(tx, contact.person_id) if row.channel != "email"]
    return []


def _reachable(other: ContactRow, row: OutboxRow, parts: Parts, now: datetime) -> bool:
    if other.dead_at is not None or other.opted_out_at is not None or other.channel not in parts.channels:
        return False
    return other.channel != "whatsapp" or windows.passes(parts, row, other, now)
