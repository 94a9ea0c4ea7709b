"""What people sent while our door was shut: fetched from the provider's own log, and stored as if it had come by
itself.

Twilio tries a webhook a few times and then gives up. The inbox knows by their ids which messages came after all, so
asking too far back costs a little and can double nothing (invariant I2). Telegram needs none of this: it keeps what
it could not deliver for 24 hours and comes again by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from handlers.channels.base import SendError
from handlers.channels.twilio import Logged, TwilioProvider
from handlers.inbox import Door
from handlers.parts import Parts

BACK: Final = timedelta(hours=1)  # how far each look goes back
FIRST: Final = timedelta(hours=24)  # and the first one after a start

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Source:
    """A log, and the address of ours that messages came to (`+33…`, `whatsapp:+33…`)."""

    read: Callable[..., Awaitable[Sequence[Logged]]]  # (to=, since=), newest first
    to: str


async def fetch(parts: Parts, provider: TwilioProvider, sources: Sequence[Source], *, first: bool) -> int:
    """Stores what is new, oldest first; returns how many. A log that cannot be read now is read next time."""
    door, found, now = Door(parts), 0, parts.clock()
    for source in sources:
        try:
            logged = await source.read(to=source.to, since=now - (FIRST if first else BACK))
        except SendError as error:
            log.warning("log not read", code=error.code)
            continue
        for envelope in reversed(provider.missed(logged, now)):
            found += await door(envelope) is not None
    if found:
        log.warning("messages had missed the door", count=found)
    return found


class Fetching:
    """One look per call, the first one further back."""

    def __init__(self, parts: Parts, provider: TwilioProvider, sources: Sequence[Source]) -> None:
        self._parts, self._provider, self._sources = parts, provider, sources
        self._first = True

    async def __call__(self) -> int:
        found = await fetch(self._parts, self._provider, self._sources, first=self._first)
        self._first = False
        return found
