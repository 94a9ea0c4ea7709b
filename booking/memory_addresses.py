"""Links that prove an address, of the store in memory: a part of `booking.memory.MemoryStore`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from booking.addresses import EmailProof, EmailProofId
from booking.model import PersonId

if TYPE_CHECKING:
    from booking.memory import Rows


class MemoryAddresses:
    """Needs nothing but the rows."""

    rows: Rows

    async def email_proof(self, id: EmailProofId) -> EmailProof | None:
        return self.rows.email_proofs.get(id)

    async def email_proofs(self, person: PersonId) -> Sequence[EmailProof]:
        theirs = [each for each in self.rows.email_proofs.values() if each.person == person]
        return sorted(theirs, key=lambda each: (each.made, each.id), reverse=True)

    async def save_email_proof(self, proof: EmailProof) -> None:
        self.rows.email_proofs[proof.id] = proof
