"""Who has not been heard of for long (terms, annex; safety G13). The last contact is the last message of theirs that
came (or of whoever has their address since it was taken from them, while they may still prove that it is them:
`storage.parting`), or the end of their last hour, whichever is later; an account nobody wrote from yet counts from when
it was made.

quiet(db, since, after, limit) -> ids      nothing of them since then, and no legal hold stands
last_contact(db, person) -> instant        None: nothing is known at all
unread(db, person) -> bool                 something came that no turn has looked at yet
get(db, person), keep(db, silence), drop(db, person)
broken(db) -> count                        of those who wrote since: their warnings count no more
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from booking.model import HOUR
from storage.db import Sql, Tx
from storage.holds import KEPT

# An address that we wrote to first tells nothing of them: a mail's is made when something goes there.
_HEIR: Final = "EXISTS (SELECT 1 FROM contact h WHERE h.id = c.heir_id AND h.last_inbound_at > {since})"
_WROTE: Final = "SELECT 1 FROM contact c WHERE c.person_id = p.id AND (c.last_inbound_at > ? OR {made} > ? OR {heir})"
_MADE: Final = "CASE WHEN c.channel = 'email' THEN NULL ELSE c.created_at END"
_MET: Final = (
    "SELECT 1 FROM appointment a WHERE a.person_id = p.id AND a.status IN ('booked', 'done', 'missed') "
    "AND a.start_at > ?"
)
_HELD: Final = "SELECT 1 FROM legal_hold h WHERE h.person_id = p.id AND h.lifted_at IS NULL"


@dataclass(frozen=True, slots=True)
class Silence:
    """`since`: the last contact; `first`, `last`: when they were warned."""

    person: str
    since: datetime
    first: datetime | None = None
    last: datetime | None = None


async def quiet(db: Sql, since: datetime, after: str, limit: int) -> list[str]:
    """In the order of ids, beginning after one."""
    wrote = _WROTE.format(made=_MADE, heir=_HEIR.format(since="?"))
    rows = await db.fetch(
        f"SELECT p.id FROM person p WHERE p.id > ? AND NOT EXISTS ({wrote}) AND NOT EXISTS ({_MET}) "
        f"AND NOT EXISTS ({_HELD}) ORDER BY p.id LIMIT ?",
        after,
        since,
        since,
        since,
        since - HOUR,
        limit,
    )
    return [row["id"] for row in rows]


async def last_contact(db: Sql, person: str) -> datetime | None:
    rows = await db.fetch(
        "SELECT max(last_inbound_at) AS seen_at FROM contact WHERE person_id = ? UNION ALL "
        "SELECT max(h.last_inbound_at) AS seen_at FROM contact c JOIN contact h ON h.id = c.heir_id "
        "WHERE c.person_id = ? UNION ALL "
        f"SELECT max({_MADE}) AS seen_at FROM contact c WHERE person_id = ?",
        person,
        person,
        person,
    )
    found = [row["seen_at"] for row in rows if row["seen_at"] is not None]
    met = await db.fetch(
        "SELECT max(start_at) AS start_at FROM appointment "
        "WHERE person_id = ? AND status IN ('booked', 'done', 'missed')",
        person,
    )
    found += [row["start_at"] + HOUR for row in met if row["start_at"] is not None]
    return max(found, default=None)


async def unread(db: Sql, person: str) -> bool:
    rows = await db.fetch(
        "SELECT 1 AS one FROM inbox WHERE status = 'new' AND kind = 'message' "
        "AND contact_id IN (SELECT id FROM contact WHERE person_id = ? UNION ALL "
        "SELECT heir_id FROM contact WHERE person_id = ?) LIMIT 1",
        person,
        person,
    )
    return bool(rows)


async def get(db: Sql, person: str) -> Silence | None:
    rows = await db.fetch("SELECT person_id, since_at, first_at, last_at FROM silence WHERE person_id = ?", person)
    return Silence(*rows[0].values()) if rows else None


async def keep(tx: Tx, silence: Silence) -> None:
    await tx.execute(
        "INSERT INTO silence (person_id, since_at, first_at, last_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (person_id) DO UPDATE SET since_at = excluded.since_at, first_at = excluded.first_at, "
        "last_at = excluded.last_at",
        silence.person,
        silence.since,
        silence.first,
        silence.last,
    )


async def broken(db: Sql) -> int:
    """Whoever wrote, or has an hour again: it begins anew with their next silence. What a legal hold keeps stays."""
    return await db.execute(
        f"DELETE FROM silence WHERE NOT {KEPT['silence']} AND ("
        "EXISTS (SELECT 1 FROM contact c WHERE c.person_id = silence.person_id "
        f"AND (c.last_inbound_at > silence.since_at OR {_MADE} > silence.since_at "
        f"OR {_HEIR.format(since='silence.since_at')})) "
        "OR EXISTS (SELECT 1 FROM appointment a WHERE a.person_id = silence.person_id "
        "AND a.status IN ('booked', 'done', 'missed') AND a.start_at > silence.since_at))"
    )
