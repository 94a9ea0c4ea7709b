"""What people sent while our door was shut: fetched from the provider's own log, and stored as if it had come by
itself.

Twilio tries a webhook a few times and then gives up. The inbox knows by their ids which messages came after all, so
asking too far back costs a little and can double nothing (invariant I2). Telegram needs none of this: it keeps what
it could not deliver for 24 hours and comes again by itself.

Every five minutes by one of all workers, and at once by one that starts: from the last look that succeeded, which is
kept in the database and so is as old as a backup that was restored, to now. Oldest first over all our numbers. What
Twilio may still be bringing is left to the webhook, which tells more of it (which button was tapped), until the next
look.

Alarms: `webhook_failing` (messages go on missing an open door), `log_unread` (nobody would know whether they do),
`words_lost` (a backup was read back that is older than the words which the log still has).
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from handlers import standing
from handlers.alarms import hour, raise_alarm
from handlers.channels.base import Envelope, SendError
from handlers.channels.twilio import Logged, TwilioProvider
from handlers.inbox import Door
from handlers.parts import Parts
from storage import flags, inbox

EVERY: Final = timedelta(minutes=5)
AT_START: Final = timedelta(minutes=1)  # unless another one has just looked
OVERLAP: Final = timedelta(hours=1)  # what enters the log late, and what a webhook is still being tried for
# Older ones without words were emptied there by us (`provider_copies.AFTER`); a database that does not know them was
# read back from a backup that is older still.
EMPTIED: Final = timedelta(hours=47)
# Read, not tried: a webhook, then its fallback, each for 15 seconds with all their tries
# (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
TRIED: Final = timedelta(seconds=30)
UNREAD: Final = timedelta(minutes=15)  # a provider is away for minutes now and then
FIRST: Final = timedelta(hours=24)  # of a database that never looked: what is older was not meant for it
# Read, not tried: for as long the texts are certain to be there ("PII MTL: 30 days" of `body`,
# https://www.twilio.com/docs/messaging/api/message-resource#message-properties).
KEPT: Final = timedelta(days=30)
MOST: Final = 5000  # messages that are held at a time; those after them are for the next look
CHUNK: Final = 200  # ids that the database is asked about at a time

log = structlog.get_logger()


class Log(Protocol):
    """A provider's log. Everything raises SendError."""

    def inbound(self, to: str, since: datetime) -> AsyncIterator[Logged]:
        """Newest first, at or after `since`; without files."""

    async def files(self, sid: str) -> Sequence[tuple[str, str]]:
        """Id and content type of each."""


@dataclass(frozen=True, slots=True)
class Source:
    """One sender's log. `numbers`: the addresses of ours that people write to (`+33…`, `38123`, `whatsapp:+33…`)."""

    channel: str
    log: Log
    numbers: Callable[[], Awaitable[Sequence[str]]]


class Fetching:
    """`await fetching()`: looks if it is time to, and returns how many messages had missed the door."""

    def __init__(self, parts: Parts, provider: TwilioProvider, sources: Sequence[Source]) -> None:
        self._parts, self._provider, self._sources = parts, provider, sources
        self._started = False

    async def __call__(self) -> int:
        now = self._parts.clock()
        if not await flags.turn(self._parts.db, "log_read", EVERY if self._started else AT_START, now):
            return 0
        self._started = True
        return await fetch(self._parts, self._provider, self._sources)


async def fetch(parts: Parts, provider: TwilioProvider, sources: Sequence[Source]) -> int:
    """One look. A log that cannot be read is read from the same instant on the next time."""
    now, door = parts.clock(), Door(parts)
    looks = [look for source in sources if (look := await _look(parts, provider, source, now))]
    # The log counts by seconds: within one, each number's own order holds.
    came = sorted((one for look in looks for one in look.found), key=lambda one: one.sent_at or now)
    found: dict[str, int] = {}
    for envelope in came:
        found[envelope.channel] = found.get(envelope.channel, 0) + (await door(envelope) is not None)
    for look in looks:
        await flags.keep(parts.db, _mark(look.channel), look.until.isoformat(), now)
        await _judge(parts, look.channel, found.get(look.channel, 0), now)
        if look.lost:
            log.warning("messages without their words", channel=look.channel, count=look.lost)
            async with parts.db.transaction() as tx:
                about = {"about": look.channel, "count": str(look.lost)}
                await raise_alarm(tx, parts, "words_lost", f"{look.channel}:{hour(now)}", now, **about)
    if count := sum(found.values()):
        log.warning("messages had missed the door", count=count)
    return count


@dataclass(frozen=True, slots=True)
class _Look:
    channel: str
    found: Sequence[Envelope]  # oldest first of each number
    until: datetime  # everything up to here is among them, or came by itself
    lost: int  # messages that hold nothing any more


async def _look(parts: Parts, provider: TwilioProvider, source: Source, now: datetime) -> _Look | None:
    since, until = await _since(parts, source.channel, now), now
    found: list[Envelope] = []
    lost = 0
    try:
        for number in await source.numbers():
            new = await _unseen(parts, source, number, since, now - TRIED)
            if len(new) == MOST:  # the newest were let go
                until = min(until, new[0].sent or now)
            for one in reversed(new):
                whole = await _with_files(source.log, one)
                lost += _emptied(whole, now)
                envelope = provider.missed(whole, now) if not _emptied(whole, now) else None
                found += [envelope] if envelope else []
    except SendError as error:
        log.warning("log not read", channel=source.channel, code=error.code)
        if now - await flags.begin(parts.db, _unread(source.channel), now) >= UNREAD:
            await standing.raised(parts, "log_unread", source.channel, now)
        return None
    await flags.forget(parts.db, _unread(source.channel))
    await standing.over(parts, "log_unread", source.channel, now)
    return _Look(source.channel, found, until, lost)


def _emptied(one: Logged, now: datetime) -> bool:
    return not one.body and not one.files and one.sent is not None and one.sent < now - EMPTIED


async def _since(parts: Parts, channel: str, now: datetime) -> datetime:
    read = await flags.value(parts.db, _mark(channel))
    if read is None:
        return now - FIRST
    return max(min(datetime.fromisoformat(read), now) - OVERLAP, now - KEPT)


async def _unseen(parts: Parts, source: Source, number: str, since: datetime, until: datetime) -> Sequence[Logged]:
    """The messages to a number that the inbox does not know, newest first; of too many, the oldest."""
    new, chunk = deque[Logged](maxlen=MOST), list[Logged]()

    async def sift() -> None:
        known = await inbox.seen(parts.db, source.channel, [one.sid for one in chunk])
        new.extend(one for one in chunk if one.sid not in known)
        chunk.clear()

    async for one in source.log.inbound(number, since):
        if one.sent is not None and one.sent > until:
            continue
        chunk.append(one)
        if len(chunk) == CHUNK:
            await sift()
    await sift()
    return new


async def _with_files(source: Log, one: Logged) -> Logged:
    """A message counts also without the kinds of its files: nobody waits for a list that cannot be had."""
    if not one.media:
        return one
    try:
        return replace(one, files=await source.files(one.sid))
    except SendError as error:
        log.warning("files not listed", code=error.code)
        return one


async def _judge(parts: Parts, channel: str, found: int, now: datetime) -> None:
    """Some missed the door while it was shut. Some more at the next look: it is open, and Twilio's calls do not pass
    it (another auth token, another address), which nobody else would tell."""
    flag = f"missed:{channel}"
    if not found:
        await flags.forget(parts.db, flag)
        await standing.over(parts, "webhook_failing", channel, now)
    elif await flags.begin(parts.db, flag, now) < now:
        await standing.raised(parts, "webhook_failing", channel, now)


def _mark(channel: str) -> str:
    return f"log_read:{channel}"


def _unread(channel: str) -> str:
    return f"log_unread:{channel}"


def fixed(numbers: Sequence[str]) -> Callable[[], Awaitable[Sequence[str]]]:
    """Numbers that the settings name."""

    async def given() -> Sequence[str]:
        return list(numbers)

    return given
