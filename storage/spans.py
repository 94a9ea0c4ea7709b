"""Times of workers that differ from their weekly hours: what they closed, opened, or do by their own calendar.

of_changed(db, since) -> worker -> spans           for the compiled directory, soonest first
add(tx, worker, spans, now); drop(tx, worker, ids) whoever calls them raises the directory's version first
of_calendar(db, worker) -> spans                   what was read the last time
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from booking.model import Span
from storage.db import Sql
from storage.sql import Row, marks

AT_ONCE = 100  # rows of one statement

_COLUMNS = "id, worker_id, kind, start_at, end_at"


async def of_changed(db: Sql, since: int) -> Mapping[str, tuple[Span, ...]]:
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM span WHERE worker_id IN (SELECT id FROM worker WHERE version > ?) "
        "ORDER BY start_at, id",
        since,
    )
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for row in rows:
        found[row["worker_id"]].append(_span(row))
    return {worker: tuple(spans) for worker, spans in found.items()}


async def of_calendar(db: Sql, worker: str) -> list[Span]:
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM span WHERE worker_id = ? AND kind = 'calendar' ORDER BY start_at, id", worker
    )
    return [_span(row) for row in rows]


async def add(tx: Sql, worker: str, spans: Sequence[Span], now: datetime) -> None:
    for first in range(0, len(spans), AT_ONCE):
        some = spans[first : first + AT_ONCE]
        await tx.execute(
            "INSERT INTO span (id, worker_id, kind, start_at, end_at, made_at) VALUES "
            + ", ".join([f"({marks(6)})"] * len(some)),
            *(value for each in some for value in (each.id, worker, each.kind, each.start, each.end, now)),
        )


async def drop(tx: Sql, worker: str, ids: Sequence[str]) -> None:
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        await tx.execute(f"DELETE FROM span WHERE worker_id = ? AND id IN ({marks(len(some))})", worker, *some)


def _span(row: Row) -> Span:
    return Span(row["start_at"], row["end_at"], row["kind"], row["id"])
