"""Throttles of comfort: how fast a sender or a chat may be written to. Shared through Redis where there is one.

    wait = await throttle.take("sms:+33…’s contact id", Rate(1, per=timedelta(seconds=1)), now)     # zero: go ahead

They fail open: with Redis away each process counts for itself, and a provider's 'too many' is answered by waiting. What
guards codes, one-time codes or spend is counted in the database instead (`counters.py`, invariant I9).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from storage.redis_link import RedisLink

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MANY = 10_000  # keys kept in a process before the idle ones are forgotten

# The generic cell rate algorithm: one number a key, the instant at which its bucket would be empty of debts.
_SCRIPT = """
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
local next = due + tonumber(ARGV[2])
local wait = next - tonumber(ARGV[3]) - tonumber(ARGV[1])
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', next), 'PX', math.ceil((next - tonumber(ARGV[1])) / 1000) + 1000)
return 0
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` in each `per`, of which at most `burst` at once."""

    count: int
    per: timedelta = timedelta(seconds=1)
    burst: int = 1

    @property
    def interval(self) -> int:
        return (self.per // self.count) // MICROSECOND


class Throttle(Protocol):
    async def take(self, key: str, rate: Rate, now: datetime) -> timedelta:
        """Zero: taken. Else how long to wait, and nothing was taken. Keys hold ids, never addresses."""


class LocalThrottle:
    def __init__(self) -> None:
        self._due: dict[str, int] = {}

    async def take(self, key: str, rate: Rate, now: datetime) -> timedelta:
        instant = (now - EPOCH) // MICROSECOND
        then = max(self._due.get(key, 0), instant) + rate.interval
        wait = then - rate.burst * rate.interval - instant
        if wait > 0:
            return wait * MICROSECOND
        if len(self._due) >= MANY:
            self._due = {key: due for key, due in self._due.items() if due > instant}
        self._due[key] = then
        return timedelta()


class RedisThrottle:
    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._alone = LocalThrottle()

    async def take(self, key: str, rate: Rate, now: datetime) -> timedelta:
        instant = (now - EPOCH) // MICROSECOND
        arguments = (instant, rate.interval, rate.burst * rate.interval)

        async def ask(redis: Any) -> Any:
            return await redis.eval(_SCRIPT, 1, f"socialdirect:throttle:{key}", *arguments)

        wait = await self._link.call(ask)
        return await self._alone.take(key, rate, now) if wait is None else int(wait) * MICROSECOND
