"""An account ends: its person wants it (terms, article 4.1.6), or an operator decided so (article 4.1.7, safety G18).

Until a decision to close can no longer be contested, or another operator has upheld it, the account is shut as by a
suspension: nothing new, but the desk, their data and the emergency numbers as before. What is to come of theirs is
cancelled at once. What becomes of the rows then is no matter of hours: `handlers/privacy/closing.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from booking import policy
from booking.deciding import Shutting, nothing_is_kept, reason
from booking.decisions import (
    CONTESTABLE,
    DecideAnswer,
    Decided,
    Decision,
    DecisionId,
    Ground,
    NotDecided,
    suspension,
)
from booking.events import ErasureAsked, Event
from booking.model import ContactId, PersonId
from booking.ports import BookingStore


class Closing:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _now: datetime
    _new_id: Callable[[], str]
    events: list[Event]

    async def ask_closing(self, person: PersonId) -> bool:
        """They said so twice. False: a dispute about them is open, and nothing may go meanwhile."""
        found = await self._store.person(person)
        if found is None or found.in_dispute:
            return False
        self.events.append(ErasureAsked(person, closes=True))
        return True

    async def close_account(
        self: Shutting, person: PersonId, ground: Ground, words: str, by: str, *, contacts: Sequence[ContactId]
    ) -> DecideAnswer:
        """In place of a suspension that stands. `contacts`: all of theirs, on which something may be kept for them."""
        found, said = await self._store.person(person), reason(words)
        if found is None or said is None:
            return NotDecided("nobody" if found is None else "words")
        before = suspension(await self._store.decisions(person))
        if before is not None and before.kind == "closing":
            return NotDecided("already")
        if before is not None:  # what they read from now on is this one
            await self._store.save_decision(
                replace(before, ended=self._now, ended_by=by, read=before.read or self._now)
            )
        await nothing_is_kept(self, contacts)
        coming = [a.id for a in await self._store.upcoming(person, self._now) if not policy.is_over(a, self._now)]
        gone = await self.cancel_for_them(coming)
        id, until = DecisionId(self._new_id()), self._now + CONTESTABLE
        made = Decision(id, person, "closing", ground, said, by, self._now, until, cancels=bool(gone))
        await self._store.save_decision(made)
        await self._store.save_person(replace(found, suspended=True))
        self.events.append(Decided(made, gone=len(gone)))
        return made
