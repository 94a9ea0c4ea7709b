"""Each channel's messages on their way, by a lane of their own: a provider that hangs keeps nobody else waiting, nor,
in its own lane, more than its own calls (fault F17).
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from handlers.delivery import LEASE, probe
from handlers.parts import Parts
from handlers.sending import alone
from storage import outbox, senders
from storage.bell import Ear
from storage.faults import is_transient

# Calls under way by one process and channel. Twilio's limit is per account and unpublished; 10 to 20 are taken.
AT_ONCE: Final = 10
LONGEST: Final = timedelta(seconds=30)  # while the database is away

log = structlog.get_logger()


class Lane:
    """One channel's, in one process. `poll`: between two looks when no bell rings."""

    def __init__(self, parts: Parts, owner: str, channel: str, poll: timedelta) -> None:
        self._parts, self._owner, self._channel, self._poll = parts, owner, channel, poll
        self._going: set[asyncio.Task[object]] = set()

    async def run(self) -> None:
        """Until it is cancelled, and what it had begun with it: the rows' leases end."""
        pause, ear = self._poll, self._parts.bell.ear("outbox")
        try:
            while True:
                try:
                    self._gone()
                    took = await self._take()
                    pause = self._poll
                except Exception as error:
                    took, pause = 0, min(pause * 2, LONGEST)
                    log.warning("work failed", loop=self._channel, transient=is_transient(error), exc_info=error)
                if not took:
                    await self._woken(ear, pause)
        finally:
            for task in self._going:
                task.cancel()
            await asyncio.gather(*self._going, return_exceptions=True)

    async def _take(self) -> int:
        """As many as there is room for, each begun; or one, when the sender is held."""
        parts, channel = self._parts, self._channel
        held = (await senders.held(parts.db)).get(channel)
        now = parts.clock()
        if held is not None:
            # What was begun before may still free or hold it: the probe is one alone.
            return await probe(parts, self._owner, channel) if held.probe_at <= now and not self._going else 0
        room = AT_ONCE - len(self._going)
        if room == 0:
            return 0
        rows = await outbox.claim_due(parts.db, self._owner, now, now + LEASE, room, [channel])
        self._going |= {asyncio.create_task(alone(parts, row)) for row in rows}
        return len(rows)

    def _gone(self) -> None:
        """Those that have ended. Each that broke is told, and one of them breaks this look."""
        ended = {task for task in self._going if task.done()}
        self._going -= ended
        broken = [error for task in ended if isinstance(error := task.exception(), Exception)]
        for error in broken[1:]:
            log.warning("work failed", loop=self._channel, transient=is_transient(error), exc_info=error)
        if broken:
            raise broken[0]

    async def _woken(self, ear: Ear, pause: timedelta) -> None:
        """Rung, or one of ours ended and made room, or the pause is over."""
        heard = asyncio.ensure_future(ear.heard(pause))
        try:
            await asyncio.wait({heard, *self._going}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            heard.cancel()
            await asyncio.gather(heard, return_exceptions=True)
