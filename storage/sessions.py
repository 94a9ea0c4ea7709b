"""Sessions of operators, by the hash of what their cookie holds: idle 15 minutes, 8 hours at most (threat T24).

begin(db, token, operator, now)            find(db, token, now) -> Live | None      looked up anew at each request,
end(db, hash, now), end_all(db, operator, now)                                      so what is ended ends at once
of(db, operator, now) -> those that live
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from booking.operating import Role
from storage.crypto import token_hash
from storage.db import Sql

IDLE: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(hours=8)
TOUCHED: Final = timedelta(seconds=30)  # a sign of life is written down no more often than this

_LIVES: Final = "session.ended_at IS NULL AND session.seen_at > ? AND session.made_at > ?"


@dataclass(frozen=True, slots=True)
class Live:
    """A session and whose it is."""

    hash: str
    operator: str
    name: str
    role: Role
    made_at: datetime
    seen_at: datetime


async def begin(db: Sql, token: str, operator: str, now: datetime) -> None:
    await db.execute(
        "INSERT INTO session (hash, operator_id, made_at, seen_at) VALUES (?, ?, ?, ?)",
        token_hash(token),
        operator,
        now,
        now,
    )


async def find(db: Sql, token: str, now: datetime) -> Live | None:
    """None: unknown, ended, idle for too long, too old; or its operator is suspended, or must enrol again."""
    found = await _live(db, "session.hash = ?", token_hash(token), now)
    if not found:
        return None
    live = found[0]
    if now - live.seen_at >= TOUCHED:
        await db.execute("UPDATE session SET seen_at = ? WHERE hash = ? AND ended_at IS NULL", now, live.hash)
    return live


async def of(db: Sql, operator: str, now: datetime) -> list[Live]:
    """The latest first."""
    return await _live(db, "session.operator_id = ?", operator, now)


async def end(db: Sql, hash: str, now: datetime) -> bool:
    """False: it had ended before."""
    return await db.execute("UPDATE session SET ended_at = ? WHERE hash = ? AND ended_at IS NULL", now, hash) == 1


async def end_all(db: Sql, operator: str, now: datetime) -> int:
    return await db.execute("UPDATE session SET ended_at = ? WHERE operator_id = ? AND ended_at IS NULL", now, operator)


async def _live(db: Sql, where: str, value: str, now: datetime) -> list[Live]:
    rows = await db.fetch(
        "SELECT session.hash, session.operator_id, session.made_at, session.seen_at, operator.name, operator.role "
        f"FROM session JOIN operator ON operator.id = session.operator_id WHERE {where} AND {_LIVES} "
        "AND operator.suspended_at IS NULL AND operator.password IS NOT NULL ORDER BY session.made_at DESC",
        value,
        now - IDLE,
        now - LONGEST,
    )
    return [
        Live(
            hash=row["hash"],
            operator=row["operator_id"],
            name=db.vault.read("operator.name", row["operator_id"], row["name"]),
            role=Role(row["role"]),
            made_at=row["made_at"],
            seen_at=row["seen_at"],
        )
        for row in rows
    ]
