"""What may go wrong with a call to a stand-in, decided by whoever runs it: no lots are drawn."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.standins.ledger import Call


@dataclass(frozen=True)
class Accept:
    """Nothing goes wrong."""


@dataclass(frozen=True)
class Throttle:
    """429, not processed. Telegram says how long to wait, Twilio in a header that it does not promise."""

    after: int = 1


@dataclass(frozen=True)
class Broken:
    """A 5xx of the provider's own. `accepted` when the work was done all the same: the caller cannot tell."""

    status: int = 500
    accepted: bool = False


@dataclass(frozen=True)
class Html:
    """A gateway's error page instead of JSON. `accepted` when what stands behind it did the work all the same."""

    status: int = 502
    accepted: bool = False


@dataclass(frozen=True)
class Reject:
    """Refused: Twilio's error code, or Telegram's status and the reason that follows 'Forbidden: ' and the like."""

    code: int
    reason: str = ""


@dataclass(frozen=True)
class Undelivered:
    """Accepted at the door, then reported by status callback as `undelivered` or `failed` (Twilio)."""

    code: int
    status: str = "undelivered"


@dataclass(frozen=True)
class Drop:
    """The connection is closed without an answer: accepted, but the answer lost; or lost before it was taken in."""

    accepted: bool = True


@dataclass(frozen=True)
class Silent:
    """No answer for as long as the caller waits: accepted, or never taken in. It ends with the stand-in."""

    accepted: bool = True


@dataclass(frozen=True)
class Early:
    """Accepted, and the status callbacks are answered before our own call is, whatever is held back (Twilio)."""


@dataclass(frozen=True)
class Answer:
    """This answer, word for word, and nothing is done."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True)
class Hang:
    """No answer until released, then as `then` says. `reached` is set when the call is there."""

    then: "Fault" = Accept()
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.released.set()


Fault = Accept | Throttle | Broken | Html | Reject | Undelivered | Drop | Silent | Early | Answer | Hang


def any_call(_: Call) -> bool:
    return True


@dataclass
class _Rule:
    fault: Fault
    when: Callable[[Call], bool]
    left: int | None


class Faults:
    """The plan: for each call the first rule that fits and is not used up, else nothing goes wrong."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._hanging: list[Hang] = []

    def add(self, fault: Fault, *, times: int | None = 1, when: Callable[[Call], bool] = any_call) -> None:
        """Let the next `times` calls that fit go wrong in this way; None for all of them, until `clear`."""
        self._rules.append(_Rule(fault, when, times))

    def clear(self) -> None:
        self._rules.clear()

    def decide(self, call: Call) -> Fault:
        for rule in self._rules:
            if rule.left == 0 or not rule.when(call):
                continue
            if rule.left is not None:
                rule.left -= 1
            if isinstance(rule.fault, Hang):
                self._hanging.append(rule.fault)
            return rule.fault
        return Accept()

    def release_all(self) -> None:
        """Let every call go that still hangs: a server with open calls does not close."""
        for hang in self._hanging:
            hang.release()
        self._hanging.clear()
