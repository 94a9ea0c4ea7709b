"""Legal holds: while one stands, nothing of its person is purged or erased, and no new request of theirs is taken
(terms, article 4.1.7; safety G17). It widens no access.

place(tx, hold); lift(tx, id, by, at) -> bool      False: it does not stand
of_person(db, person) -> holds                     the latest first
standing(db) -> holds                              of everybody, the one to be reviewed first
holds(db, person) -> bool                          whether one stands
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from storage.db import Sql
from storage.sql import Row, marks
from storage.whose import HELD, WHOSE, noted, where

_COLUMNS: Final = "id, person_id, reference, reason, placed_by, placed_at, review_at, lifted_at, lifted_by"
DERIVED: Final = frozenset({"busy"})  # made of appointments and holds, which stay
# True of a row that a hold keeps, for `purge` and whoever else ends rows by themselves. Who saw and did what is
# evidence, too, as long as the dispute is open.
KEPT: Final = {table: f"COALESCE(({where(table, HELD)}), FALSE)" for table in WHOSE if table not in DERIVED} | {
    "audit": f"({noted(HELD)})"
}


@dataclass(frozen=True, slots=True)
class LegalHold:
    id: str
    person: str
    reference: str
    reason: str
    placed_by: str
    placed_at: datetime
    review_at: datetime
    lifted_at: datetime | None = None
    lifted_by: str = ""


async def place(db: Sql, hold: LegalHold) -> None:
    await db.execute(
        f"INSERT INTO legal_hold ({_COLUMNS}) VALUES ({marks(9)})",
        hold.id,
        hold.person,
        db.vault.seal("legal_hold.reference", hold.id, hold.reference),
        db.vault.seal("legal_hold.reason", hold.id, hold.reason),
        hold.placed_by,
        hold.placed_at,
        hold.review_at,
        hold.lifted_at,
        hold.lifted_by,
    )


async def lift(db: Sql, id: str, by: str, at: datetime) -> bool:
    changed = await db.execute(
        "UPDATE legal_hold SET lifted_at = ?, lifted_by = ? WHERE id = ? AND lifted_at IS NULL", at, by, id
    )
    return changed == 1


async def get(db: Sql, id: str) -> LegalHold | None:
    return next(iter(await _read(db, "id = ?", id)), None)


async def of_person(db: Sql, person: str) -> Sequence[LegalHold]:
    return await _read(db, "person_id = ? ORDER BY placed_at DESC, id DESC", person)


async def standing(db: Sql) -> Sequence[LegalHold]:
    return await _read(db, "lifted_at IS NULL ORDER BY review_at, id")


async def holds(db: Sql, person: str) -> bool:
    found = await db.fetch("SELECT 1 AS one FROM legal_hold WHERE person_id = ? AND lifted_at IS NULL LIMIT 1", person)
    return bool(found)


async def _read(db: Sql, where: str, *args: object) -> list[LegalHold]:
    return [_open(db, row) for row in await db.fetch(f"SELECT {_COLUMNS} FROM legal_hold WHERE {where}", *args)]


def _open(db: Sql, row: Row) -> LegalHold:
    return LegalHold(
        id=row["id"],
        person=row["person_id"],
        reference=db.vault.read("legal_hold.reference", row["id"], row["reference"]),
        reason=db.vault.read("legal_hold.reason", row["id"], row["reason"]),
        placed_by=row["placed_by"],
        placed_at=row["placed_at"],
        review_at=row["review_at"],
        lifted_at=row["lifted_at"],
        lifted_by=row["lifted_by"],
    )
