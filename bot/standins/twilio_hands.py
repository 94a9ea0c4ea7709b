"""Who holds the telephones that the Twilio stand-in rings: what they do with a call, written down beforehand.

The demo has hands of its own, moved by buttons of its page (`bot/demo_calls.py`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.standins.twilio_calls import Leg

Ringing = Literal["answered", "busy", "no-answer", "failed"]


class HungUp(Exception):
    """Whoever held this telephone has put it down."""


class Hand(Protocol):
    """A telephone's owner. What never happens is waited for for ever, until somebody else gives it up."""

    async def rings(self, _: Leg) -> Ringing:
        """Until it is taken, refused, or has rung for as long as it may."""

    async def listens(self, leg: Leg, words: str) -> None:
        """Raises HungUp."""

    async def presses(self, _: Leg, __: int) -> str:
        """A key; none within so many seconds (the second argument): empty. Raises HungUp."""

    async def gives_up(self, _: Leg) -> None:
        """Returns when they put the telephone down while the other one rings."""

    async def talks(self, _: Leg) -> int | None:
        """Returns when they end the talk: after how many seconds; None where the clock tells."""

    def ended(self, _: Leg) -> None:
        """Whatever it was, it is over."""


@dataclass(frozen=True)
class Scripted:
    """`keys`: what is pressed at one question after another, empty for nothing. `hangs_up_at`: where the telephone is
    put down. `seconds`: after which this one ends the talk; None: the other one does."""

    ringing: Ringing | Literal["never"] = "answered"  # never: until the other one gives up
    keys: Sequence[str] = ("1",)
    hangs_up_at: Literal["", "greeting", "question", "ringing", "whisper"] = ""
    seconds: int | None = 600


class Holder:
    """Plays one script after the other, the last one again and again. Without any: picks up, presses 1, stays."""

    def __init__(self, *scripts: Scripted) -> None:
        self._scripts = list(scripts) or [Scripted()]
        self._keys: list[str] = []
        self._now = self._scripts[0]

    def next(self, *scripts: Scripted) -> None:
        """From now on."""
        self._scripts = list(scripts)

    async def rings(self, _: Leg) -> Ringing:
        self._now = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        self._keys = list(self._now.keys)
        ringing = self._now.ringing
        if ringing == "never":
            await asyncio.Event().wait()
            raise AssertionError
        return ringing

    async def listens(self, leg: Leg, words: str) -> None:
        if self._now.hangs_up_at == ("whisper" if leg.parent else "greeting"):
            raise HungUp
        leg.heard.append(words)

    async def presses(self, _: Leg, __: int) -> str:
        if self._now.hangs_up_at == "question":
            raise HungUp
        return self._keys.pop(0) if self._keys else ""

    async def gives_up(self, _: Leg) -> None:
        if self._now.hangs_up_at != "ringing":
            await asyncio.Event().wait()

    async def talks(self, _: Leg) -> int | None:
        if self._now.seconds is None:
            await asyncio.Event().wait()
        return self._now.seconds

    def ended(self, _: Leg) -> None:
        """Nothing to put away."""
