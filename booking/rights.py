"""What people do with their own data by themselves (regulation 2016/679, articles 15, 18 and 21; law of 6 January 1978,
article 85): let them rest, object, say what shall become of them after their death, have a copy.

Erasing: `booking/erasing.py`. What a human has to answer becomes a request (`ask`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from booking.deciding import Shutting, nothing_is_kept
from booking.events import Event, RequestMade, RequestWorded
from booking.messaging import cleaned
from booking.model import ContactId, Instruction, InstructionWish, PersonId
from booking.requests import LONGEST_TRUSTED, RequestKind
from booking.store import BookingStore


class Rights:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _now: datetime
    _new_id: Callable[[], str]
    events: list[Event]

    async def ask(self, contact: ContactId, kind: RequestKind, words: str = "") -> None:
        """For a human to answer. `words`: in which it was asked."""
        self.events.append(RequestMade(contact, kind, answered=False))
        if words:
            await self.say_more(contact, words)

    async def say_more(self, contact: ContactId, words: str) -> None:
        self.events.append(RequestWorded(contact, words))

    async def freeze(self: Shutting, person: PersonId, contacts: Sequence[ContactId]) -> bool:
        """What is only kept for them goes: holds, offers, a place on the waiting list. Hours that stand stay theirs, to
        keep or to cancel. `contacts`: all of theirs, the one they write from first.
        """
        found = await self._store.person(person)
        if found is None or found.frozen is not None:
            return False
        await self._store.save_person(replace(found, frozen=self._now))
        await nothing_is_kept(self, contacts)
        self.events.append(RequestMade(contacts[0], "pause", answered=True))
        return True

    async def unfreeze(self, person: PersonId, contact: ContactId) -> bool:
        found = await self._store.person(person)
        if found is None or found.frozen is None:
            return False
        await self._store.save_person(replace(found, frozen=None))
        self.events.append(RequestMade(contact, "resume", answered=True))
        return True

    async def object(self, person: PersonId, contact: ContactId, *, objects: bool) -> bool:
        """To what is not about an hour of theirs: how it was, an earlier hour that is free."""
        found = await self._store.person(person)
        if found is None or found.no_feedback is objects:
            return False
        await self._store.save_person(replace(found, no_feedback=objects))
        self.events.append(RequestMade(contact, "object" if objects else "accept", answered=True))
        return True

    async def instruction(self, person: PersonId) -> Instruction | None:
        return await self._store.instruction(person)

    async def instruct(
        self, person: PersonId, contact: ContactId, wish: InstructionWish, trusted: str
    ) -> Instruction | None:
        """The last one counts. None: whom they name is said in too many words, or in none."""
        said = cleaned(trusted)
        if len(said) > LONGEST_TRUSTED or (wish == "hand_over" and not said):
            return None
        before = await self._store.instruction(person)
        if before is not None:
            await self._store.save_instruction(replace(before, revoked_at=self._now))
        made = Instruction(self._new_id(), person, wish, said, self._now)
        await self._store.save_instruction(made)
        self.events.append(RequestMade(contact, "death", answered=True))
        return made

    async def revoke_instruction(self, person: PersonId, contact: ContactId) -> bool:
        before = await self._store.instruction(person)
        if before is None:
            return False
        await self._store.save_instruction(replace(before, revoked_at=self._now))
        self.events.append(RequestMade(contact, "revoke", answered=True))
        return True

    async def make_copy(self, person: PersonId, contact: ContactId) -> str | None:
        """The file itself is made while it is fetched."""
        if await self._store.person(person) is None:
            return None
        id = self._new_id()
        await self._store.add_copy(id, person, contact, self._now)
        self.events.append(RequestMade(contact, "copy", answered=True))
        return id
