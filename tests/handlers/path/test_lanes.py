"""A provider that hangs keeps nobody else waiting, and of its own calls only those that hang."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.work import drain_all
from handlers import lanes
from handlers.channels.base import Payload
from handlers.channels.outcomes import TWILIO
from handlers.lanes import AT_ONCE, Lane
from storage import outbox, senders
from tests.handlers.path.place import CAMILLE, SAM, Line, Place

NUMBERS = tuple(f"+3363998{number:04}" for number in range(20, 20 + AT_ONCE + 5))
PATIENCE = 20  # seconds until a test gives up


@dataclass
class Slow(Line):
    """Calls to these hang until they are let go."""

    hangs: set[str] = field(default_factory=set)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    reached: int = 0

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        self.reached += 1
        self.changed.set()
        if address in self.hangs:
            await self.let_go.wait()
        try:
            return await super().send(payload, address, outbox_id)
        finally:
            self.changed.set()

    async def until(self, *, reached: int = 0, sent: int = 0) -> None:
        while self.reached < reached or len(self.sent_to) < sent:
            self.changed.clear()
            await self.changed.wait()


def slow(place: Place, *hangs: str) -> tuple[Slow, Slow]:
    """SMS, and Telegram."""
    sms, telegram = Slow("sms", place.clock, hangs=set(hangs)), Slow("telegram", place.clock)
    place.parts = replace(place.parts, channels={**place.parts.channels, "sms": sms, "telegram": telegram})
    return sms, telegram


@asynccontextmanager
async def running(place: Place) -> AsyncIterator[None]:
    """A worker's lanes."""
    lanes = [Lane(place.parts, "one", channel, timedelta(seconds=0.05)) for channel in place.parts.channels]
    tasks = [asyncio.create_task(lane.run()) for lane in lanes]
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def written(place: Place, *addresses: str, channel: str = "sms") -> None:
    for address in addresses:
        await place.comes(channel, address, text="bonjour")  # type: ignore[arg-type]
    while await drain_all(place.parts, "one"):
        pass
    place.parts.bell.ring("outbox")


async def test_a_channel_that_hangs_keeps_no_other_waiting(place: Place) -> None:
    line, other = slow(place, *NUMBERS)
    await written(place, *NUMBERS)
    async with running(place):
        await line.until(reached=AT_ONCE)
        await written(place, "77", channel="telegram")
        await other.until(sent=1)
        assert (line.reached, line.sent_to) == (AT_ONCE, [])
        line.let_go.set()
        await line.until(sent=len(NUMBERS))


async def test_a_call_that_hangs_keeps_nobody_waiting_but_its_own_person(place: Place) -> None:
    line, _ = slow(place, CAMILLE)
    await written(place, CAMILLE)
    async with running(place):
        await line.until(reached=1)
        await written(place, CAMILLE)  # this answer comes after the one that hangs
        await written(place, *NUMBERS)
        await line.until(sent=len(NUMBERS))
        assert CAMILLE not in {to for to, _ in line.sent_to}
        line.let_go.set()
        await line.until(sent=len(NUMBERS) + 2)
    assert line.reached == len(NUMBERS) + 2


async def test_a_held_sender_frees_itself_without_a_ring(place: Place) -> None:
    line, _ = slow(place)
    line.down = TWILIO["20429"].error("20429")
    await written(place, CAMILLE, SAM)
    async with running(place):
        await line.until(reached=2)
        while await place.parts.db.fetch("SELECT id FROM outbox WHERE status = 'sending'"):
            pass  # both are refused, and marked so
        line.down = None
        place.clock.now += timedelta(seconds=30)
        await line.until(sent=2)
    assert await senders.held(place.parts.db) == {}


async def test_of_several_that_break_none_is_forgotten(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python tells of a forgotten one in a destructor, in the middle of whatever runs then."""
    line, _ = slow(place)
    let_go, told_of_both, told = asyncio.Event(), asyncio.Event(), []

    async def broken(*_: object) -> bool:
        await let_go.wait()
        raise ConnectionResetError

    def warning(_: str, **facts: object) -> None:
        told.append(facts["exc_info"])
        if len(told) == 2:
            told_of_both.set()

    monkeypatch.setattr(outbox, "accepted", broken)
    monkeypatch.setattr(lanes.log, "warning", warning)
    await written(place, CAMILLE, SAM)
    async with running(place):
        await line.until(sent=2)
        let_go.set()
        await told_of_both.wait()
    assert all(isinstance(error, ConnectionResetError) for error in told)
