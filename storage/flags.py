"""Switches and small facts of all processes. While `paused` is set, `outbox.claim_due` gives nothing to anybody."""

from __future__ import annotations

from datetime import datetime, timedelta

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


async def value(db: Sql, name: str) -> str | None:
    rows = await db.fetch("SELECT value FROM flag WHERE name = ?", name)
    return rows[0]["value"] if rows else None


async def keep(db: Sql, name: str, value: str, now: datetime) -> None:
    """A fact that every process may read; the newest stands."""
    await db.execute(
        "INSERT INTO flag (name, value, set_at) VALUES (?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at",
        name,
        value,
        now,
    )


async def turn(db: Sql, name: str, every: timedelta, now: datetime) -> bool:
    """Whether it is our turn to do what is done once in a while by one of all workers: one statement decides."""
    changed = await db.execute(
        "INSERT INTO flag (name, value, set_at) VALUES (?, '', ?) "
        "ON CONFLICT (name) DO UPDATE SET set_at = excluded.set_at WHERE flag.set_at <= ?",
        name,
        now,
        now - every,
    )
    return changed == 1


async def forget(db: Sql, name: str) -> bool:
    """False: it did not stand."""
    return await db.execute("DELETE FROM flag WHERE name = ?", name) == 1


async def since(db: Sql, name: str) -> datetime | None:
    """When it was set, or set anew."""
    rows = await db.fetch("SELECT set_at FROM flag WHERE name = ?", name)
    return rows[0]["set_at"] if rows else None


async def begin(db: Sql, name: str, now: datetime) -> datetime:
    """Sets it unless it stands; since when it does."""
    await db.execute(
        "INSERT INTO flag (name, value, set_at) VALUES (?, '', ?) ON CONFLICT (name) DO NOTHING", name, now
    )
    return await since(db, name) or now


async def beginning(db: Sql, prefix: str) -> list[tuple[str, datetime]]:
    """Those whose names begin so, without that, and since when they stand; the latest first."""
    rows = await db.fetch(
        "SELECT name, set_at FROM flag WHERE substr(name, 1, ?) = ? AND set_at IS NOT NULL ORDER BY set_at DESC",
        len(prefix),
        prefix,
    )
    return [(row["name"][len(prefix) :], row["set_at"]) for row in rows]
