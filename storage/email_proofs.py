"""Rows of links that prove an e-mail address: a part of `storage.booking.RowStore`. The address is sealed."""

from __future__ import annotations

from collections.abc import Sequence

from booking.addresses import EmailProof, EmailProofId
from booking.model import PersonId
from storage.db import Sql
from storage.sql import Row, marks

_COLUMNS = "id, person_id, email, email_index, why, made_at, confirmed_at, ended_at, asked_by"


class EmailProofRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def email_proof(self, id: EmailProofId) -> EmailProof | None:
        rows = await self._tx.fetch(f"SELECT {_COLUMNS} FROM email_proof WHERE id = ?", id)
        return _proof(self._tx, rows[0]) if rows else None

    async def email_proofs(self, person: PersonId) -> Sequence[EmailProof]:
        rows = await self._tx.fetch(
            f"SELECT {_COLUMNS} FROM email_proof WHERE person_id = ? ORDER BY made_at DESC, id DESC", person
        )
        return [_proof(self._tx, row) for row in rows]

    async def save_email_proof(self, proof: EmailProof) -> None:
        vault = self._tx.vault
        await self._tx.execute(
            f"INSERT INTO email_proof ({_COLUMNS}) VALUES ({marks(9)}) ON CONFLICT (id) DO UPDATE SET "
            "confirmed_at = excluded.confirmed_at, ended_at = excluded.ended_at",
            proof.id,
            proof.person,
            vault.seal("email_proof.email", proof.id, proof.email),
            vault.index("email", proof.email.casefold()),
            proof.why,
            proof.made,
            proof.confirmed,
            proof.ended,
            proof.asked_by,
        )


def _proof(db: Sql, row: Row) -> EmailProof:
    return EmailProof(
        id=row["id"],
        person=row["person_id"],
        email=db.vault.read("email_proof.email", row["id"], row["email"]),
        why=row["why"],
        made=row["made_at"],
        confirmed=row["confirmed_at"],
        ended=row["ended_at"],
        asked_by=row["asked_by"],
    )
