"""Proofs of the store in memory, a part of `booking.memory.MemoryStore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from booking.claims import Former
from booking.model import ContactId, PersonId
from booking.proofs import Outcome, Proof, ProofId, Purpose, Way
from booking.trust import counts, speaks_for

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

    async def joined_since(self, person: PersonId, since: datetime) -> Sequence[Proof]:
        used = [one for one in self.rows.proofs.values() if (one.person, one.outcome) == (person, "used")]
        lately = sorted((one.settled_at, one.id) for one in used if one.settled_at and one.settled_at >= since)
        return [self.rows.proofs[id] for _, id in reversed(lately)]

    async def former(self, contact: ContactId, now: datetime) -> Former | None:  # noqa: ARG002
        return self.rows.formers.get(contact)

    async def vouch(self, person: PersonId, contact: ContactId, now: datetime) -> None:
        """Nobody is doubted here."""

    # ------------------------------------------------------------ addresses

    async def ways(self, person: PersonId) -> Sequence[Way]:
        found = self.rows.persons.get(person)
        if found is None:
            return ()
        mail = [Way("email", person, email=found.email)] if found.email and found.email_confirmed else []
        return [*await self.channels_of(person), *mail]

    async def channels_of(self, person: PersonId) -> Sequence[Way]:
        theirs = [contact for contact, whose in self.rows.contacts.items() if whose == person]
        return [self._way(contact) for contact in theirs if contact in self.rows.addresses]

    async def way_of(self, contact: ContactId) -> Way | None:
        return self._way(contact) if contact in self.rows.addresses else None

    async def accounts_at(self, target: str) -> Sequence[Way]:
        if "@" in target:
            people = (one for one in self.rows.persons.values() if one.email_confirmed and one.email is not None)
            return [Way("email", one.id, email=one.email) for one in people if one.email == target]
        at = [self._way(contact) for contact, way in self.rows.addresses.items() if way.number == target]
        found = [way for way in at if way.person is not None]
        return [*found, *(Way("sms", way.person, number=target) for way in found if way.channel == "telegram")]

    async def awaits_hour(self, contact: ContactId, now: datetime) -> bool:
        heard = self.rows.addresses[contact].heard if contact in self.rows.addresses else None
        theirs = [hour for hour in self.rows.appointments.values() if hour.person == self.rows.contacts.get(contact)]
        first = {hour.series: hour for hour in theirs if hour.version == 0}
        return any(counts(hour, now) and speaks_for(first[hour.series], contact, heard) for hour in theirs)

    async def link_contact(self, contact: ContactId, person: PersonId | None) -> None:
        if person is None:
            self.rows.contacts.pop(contact, None)
        else:
            self.rows.contacts[contact] = person

    async def hold_person(self, person: PersonId) -> None:
        """One turn at a time writes here."""

    def _way(self, contact: ContactId) -> Way:
        return replace(self.rows.addresses[contact], contact=contact, person=self.rows.contacts.get(contact))
