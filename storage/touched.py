"""Whose data a deed of the audit trail touched, by the kind and id of its object: ids of people, and of whose address
has no account `worker:ID` or, of strangers, `talk:ID`.

people(db, kind, id) -> ids                       as it is now; none where it is gone
with_hours(db, since, until, worker) -> ids       who has an appointment that starts in [since, until)
with_tickets(db, at) -> ids                       who had one that was not closed, also from before they had an account:
                                                  they stood on the desk's list
with_holds(db, at) -> ids                         for whom a legal hold stood
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from storage.db import Sql

_WHO: Final = "COALESCE(c.person_id, 'worker:' || c.worker_id, 'talk:' || c.id)"
_OF: Final[Mapping[str, str]] = {
    "appointment": "SELECT person_id AS id FROM appointment WHERE id = ?",
    "ticket": f"SELECT COALESCE(t.person_id, {_WHO}) AS id FROM ticket t "
    "LEFT JOIN contact c ON c.id = t.contact_id WHERE t.id = ?",
    "talk": f"SELECT {_WHO} AS id FROM contact c WHERE c.id = ?",
    "report": "SELECT person_id AS id FROM report WHERE id = ?",
    "decision": "SELECT person_id AS id FROM decision WHERE id = ?",
    "document": "SELECT person_id AS id FROM document WHERE id = ?",
}


async def people(db: Sql, kind: str, id: str) -> list[str]:
    if kind in {"person", "archive"}:  # who is in the archive is there by the id of their account
        return [id]
    return await _ids(db, _OF[kind], id) if kind in _OF else []


async def with_hours(db: Sql, since: datetime, until: datetime, worker: str | None = None) -> list[str]:
    return await _ids(
        db,
        "SELECT DISTINCT person_id AS id FROM appointment WHERE start_at >= ? AND start_at < ? "
        "AND (worker_id = ? OR ?) ORDER BY person_id",
        since,
        until,
        worker or "",
        worker is None,
    )


async def with_tickets(db: Sql, at: datetime) -> list[str]:
    return await _ids(
        db,
        f"SELECT DISTINCT COALESCE(t.person_id, {_WHO}) AS id FROM ticket t "
        "LEFT JOIN contact c ON c.id = t.contact_id "
        "WHERE t.opened_at <= ? AND (t.closed_at IS NULL OR t.closed_at > ?) ORDER BY id",
        at,
        at,
    )


async def with_holds(db: Sql, at: datetime) -> list[str]:
    return await _ids(
        db,
        "SELECT DISTINCT person_id AS id FROM legal_hold WHERE placed_at <= ? AND (lifted_at IS NULL OR lifted_at > ?) "
        "ORDER BY person_id",
        at,
        at,
    )


async def _ids(db: Sql, sql: str, *values: object) -> list[str]:
    return [row["id"] for row in await db.fetch(sql, *values) if row["id"] is not None]
