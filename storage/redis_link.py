"""The one way to Redis: short waits, one retry, and a breaker. Redis away is a None, never an error (invariant I9)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from redis.asyncio import Redis

PATIENCE = 0.5  # seconds; redis-py's own defaults wait 2.7 to 4 seconds for a server that is away
BREAK = 5.0  # seconds without a try after a failure

T = TypeVar("T")


class RedisLink:
    def __init__(self, url: str) -> None:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        # protocol 2: 3 changes the shape of replies
        self.redis: Redis = Redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 1),
            protocol=2,
            decode_responses=True,
        )
        self._closed_until = 0.0

    @property
    def broken(self) -> bool:
        """Redis has just failed: nobody tries before the break is over."""
        return asyncio.get_running_loop().time() < self._closed_until

    async def call(self, ask: Callable[[Redis], Awaitable[T]]) -> T | None:
        """What Redis answers, or None when it is away."""
        if self.broken:
            return None
        try:
            async with asyncio.timeout(2 * PATIENCE):
                return await ask(self.redis)
        except Exception as error:
            if not is_away(error):
                raise
            self.tripped()
            return None

    def tripped(self) -> None:
        self._closed_until = asyncio.get_running_loop().time() + BREAK

    async def close(self) -> None:
        await self.redis.aclose()


def is_away(error: Exception) -> bool:
    """Redis' own errors include 'loading', 'out of memory' and 'read only': all of them are silence for us."""
    from redis.exceptions import RedisError

    return isinstance(error, RedisError | OSError | TimeoutError)
