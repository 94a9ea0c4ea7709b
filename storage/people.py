"""Rows of people, a part of `storage.booking.RowStore`: who they are, what they accepted, which workers refuse them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from booking.model import Consent, ContactId, Person, PersonId, Refusal, WorkerId
from storage import contacts
from storage.db import Sql
from storage.sql import Row, marks

# Of `person p`: while a legal hold stands, no new request is taken (terms, article 4.1.7).
IN_DISPUTE = "EXISTS (SELECT 1 FROM legal_hold h WHERE h.person_id = p.id AND h.lifted_at IS NULL) AS in_dispute"
_PERSON = (
    "p.id, p.client_id, p.code_id, p.first_name, p.last_name, p.email, p.email_confirmed, p.phone, p.language, "
    f"p.time_zone, p.suspended, p.frozen_at, p.no_feedback, p.discreet, {IN_DISPUTE}"
)
_REFUSAL = "id, worker_id, person_id, appointment_id, refused_at, lapses_at, waived_at"


class PersonRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def person(self, id: PersonId) -> Person | None:
        rows = await self._tx.fetch(f"SELECT {_PERSON} FROM person p WHERE p.id = ?", id)
        return person_of(self._tx, rows[0]) if rows else None

    async def person_of(self, contact: ContactId) -> Person | None:
        rows = await self._tx.fetch(
            f"SELECT {_PERSON} FROM person p JOIN contact c ON c.person_id = p.id WHERE c.id = ?", contact
        )
        return person_of(self._tx, rows[0]) if rows else None

    async def add_person(self, person: Person, contact: ContactId) -> None:
        values = _person_values(self._tx, person)
        await self._tx.execute(
            f"INSERT INTO person ({', '.join(values)}, turns) VALUES ({marks(len(values))}, 0)", *values.values()
        )
        await contacts.link_person(self._tx, contact, person.id)

    async def save_person(self, person: Person, now: datetime | None = None) -> None:
        values = _person_values(self._tx, person)
        replaced = await self._tx.fetch(
            "SELECT id FROM person WHERE id = ? AND (phone_index <> ? OR (email_confirmed AND email_index <> ?))",
            person.id,
            values["phone_index"],
            values["email_index"],
        )
        if replaced:
            if now is None:
                raise ValueError("a proven number or address is replaced: from when on its old ones are doubted?")
            await self._tx.execute("UPDATE person SET changed_at = ? WHERE id = ?", now, person.id)
        await self._tx.execute(
            f"UPDATE person SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?", *values.values(), person.id
        )

    async def add_consent(self, person: PersonId, contact: ContactId, consent: Consent) -> None:
        what = f"{consent.terms_version}\n{consent.policy}\n{consent.at.isoformat()}"
        values = _consent_values(self._tx, f"{person}/{sha256(what.encode()).hexdigest()[:32]}", consent)
        values |= {"person_id": person, "contact_id": contact}
        await self._tx.execute(
            f"INSERT INTO consent ({', '.join(values)}) VALUES ({marks(len(values))}) ON CONFLICT (id) DO NOTHING",
            *values.values(),
        )

    async def consented(self, person: PersonId, terms_version: str, policy_version: str) -> bool:
        return bool(
            await self._tx.fetch(
                "SELECT 1 AS one FROM consent WHERE person_id = ? AND terms_version = ? "
                "AND COALESCE(policy_version, terms_version) = ? LIMIT 1",
                person,
                terms_version,
                policy_version,
            )
        )

    async def agreed_ever(self, person: PersonId) -> bool:
        return bool(await self._tx.fetch("SELECT 1 AS one FROM consent WHERE person_id = ? LIMIT 1", person))

    async def refusals(self, person: PersonId, now: datetime) -> Sequence[Refusal]:
        rows = await self._tx.fetch(
            f"SELECT {_REFUSAL} FROM refusal WHERE person_id = ? AND waived_at IS NULL AND lapses_at > ? "
            "ORDER BY refused_at, id",
            person,
            now,
        )
        return [Refusal(*row.values()) for row in rows]

    async def refusals_by(self, worker: WorkerId, since: datetime) -> Sequence[Refusal]:
        rows = await self._tx.fetch(
            f"SELECT {_REFUSAL} FROM refusal WHERE worker_id = ? AND refused_at >= ? ORDER BY refused_at DESC, id DESC",
            worker,
            since,
        )
        return [Refusal(*row.values()) for row in rows]

    async def save_refusal(self, refusal: Refusal) -> None:
        await self._tx.execute(
            f"INSERT INTO refusal ({_REFUSAL}) VALUES ({marks(7)}) "
            "ON CONFLICT (id) DO UPDATE SET lapses_at = excluded.lapses_at, waived_at = excluded.waived_at",
            refusal.id,
            refusal.worker,
            refusal.person,
            refusal.appointment,
            refusal.refused_at,
            refusal.lapses_at,
            refusal.waived_at,
        )


def person_of(db: Sql, row: Row) -> Person:
    def read(column: str) -> str:
        return db.vault.read(f"person.{column}", row["id"], row[column])

    return Person(
        id=row["id"],
        client=row["client_id"],
        code=row["code_id"],
        first_name=read("first_name"),
        last_name=read("last_name"),
        email=None if row["email"] is None else read("email"),
        email_confirmed=bool(row["email_confirmed"]),
        phone=None if row["phone"] is None else read("phone"),
        language=row["language"],
        time_zone=row["time_zone"],
        suspended=bool(row["suspended"]),
        discreet=bool(row["discreet"]),
        in_dispute=bool(row["in_dispute"]),
        frozen=row["frozen_at"],
        no_feedback=bool(row["no_feedback"]),
    )


def _consent_values(db: Sql, id: str, consent: Consent) -> dict[str, object]:
    return {
        "id": id,
        "terms_version": consent.terms_version,
        "policy_version": consent.policy_version,
        "terms_hash": consent.terms_hash,
        "policy_hash": consent.policy_hash,
        "locale": consent.locale,
        "channel": consent.channel,
        "answer": db.vault.seal("consent.answer", id, consent.answer),
        "given_at": consent.at,
        "msgid": consent.msgid,
        "catalogue": consent.catalogue,
        "shown_key": consent.shown,
        "inbound_id": consent.inbound,
        "how": consent.how,
        "declared": ",".join(consent.declared),
    }


def _person_values(db: Sql, person: Person) -> dict[str, object]:
    vault = db.vault
    return {
        "id": person.id,
        "client_id": person.client,
        "code_id": person.code,
        "first_name": vault.seal("person.first_name", person.id, person.first_name),
        "last_name": vault.seal("person.last_name", person.id, person.last_name),
        "email": vault.seal("person.email", person.id, person.email),
        "email_index": None if person.email is None else vault.index("email", person.email.casefold()),
        "email_confirmed": person.email_confirmed,
        "phone": vault.seal("person.phone", person.id, person.phone),
        "phone_index": None if person.phone is None else vault.index("phone", person.phone),
        "language": person.language,
        "time_zone": person.time_zone,
        "suspended": person.suspended,
        "frozen_at": person.frozen,
        "no_feedback": person.no_feedback,
        "discreet": person.discreet,
    }
