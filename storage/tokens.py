"""Link tokens that were given out. Stored hashed; the token itself is derived again when a reminder prints it.

give(tx, purpose, object, version, expires_at) -> token         the same again for the same version
look(db, token, purpose, now) -> Good | Over | None             404 for None, 410 for Over
use(tx, token, purpose, now) -> Good | Over | None              for what may be done once; look() for the rest
alive(db, purpose, object, now) -> bool                         one was given, and is not old yet
revoke(tx, purpose, object)                                     on a move, say
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.crypto import token_hash
from storage.db import Sql


@dataclass(frozen=True, slots=True)
class Good:
    object: str


@dataclass(frozen=True, slots=True)
class Over:
    """It was good once. `used`: it did what it was for; else it expired or was revoked."""

    used: bool


async def give(db: Sql, purpose: str, object_: str, expires_at: datetime, version: int = 0) -> str:
    token = db.vault.token(purpose, object_, version)
    await db.execute(
        "INSERT INTO token (hash, purpose, object, expires_at) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING",
        token_hash(token),
        purpose,
        object_,
        expires_at,
    )
    return token


async def look(db: Sql, token: str, purpose: str, now: datetime) -> Good | Over | None:
    rows = await db.fetch(
        "SELECT object, expires_at, used_at, revoked_at FROM token WHERE hash = ? AND purpose = ?",
        token_hash(token),
        purpose,
    )
    if not rows:
        return None
    row = rows[0]
    if row["used_at"] or row["revoked_at"] or row["expires_at"] <= now:
        return Over(used=row["used_at"] is not None)
    return Good(row["object"])


async def use(db: Sql, token: str, purpose: str, now: datetime) -> Good | Over | None:
    """One statement decides: of two that come at once, one is Over."""
    rows = await db.fetch(
        "UPDATE token SET used_at = ? WHERE hash = ? AND purpose = ? AND used_at IS NULL AND revoked_at IS NULL "
        "AND expires_at > ? RETURNING object",
        now,
        token_hash(token),
        purpose,
        now,
    )
    return Good(rows[0]["object"]) if rows else await look(db, token, purpose, now)


async def alive(db: Sql, purpose: str, object_: str, now: datetime) -> bool:
    """Whether one was given that is not old yet, used or not."""
    rows = await db.fetch(
        "SELECT 1 AS one FROM token WHERE purpose = ? AND object = ? AND expires_at > ? LIMIT 1", purpose, object_, now
    )
    return bool(rows)


async def revoke(db: Sql, purpose: str, object_: str, now: datetime) -> int:
    return await db.execute(
        "UPDATE token SET revoked_at = ? WHERE purpose = ? AND object = ? AND revoked_at IS NULL", now, purpose, object_
    )
