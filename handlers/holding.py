"""A channel's sender is held when what hits one message hits them all: stopped until somebody mends our side, or slow
while the provider is away or has too much to do. All that waits keeps its place; one message at a time is tried, at
most one a second and ever more seldom, until one is accepted (fault F5). It stands in the database, for all processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Final, Protocol, runtime_checkable

import structlog

from handlers.alarms import raise_alarm
from handlers.channels.base import SendError
from handlers.parts import Parts
from storage import fates, flags, senders
from storage.db import Tx
from storage.outbox import OutboxRow

MOST_SLOW: Final = timedelta(seconds=30)
MOST_STOPPED: Final = timedelta(minutes=5)
LONG: Final = timedelta(minutes=15)  # a slow sender that long is an alarm, too
AGAIN: Final = timedelta(days=1)  # between two alarms of one hold
# Where 'too many' is usually said of one chat, and only of the sender when several are told so at once
# (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
BY_CHAT: Final[Mapping[str, str]] = {"telegram": "429"}

log = structlog.get_logger()


@runtime_checkable
class Pinged(Protocol):
    """A channel that can be asked whether it takes messages, without one: it has no log, so a lost one costs its only
    second try.
    """

    async def ping(self) -> None:
        """Raises SendError."""


async def heed(tx: Tx, parts: Parts, row: OutboxRow, error: SendError, *, told: bool = False) -> bool:
    """Whether what was answered holds the sender, from now on or already. `told`: by a delivery state. A sender that
    stops is an alarm, once.
    """
    if not (error.slow or error.outcome == "stop" or await _many_chats(tx, parts, row, error)):
        return False
    now, stopped = parts.clock(), error.outcome == "stop"
    if await senders.hold(tx, row.channel, error.code, now, stopped=stopped, told=told and stopped, after=error.after):
        tx.after_commit(partial(log.warning, "a sender is held", channel=row.channel, code=error.code, stopped=stopped))
        if stopped:
            ids = {"channel": row.channel, "provider_code": error.code}
            await raise_alarm(tx, parts, "sender_stopped", f"{row.channel}:{now:%Y%m%d%H%M%S}", now, **ids)
    return True


async def _many_chats(tx: Tx, parts: Parts, row: OutboxRow, error: SendError) -> bool:
    if BY_CHAT.get(row.channel) != error.code or error.outcome != "retry":
        return False
    return await fates.chats_that_wait(tx, row, error.code, parts.clock()) > 0


async def probed(parts: Parts, row: OutboxRow, error: SendError | None) -> None:
    """What the one message that was tried tells of the sender. Refused for its own sake, the provider works."""
    held = (await senders.held(parts.db)).get(row.channel)
    if error is not None and error.outcome != "refused":
        stopped = error.outcome == "stop" or bool(held and held.stopped)
        await wait_on(parts, row.channel, error, stopped=stopped)
    elif not await free(parts, row.channel):
        await senders.not_yet(parts.db, row.channel, None, parts.clock(), MOST_STOPPED)


async def free(parts: Parts, channel: str) -> bool:
    """By acceptance. False: a delivery state said that nothing arrives, so only an arrival frees it."""
    async with parts.db.transaction() as tx:
        freed = await senders.release(tx, channel)
        if freed:
            await _freed(tx, parts, channel)
        return freed


async def wait_on(parts: Parts, channel: str, error: SendError, *, stopped: bool) -> None:
    most = MOST_STOPPED if stopped else MOST_SLOW
    await senders.not_yet(parts.db, channel, error.code, parts.clock(), most, error.after)


async def arrived(tx: Tx, parts: Parts, channel: str, outbox_id: str) -> None:
    """A delivery state told it: a sender that was held because of states is free again."""
    if await senders.delivered(tx, channel, outbox_id):
        await _freed(tx, parts, channel)


async def _freed(tx: Tx, parts: Parts, channel: str) -> None:
    await flags.forget(tx, f"held:{channel}")
    tx.after_commit(partial(log.warning, "a sender is free again", channel=channel))
    tx.after_commit(partial(parts.bell.ring, "outbox", "unknown"))


async def tell(parts: Parts) -> None:
    """An alarm for each sender that has been slow for long, or stands still for another day."""
    now = parts.clock()
    for held in (await senders.held(parts.db)).values():
        # After a single failure it only waits for the next message.
        if now - held.since_at < (AGAIN if held.stopped else LONG) or not (held.stopped or held.storm):
            continue
        if await flags.turn(parts.db, f"held:{held.channel}", AGAIN, now):
            code = "sender_stopped" if held.stopped else "sender_slow"
            async with parts.db.transaction() as tx:
                ids = {"channel": held.channel, "provider_code": held.reason}
                await raise_alarm(tx, parts, code, f"{held.channel}:{now:%Y%m%d%H%M%S}", now, **ids)
