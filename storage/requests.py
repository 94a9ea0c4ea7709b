"""Rows of what people ask of their own data: instructions, a part of `storage.booking.RowStore`; copies.

instructions(db, person) -> instructions         also revoked and done ones, the latest first
carried_out(tx, id, by, reference, at) -> bool   False: it does not stand any more
not_erased(tx, person)                           a dispute came first: their instruction to erase stands again
copy(db, id) -> Copy | None; fetched(tx, id, at)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.model import ContactId, Instruction, PersonId
from storage.db import Sql
from storage.sql import Row, storable

_COLUMNS = "id, person_id, wish, trusted, made_at, revoked_at, done_at"
_STANDS = "revoked_at IS NULL AND done_at IS NULL"


@dataclass(frozen=True, slots=True)
class Copy:
    id: str
    person: str
    contact: str
    made_at: datetime
    fetched_at: datetime | None


class RequestRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def instruction(self, person: PersonId) -> Instruction | None:
        return next(iter(await _instructions(self._tx, f"person_id = ? AND {_STANDS}", person)), None)

    async def save_instruction(self, instruction: Instruction) -> None:
        await self._tx.execute(
            "INSERT INTO instruction (id, person_id, wish, trusted, made_at, revoked_at, done_at, done_by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, '') ON CONFLICT (id) DO UPDATE SET revoked_at = excluded.revoked_at",
            instruction.id,
            instruction.person,
            instruction.wish,
            self._tx.vault.seal("instruction.trusted", instruction.id, storable(instruction.trusted)),
            instruction.made_at,
            instruction.revoked_at,
            instruction.done_at,
        )

    async def add_copy(self, id: str, person: PersonId, contact: ContactId, at: datetime) -> None:
        await self._tx.execute(
            "INSERT INTO data_copy (id, person_id, contact_id, made_at) VALUES (?, ?, ?, ?)", id, person, contact, at
        )


async def instructions(db: Sql, person: str) -> Sequence[Instruction]:
    return await _instructions(db, "person_id = ? ORDER BY made_at DESC, id DESC", person)


async def carried_out(db: Sql, id: str, by: str, reference: str, at: datetime) -> bool:
    changed = await db.execute(
        f"UPDATE instruction SET done_at = ?, done_by = ?, reference = ? WHERE id = ? AND {_STANDS}",
        at,
        by,
        db.vault.seal("instruction.reference", id, storable(reference)),
        id,
    )
    return changed == 1


async def not_erased(db: Sql, person: str) -> None:
    await db.execute(
        "UPDATE instruction SET done_at = NULL, done_by = '', reference = NULL WHERE person_id = ? AND wish = 'erase' "
        "AND revoked_at IS NULL",
        person,
    )


async def copy(db: Sql, id: str) -> Copy | None:
    rows = await db.fetch("SELECT id, person_id, contact_id, made_at, fetched_at FROM data_copy WHERE id = ?", id)
    return Copy(*rows[0].values()) if rows else None


async def fetched(db: Sql, id: str, at: datetime) -> None:
    await db.execute("UPDATE data_copy SET fetched_at = ? WHERE id = ?", at, id)


async def _instructions(db: Sql, where: str, *args: object) -> Sequence[Instruction]:
    return [_opened(db, row) for row in await db.fetch(f"SELECT {_COLUMNS} FROM instruction WHERE {where}", *args)]


def _opened(db: Sql, row: Row) -> Instruction:
    return Instruction(
        id=row["id"],
        person=row["person_id"],
        wish=row["wish"],
        trusted=db.vault.read_if("instruction.trusted", row["id"], row["trusted"]) or "",
        made_at=row["made_at"],
        revoked_at=row["revoked_at"],
        done_at=row["done_at"],
    )
