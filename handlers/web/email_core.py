"""What the pages of a mailed link do: confirm the address that it went to, then let the platform's password be chosen.

One transaction each, with the same reactions as in a talk. The password's page has a token of its own, which is in no
mail: it is made when somebody said yes on the page of the link, and is good for an hour.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from booking.addresses import EmailProof, EmailProofId
from booking.confirming import OF_ACCOUNT
from booking.core import Booking
from booking.model import Person, PersonId
from booking.proofs import ProofId
from conversations.flows.channels import NAMES
from conversations.text import t
from handlers.accounts.rule import faults
from handlers.following import follow
from handlers.parts import Parts
from handlers.passwords import Busy, Passwords
from handlers.web.ports import EmailView, Gone, PasswordView, Reader
from storage import audit, contacts, platform_passwords, tokens
from storage.booking import RowStore
from storage.db import Tx

PASSWORD: Final = "password"  # noqa: S105 - a purpose
LASTS: Final = timedelta(hours=1)


@dataclass(frozen=True)
class EmailCore:
    """Implements `handlers.web.ports.EmailPort`. `passwords`: one for the process, so that few are hashed at once."""

    parts: Parts
    passwords: Passwords = field(default_factory=Passwords)

    # ------------------------------------------------------------ the address

    async def email(self, token: str) -> EmailView | Gone | None:
        async with self.parts.db.transaction() as tx:
            found = await self._open(tx, token)
            return found if found is None or isinstance(found, Gone) else await self._view(tx, *found)

    async def confirm_email(self, token: str) -> EmailView | Gone | None:
        """The address is what the link was mailed to, whatever stands in the account by now."""
        parts, now = self.parts, self.parts.clock()
        async with parts.db.transaction() as tx:
            found = await self._open(tx, token, lock=True)
            if isinstance(found, Gone) or found is None:
                return found
            proof, person = found
            if not isinstance(await tokens.use(tx, token, "email", now), tokens.Good):
                return Gone("used", _reader(person))
            store, core = self._core(tx)
            await core.confirm_email(proof.id)
            await follow(tx, parts, store, core, f"confirmed:{proof.id}:{int(now.timestamp())}", now)
            onwards = await tokens.give(tx, PASSWORD, proof.id, now + LASTS) if proof.why in OF_ACCOUNT else None
            return await self._view(tx, proof, person, onwards)

    async def _view(self, tx: Tx, proof: EmailProof, person: Person, password: str | None = None) -> EmailView:
        """A link that joins a channel has the id of the proof that was asked for there."""
        store, _ = self._core(tx)
        joins = await store.proof(ProofId(proof.id))
        way = await store.way_of(joins.contact) if joins is not None else None
        channel = (NAMES[way.channel], way.ends) if way is not None else None
        return EmailView(proof.email, _reader(person), proof.why, password, channel)

    async def _open(self, tx: Tx, token: str, *, lock: bool = False) -> tuple[EmailProof, Person] | Gone | None:
        """Whose link it is. `lock`: as it is when nobody else changes it."""
        found = await tokens.look(tx, token, "email", self.parts.clock())
        if not isinstance(found, tokens.Good):
            return None if found is None else Gone("used" if found.used else "mail_expired")
        store, core = self._core(tx)
        proof = await core.email_to_prove(found.object)
        if proof is not None and lock:
            await contacts.lock_person(tx, proof.person)
            proof = await core.email_to_prove(found.object)
        person = None if proof is None else await store.person(proof.person)
        return Gone("later_mail") if proof is None or person is None else (proof, person)

    # ------------------------------------------------------------ the platform's password

    async def password(self, token: str) -> PasswordView | Gone | None:
        async with self.parts.db.transaction() as tx:
            found = await self._owner(tx, token)
            return PasswordView(_reader(found)) if isinstance(found, Person) else found

    async def choose_password(self, token: str, password: str, again: str) -> PasswordView | Gone | None:
        """Hashed outside of a transaction: it takes its time. Only the hash is kept."""
        async with self.parts.db.transaction() as tx:
            person = await self._owner(tx, token)
        if not isinstance(person, Person):
            return person
        wrong = faults(password, (person.first_name, person.last_name, person.email or ""))
        if not wrong and password != again:
            wrong = [t("page.password.differs")]
        if wrong:
            return PasswordView(_reader(person), wrong)
        try:
            hashed = await self.passwords.hash(password)
        except Busy:
            return PasswordView(_reader(person), busy=True)
        now = self.parts.clock()
        async with self.parts.db.transaction() as tx:
            await contacts.lock_person(tx, person.id)
            still = await self._owner(tx, token)
            if not isinstance(still, Person):
                return still
            await tokens.use(tx, token, PASSWORD, now)
            await platform_passwords.keep(tx, person.id, hashed, now)
            await audit.add(tx, f"person:{person.id}", "choose password", f"person:{person.id}", now)
        return PasswordView(_reader(person), chosen=True)

    async def _owner(self, tx: Tx, token: str) -> Person | Gone | None:
        """Who may choose it: whose address the link was mailed to, as long as it is still theirs."""
        found = await tokens.look(tx, token, PASSWORD, self.parts.clock())
        if not isinstance(found, tokens.Good):
            return None if found is None else Gone("chosen" if found.used else "password_expired")
        store, _ = self._core(tx)
        proof = await store.email_proof(EmailProofId(found.object))
        person = await store.person(PersonId(proof.person if proof else found.object))
        if person is None or proof is None or person.email != proof.email:
            return Gone("later_mail")
        return person

    def _core(self, tx: Tx) -> tuple[RowStore, Booking]:
        store = RowStore(tx, self.parts.directories)
        return store, Booking(store, self.parts.rules, self.parts.clock(), self.parts.new_id)


def _reader(person: Person) -> Reader:
    return Reader(person.language, person.time_zone)
