"""Link tokens that were given out. Stored hashed; the token itself is derived again when a reminder prints it.

give(tx, purpose, object, expires_at, version) -> token         the same again for the same version
version(db, purpose, object) -> int                             of the link that is printed now
look(db, token, purpose, now) -> Good | Over | None             404 for None, 410 for Over
use(tx, token, purpose, now) -> Good | Over | None              for what may be done once; look() for the rest
alive(db, purpose, object, now) -> bool                         one was given, and is not old yet
revoke(tx, purpose, object, now)                                what was given is over; the next has another version
renew(tx, purpose, object, now)                                 over, and given anew: who has the old one sees nothing
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


async def version(db: Sql, purpose: str, object_: str) -> int:
    """One more with each time that it was revoked."""
    rows = await db.fetch(
        "SELECT count(*) AS n FROM token WHERE purpose = ? AND object = ? AND revoked_at IS NOT NULL", purpose, object_
    )
    return int(rows[0]["n"])


async def renew(db: Sql, purpose: str, object_: str, now: datetime) -> None:
    rows = await db.fetch(
        "SELECT max(expires_at) AS last_at FROM token WHERE purpose = ? AND object = ? AND revoked_at IS NULL "
        "AND expires_at > ?",
        purpose,
        object_,
        now,
    )
    if (until := rows[0]["last_at"]) is not None:
        await revoke(db, purpose, object_, now)
        await give(db, purpose, object_, until, await version(db, purpose, object_))


async def shut(db: Sql, now: datetime, *, contact: str, person: str | None = None, worker: str | None = None) -> None:
    """Every page of theirs that was printed is over, and where it is still wanted the next one is another; a copy of
    their data is asked for anew. `contact`: where they were to send papers.
    """
    purpose, of = ("worker", "worker_id") if worker is not None else ("appointment", "person_id")
    rows = await db.fetch(
        "SELECT DISTINCT t.object FROM token t JOIN appointment a ON a.id = t.object WHERE t.purpose = ? "
        f"AND a.{of} = ? AND t.revoked_at IS NULL AND t.expires_at > ? ORDER BY t.object",
        purpose,
        worker or person,
        now,
    )
    for row in rows:
        await renew(db, purpose, row["object"], now)
    if worker is not None:
        await renew(db, "calendar", worker, now)
        await db.execute(
            "UPDATE token SET revoked_at = ? WHERE purpose = 'handed' AND revoked_at IS NULL "
            "AND object IN (SELECT d.batch FROM document d WHERE d.worker_id = ?)",
            now,
            worker,
        )
    if person is not None:
        await db.execute(
            "UPDATE token SET revoked_at = ? WHERE purpose = 'export' AND revoked_at IS NULL "
            "AND object IN (SELECT c.id FROM data_copy c WHERE c.person_id = ?)",
            now,
            person,
        )
    await db.execute(
        "UPDATE token SET revoked_at = ? WHERE purpose = 'upload' AND revoked_at IS NULL AND substr(object, 1, ?) = ?",
        now,
        len(contact) + 1,
        f"{contact}.",
    )


async def revoke(db: Sql, purpose: str, object_: str, now: datetime) -> int:
    return await db.execute(
        "UPDATE token SET revoked_at = ? WHERE purpose = ? AND object = ? AND revoked_at IS NULL", now, purpose, object_
    )
