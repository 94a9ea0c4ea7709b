"""The addresses of workers' own calendars, and when each was read. An address is a secret: sealed, and never logged.

wanted(db, worker)                                 whether appointments are sent to their agenda
address(db, worker); keep(tx, worker, address)     "" is none
take_due(db, now, every, limit) -> rows            now ours: nobody else reads them before `every` is over
settle(tx, row, tag, now); failed(tx, row, now)    False: the worker gave another address meanwhile
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.db import Sql
from storage.sql import Row

_COLUMNS = "worker_id, calendar, calendar_tag, calendar_failed_at"


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """`sealed` tells this address from a later one; `failed_at`: since when it cannot be read."""

    worker: str
    address: str
    sealed: bytes
    tag: str | None
    failed_at: datetime | None


async def address(db: Sql, worker: str) -> str:
    rows = await db.fetch(
        "SELECT worker_id, calendar FROM worker_setting WHERE worker_id = ? AND calendar IS NOT NULL", worker
    )
    return _address(db, rows[0]) if rows else ""


async def wanted(db: Sql, worker: str) -> bool:
    """Whether they are told of everything, so that each appointment is sent to their agenda."""
    rows = await db.fetch("SELECT notices FROM worker_setting WHERE worker_id = ?", worker)
    return not rows or rows[0]["notices"] == "all"


async def keep(db: Sql, worker: str, address: str) -> None:
    """To be read at once, as if it never had been."""
    sealed = db.vault.seal("worker_setting.calendar", worker, address) if address else None
    await db.execute(
        "INSERT INTO worker_setting (worker_id, notices, calendar) VALUES (?, 'all', ?) "
        "ON CONFLICT (worker_id) DO UPDATE SET calendar = excluded.calendar, calendar_tag = NULL, "
        "calendar_read_at = NULL, calendar_failed_at = NULL",
        worker,
        sealed,
    )


async def take_due(db: Sql, now: datetime, every: timedelta, limit: int) -> list[CalendarRow]:
    """Those that nobody has looked at for so long, the longest first."""
    chosen = (
        "SELECT worker_id FROM worker_setting WHERE calendar IS NOT NULL "
        f"AND (calendar_read_at IS NULL OR calendar_read_at <= ?) ORDER BY calendar_read_at LIMIT {int(limit)}"
    )
    ids = f"= ANY(ARRAY({chosen} FOR UPDATE SKIP LOCKED))" if db.dialect == "postgres" else f"IN ({chosen})"
    rows = await db.fetch(
        f"UPDATE worker_setting SET calendar_read_at = ? WHERE worker_id {ids} RETURNING {_COLUMNS}", now, now - every
    )
    return [
        CalendarRow(
            row["worker_id"], _address(db, row), row["calendar"], row["calendar_tag"], row["calendar_failed_at"]
        )
        for row in rows
    ]


async def is_due(db: Sql, now: datetime, every: timedelta) -> bool:
    """Whether there is any, without taking it."""
    rows = await db.fetch(
        "SELECT 1 AS one FROM worker_setting WHERE calendar IS NOT NULL "
        "AND (calendar_read_at IS NULL OR calendar_read_at <= ?) LIMIT 1",
        now - every,
    )
    return bool(rows)


async def settle(db: Sql, row: CalendarRow, tag: str | None) -> bool:
    """It was read, or is as it was."""
    changed = await db.execute(
        "UPDATE worker_setting SET calendar_tag = ?, calendar_failed_at = NULL WHERE worker_id = ? AND calendar = ?",
        tag,
        row.worker,
        row.sealed,
    )
    return changed == 1


async def failed(db: Sql, row: CalendarRow, now: datetime) -> bool:
    """It cannot be read; what was read the last time stays."""
    changed = await db.execute(
        "UPDATE worker_setting SET calendar_failed_at = COALESCE(calendar_failed_at, ?) "
        "WHERE worker_id = ? AND calendar = ?",
        now,
        row.worker,
        row.sealed,
    )
    return changed == 1


async def failing(db: Sql, before: datetime) -> int:
    """How many cannot be read since then or longer, for `doctor`."""
    rows = await db.fetch(
        "SELECT count(*) AS n FROM worker_setting WHERE calendar IS NOT NULL AND calendar_failed_at <= ?", before
    )
    return int(rows[0]["n"])


def _address(db: Sql, row: Row) -> str:
    return db.vault.read("worker_setting.calendar", row["worker_id"], row["calendar"])
