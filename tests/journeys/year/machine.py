"""The program itself, as it would run: the real App on a real database, its loops' steps taken one after the other
under
a clock that jumps. It may be stopped and built again between any two steps, and may die within one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from booking import directory_file, loading
from bot.app import ALPHABET, App, build
from bot.settings import read_settings
from bot.work import SERVE, drain_all, fire, watch
from handlers.channels.base import Envelope
from handlers.delivery import deliver, settle_unknown
from handlers.inbox import Door
from handlers.parts import Parts
from handlers.waiting import serve_waiting
from storage import directory
from storage.db import Database
from tests.journeys.year.phones import OURS, PUBLIC_URL, Died, Wire

KNOWN: Final = timedelta(days=7)  # nobody here loses a number: whose an address is, is judged in `test_recycled.py`
LOOKED: Final = timedelta(hours=6)  # while somebody waits for an hour; the program itself looks more often
WATCHED: Final = timedelta(minutes=45)  # likewise: it finds what is late, and what is due once a day
ROUNDS: Final = 400  # of all loops, until everything that is due now has happened
POINTS: Final = ("before the call", "after the call", "in a turn", "after the commit")


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Machine:
    """`looked` is called after every turn that was taken: whoever keeps a history looks at the rows then."""

    database_url: str
    clock: Clock
    wire: Wire
    seed: str
    looked: Callable[[], Awaitable[None]] | None = None
    lives: int = 0  # how often it was built
    deaths: dict[str, int] = field(default_factory=dict)  # by the point at which it died
    alarms: list[tuple[datetime, str, dict[str, str]]] = field(default_factory=list)
    app: App | None = None
    dying: str | None = None  # at the next such point
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _parts: Parts | None = None
    _watched: datetime | None = None
    _served: datetime | None = None
    _known: datetime | None = None

    @property
    def parts(self) -> Parts:
        assert self._parts is not None
        return self._parts

    @property
    def db(self) -> Database:
        return self.parts.db

    # ------------------------------------------------------------ its lives

    async def start(self) -> None:
        self.lives += 1
        self.wire.dies = self.dies
        settings = read_settings(
            env_file=None,
            database_url=self.database_url,
            public_url=PUBLIC_URL,
            secret_key="a made-up secret of more than 32 characters",
            encryption_keys="MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
            switchboard_phone="+33199000009",
        )
        self.app = await self._stack.enter_async_context(
            build(settings, self.clock, more=self.wire.channels(), migrate=False)
        )
        ids = Random(f"{self.seed}:ids:{self.lives}")

        def new_id() -> str:
            if self.dies("in a turn"):
                raise Died
            number = int(self.clock.now.timestamp() * 1000) << 80 | ids.getrandbits(80)
            return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))

        def alarm(code: str, **ids: str) -> None:
            self.alarms.append((self.clock.now, code, ids))

        self._parts = replace(self.app.parts, new_id=new_id, alarm=alarm, whatsapp_number=OURS)
        ring = self._parts.bell.ring

        def rung(*names: str) -> None:
            if self.dies("after the commit"):
                raise Died
            ring(*names)

        self._parts.bell.ring = rung  # type: ignore[method-assign]

    async def stop(self) -> None:
        await self._stack.aclose()
        self.app = self._parts = None

    async def restart(self) -> None:
        """Everything that was only in memory is gone."""
        await self.stop()
        await self.start()

    def dies(self, point: str) -> bool:
        if self.dying != point:
            return False
        self.dying = None
        self.deaths[point] = self.deaths.get(point, 0) + 1
        return True

    # ------------------------------------------------------------ what it does

    async def hear(self, envelope: Envelope) -> None:
        """As a webhook stores it; a provider that got no answer comes again."""
        life = self.lives
        await self.alive(lambda: self._door(envelope))
        if self.lives != life:
            await self.alive(lambda: self._door(envelope))

    async def _door(self, envelope: Envelope) -> None:
        await Door(self.parts)(envelope)

    async def _everybody_is_known(self) -> None:
        await self.parts.db.execute("UPDATE contact SET trusted_at = ?", self.clock.now)

    async def settle(self) -> None:
        """All that is due at this instant."""
        if self._known is None or self.clock.now - self._known >= KNOWN:
            self._known = self.clock.now
            await self.alive(self._everybody_is_known)
        for _ in range(ROUNDS):
            if not await self.alive(self._round) or not await self.is_due():
                break
        else:
            raise AssertionError("it does not come to rest")
        if self._served is None or self.clock.now - self._served >= SERVE:
            self._served = self.clock.now
            if await self.alive(lambda: serve_waiting(self.parts)):
                await self.settle()
        if self._watched is None or self.clock.now - self._watched >= WATCHED:
            self._watched = self.clock.now
            await self.alive(lambda: watch(self.parts, self.owner))

    async def _round(self) -> int:
        parts, owner = self.parts, self.owner
        if did := await drain_all(parts, owner):
            await self.look()
        did += await fire(parts)
        did += await deliver(parts, owner)
        did += await settle_unknown(parts, owner)
        return did

    async def look(self) -> None:
        if self.looked is not None:
            await self.looked()

    @property
    def owner(self) -> str:
        return f"life-{self.lives}"

    async def alive(self, step: Callable[[], Awaitable[object]]) -> object:
        """A step; if the process dies in it, what else ran in that process is gone too, and another one is started."""
        before = asyncio.all_tasks()
        try:
            return await step()
        except Died:
            rest = asyncio.all_tasks() - before
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            await self.restart()
            await self.look()  # what was committed before it died
            return 1

    async def next_due(self) -> datetime | None:
        """When something is due by itself: a timer, a try, the end of a dead process's lease."""
        rows = await self.db.fetch(
            "SELECT min(next_try_at) AS due_at FROM timer WHERE status = 'waiting' UNION ALL "
            "SELECT min(next_try_at) AS due_at FROM outbox WHERE status = 'queued' UNION ALL "
            "SELECT min(next_try_at) AS due_at FROM outbox WHERE status IN ('sending', 'unknown') UNION ALL "
            "SELECT min(COALESCE(lease_ends_at, ?)) AS due_at FROM contact "
            "WHERE id IN (SELECT contact_id FROM inbox WHERE status = 'new')",
            self.clock.now,
        )
        found = [row["due_at"] for row in rows if row["due_at"] is not None]
        if await self.db.fetch("SELECT id FROM waiting WHERE status IN ('waiting', 'offered') LIMIT 1"):
            found.append(self.clock.now + LOOKED)
        return min(found) if found else None

    async def is_due(self) -> bool:
        """Whether something is left to do at this very instant: cheaper to ask than to let every loop look again."""
        due = await self.next_due()
        return due is not None and due <= self.clock.now

    async def load(self, text: str) -> None:
        """A directory file, as `socialdirect load` does."""
        now = self.clock.now
        async with self.db.transaction() as tx:
            standing = await directory.standing(tx, now)
            plan = loading.plan(
                directory_file.read(text), standing, now, self.parts.new_id, lambda size: bytes(range(size))
            )
            await directory.write(tx, plan)
