"""Rings and throttles, in one process and through Redis; and Redis away, which is silence."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.bell import Bell, LocalBell, RedisBell
from storage.redis_link import RedisLink, is_away
from storage.throttle import LocalThrottle, Rate, RedisThrottle, Throttle
from tests.guards import guards
from tests.storage.conftest import NOW

SOON, LONG = timedelta(), timedelta(seconds=10)
SECOND = timedelta(seconds=1)
ROOT = Path(__file__).parents[2]
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
async def link(redis_url: str) -> AsyncIterator[RedisLink]:
    link = RedisLink(redis_url)
    await link.redis.flushall()
    yield link
    await link.close()


@pytest.fixture
async def away() -> AsyncIterator[RedisLink]:
    link = RedisLink(NOBODY)
    yield link
    await link.close()


async def test_a_ring_is_remembered_until_it_is_heard() -> None:
    bell = LocalBell()
    ear, other = bell.ear("inbox"), bell.ear("outbox")
    bell.ring("inbox", "inbox", "nobody listens")
    assert await ear.heard(LONG)
    assert not await ear.heard(SOON)
    assert not await other.heard(SOON)


async def test_a_ring_wakes_who_waits() -> None:
    bell = LocalBell()
    ear = bell.ear("inbox")
    waiting = asyncio.create_task(ear.heard(LONG))
    await asyncio.sleep(0)
    bell.ring("inbox")
    assert await waiting


async def test_a_ring_is_heard_in_another_process(link: RedisLink, redis_url: str) -> None:
    elsewhere_link = RedisLink(redis_url)
    here, elsewhere = RedisBell(link), RedisBell(elsewhere_link)
    ear, mine = elsewhere.ear("inbox"), here.ear("inbox")
    await here.open()
    await elsewhere.open()
    try:
        assert await ear.heard(LONG), "it rings once when it begins to listen"
        assert not elsewhere.degraded
        here.ring("inbox")
        assert await mine.heard(LONG)
        assert await ear.heard(LONG)
    finally:
        await here.close()
        await elsewhere.close()
        await elsewhere_link.close()


async def test_with_redis_away_the_bell_rings_here(away: RedisLink) -> None:
    bell: Bell = RedisBell(away)
    ear = bell.ear("inbox")
    await bell.open()
    try:
        bell.ring("inbox")
        assert await ear.heard(LONG)
        assert bell.degraded
    finally:
        await bell.close()


@guards("L08")
async def test_after_a_failure_nobody_waits_for_redis(away: RedisLink) -> None:
    assert await away.call(lambda redis: redis.ping()) is None
    assert away.broken
    asked: list[object] = []

    async def ask(redis: object) -> None:
        asked.append(redis)

    await away.call(ask)
    assert asked == []
    away._closed_until = asyncio.get_running_loop().time()  # the break is over
    await away.call(ask)
    assert asked == [away.redis]


@guards("L08")
async def test_a_call_waits_for_half_a_second_and_tries_once_more(away: RedisLink) -> None:
    """As it is asked for; redis-py of itself tries ten times."""
    asked = away.redis.connection_pool.connection_kwargs
    assert (asked["socket_timeout"], asked["socket_connect_timeout"]) == (0.5, 0.5)
    assert asked["retry"].get_retries() == 1
    assert is_away(TimeoutError()), "of our own clock, around all of it"


async def test_our_own_mistakes_are_not_silence(link: RedisLink) -> None:
    async def mistaken(_: object) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        await link.call(mistaken)


@pytest.fixture(params=["local", "redis", "away"])
def throttle(request: pytest.FixtureRequest) -> Throttle:
    if request.param == "local":
        return LocalThrottle()
    return RedisThrottle(request.getfixturevalue("link" if request.param == "redis" else "away"))


async def test_so_many_in_so_long(throttle: Throttle) -> None:
    rate = Rate(2, SECOND, burst=2)
    assert [await throttle.take("a", rate, NOW) for _ in range(3)] == [SOON, SOON, SECOND / 2]
    assert await throttle.take("b", rate, NOW) == SOON
    assert await throttle.take("a", rate, NOW + SECOND / 2) == SOON
    assert await throttle.take("a", rate, NOW + SECOND / 2) == SECOND / 2


async def test_two_processes_share_the_rate(link: RedisLink, redis_url: str) -> None:
    other_link = RedisLink(redis_url)
    first, second = RedisThrottle(link), RedisThrottle(other_link)
    try:
        assert await first.take("a", Rate(1), NOW) == SOON
        assert await second.take("a", Rate(1), NOW) == SECOND
    finally:
        await other_link.close()


HAMMERS = """
import asyncio, sys
from datetime import timedelta
from storage import redis_link
from storage.throttle import Rate, RedisThrottle
from tests.storage.conftest import NOW

redis_link.PATIENCE = 60  # a busy machine is not Redis that is away

async def main():
    link = redis_link.RedisLink(sys.argv[1])
    throttle, taken = RedisThrottle(link), {"sender:sms": 0, "chat:7": 0}
    rates = {"sender:sms": Rate(10, burst=7), "chat:7": Rate(1, burst=3)}
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(60):
        for key, rate in rates.items():
            taken[key] += await throttle.take(key, rate, NOW) == timedelta()
    assert not link.broken
    await link.close()
    print(*taken.values(), flush=True)

asyncio.run(main())
"""


async def test_two_processes_at_once_take_no_more_than_one_may(link: RedisLink, redis_url: str) -> None:
    """Per sender and per chat, while the clock stands still: what may go at once, in all."""
    pipe = asyncio.subprocess.PIPE
    both = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", HAMMERS, redis_url, cwd=ROOT, stdin=pipe, stdout=pipe
        )
        for _ in range(2)
    ]
    for process in both:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    told = await asyncio.gather(*(process.communicate(b"go\n") for process in both))
    senders, chats = zip(*((int(n) for n in out.split()) for out, _ in told), strict=True)
    assert (sum(senders), sum(chats)) == (7, 3)


@given(st.lists(st.integers(0, 2000), max_size=60), st.integers(1, 5), st.integers(1, 5))
def test_never_more_than_the_rate(gaps: list[int], count: int, burst: int) -> None:
    """In any window, at most what the rate gives in it and one burst."""
    throttle, rate, now = LocalThrottle(), Rate(count, SECOND, burst), NOW
    taken = []
    for gap in gaps:
        now += gap * timedelta(milliseconds=1)
        if asyncio.run(throttle.take("a", rate, now)) == SOON:
            taken.append(now)
    for n, start in enumerate(taken):
        for m, end in enumerate(taken[n:], 1):
            assert m <= burst + (end - start) / SECOND * count + 0.001
