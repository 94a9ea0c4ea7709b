"""How much waits for the desk: tickets that are not closed, those that nobody has, and the oldest of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.db import Sql
from storage.tickets import OPEN


@dataclass(frozen=True, slots=True)
class Figures:
    """`oldest_at`: since when nobody has had the one that has been nobody's for longest: it came, or was left then."""

    open: int
    untaken: int
    oldest_at: datetime | None


async def figures(db: Sql) -> Figures:
    left = (
        "COALESCE((SELECT max(e.done_at) FROM ticket_entry e WHERE e.ticket_id = ticket.id "
        "AND e.kind IN ('left', 'late', 'handed_back')), opened_at)"
    )
    rows = await db.fetch(
        "SELECT count(*) AS open, COALESCE(sum(CASE WHEN status = 'open' THEN 1 ELSE 0 END), 0) AS untaken, "
        f"min(CASE WHEN status = 'open' THEN {left} END) AS oldest_at FROM ticket WHERE {OPEN}"
    )
    return Figures(int(rows[0]["open"]), int(rows[0]["untaken"]), rows[0]["oldest_at"])
