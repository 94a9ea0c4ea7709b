"""Tries that must be counted truly: code guesses, one-time codes. In the database, so Redis may forget (invariant I9).

    tries(db, key, since, most) -> instants, the latest first        add_try(tx, key, now)

Who may go on is decided by the caller, in the same transaction. `key` is made of ids or keyed hashes, never of an
address.
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
