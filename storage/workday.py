"""What a worker set about their notices. No load of the directory touches it.

notices(db, worker) -> NoticeLevel; save_notices(tx, worker, level)
gathering(db) -> workers whose notices wait for the morning
"""

from __future__ import annotations

from booking.model import NoticeLevel, WorkerId
from storage.db import Sql


async def notices(db: Sql, worker: WorkerId) -> NoticeLevel:
    rows = await db.fetch("SELECT notices FROM worker_setting WHERE worker_id = ?", worker)
    return NoticeLevel(rows[0]["notices"]) if rows else NoticeLevel.ALL


async def save_notices(tx: Sql, worker: WorkerId, level: NoticeLevel) -> None:
    await tx.execute(
        "INSERT INTO worker_setting (worker_id, notices) VALUES (?, ?) "
        "ON CONFLICT (worker_id) DO UPDATE SET notices = excluded.notices",
        worker,
        level.value,
    )


async def gathering(db: Sql) -> list[WorkerId]:
    rows = await db.fetch(
        "SELECT worker_id FROM worker_setting WHERE notices <> ? ORDER BY worker_id", NoticeLevel.ALL.value
    )
    return [WorkerId(row["worker_id"]) for row in rows]
