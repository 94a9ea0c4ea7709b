"""Tries that must be counted truly: code guesses, one-time codes. In the database, so Redis may forget (invariant I9).

    tries(db, key, since, most) -> instants, the latest first        add_try(tx, key, now)
    nth_try(db, key, since, nth) -> the nth of these, or None        alone(tx, key)

Who may go on is decided by the caller, in the same transaction; where several contacts share a limit, after `alone`.
`key` is made of ids or keyed hashes, never of an address. What is counted here fails closed: without the database
nothing is tried.
"""

from __future__ import annotations

from datetime import datetime

from storage.db import Sql


async def tries(db: Sql, key: str, since: datetime, most: int) -> list[datetime]:
    rows = await db.fetch(
        "SELECT tried_at FROM tries WHERE key = ? AND tried_at >= ? ORDER BY tried_at DESC LIMIT ?", key, since, most
    )
    return [row["tried_at"] for row in rows]


async def add_try(db: Sql, key: str, now: datetime) -> None:
    await db.execute("INSERT INTO tries (key, tried_at) VALUES (?, ?)", key, now)


async def nth_try(db: Sql, key: str, since: datetime, nth: int) -> datetime | None:
    """One row, however high the limit: under an attack this is asked at each try."""
    rows = await db.fetch(
        "SELECT tried_at FROM tries WHERE key = ? AND tried_at >= ? ORDER BY tried_at DESC LIMIT 1 OFFSET ?",
        key,
        since,
        nth - 1,
    )
    return rows[0]["tried_at"] if rows else None


async def alone(tx: Sql, key: str) -> None:
    """Waits for whoever decides by this key, then keeps it until the transaction ends; a wait that is too long raises.

    Asked for before the counts are read: PostgreSQL shows each statement what was committed before it, so two never see
    the same last place free. SQLite has had its only write lock since the transaction began.
    """
    if tx.dialect == "postgres":
        await tx.fetch("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", f"tries:{key}")
