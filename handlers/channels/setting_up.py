"""What is set at a provider's, by hand or by `socialdirect channels setup`: changed only where it differs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing at a provider's: what stands there, what should, and how to put it there (raises SendError).

    `why`: what is wrong with it and what comes of that, for the doctor; empty: that it differs says enough. `unset`:
    nothing stands there at all.
    """

    about: str
    now: str
    wanted: str
    put: Callable[[], Awaitable[object]]
    why: str = ""
    unset: bool = False

    @property
    def is_right(self) -> bool:
        return self.now == self.wanted


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the provider's API does not let us set: told to the operator, who looks at it in the provider's console.

    `why`: what comes of leaving it. `ill`: it is known to be wrong, and no reminder.
    """

    about: str
    todo: str
    why: str = ""
    ill: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look at a provider showed: our webhooks there, how many messages wait for us, whether the last tries to
    bring them failed."""

    webhooks: Sequence[Setting]
    waiting: int = 0
    failing: bool = False
