"""Who had an account that is closed (terms, annex: identity is kept for the service and five years): names, number,
from when to when, which terms they accepted. Nothing of why they came, and nothing of their employer or insurer.

keep(tx, id, by, zone, now); get(db, id); there(db, id) -> bool; found(db, phone) -> ids; looked(tx, id, by, why, now)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from storage import contacts, looking, periods
from storage.db import Sql, Tx
from storage.models.personal import PERSONAL
from storage.sql import Row, marks

_IDS = frozenset({"id", "person_id", "contact_id", "shown_key", "inbound_id"})
_COLUMNS = "id, first_name, last_name, phone, phone_index, consents, looks, from_on, closed_at, closed_by, ends_at"


@dataclass(frozen=True, slots=True)
class Archived:
    """`consents`: each as it was given, with the version of the terms, where, when and in which words. `by`: who closed
    it, as the audit trail calls them. `looks`: who looked at it, when and why."""

    id: str
    first_name: str
    last_name: str
    phone: str | None
    consents: Sequence[dict[str, Any]]
    since: date
    closed: datetime
    by: str
    ends: datetime
    looks: Sequence[dict[str, str]] = ()


async def keep(tx: Tx, id: str, by: str, zone: ZoneInfo, now: datetime) -> None:
    """Before their rows go. Where a restored backup has them once more, what is kept stays as it was; of whom it has
    nothing, nothing is kept."""
    vault, person = tx.vault, (await looking.people(tx, [id])).get(id)
    if person is None:
        return
    number = person.phone or next((row.phone for row in await contacts.of_person(tx, id) if row.phone), None)
    since = (await _since(tx, id, now)).astimezone(zone).date()
    consents = [_opened(tx, row) for row in await _consents(tx, id)]
    await tx.execute(
        f"INSERT INTO archive ({_COLUMNS}) VALUES ({marks(11)}) ON CONFLICT (id) DO NOTHING",
        id,
        vault.seal("archive.first_name", id, person.first_name),
        vault.seal("archive.last_name", id, person.last_name),
        vault.seal("archive.phone", id, number),
        vault.index("phone", number) if number else None,
        vault.seal("archive.consents", id, json.dumps(consents, separators=(",", ":"))),
        None,
        since,
        now,
        by,
        periods.ARCHIVE.after(now),
    )


async def _since(tx: Tx, person: str, now: datetime) -> datetime:
    """When the service began for them: the first that we know of."""
    rows = await tx.fetch(
        "SELECT min(given_at) AS first_at FROM consent WHERE person_id = ? UNION ALL "
        "SELECT min(created_at) AS first_at FROM contact WHERE person_id = ? UNION ALL "
        "SELECT min(made_at) AS first_at FROM appointment WHERE person_id = ?",
        person,
        person,
        person,
    )
    return min((row["first_at"] for row in rows if row["first_at"] is not None), default=now)


async def _consents(tx: Tx, person: str) -> list[Row]:
    return await tx.fetch("SELECT * FROM consent WHERE person_id = ? ORDER BY given_at, id", person)


def _opened(tx: Tx, row: Row) -> dict[str, Any]:
    """All that is noted of it, but for our rows' ids."""
    sealed = PERSONAL["consent"]
    out = {}
    for column, value in row.items():
        if column in _IDS or value is None:
            continue
        if column in sealed:
            out[column] = tx.vault.read(f"consent.{column}", row["id"], value)
        else:
            out[column] = value.isoformat() if isinstance(value, datetime) else value
    return out


async def get(db: Sql, id: str) -> Archived | None:
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM archive WHERE id = ?", id)
    if not rows:
        return None
    [row] = rows

    def read(column: str) -> str | None:
        return db.vault.read_if(f"archive.{column}", id, row[column])

    return Archived(
        id=id,
        first_name=read("first_name") or "",
        last_name=read("last_name") or "",
        phone=read("phone"),
        consents=json.loads(read("consents") or "[]"),
        since=row["from_on"],
        closed=row["closed_at"],
        by=row["closed_by"],
        ends=row["ends_at"],
        looks=json.loads(read("looks") or "[]"),
    )


async def there(db: Sql, id: str) -> bool:
    return bool(await db.fetch("SELECT 1 AS one FROM archive WHERE id = ?", id))


async def looked(tx: Tx, id: str, by: str, why: str, now: datetime) -> None:
    """Who looked, and why, stays with it. The row is locked before it is read: two may look at once."""
    rows = await tx.fetch("UPDATE archive SET looks = looks WHERE id = ? RETURNING looks", id)
    looks = json.loads(tx.vault.read_if("archive.looks", id, rows[0]["looks"]) or "[]")
    looks.append({"by": by, "at": now.isoformat(), "why": why})
    sealed = tx.vault.seal("archive.looks", id, json.dumps(looks, separators=(",", ":")))
    await tx.execute("UPDATE archive SET looks = ? WHERE id = ?", sealed, id)


async def found(db: Sql, phone: str) -> list[str]:
    """By number, the one that was closed last first: somebody may have had several accounts, one after the other."""
    rows = await db.fetch(
        "SELECT id FROM archive WHERE phone_index = ? ORDER BY closed_at DESC, id", db.vault.index("phone", phone)
    )
    return [row["id"] for row in rows]
