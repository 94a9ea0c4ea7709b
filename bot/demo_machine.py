"""The demo's engine: a clock that is moved by hand and kept, and one loop that does what is due by it.

The steps are those of a worker (`bot/work.py`). They run here one after the other, so that after a move of the clock it
is known when all is done and what came of it.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final

from bot.work import drain_all, fire
from handlers import provider_copies
from handlers.deciding import end_due
from handlers.delivery import deliver, settle_unknown
from handlers.parts import Parts
from handlers.privacy import closing, deadlines, erasing, forgetting
from handlers.waiting import serve_waiting
from storage import outbox, timers
from storage.booking import next_start

log = logging.getLogger(__name__)

LOOK: Final = timedelta(seconds=1)  # without a ring: what becomes due by itself
SELDOM: Final = timedelta(seconds=20)  # between two looks for who is to be erased or closed, and what that leaves
MOST_ROUNDS: Final = 200
BEFORE: Final = timedelta(minutes=10)  # when links and calls begin
MORNING: Final = time(10)  # when people are asked how it was
OWNER: Final = "demo"


class MovingClock:
    """The real time and an offset that only grows. Kept in a file: a second run must not be earlier than the first."""

    def __init__(self, real: Callable[[], datetime], file: Path) -> None:
        self._real, self._file = real, file
        self._offset = timedelta(seconds=json.loads(file.read_text())) if file.exists() else timedelta()

    def __call__(self) -> datetime:
        return self._real() + self._offset

    def forward(self, by: timedelta) -> None:
        if by < timedelta():
            raise ValueError("time does not go back")
        self._offset += by
        self._file.write_text(json.dumps(self._offset.total_seconds()))


class Engine:
    """Implements `bot.demo_hub.Machine`."""

    def __init__(self, parts: Parts, clock: MovingClock) -> None:
        self._parts, self._clock = parts, clock
        self._one = asyncio.Lock()
        self._seldom_at = clock()
        self._ears = [parts.bell.ear(name) for name in ("inbox", "outbox", "timers", "unknown")]

    def now(self) -> datetime:
        return self._clock()

    def forward(self, by: timedelta) -> None:
        self._clock.forward(by)

    async def next_due(self) -> datetime | None:
        db = self._parts.db
        dues = [await timers.next_due(db), await outbox.next_due(db, self._clock())]
        return min((due for due in dues if due is not None), default=None)

    async def moment(self, name: str) -> datetime | None:
        now = self._clock()
        match name:
            case "next":
                due = await self.next_due()
                return due and max(due, now) + timedelta(seconds=1)
            case "before":
                start = await next_start(self._parts.db, now + BEFORE)
                return start and start - BEFORE
        tomorrow = now.astimezone(self._parts.zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, MORNING, self._parts.zone).astimezone(UTC)

    async def settle(self) -> None:
        async with self._one:
            for _ in range(MOST_ROUNDS):
                did = await drain_all(self._parts, OWNER)
                did += await fire(self._parts)
                did += await deliver(self._parts, OWNER)
                did += await settle_unknown(self._parts, OWNER)
                did += await serve_waiting(self._parts)
                did += await end_due(self._parts)
                did += await self._seldom()
                if not did:
                    return

    async def _seldom(self) -> int:
        """What nobody waits for within the second, and what would cost a look at the whole database each second."""
        now = self._clock()
        if now < self._seldom_at:
            return 0
        self._seldom_at = now + SELDOM
        looks = (closing.look, erasing.look, forgetting.look, provider_copies.look, deadlines.look)
        return sum([await look(self._parts) for look in looks])

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self.settle()
            except Exception as error:
                log.warning("the demo's work failed, it goes on: %s", type(error).__name__, exc_info=error)
            await self._rung()

    async def _rung(self) -> None:
        waits = [asyncio.ensure_future(ear.heard(LOOK)) for ear in self._ears]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
