"""What is done to somebody's data as a whole, in the name of one actor: a part of `handlers.acting.Acting`. The one
policy function is asked (`authority.may_about`), and each deed is noted by ids, under the person (invariant I11). To
whom it is not allowed, there is nothing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from booking.authority import PersonDeed, may_about
from booking.model import ContactId, Instruction, InstructionWish, PersonId
from handlers.corresponding import Corresponding
from storage import audit
from storage.contacts import of_person as rows_of
from storage.db import Tx


class ActingOnRights(Corresponding):
    """`_noted` is the actor as the audit trail calls them."""

    _tx: Tx
    _at: datetime
    vouched: bool = False  # an operator says that they asked who it is

    async def _noted(self) -> str:
        raise NotImplementedError

    async def freeze(self, person: PersonId, contacts: Sequence[ContactId]) -> bool:
        """Whatever is kept for them goes, on each of their channels."""
        if not await self._about(PersonDeed.RESTRICT, person):
            return False
        all_ = [ContactId(row.id) for row in await rows_of(self._tx, person)]
        theirs = list(dict.fromkeys([*contacts, *all_]))
        return await self._did(PersonDeed.RESTRICT, person, await super().freeze(person, theirs))

    async def unfreeze(self, person: PersonId, contact: ContactId) -> bool:
        if not await self._about(PersonDeed.RESTRICT, person, proven=self.vouched):
            return False
        return await self._did(PersonDeed.RESTRICT, person, await super().unfreeze(person, contact))

    async def object(self, person: PersonId, contact: ContactId, *, objects: bool) -> bool:
        if not await self._about(PersonDeed.RESTRICT, person):
            return False
        return await self._did(PersonDeed.RESTRICT, person, await super().object(person, contact, objects=objects))

    async def instruction(self, person: PersonId) -> Instruction | None:
        return await super().instruction(person) if await self._about(PersonDeed.INSTRUCT, person) else None

    async def instruct(
        self, person: PersonId, contact: ContactId, wish: InstructionWish, trusted: str
    ) -> Instruction | None:
        if not await self._about(PersonDeed.INSTRUCT, person):
            return None
        made = await super().instruct(person, contact, wish, trusted)
        await self._did(PersonDeed.INSTRUCT, person, made is not None)
        return made

    async def revoke_instruction(self, person: PersonId, contact: ContactId) -> bool:
        if not await self._about(PersonDeed.INSTRUCT, person):
            return False
        return await self._did(PersonDeed.INSTRUCT, person, await super().revoke_instruction(person, contact))

    async def make_copy(self, person: PersonId, contact: ContactId) -> str | None:
        """Proven within the last minutes, by the contact that asks (`booking/proving.py`). That it was fetched is noted
        when it is."""
        proven = await self.is_proven(contact, "export")
        if not await self._about(PersonDeed.EXPORT, person, proven=proven):
            return None
        return await super().make_copy(person, contact)

    async def _did(self, deed: PersonDeed, person: PersonId, done: bool) -> bool:
        if done:
            await audit.add(self._tx, await self._noted(), deed, f"person:{person}", self._at)
        return done

    async def _about(self, deed: PersonDeed, person: PersonId, *, proven: bool = False) -> bool:
        """Whether it may be done; that it may not is noted."""
        actor = await self._actor()
        if may_about(actor, deed, person, proven=proven):
            return True
        await audit.add(self._tx, await self._noted(), f"{deed} refused", f"person:{person}", self._at)
        return False
