"""Switches of the whole program. While `paused` is set, `outbox.claim_due` gives nothing to anybody, at once."""

from __future__ import annotations

from datetime import datetime

from storage.db import Sql

PAUSED = "paused"


async def pause(db: Sql, now: datetime, reason: str) -> None:
    """Stops all sending. A pause that stands keeps its first instant and reason."""
    await db.execute(
        "INSERT INTO flag (name, value, set_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", PAUSED, reason, now
    )


async def resume(db: Sql) -> bool:
    """False: sending was not paused."""
    return await db.execute("DELETE FROM flag WHERE name = ?", PAUSED) == 1


async def paused(db: Sql) -> tuple[datetime, str] | None:
    """Since when and why, or None while messages go out."""
    rows = await db.fetch("SELECT value, set_at FROM flag WHERE name = ?", PAUSED)
    return (rows[0]["set_at"], rows[0]["value"]) if rows else None
