"""What people ask of their own data: the kinds of requests, and what a store and a talk know of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias

from booking.model import ContactId, Instruction, InstructionWish, PersonId

LONGEST_TRUSTED: Final = 300  # characters of whom somebody names

# What somebody asks of their data. `other`: in words of their own, to a human.
RequestKind: TypeAlias = Literal["copy", "correct", "pause", "resume", "object", "accept", "death", "revoke", "other"]


class RightsStore(Protocol):
    """Rows of instructions and copies."""

    async def instruction(self, person: PersonId) -> Instruction | None: ...  # the one that stands
    async def save_instruction(self, instruction: Instruction) -> None: ...  # new, or as it is now
    async def add_copy(self, id: str, person: PersonId, contact: ContactId, at: datetime) -> None: ...


class RightsCore(Protocol):
    """What a talk needs of it. False, None: a dispute is open, nobody is known, or it is so already."""

    async def ask(self, contact: ContactId, kind: RequestKind, words: str = "") -> None: ...
    async def say_more(self, contact: ContactId, words: str) -> None: ...  # of what was asked just before
    async def freeze(self, person: PersonId, contacts: Sequence[ContactId]) -> bool: ...
    async def unfreeze(self, person: PersonId, contact: ContactId) -> bool: ...
    async def object(self, person: PersonId, contact: ContactId, *, objects: bool) -> bool: ...
    async def instruction(self, person: PersonId) -> Instruction | None: ...
    async def instruct(
        self, person: PersonId, contact: ContactId, wish: InstructionWish, trusted: str
    ) -> Instruction | None: ...
    async def revoke_instruction(self, person: PersonId, contact: ContactId) -> bool: ...
    async def make_copy(self, person: PersonId, contact: ContactId) -> str | None: ...  # where a link leads to
