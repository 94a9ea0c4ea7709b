"""What providers know of us, looked at every five minutes or sooner by one of all workers: an alarm when a webhook is
unset or leads elsewhere, when what people wrote waits there or here, when a provider cannot be asked (faults F8, F21).

| code | about | stands while |
|---|---|---|
| `webhook_unset` | telegram, sms, whatsapp | no address of ours is set there: what people write is lost, or soon is |
| `webhook_changed` | the same | it, its fallback or its retries are not what `socialdirect channels setup` sets |
| `webhook_failing` | the same | the provider calls us, and its last calls failed |
| `backlog` | telegram | many messages wait there, or more and more |
| `inbox_backlog` | inbox | messages that we took in wait to be answered |
| `provider_unreached` | telegram, sms, whatsapp | it could not be asked for a quarter of an hour |

`webhook_failing` of Twilio is seen by `missed.py`: Twilio itself does not tell.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import structlog

from handlers import standing
from handlers.channels.base import SendError
from handlers.channels.setting_up import Seen
from handlers.parts import Parts
from storage import flags, inbox

EVERY: Final = timedelta(minutes=4)  # and half a minute between a worker's looks at the time: within five
MANY: Final = 20  # updates that wait at one moment; we take them in within a second each
GROWING: Final = 5  # fewer may be under way, at two looks by chance
UNREAD: Final = timedelta(minutes=5)  # a turn takes a second
SILENT: Final = timedelta(minutes=15)

Look: TypeAlias = Callable[[datetime], Awaitable[Seen]]

log = structlog.get_logger()


class Watching:
    """`await watching()`: looks if it is time to; returns 0, as there is nothing more to do. `looks` by channel."""

    def __init__(self, parts: Parts, looks: Mapping[str, Look]) -> None:
        self._parts, self._looks = parts, looks

    async def __call__(self) -> int:
        now = self._parts.clock()
        if await flags.turn(self._parts.db, "watched", EVERY, now):
            for channel, look in self._looks.items():
                await self._provider(channel, look, now)
            await self._inbox(now)
        return 0

    async def _provider(self, channel: str, look: Look, now: datetime) -> None:
        parts, flag = self._parts, f"unreached:{channel}"
        try:
            seen = await look(now)
        except SendError as error:
            log.warning("provider not asked", channel=channel, code=error.code)
            since = await flags.begin(parts.db, flag, now)
            if now - since >= SILENT:
                await standing.raised(parts, "provider_unreached", channel, now)
            return
        await flags.forget(parts.db, flag)
        unset = any(one.unset for one in seen.webhooks[:1])  # the first is the webhook itself, a fallback is none
        stand = {
            "provider_unreached": False,
            "webhook_unset": unset,
            "webhook_changed": not unset and not all(one.is_right for one in seen.webhooks),
        }
        if channel == "telegram":  # the others have no queue of ours
            stand |= {"webhook_failing": seen.failing, "backlog": await self._grows(channel, seen.waiting, now)}
        for code, stands in stand.items():
            await (standing.raised if stands else standing.over)(parts, code, channel, now)

    async def _grows(self, channel: str, waiting: int, now: datetime) -> bool:
        flag = f"waiting:{channel}"
        before = int(await flags.value(self._parts.db, flag) or 0)
        await flags.keep(self._parts.db, flag, str(waiting), now)
        return waiting >= MANY or (waiting >= GROWING and 0 < before < waiting)

    async def _inbox(self, now: datetime) -> None:
        oldest = await inbox.oldest_unread(self._parts.db, list(self._parts.channels))
        stands = oldest is not None and now - oldest > UNREAD
        await (standing.raised if stands else standing.over)(self._parts, "inbox_backlog", "inbox", now)
