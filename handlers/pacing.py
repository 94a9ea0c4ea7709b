"""How fast each sender of ours writes, and to each chat: by throttles that all processes share.

A provider that is written to faster queues, throttles or drops. Our turn is waited for here, shortly; a longer wait is
the row's own. Which figures: https://www.twilio.com/docs/messaging/guides/message-queueing and
https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. Neither promises any.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage.throttle import Rate, Throttle

PATIENCE: Final = timedelta(seconds=5)  # waited for here, far within a row's lease
# One a second to a chat, and a few at once pass: what is said in one turn.
CHATS: Final[Mapping[str, Rate]] = {"telegram": Rate(1, burst=3)}


@dataclass(frozen=True, slots=True)
class Pace:
    """`rates`, of senders, by channel. What has no rate goes at once."""

    throttle: Throttle
    rates: Mapping[str, Rate]
    clock: Callable[[], datetime]

    async def turn(self, channel: str, contact: str) -> timedelta:
        """Zero: it may be sent now, perhaps after a moment's wait. Else how long that would take."""
        until = self.clock() + PATIENCE
        for key, rate in ((f"chat:{contact}", CHATS.get(channel)), (f"sender:{channel}", self.rates.get(channel))):
            while rate is not None and (wait := await self.throttle.take(key, rate, self.clock())):
                if self.clock() + wait > until:
                    return wait
                await asyncio.sleep(wait.total_seconds())
        return timedelta()
