"""The demo's telephones while they are called: they ring on the page, and its buttons answer, press keys and hang up.

A call waits for a person, so it is none of the work that a move of the clock waits for.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from bot.standins.twilio_calls import Leg
from bot.standins.twilio_hands import HungUp, Ringing
from handlers.web.demo import NotPossible

KEYS: Final = frozenset("0123456789*#")
READING: Final = 60  # seconds for a key: a visitor reads what a worker hears
Shown: TypeAlias = Literal["ringing", "listening", "asked", "talking", "over"]


@dataclass
class Telephone:
    """One telephone of the page; implements `twilio_hands.Hand`. `tell` shows the page what it does."""

    phone: str
    owner: str
    tell: Callable[[str, Mapping[str, Any]], None]
    state: Shown = "over"
    pace: float = 25  # letters a second
    caller: str = ""
    words: list[str] = field(default_factory=list)
    _leg: Leg | None = None
    _acts: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    # What is done on the page

    def act(self, act: str) -> None:
        """`answer`, `refuse`, `hang_up`, or a key."""
        wanted = {
            "ringing": {"answer", "refuse"},
            "asked": {"hang_up", *KEYS},
            "listening": {"hang_up"},
            "talking": {"hang_up"},
        }
        if act not in wanted.get(self.state, set()):
            raise NotPossible
        self._acts.put_nowait(act)

    # What the exchange does

    async def rings(self, leg: Leg) -> Ringing:
        if self.state != "over":
            return "busy"
        self._leg, self.caller, self.words = leg, leg.sender, []
        while not self._acts.empty():
            self._acts.get_nowait()
        self._show("ringing")
        try:
            async with asyncio.timeout(leg.timeout):
                answered = await self._acts.get() == "answer"
        except TimeoutError:
            return "no-answer"
        if answered:
            self._show("listening")
        return "answered" if answered else "busy"

    async def listens(self, _: Leg, words: str) -> None:
        """As long as it takes to say it; what is said twice is read once."""
        if words in self.words:
            return
        self.words.append(words)
        self._show("listening")
        with suppress(TimeoutError):
            async with asyncio.timeout(len(words) / self.pace):
                await self._hung_up()
                raise HungUp

    async def presses(self, _: Leg, __: int) -> str:
        self._show("asked")
        try:
            async with asyncio.timeout(READING):
                act = await self._acts.get()
        except TimeoutError:
            return ""
        if act == "hang_up":
            raise HungUp
        self.words = []
        self._show("listening")
        return act

    async def gives_up(self, _: Leg) -> None:
        await self._hung_up()

    async def talks(self, _: Leg) -> int | None:
        self._show("talking")
        await self._hung_up()
        return None

    def ended(self, leg: Leg) -> None:
        if leg is self._leg:  # not one that found the line busy
            self._show("over")

    async def _hung_up(self) -> None:
        while await self._acts.get() != "hang_up":
            pass

    def _show(self, state: Shown) -> None:
        self.state = state
        shown = {"phone": self.phone, "owner": self.owner, "state": state, "from": self.caller}
        self.tell("call", {**shown, "words": list(self.words)})
