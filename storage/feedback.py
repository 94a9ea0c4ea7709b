"""How hours were, as people said the day after: rows of nobody, with a day in place of an hour.

save(tx, feedback)                 the same id again: its words are added
scores(db, first, end)             how often each was given, by client, from `first` until the day before `end`
words(db, first, end)              what was added to them, in no order that tells when or by whom
end_words(db, until) -> count      of the days before: rows without words stay
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from booking.model import Feedback
from storage.db import Database, Sql


@dataclass(frozen=True, slots=True)
class Scored:
    client: str
    score: int
    count: int


async def save(tx: Sql, feedback: Feedback) -> None:
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


async def scores(db: Sql, first: date, end: date) -> list[Scored]:
    rows = await db.fetch(
        "SELECT client_id, score, COUNT(*) AS n FROM feedback WHERE given_on >= ? AND given_on < ? "
        "GROUP BY client_id, score ORDER BY client_id, score",
        first,
        end,
    )
    return [Scored(row["client_id"], row["score"], int(row["n"])) for row in rows]


async def words(db: Sql, first: date, end: date) -> list[str]:
    """In the order of ids, which are hashes."""
    rows = await db.fetch(
        "SELECT id, words FROM feedback WHERE words IS NOT NULL AND given_on >= ? AND given_on < ? ORDER BY id",
        first,
        end,
    )
    return [db.vault.read("feedback.words", row["id"], row["words"]) for row in rows]


async def end_words(db: Database, until: date) -> int:
    """They stand apart from whoever wrote them, who may have named themself all the same. No hour of it is known."""
    return await db.execute("UPDATE feedback SET words = NULL WHERE words IS NOT NULL AND given_on < ?", until)
