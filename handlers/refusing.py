"""What a provider's 'no' changes, at the call or told afterwards: the row, the contact, the sender, who must know."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from handlers import holding
from handlers.alarms import hour, raise_alarm
from handlers.channels.base import SendError
from handlers.parts import Parts
from handlers.rerouting import NOWHERE_ELSE, other_way, reroute
from storage import contacts, fates, inbox, outbox
from storage.contacts import ContactRow
from storage.db import Tx
from storage.outbox import OutboxRow

ASK_PROVIDER_AFTER: Final = timedelta(minutes=2)  # a status callback usually settles an unknown row before
PATIENCE: Final = timedelta(hours=6)  # a provider that is away is waited for; longer than any failure they had
FREQUENT: Final = (3, 50)  # an alarm from so many a day on, if they are more than one in so many
AGAIN: Final = re.compile(r">again(\d)$")

log = structlog.get_logger()


async def refused(parts: Parts, row: OutboxRow, contact: ContactRow, error: SendError) -> None:
    """A call was answered with it, or not at all."""
    now = parts.clock()
    log.info("not accepted", outbox=row.id, channel=row.channel, code=error.code, outcome=error.outcome)
    async with parts.db.transaction() as tx:
        held = await holding.heed(tx, parts, row, error)
        await alarm(tx, parts, row, error, "provider_refused", now)
        match error.outcome:
            case "retry" | "stop" if held and now - row.due_at < PATIENCE:
                await outbox.stays(tx, row, error.code, now)
            case "retry" | "stop" if now - row.due_at < PATIENCE:
                wait = spread(row, error.after or backoff(row.attempts))
                await outbox.retry(tx, row, now + wait, error.code, now)
            case "unknown":
                await outbox.unknown(tx, row, now + ASK_PROVIDER_AFTER, error.code, now)
                tx.after_commit(parts.metrics.outbound_messages.labels(row.channel, row.kind, "unknown").inc)
            case _:
                await not_reached(tx, parts, row, contact, error, now)


async def alarm(tx: Tx, parts: Parts, row: OutboxRow, error: SendError, code: str, now: datetime) -> None:
    """One mail an hour. A sender that stops has an alarm of its own; what is seldom is none before it is frequent."""
    if not error.alarm or error.outcome == "stop":
        return
    if error.seldom:
        least, one_in = FREQUENT
        failed, of = await fates.share_of(tx, row.channel, error.code, now - timedelta(days=1))
        if failed < least or failed * one_in < of:
            return
    await raise_alarm(tx, parts, code, hour(now), now, outbox=row.id, provider_code=error.code)


async def not_reached(
    tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, error: SendError, now: datetime
) -> None:
    """What it says of the contact: stopped by the person, nobody there. And the other way to them, all at once."""
    if error.opted_out:
        await contacts.opt_out(tx, contact.id, now)
        if row.answer:
            await inbox.add_news(tx, f"unread:{row.id}", contact.id, "unread", {}, now)
    elif error.outcome == "refused" and not (error.window_closed or error.alarm):
        await contacts.failed(tx, contact.id, now, dead=error.dead, hard_failures=error.strikes)
    await reroute(tx, parts, row, contact, "window_closed" if error.window_closed else error.code, now)


async def not_delivered(
    tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, error: SendError, now: datetime
) -> None:
    """It was accepted, and has certainly not arrived."""
    await holding.heed(tx, parts, row, error, told=True)
    await alarm(tx, parts, row, error, "not_delivered", now)
    if error.outcome not in {"retry", "stop"} or not await _once_more(tx, parts, row, contact, error, now):
        await not_reached(tx, parts, row, contact, error, now)


async def _once_more(
    tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, error: SendError, now: datetime
) -> bool:
    """The same, to the same address, in a while: as often as the table says, if it is of use then. What waits for hours
    goes another way first, where there is one. An answer that another has followed is not given again.
    """
    found = AGAIN.search(row.key)
    tries, at = int(found[1]) if found else 0, now + (error.after or backoff(4))
    most = 1 if error.outcome == "stop" else error.again
    useful = row.content is not None and (row.expires_at is None or row.expires_at > at)
    if tries >= most or not useful or row.kind in NOWHERE_ELSE or contact.opted_out_at or contact.dead_at:
        return False
    if row.answer and await fates.later_answer(tx, row):
        return False
    elsewhere = error.outcome == "stop" or (not row.answer and at - now >= timedelta(hours=1))
    if elsewhere and await other_way(tx, parts, row, contact, now):
        return False
    added = await outbox.add(tx, row.again(f"{AGAIN.sub('', row.key)}>again{tries + 1}", at), now)
    if added:
        tx.after_commit(partial(parts.bell.ring, "outbox"))
    return added is not None


def spread(row: OutboxRow, wait: timedelta) -> timedelta:
    """Up to a quarter longer, by the row's number: what was refused together is not tried again together."""
    return wait + wait * (int(row.id) * 618 % 1000) / 4000


def backoff(attempts: int) -> timedelta:
    """One second, doubling, five minutes at most."""
    return min(timedelta(seconds=2 ** min(attempts, 9)), timedelta(minutes=5))
