"""Proofs of the store in memory, a part of `booking.memory.MemoryStore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from booking.claims import Former
from booking.model import ContactId, PersonId
from booking.proofs import Outcome, Proof, ProofId, Purpose, Way

if TYPE_CHECKING:
    from booking.memory import Rows


class MemoryProofs:
    """Needs nothing but the rows."""

    rows: Rows

    async def proof(self, id: ProofId) -> Proof | None:
        return self.rows.proofs.get(id)

    async def open_proof(self, contact: ContactId, purpose: Purpose) -> Proof | None:
        asked = (one for one in self.rows.proofs.values() if (one.contact, one.purpose) == (contact, purpose))
        return next((one for one in asked if one.settled_at is None), None)

    async def add_proof(self, proof: Proof) -> None:
        self.rows.proofs[proof.id] = proof

    async def try_proof(self, id: ProofId) -> Proof | None:
        found = self.rows.proofs.get(id)
        if found is None or found.settled_at is not None:
            return None
        self.rows.proofs[id] = replace(found, tries=found.tries + 1)
        return self.rows.proofs[id]

    async def settle_proof(self, id: ProofId, outcome: Outcome, now: datetime) -> None:
        self.rows.proofs[id] = replace(self.rows.proofs[id], settled_at=now, outcome=outcome)

    async def proven_since(self, contact: ContactId, purpose: Purpose, since: datetime) -> Sequence[Proof]:
        settled = (one for one in self.rows.proofs.values() if (one.contact, one.purpose) == (contact, purpose))
        return [one for one in settled if one.outcome == "proven" and one.settled_at and one.settled_at >= since]

    async def former(self, contact: ContactId, now: datetime) -> Former | None:  # noqa: ARG002
        return self.rows.formers.get(contact)

    async def vouch(self, person: PersonId, now: datetime) -> None:
        """Nobody is doubted here."""

    async def ways(self, person: PersonId) -> Sequence[Way]:
        """Contacts here have no addresses; their ways are put into `rows.ways`."""
        found = self.rows.persons.get(person)
        if found is None:
            return ()
        mail = [Way("email", person, email=found.email)] if found.email and found.email_confirmed else []
        return [*(way for way in self.rows.ways if way.person == person), *mail]
