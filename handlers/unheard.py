"""Delivery states that never came: told while our door was shut, or lost. Where the provider can be asked it is, a
quarter of an hour after it took the message, then each time after as long again, for a day.

A state is told once, and a failure that we miss is a message that nobody sends another way.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final, Protocol, runtime_checkable

import structlog

from handlers.channels.base import Receipt, SendError
from handlers.parts import Parts
from handlers.receipts import receive
from storage import fates
from storage.fates import Unheard

FIRST: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(days=1)
BATCH: Final = 10  # asked beside each other

log = structlog.get_logger()


@runtime_checkable
class Asked(Protocol):
    """A channel whose provider tells on request what became of a message."""

    async def state(self, outbox_id: str, provider_id: str) -> Receipt:
        """Raises SendError."""


async def ask(parts: Parts) -> int:
    """How many were asked about."""
    now = parts.clock()
    channels = [name for name, channel in parts.channels.items() if isinstance(channel, Asked)]
    found = await fates.take_unheard(parts.db, now, FIRST, LONGEST, BATCH, channels)
    await asyncio.gather(*(_one(parts, unheard, now) for unheard in found))
    return len(found)


async def _one(parts: Parts, unheard: Unheard, now: datetime) -> None:
    channel = parts.channels[unheard.channel]
    assert isinstance(channel, Asked)
    await fates.ask_later(parts.db, unheard.id, now + max(now - unheard.accepted_at - FIRST, timedelta()))
    try:
        receipt = await channel.state(unheard.id, unheard.provider_id)
    except SendError as error:
        log.info("its state is not told", outbox=unheard.id, channel=unheard.channel, code=error.code)
        return
    await receive(parts, receipt)
