"""The bell: 'look again now', instead of waiting for the next look. A hint only: whoever misses it looks a little
later.

    ear = bell.ear("inbox")                            one for each loop that waits
    bell.ring("inbox", "outbox")                       never waits, never fails
    await ear.heard(patience)                          rung since the last call, or patience is over: look either way

`LocalBell` serves one process, `RedisBell` all of them. With Redis away, rings of other processes are not heard, no
more.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Protocol

from storage.redis_link import BREAK, RedisLink, is_away

CHANNEL = "socialdirect:bell"
LISTEN = 5.0  # seconds between two looks whether the listener is to end


class Ear:
    """Remembers a ring until it was heard: one that comes while its loop works is not lost."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def heard(self, patience: timedelta) -> bool:
        """False: patience was over. Forgets the ring, so look for work after this call, not before."""
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self._rung.wait()
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class Bell(Protocol):
    def ear(self, name: str) -> Ear: ...
    def ring(self, *names: str) -> None: ...
    async def open(self) -> None: ...
    async def close(self) -> None: ...

    @property
    def degraded(self) -> bool:
        """Redis is configured and away."""


class LocalBell:
    degraded = False

    def __init__(self) -> None:
        self._ears: dict[str, list[Ear]] = {}

    def ear(self, name: str) -> Ear:
        ear = Ear()
        self._ears.setdefault(name, []).append(ear)
        return ear

    def ring(self, *names: str) -> None:
        for name in names:
            for ear in self._ears.get(name, ()):
                ear.ring()

    def ring_all(self) -> None:
        self.ring(*self._ears)

    async def open(self) -> None:
        """Nothing to open: the same life as the other bell's."""

    async def close(self) -> None:
        """Nothing to close."""


class RedisBell:
    """Rings here at once, and elsewhere by a task of its own: a webhook never waits for Redis (library trap L8)."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._here = LocalBell()
        self._names: set[str] = set()  # to be published; bounded by the number of names
        self._any = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._listening = False

    @property
    def degraded(self) -> bool:
        return not self._listening or self._link.broken

    def ear(self, name: str) -> Ear:
        return self._here.ear(name)

    def ring(self, *names: str) -> None:
        self._here.ring(*names)
        self._names.update(names)
        self._any.set()

    async def open(self) -> None:
        self._tasks = [asyncio.create_task(self._publish()), asyncio.create_task(self._listen())]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _publish(self) -> None:
        while True:
            await self._any.wait()
            self._any.clear()
            names, self._names = " ".join(sorted(self._names)), set()
            await self._link.call(lambda redis, names=names: redis.publish(CHANNEL, names))  # type: ignore[misc]

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except Exception as error:
                if not is_away(error):
                    raise
            self._listening = False
            await asyncio.sleep(BREAK)

    async def _hear(self) -> None:
        async with self._link.redis.pubsub(ignore_subscribe_messages=True) as ears:
            await ears.subscribe(CHANNEL)
            self._listening = True
            self._here.ring_all()  # whatever rang while we could not hear
            while True:
                message = await ears.get_message(timeout=LISTEN)
                if message is not None:
                    self._here.ring(*str(message["data"]).split())
