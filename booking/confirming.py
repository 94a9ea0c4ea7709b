"""The link that proves an e-mail address: asking for it, and what its answer changes.

A link that is out when the address changes is over; so is an earlier one when a later one is asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from booking.addresses import EmailProof, EmailProofId
from booking.events import EmailConfirmed, EmailToProve, Event
from booking.model import PersonId
from booking.store import BookingStore

OF_ACCOUNT: Final = frozenset({"join", "change", "password"})  # about the address that stands in the account


class Confirming:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _now: datetime
    events: list[Event]

    async def email_to_prove(self, id: str) -> EmailProof | None:
        """Links that were given out before there were rows of them lead to a person: good for the address that they
        joined with, as long as no other link went out."""
        proof = await self._store.email_proof(EmailProofId(id))
        if proof is not None:
            return proof if proof.is_open else None
        person = await self._store.person(PersonId(id))
        if person is None or person.email is None:
            return None
        later = [each for each in await self._store.email_proofs(person.id) if each.why in OF_ACCOUNT]
        return None if later else EmailProof(EmailProofId(id), person.id, person.email, "join", self._now)

    async def confirm_email(self, id: str) -> bool:
        """The address that the link went to, and no other. False: the link is over.

        One that shows who writes on a new channel changes nothing in the account.
        """
        proof = await self.email_to_prove(id)
        person = None if proof is None else await self._store.person(proof.person)
        if proof is None or person is None:
            return False
        if proof.why in {"join", "password"} and proof.email != person.email:
            return False
        await self._store.save_email_proof(replace(proof, confirmed=self._now))
        if proof.why in OF_ACCOUNT:
            confirmed = replace(person, email=proof.email, email_confirmed=True)
            await self._store.save_person(confirmed, self._now)
            if proof.asked_by is not None:
                await self._store.vouch(person.id, proof.asked_by, self._now)
            await end_links(self._store, person.id, self._now)
            if confirmed != person:  # by a link for the password it may have been theirs before
                self.events.append(EmailConfirmed(confirmed))
        return True


async def ask_to_confirm(store: BookingStore, events: list[Event], proof: EmailProof) -> None:
    """A link goes to its address; what went out before for the same end is over. The account is as it was."""
    person = await store.person(proof.person)
    assert person is not None
    if proof.why in OF_ACCOUNT:
        # Who asks for the password's page meanwhile may still change the address.
        await end_links(store, person.id, proof.made, {"password"} if proof.why == "password" else OF_ACCOUNT)
    await store.save_email_proof(proof)
    events.append(EmailToProve(person, proof))


async def end_links(store: BookingStore, person: PersonId, now: datetime, whys: Collection[str] = OF_ACCOUNT) -> None:
    for each in await store.email_proofs(person):
        if each.is_open and each.why in whys:
            await store.save_email_proof(replace(each, ended=now))
