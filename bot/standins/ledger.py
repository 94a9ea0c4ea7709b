"""What happened at a stand-in: calls in, webhooks out, and what the phones of its people show."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ButtonKind = Literal["reply", "item", "url", "contact", "callback", "key"]


@dataclass(frozen=True)
class Button:
    """Something to tap: `value` is what comes back to us (a payload, an item's id, callback data) or the link.

    `under`: the second, smaller line of a list's item.
    """

    kind: ButtonKind
    label: str
    value: str
    under: str = ""


@dataclass(frozen=True)
class Bubble:
    """One message of ours on a person's screen. A later one with the same id takes its place: edited, or read.

    `opens`: the word on the button behind which the buttons stand as a list (WhatsApp).
    """

    id: str
    to: str
    sender: str
    text: str
    at: datetime
    buttons: tuple[Button, ...] = ()
    status: str = "delivered"
    opens: str = ""


@dataclass
class Call:
    """One request of ours to the provider."""

    at: datetime
    operation: str
    params: Mapping[str, Any]
    problems: Sequence[str] = ()
    fault: object = None
    status: int | None = None  # None: not answered, or not yet
    posted: int = 0  # how many tries to reach our webhooks had been made when it was answered


@dataclass(frozen=True)
class Posted:
    """One try of the provider to reach our webhook."""

    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int | None  # None: no answer came
    answer: str = ""

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass
class Ledger:
    calls: list[Call] = field(default_factory=list)
    posted: list[Posted] = field(default_factory=list)
    delivered: list[Bubble] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)  # what the provider would write into its log of errors
    _waiting: list[asyncio.Event] = field(default_factory=list, repr=False)

    def of(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    def problems(self) -> list[str]:
        """Everything that was unlawful in our calls: a test expects none."""
        return [f"{call.operation}: {problem}" for call in self.calls for problem in call.problems]

    def screen(self, address: str) -> list[Bubble]:
        """What a person's phone shows of us, oldest first, each message in its last form."""
        last = {bubble.id: bubble for bubble in self.delivered if bubble.to == address}
        return list(last.values())

    def changed(self) -> None:
        for event in self._waiting:
            event.set()

    async def until(self, fits: Callable[["Ledger"], bool]) -> None:
        """Wait until the ledger looks as wanted; looked at again after each entry. Callers set their own limit."""
        event = asyncio.Event()
        self._waiting.append(event)
        try:
            while not fits(self):
                await event.wait()
                event.clear()
        finally:
            self._waiting.remove(event)
