"""Instructions and copies of the store in memory, a part of `booking.memory.MemoryStore`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from booking.model import ContactId, Instruction, PersonId

if TYPE_CHECKING:
    from booking.memory import Rows


class MemoryRights:
    """Needs nothing but the rows."""

    rows: Rows

    async def instruction(self, person: PersonId) -> Instruction | None:
        theirs = (each for each in self.rows.instructions.values() if each.person == person)
        return next((each for each in theirs if each.revoked_at is None and each.done_at is None), None)

    async def save_instruction(self, instruction: Instruction) -> None:
        self.rows.instructions[instruction.id] = instruction

    async def add_copy(self, id: str, person: PersonId, contact: ContactId, at: datetime) -> None:
        self.rows.copies[id] = (person, contact, at)
