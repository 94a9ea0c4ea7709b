"""Operators: who may log in to the console, with which second factor, and the codes that stand in for it once.

add(tx, id, name, role, totp, now)            Refused: somebody has this name already
by_name(db, name); get(db, id); all_of(db)    suspended ones included
called(db) -> names                           by how the audit trail calls them
enrol(tx, id, password, step, hashes)         the password they chose; old recovery codes end
renew(tx, id, totp) -> enrolment              a reset: no password until they enrol again
use_step(db, operator, step) -> bool          one statement decides: a code of the second factor works once
use_recovery(db, operator, hash, now) -> bool likewise
suspend(db, id, now), lift(db, id)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.operating import Role
from storage.db import Sql
from storage.sql import Row


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """`password` is its argon2id hash, None before they enrolled. `enrolment` numbers their enrolment links."""

    id: str
    name: str
    role: Role
    password: str | None
    totp: str
    totp_step: int
    enrolment: int
    made_at: datetime
    suspended_at: datetime | None


async def add(db: Sql, id: str, name: str, role: Role, totp: str, now: datetime) -> None:
    await db.execute(
        "INSERT INTO operator (id, name, name_index, role, totp, totp_step, enrolment, made_at) "
        "VALUES (?, ?, ?, ?, ?, 0, 0, ?)",
        id,
        db.vault.seal("operator.name", id, name),
        index(db, name),
        role.value,
        db.vault.seal("operator.totp", id, totp),
        now,
    )


async def by_name(db: Sql, name: str) -> OperatorRow | None:
    rows = await db.fetch("SELECT * FROM operator WHERE name_index = ?", index(db, name))
    return _row(db, rows[0]) if rows else None


async def get(db: Sql, id: str) -> OperatorRow | None:
    rows = await db.fetch("SELECT * FROM operator WHERE id = ?", id)
    return _row(db, rows[0]) if rows else None


async def all_of(db: Sql) -> list[OperatorRow]:
    """By name."""
    rows = await db.fetch("SELECT * FROM operator")
    return sorted((_row(db, row) for row in rows), key=lambda operator: operator.name)


async def called(db: Sql) -> dict[str, str]:
    """`{"operator:<id>": name}`, of all."""
    return {f"operator:{row.id}": row.name for row in await all_of(db)}


async def enrol(db: Sql, id: str, password: str, step: int, hashes: Sequence[str]) -> None:
    """`step` is of the code that they showed: it does not log in a second time."""
    await db.execute("UPDATE operator SET password = ?, totp_step = ? WHERE id = ?", password, step, id)
    await db.execute("DELETE FROM recovery_code WHERE operator_id = ?", id)
    for one in hashes:
        await db.execute("INSERT INTO recovery_code (hash, operator_id) VALUES (?, ?)", one, id)


async def renew(db: Sql, id: str, totp: str) -> int:
    """The number of their next enrolment link. What they had before, password, second factor and codes, is over."""
    await db.execute("DELETE FROM recovery_code WHERE operator_id = ?", id)
    rows = await db.fetch(
        "UPDATE operator SET password = NULL, totp = ?, totp_step = 0, enrolment = enrolment + 1 WHERE id = ? "
        "RETURNING enrolment",
        db.vault.seal("operator.totp", id, totp),
        id,
    )
    return int(rows[0]["enrolment"])


async def use_step(db: Sql, operator: OperatorRow, step: int) -> bool:
    """False: it was used, by them or by who looked over their shoulder; or they were reset or suspended meanwhile."""
    changed = await db.execute(
        "UPDATE operator SET totp_step = ? WHERE id = ? AND totp_step < ? AND password = ? AND suspended_at IS NULL",
        step,
        operator.id,
        step,
        operator.password,
    )
    return changed == 1


async def use_recovery(db: Sql, operator: OperatorRow, hash: str, now: datetime) -> bool:
    """Theirs, not used yet, and they were neither reset nor suspended meanwhile."""
    changed = await db.execute(
        "UPDATE recovery_code SET used_at = ? WHERE hash = ? AND operator_id = ? AND used_at IS NULL AND EXISTS "
        "(SELECT 1 FROM operator WHERE operator.id = recovery_code.operator_id AND password = ? "
        "AND suspended_at IS NULL)",
        now,
        hash,
        operator.id,
        operator.password,
    )
    return changed == 1


async def codes_left(db: Sql, id: str) -> int:
    """How many recovery codes were not used yet."""
    rows = await db.fetch("SELECT count(*) AS n FROM recovery_code WHERE operator_id = ? AND used_at IS NULL", id)
    return int(rows[0]["n"])


async def suspend(db: Sql, id: str, now: datetime) -> bool:
    """False: they were suspended already."""
    return await db.execute("UPDATE operator SET suspended_at = ? WHERE id = ? AND suspended_at IS NULL", now, id) == 1


async def lift(db: Sql, id: str) -> bool:
    """False: they were not suspended."""
    changed = await db.execute("UPDATE operator SET suspended_at = NULL WHERE id = ? AND suspended_at IS NOT NULL", id)
    return changed == 1


def index(db: Sql, name: str) -> bytes:
    return db.vault.index("operator", name)


def _row(db: Sql, row: Row) -> OperatorRow:
    return OperatorRow(
        id=row["id"],
        name=db.vault.read("operator.name", row["id"], row["name"]),
        role=Role(row["role"]),
        password=row["password"],
        totp=db.vault.read("operator.totp", row["id"], row["totp"]),
        totp_step=row["totp_step"],
        enrolment=row["enrolment"],
        made_at=row["made_at"],
        suspended_at=row["suspended_at"],
    )
