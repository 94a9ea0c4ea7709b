"""Terms and policy, accepted by somebody: before any service (terms, articles 2.4 and 4.1.2; invariant I19)."""

from __future__ import annotations

from dataclasses import replace

from booking import policy
from booking.model import Consent, ContactId, PersonId, Rules
from booking.store import BookingStore


async def agreed(store: BookingStore, rules: Rules, person: PersonId | None, consent: Consent | None) -> bool:
    """To those in force: with what is given now, else once before. `person`: None while there is no account."""
    if consent is not None:
        return policy.consents(consent, rules)
    return person is not None and await store.consented(person, rules.terms_version, rules.policy_version)


async def keep(
    store: BookingStore, rules: Rules, person: PersonId, contact: ContactId, consent: Consent | None
) -> None:
    """The proof, and which documents it is about."""
    if consent is not None:
        proof = replace(consent, terms_hash=rules.terms_hash, policy_hash=rules.policy_hash)
        await store.add_consent(person, contact, proof)
