"""Keys of the HTTP API: who may call it, and for what. Stored hashed; a key itself is shown once, when it is made.

add(db, row, secret); revoke(db, id, now) -> bool; every(db) -> rows
of_secret(db, secret) -> ApiKeyRow | None          also a revoked one: the caller is told alike
used(tx, key, now) -> bool                         in force still; kept, so that an operator sees which are of no use
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage.crypto import token_hash
from storage.db import Sql, Tx
from storage.sql import Row

SEEN: Final = timedelta(hours=1)  # how exactly it is known when a key was used last

_COLUMNS = "id, name, scopes, made_at, used_at, revoked_at"


@dataclass(frozen=True, slots=True)
class ApiKeyRow:
    """`name` is what the operator calls its holder; `scopes`: what it may be used for."""

    id: str
    name: str
    scopes: frozenset[str]
    made_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


async def add(db: Sql, row: ApiKeyRow, secret: str) -> None:
    await db.execute(
        "INSERT INTO api_key (id, name, hash, scopes, made_at) VALUES (?, ?, ?, ?, ?)",
        row.id,
        row.name,
        token_hash(secret),
        " ".join(sorted(row.scopes)),
        row.made_at,
    )


async def of_secret(db: Sql, secret: str) -> ApiKeyRow | None:
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM api_key WHERE hash = ?", token_hash(secret))
    return _open(rows[0]) if rows else None


async def used(tx: Tx, key: ApiKeyRow, now: datetime) -> bool:
    """False: it was revoked since it was looked up. A body may take seconds to come."""
    rows = await tx.fetch("SELECT 1 AS one FROM api_key WHERE id = ? AND revoked_at IS NULL", key.id)
    if rows and (key.used_at is None or now - key.used_at >= SEEN):
        await tx.execute("UPDATE api_key SET used_at = ? WHERE id = ?", now, key.id)
    return bool(rows)


async def revoke(db: Sql, id: str, now: datetime) -> bool:
    """False: there is no such key, or it is revoked already."""
    return await db.execute("UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL", now, id) > 0


async def every(db: Sql) -> list[ApiKeyRow]:
    """The oldest first."""
    return [_open(row) for row in await db.fetch(f"SELECT {_COLUMNS} FROM api_key ORDER BY made_at, id")]


def _open(row: Row) -> ApiKeyRow:
    return ApiKeyRow(**{**row, "scopes": frozenset(row["scopes"].split())})
