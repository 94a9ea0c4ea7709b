"""Which contents lie at Twilio now, by name: looked up in the background, so nothing that is to be sent waits for it.

Asked for a name before the first look has come back, it gives it a moment, and then says that it does not know: the
message goes as numbered text. What it knows grows old after ten minutes and is looked up again while it still serves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from handlers.channels.base import SendError
from handlers.channels.content_api import ContentApi, Lying

FRESH: Final = timedelta(minutes=10)
AGAIN: Final = timedelta(seconds=30)  # after a look that failed
MOMENT: Final = 1.0  # seconds

log = structlog.get_logger()


class Shelf:
    """`moment`: how long, in seconds, the first who asks waits for the first look. `looking`: the last look. `known`:
    whether one has ever come back.
    """

    def __init__(self, api: ContentApi, clock: Callable[[], datetime], *, moment: float = MOMENT) -> None:
        self.api, self._clock, self._moment = api, clock, moment
        self._lying: dict[str, Lying] = {}
        self.known = False
        self._next: datetime | None = None  # when the next look is due
        self.looking: asyncio.Task[None] | None = None

    async def sid(self, name: str, *, approved: bool = False) -> str | None:
        """None: it is not there, not `approved`, or not known yet."""
        self.look()
        if not self.known and self.looking is not None:
            await asyncio.wait([self.looking], timeout=self._moment)
        found = self._lying.get(name)
        return found.sid if found is not None and (found.state == "approved" or not approved) else None

    def look(self) -> None:
        """Begin a look in the background, if it is time and none is under way."""
        due = self._next is None or self._clock() >= self._next
        if due and (self.looking is None or self.looking.done()):
            self.looking = asyncio.create_task(self._looked())

    def forget(self, name: str) -> None:
        """Twilio does not know it any more, or takes it no more: looked up anew, and text until then."""
        self._lying.pop(name, None)
        self._next = None

    async def load(self) -> None:
        """Raises SendError; what was known stays."""
        self._lying = await self.api.by_name()
        self.known, self._next = True, self._clock() + FRESH

    async def _looked(self) -> None:
        try:
            await self.load()
        except SendError as error:
            self._next = self._clock() + AGAIN
            log.warning("contents not looked up", code=error.code)

    async def close(self) -> None:
        if self.looking is not None:
            self.looking.cancel()
            await asyncio.gather(self.looking, return_exceptions=True)
