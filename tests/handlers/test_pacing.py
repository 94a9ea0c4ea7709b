"""How fast each sender writes, and to each chat: its turn, or how long that takes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from handlers.pacing import PATIENCE, Pace
from storage.throttle import LocalThrottle, Rate

SECOND = timedelta(seconds=1)


@dataclass
class Time:
    """It passes only while somebody sleeps."""

    now: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(asyncio, "sleep", time.sleep)
    return time


async def test_a_sender_has_its_rate(time: Time) -> None:
    pace = Pace(LocalThrottle(), {"sms": Rate(10)}, time)
    since = time.now
    for number in range(21):
        assert await pace.turn("sms", f"contact{number}") == timedelta()
    assert time.now - since == 2 * SECOND
    assert await pace.turn("email", "contact1") == timedelta(), "what has no rate goes at once"


async def test_a_chat_has_its_own_and_a_few_at_once_pass(time: Time) -> None:
    pace = Pace(LocalThrottle(), {"telegram": Rate(25)}, time)
    since = time.now
    for _ in range(3):
        await pace.turn("telegram", "one")
    assert time.now - since < SECOND / 2
    await pace.turn("telegram", "one")
    assert time.now - since >= SECOND
    before = time.now
    await pace.turn("telegram", "another")
    assert time.now - before <= SECOND / 25


async def test_a_long_wait_is_not_waited_for(time: Time) -> None:
    pace = Pace(LocalThrottle(), {"email": Rate(1, per=timedelta(minutes=1))}, time)
    assert await pace.turn("email", "one") == timedelta()
    wait = await pace.turn("email", "two")
    assert wait > PATIENCE
    assert time.slept == []
