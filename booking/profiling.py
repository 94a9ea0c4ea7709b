"""Putting right what stands in an account: the name at once, the e-mail address by a link to the new one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from booking import policy
from booking.addresses import EmailProof, EmailProofId, EmailWhy
from booking.answers import TooManyTries
from booking.confirming import ask_to_confirm
from booking.events import Event, PhoneChanged
from booking.model import ContactId, Person, PersonId, Rules
from booking.profiles import LinkMailed, MailAnswer, NoLink, NumberAnswer
from booking.proofs import LASTS, Proof
from booking.store import BookingStore


class Profiling:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _rules: Rules
    _now: datetime
    _new_id: Callable[[], str]
    events: list[Event]

    async def rename(self, person: PersonId, first: str, last: str) -> bool:
        """Workers of what comes are not told: they read the new name where they look."""
        found = await self._person(person)
        if found is not None:
            await self._store.save_person(replace(found, first_name=first, last_name=last))
        return found is not None

    async def change_email(self, person: PersonId, email: str, by: ContactId | None) -> MailAnswer:
        found = await self._person(person)
        if found is None:
            return NoLink("nobody")
        if found.email is not None and found.email.casefold() == email.casefold():
            # Their own once more: what they had begun to change to is forgotten with the new link.
            return NoLink("same") if found.email_confirmed else await self._mail(found, found.email, "join", by)
        return await self._mail(found, email, "change", by)

    async def mail_again(self, person: PersonId, by: ContactId) -> MailAnswer:
        found = await self._person(person)
        awaited = await self.email_awaited(person)
        if found is not None and awaited is not None:
            return await self._mail(found, awaited, "change", by)
        if found is None or found.email is None:
            return NoLink("no_email" if found else "nobody")
        return NoLink("same") if found.email_confirmed else await self._mail(found, found.email, "join", by)

    async def mail_password(self, person: PersonId, by: ContactId) -> MailAnswer:
        found = await self._person(person)
        if found is None or found.email is None:
            return NoLink("no_email" if found else "nobody")
        return await self._mail(found, found.email, "password", by)

    async def change_phone(self, person: PersonId, contact: ContactId, number: str) -> NumberAnswer:
        """Shown twice (threat T3): that the new number is theirs, and who they are, by a code to the old one or to
        another way of theirs. Who had none shows the new one alone. What a talk remembers of it counts for nothing.
        """
        found = await self._person(person)
        if found is None:
            return "nobody"
        proven = await self._store.proven_since(contact, "number", self._now - LASTS)
        theirs = [proof for proof in proven if proof.person == person]
        before = [proof for proof in theirs if _of_before(proof, found)]
        if not any(proof.target == number for proof in theirs) or not (before or found.phone is None):
            return "unproven"
        await self._store.save_person(replace(found, phone=number), self._now)
        told = found.phone if any(proof.target == found.phone for proof in before) else None
        self.events.append(PhoneChanged(found, told))
        return "changed"

    async def email_awaited(self, person: PersonId) -> str | None:
        proofs = await self._store.email_proofs(person)
        return next((each.email for each in proofs if each.why == "change" and each.is_open), None)

    async def _person(self, id: PersonId) -> Person | None:
        """As it is, and stays until this transaction ends: they may write on two channels at once."""
        await self._store.alone(f"account:{id}")
        return await self._store.person(id)

    async def _mail(self, person: Person, email: str, why: EmailWhy, by: ContactId | None) -> MailAnswer:
        """Counted for the person and for the mailbox, which may be a stranger's; fails closed (threat T20)."""
        keys = (f"mail-by:{person.id}", f"mail-to:{self._store.keyed('email', email.casefold())}")
        day_ago = self._now - timedelta(days=1)
        await self._store.alone(keys[1])
        tried = [await self._store.tries(key, day_ago, self._rules.codes_a_day) for key in keys]
        until = policy.next_code(tried, None, self._rules, self._now)
        if until is not None:
            return TooManyTries(until)
        for key in keys:
            await self._store.add_try(key, self._now)
        proof = EmailProof(EmailProofId(self._new_id()), person.id, email, why, self._now, asked_by=by)
        await ask_to_confirm(self._store, self.events, proof)
        return LinkMailed(email)


def _of_before(proof: Proof, person: Person) -> bool:
    """It went to the number of the account, or to another way of its owner's: not to any number that was named."""
    return proof.target == person.phone or proof.sent_to is not None or proof.way == "mail"
