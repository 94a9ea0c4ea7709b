"""Proofs and channels in the name of one contact: a part of `handlers.acting.Acting`. A code is written back, and a
channel joined, by the contact that asked for it alone; what was done is noted under the person (invariant I11).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booking.authority import PersonActor, PersonDeed, may_about
from booking.channels import DraftStep, NotJoined
from booking.model import ContactId, Person
from booking.proofs import ProofId
from handlers.correcting import Correcting
from storage import audit


class ActingOnChannels(Correcting):
    """`_contact`: whose turn it is; None for pages, the desk and the API, which join nothing."""

    async def join_channel(self, contact: ContactId, id: ProofId) -> Person | NotJoined:
        """Only by the contact that asked; who wrote the code back acts for the account that it was sent for."""
        asked = await self._rows.proof(id)
        if not self._is_here(contact) or asked is None or asked.person is None or asked.outcome != "proven":
            return NotJoined("nobody")
        whose = PersonActor(asked.person)
        if not may_about(whose, PersonDeed.JOIN, asked.person, proven=True):
            return NotJoined("nobody")
        done = await super().join_channel(contact, id)
        if isinstance(done, Person):
            await audit.add(self._tx, f"person:{done.id}", PersonDeed.JOIN, f"person:{done.id}", self._at)
        return done

    async def part_channel(self, contact: ContactId, other: ContactId) -> bool:
        """That it was joined of late is the proof: whoever it is, the account was theirs before."""
        actor = await self._actor()
        if not self._is_here(contact) or not isinstance(actor, PersonActor):
            return False
        if not may_about(actor, PersonDeed.UNLINK, actor.id, proven=True):
            return False
        parted = await super().part_channel(contact, other)
        if parted:
            await audit.add(self._tx, await self._noted(), PersonDeed.UNLINK, f"person:{actor.id}", self._at)
        return parted

    async def is_taken(self, contact: ContactId, number: str | None) -> bool:
        return self._is_here(contact) and await super().is_taken(contact, number)

    async def pass_draft(self, contact: ContactId, to: ContactId, step: DraftStep, draft: Mapping[str, Any]) -> bool:
        return self._is_here(contact) and await super().pass_draft(contact, to, step, draft)

    def _is_here(self, contact: ContactId) -> bool:
        return self._contact is not None and self._contact.id == contact
