"""Rows of proofs, a part of `storage.booking.RowStore`, and the ways to a person that a code may go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from booking import phones
from booking.model import ContactId, PersonId
from booking.proofs import Outcome, Proof, ProofId, Purpose, Way
from storage import contacts
from storage.contacts import ContactRow
from storage.db import Sql
from storage.people import PersonRows
from storage.sql import Row, marks

_COLUMNS: Final = (
    "id, contact_id, person_id, purpose, way, code_hash, target, sent_to, made_at, expires_at, tries, settled_at, "
    "outcome"
)
MEDIA: Final = ("sms", "whatsapp", "telegram")


class ProofRows(PersonRows):
    """Needs nothing but the transaction."""

    _tx: Sql

    async def proof(self, id: ProofId) -> Proof | None:
        return next(iter(await self._proofs("id = ?", id)), None)

    async def open_proof(self, contact: ContactId, purpose: Purpose) -> Proof | None:
        found = await self._proofs("contact_id = ? AND purpose = ? AND settled_at IS NULL", contact, purpose)
        return found[0] if found else None

    async def add_proof(self, proof: Proof) -> None:
        await self._tx.execute(
            f"INSERT INTO proof ({_COLUMNS}) VALUES ({marks(13)})",
            proof.id,
            proof.contact,
            proof.person,
            proof.purpose,
            proof.way,
            proof.code,
            self._tx.vault.seal("proof.target", proof.id, proof.target),
            proof.sent_to,
            proof.made_at,
            proof.expires_at,
            proof.tries,
            proof.settled_at,
            proof.outcome,
        )

    async def try_proof(self, id: ProofId) -> Proof | None:
        rows = await self._tx.fetch(
            f"UPDATE proof SET tries = tries + 1 WHERE id = ? AND settled_at IS NULL RETURNING {_COLUMNS}", id
        )
        return _open(self._tx, rows[0]) if rows else None

    async def settle_proof(self, id: ProofId, outcome: Outcome, now: datetime) -> None:
        await self._tx.execute("UPDATE proof SET settled_at = ?, outcome = ? WHERE id = ?", now, outcome, id)

    async def proven_since(self, contact: ContactId, purpose: Purpose, since: datetime) -> Sequence[Proof]:
        where = "contact_id = ? AND purpose = ? AND outcome = 'proven' AND settled_at >= ?"
        return await self._proofs(where, contact, purpose, since)

    async def ways(self, person: PersonId) -> Sequence[Way]:
        """Their addresses that are alive and not stopped; the number that was proven, by SMS; a mailbox whose link came
        back."""
        found = await self.person(person)
        if found is None:
            return ()
        rows = await contacts.of_person(self._tx, person)
        ways = [_way(row) for row in rows if row.channel in MEDIA and row.opted_out_at is None and row.dead_at is None]
        known = {row.address for row in rows if row.channel == "sms"}
        number = found.phone
        if number is not None and number not in known and not phones.abroad(number):
            ways.append(Way("sms", person, number=number))
        if found.email is not None and found.email_confirmed:
            ways.append(Way("email", person, email=found.email))
        return ways

    async def joined_since(self, person: PersonId, since: datetime) -> Sequence[Proof]:
        where = "person_id = ? AND outcome = 'used' AND settled_at >= ? ORDER BY settled_at DESC, id DESC"
        return await self._proofs(where, person, since)

    # ------------------------------------------------------------ addresses

    async def channels_of(self, person: PersonId) -> Sequence[Way]:
        return [_way(row) for row in await contacts.of_person(self._tx, person) if row.channel in MEDIA]

    async def way_of(self, contact: ContactId) -> Way | None:
        row = await contacts.get(self._tx, contact)
        return _way(row) if row is not None and row.channel in MEDIA else None

    async def accounts_at(self, target: str) -> Sequence[Way]:
        """A number that WhatsApp shows is proven on WhatsApp alone; one that a code or Telegram proved, by SMS too."""
        if "@" in target:
            rows = await self._tx.fetch(
                "SELECT id FROM person WHERE email_index = ? AND email_confirmed",
                self._tx.vault.index("email", target.casefold()),
            )
            return [Way("email", row["id"], email=target) for row in rows]
        at = [row for row in await contacts.of_phone(self._tx, target) if row.person_id and row.channel in MEDIA]
        proven = [row for row in at if row.address != target]
        return [*map(_way, at), *(Way("sms", PersonId(str(row.person_id)), number=target) for row in proven)]

    async def link_contact(self, contact: ContactId, person: PersonId | None) -> None:
        await contacts.link_person(self._tx, contact, person)

    async def hold_person(self, person: PersonId) -> None:
        await self._tx.execute("UPDATE person SET turns = turns + 1 WHERE id = ?", person)

    async def _proofs(self, where: str, *args: object) -> list[Proof]:
        rows = await self._tx.fetch(f"SELECT {_COLUMNS} FROM proof WHERE {where}", *args)
        return [_open(self._tx, row) for row in rows]


def _way(row: ContactRow) -> Way:
    person = PersonId(row.person_id) if row.person_id else None
    return Way(row.channel, person, ContactId(row.id), row.phone, heard=row.last_inbound_at)  # type: ignore[arg-type]


def _open(db: Sql, row: Row) -> Proof:
    return Proof(
        id=row["id"],
        contact=row["contact_id"],
        person=row["person_id"],
        purpose=row["purpose"],
        way=row["way"],
        code=row["code_hash"],
        target=db.vault.read_if("proof.target", row["id"], row["target"]),
        sent_to=row["sent_to"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        tries=row["tries"],
        settled_at=row["settled_at"],
        outcome=row["outcome"],
    )
