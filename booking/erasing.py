"""Somebody wants to be forgotten, and what is to come of theirs ends with their account (regulation 2016/679, article
17). The rest is rows and files, and no matter of hours: `handlers/privacy/erasing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from booking import policy
from booking.events import By, ErasureAsked, Event, PersonErased
from booking.model import Appointment, PersonId
from booking.ports import BookingStore


class _Core(Protocol):
    """What `core.Booking` has, as far as the end of an account needs it."""

    _store: BookingStore
    _now: datetime
    events: list[Event]

    async def _ends(self, appointment: Appointment, by: By, *, late: bool, told: bool = False) -> Appointment: ...


class Erasing:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _now: datetime
    events: list[Event]

    async def ask_erasure(self, person: PersonId) -> bool:
        """They said so twice. False: a dispute about them is open, and nothing may go meanwhile."""
        found = await self._store.person(person)
        if found is None or found.in_dispute:
            return False
        self.events.append(ErasureAsked(person))
        return True

    async def end_with_account(self: _Core, person: PersonId) -> Sequence[Appointment]:
        """What is to come of somebody who is erased. Their own doing, and never late (article 5.1): nobody is to refuse
        who is gone."""
        coming = [a.id for a in await self._store.upcoming(person, self._now) if not policy.is_over(a, self._now)]
        found = [await self._store.locked(id) for id in sorted(coming)]
        gone = [each for each in found if each is not None and not policy.is_over(each, self._now)]
        ended = [await self._ends(each, "person", late=False, told=True) for each in gone]
        self.events.append(PersonErased(person))
        return ended
