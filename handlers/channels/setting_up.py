"""What is set at a provider's, by hand or by `socialdirect channels setup`: changed only where it differs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing at a provider's: what stands there, what should, and how to put it there (raises SendError)."""

    about: str
    now: str
    wanted: str
    put: Callable[[], Awaitable[object]]

    @property
    def is_right(self) -> bool:
        return self.now == self.wanted


@dataclass(frozen=True, slots=True)
class ByHand:
    """What the provider's API does not let us set: told to the operator, who looks at it in the provider's console."""

    about: str
    todo: str
