"""What a worker set about their notices, and what people said of their hour. No load of the directory touches either.

notices(db, worker) -> NoticeLevel; save_notices(tx, worker, level)
gathering(db) -> workers whose notices wait for the morning
save_feedback(tx, feedback)                        the same id again: its words are added
"""

from __future__ import annotations

from booking.model import Feedback, NoticeLevel, WorkerId
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


async def save_feedback(tx: Sql, feedback: Feedback) -> None:
    words = feedback.words
    await tx.execute(
        "INSERT INTO feedback (id, client_id, worker_id, mode, score, words, given_on) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET words = excluded.words",
        feedback.id,
        feedback.client,
        feedback.worker,
        feedback.mode.value,
        feedback.score,
        tx.vault.seal("feedback.words", feedback.id, words) if words is not None else None,
        feedback.given_on,
    )
