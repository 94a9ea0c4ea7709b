"""What hooks are still to be told, told: with no transaction open, and for three days again where it does not arrive.

A receiver may hear the same thing twice (its `webhook-id` is the same), and not in order (`version` tells).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias

from handlers.alarms import raise_alarm
from handlers.hooks.posting import Poster, Unsent, signed
from handlers.parts import Parts
from storage import flags, hooks
from storage.hooks import HookRow, NewsRow

AT_ONCE: Final = 16
OF_ONE: Final = 4  # hook: one that is slow, with much waiting for it, keeps no other from being told
FORMER: Final = timedelta(hours=24)  # a secret that was changed signs beside the new one for so long
LEASE: Final = timedelta(seconds=60)
# After the first, the second … try. As Standard Webhooks recommends.
WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
TELLING: Final = 4  # failed tries, about half an hour, and a human is told

Post: TypeAlias = Callable[[str, Mapping[str, str], str], Awaitable[int]]


async def send_due(parts: Parts, post: Post | None = None) -> int:
    """Those that are due, beside each other. How many; none while sending is paused."""
    if await flags.paused(parts.db):
        return 0
    now = parts.clock()
    rows = await hooks.take_due(parts.db, now, now + LEASE, AT_ONCE, OF_ONE)
    found = await hooks.live(parts.db, [row.hook_id for row in rows])
    told = [(row, found[row.hook_id]) for row in rows if row.hook_id in found]
    await asyncio.gather(*(_send(parts, row, hook, post or Poster()) for row, hook in told))
    return len(rows)


async def _send(parts: Parts, row: NewsRow, hook: HookRow, post: Post) -> None:
    try:
        now = parts.clock()
        status = await post(hook.url, signed(hook.secrets(now), row.id, row.body, now), row.body)
    except Unsent as error:
        await _failed(parts, row, str(error))
        return
    if 200 <= status < 300:
        await hooks.sent(parts.db, row.id, parts.clock())
    elif status == 410:
        await _gone(parts, hook)
    else:
        await _failed(parts, row, f"status_{status}")


async def _failed(parts: Parts, row: NewsRow, error: str) -> None:
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if row.attempts > len(WAITS):
            await hooks.given_up(tx, row.id, error, now)
        else:
            await hooks.later(tx, row.id, error, now + WAITS[row.attempts - 1])
        if row.attempts == TELLING or row.attempts > len(WAITS):
            await raise_alarm(tx, parts, "hook_failing", f"{row.hook_id}:{now:%Y%m%d}", now, hook=row.hook_id)


async def _gone(parts: Parts, hook: HookRow) -> None:
    """The receiver wants nothing more (410), says the specification."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if await hooks.end(tx, hook.id, "gone", now):
            await raise_alarm(tx, parts, "hook_failing", f"{hook.id}:gone", now, hook=hook.id)
