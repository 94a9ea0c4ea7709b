"""Decisions of the store in memory, a part of `booking.memory.MemoryStore`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from booking.decisions import Decision, DecisionId
from booking.model import PersonId

if TYPE_CHECKING:
    from booking.memory import Rows


class MemoryDecisions:
    """Needs nothing but the rows."""

    rows: Rows

    async def decision(self, id: DecisionId) -> Decision | None:
        return self.rows.decisions.get(id)

    async def decisions(self, person: PersonId) -> Sequence[Decision]:
        theirs = [each for each in self.rows.decisions.values() if each.person == person]
        return sorted(theirs, key=lambda each: (each.at, each.id), reverse=True)

    async def save_decision(self, decision: Decision) -> None:
        self.rows.decisions[decision.id] = decision
