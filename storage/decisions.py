"""Rows of what operators decide about people: a part of `storage.booking.RowStore`. What was written, by either side,
is sealed.

due(db, now, limit) -> ids       suspensions whose day came
closings_due(db, now)            accounts whose closing nobody can contest any more
of_person(db, person), get(db, id)   read, outside of a core
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from booking.decisions import Decision, DecisionId, Ground
from booking.model import PersonId
from storage.db import Sql
from storage.sql import Row, marks

KEPT, TAKEN_BACK = "kept", "taken_back"  # verdicts on what was contested

_COLUMNS = (
    "id, person_id, kind, ground, words, decided_by, decided_at, until_at, cancels, ended_at, ended_by, contested_at, "
    "contest, reviewed_at, reviewed_by, verdict, answer, ended_words, read_at, news"
)
_CHANGES = (
    *("ended_at", "ended_by", "contested_at", "contest", "reviewed_at", "reviewed_by", "verdict", "answer"),
    *("ended_words", "read_at", "news"),
)


async def due(db: Sql, now: datetime, limit: int = 100) -> list[DecisionId]:
    """The longest due first."""
    rows = await db.fetch(
        "SELECT id FROM decision WHERE kind = 'suspension' AND ended_at IS NULL AND until_at IS NOT NULL "
        "AND until_at <= ? "
        "ORDER BY until_at, id LIMIT ?",
        now,
        limit,
    )
    return [row["id"] for row in rows]


async def closings_due(db: Sql, now: datetime) -> list[Decision]:
    """Accounts to be closed: nobody can contest it any more, or another operator upheld it; no legal hold stands."""
    return await _where(
        db,
        "kind = 'closing' AND ended_at IS NULL AND until_at <= ? AND (contested_at IS NULL OR reviewed_at IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.person_id = decision.person_id AND h.lifted_at IS NULL) "
        "ORDER BY until_at, id",
        now,
    )


async def get(db: Sql, id: str) -> Decision | None:
    return next(iter(await _where(db, "id = ?", id)), None)


async def of_person(db: Sql, person: str) -> list[Decision]:
    """The latest first."""
    return await _where(db, "person_id = ? ORDER BY decided_at DESC, id DESC", person)


class DecisionRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def decision(self, id: DecisionId) -> Decision | None:
        return await get(self._tx, id)

    async def decisions(self, person: PersonId) -> Sequence[Decision]:
        return await of_person(self._tx, person)

    async def save_decision(self, decision: Decision) -> None:
        seal = self._tx.vault.seal
        await self._tx.execute(
            f"INSERT INTO decision ({_COLUMNS}) VALUES ({marks(20)}) "
            "ON CONFLICT (id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in _CHANGES),
            decision.id,
            decision.person,
            decision.kind,
            decision.ground,
            seal("decision.words", decision.id, decision.words),
            decision.by,
            decision.at,
            decision.until,
            decision.cancels,
            decision.ended,
            decision.ended_by,
            decision.contested,
            seal("decision.contest", decision.id, decision.contest) if decision.contest else None,
            decision.reviewed,
            decision.reviewed_by,
            None if decision.upheld is None else KEPT if decision.upheld else TAKEN_BACK,
            seal("decision.answer", decision.id, decision.answer) if decision.answer else None,
            seal("decision.ended_words", decision.id, decision.ended_words) if decision.ended_words else None,
            decision.read,
            decision.news,
        )


async def _where(db: Sql, where: str, *args: object) -> list[Decision]:
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM decision WHERE {where}", *args)
    return [_decision(db, row) for row in rows]


def _decision(db: Sql, row: Row) -> Decision:
    def read(column: str) -> str:
        return db.vault.read_if(f"decision.{column}", row["id"], row[column]) or ""

    return Decision(
        id=row["id"],
        person=row["person_id"],
        kind=row["kind"],
        ground=Ground(row["ground"]),
        words=read("words"),
        by=row["decided_by"],
        at=row["decided_at"],
        until=row["until_at"],
        cancels=bool(row["cancels"]),
        ended=row["ended_at"],
        ended_by=row["ended_by"],
        contested=row["contested_at"],
        contest=read("contest"),
        reviewed=row["reviewed_at"],
        reviewed_by=row["reviewed_by"],
        upheld=None if row["verdict"] is None else row["verdict"] == KEPT,
        answer=read("answer"),
        ended_words=read("ended_words"),
        read=row["read_at"],
        news=bool(row["news"]),
    )
