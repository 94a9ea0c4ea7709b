"""Rows of bulk exports: who asked for what and why, who answered, that it was fetched (threat T24). The reason is
sealed; what is exported stands nowhere.

ask(tx, row); answer(tx, id, status, by, now); fetched(tx, id, by, since, now) -> bool     once, by who asked, in time
get(db, id), latest(db, limit)                                                            read
appointments, people, deeds(db, since, until, most)                                       what goes into a file
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from booking.model import Appointment, Person
from storage import looking
from storage.audit import Deed
from storage.booking import appointment_of
from storage.db import Sql, Tx
from storage.sql import Row

What: TypeAlias = Literal["appointments", "people", "deeds"]
Status: TypeAlias = Literal["asked", "approved", "refused", "fetched"]

CHUNK: Final = 500  # ids in one statement
_COLUMNS: Final = "id, what, why, first_on, last_on, status, asked_by, asked_at, answered_by, answered_at, fetched_at"


@dataclass(frozen=True, slots=True)
class ExportRow:
    """`first`, `last`: days of the period, both included, by the operator's calendar. `asked_by`, `answered_by`: as the
    audit trail calls them."""

    id: str
    what: What
    why: str
    first: date
    last: date
    status: Status
    asked_by: str
    asked_at: datetime
    answered_by: str = ""
    answered_at: datetime | None = None
    fetched_at: datetime | None = None


async def ask(tx: Tx, row: ExportRow) -> None:
    await tx.execute(
        "INSERT INTO export (id, what, why, first_on, last_on, status, asked_by, asked_at, answered_by) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')",
        row.id,
        row.what,
        tx.vault.seal("export.why", row.id, row.why),
        row.first,
        row.last,
        row.status,
        row.asked_by,
        row.asked_at,
    )


async def answer(tx: Tx, id: str, status: Status, by: str, now: datetime) -> bool:
    """False: it was answered before."""
    changed = await tx.execute(
        "UPDATE export SET status = ?, answered_by = ?, answered_at = ? WHERE id = ? AND status = 'asked'",
        status,
        by,
        now,
        id,
    )
    return changed == 1


async def fetched(tx: Tx, id: str, by: str, since: datetime, now: datetime) -> bool:
    """By who asked, where it was approved after `since`. The second of two at once is False."""
    changed = await tx.execute(
        "UPDATE export SET status = 'fetched', fetched_at = ? "
        "WHERE id = ? AND status = 'approved' AND asked_by = ? AND answered_at > ?",
        now,
        id,
        by,
        since,
    )
    return changed == 1


async def get(db: Sql, id: str) -> ExportRow | None:
    return next(iter(await _where(db, "id = ?", id)), None)


async def latest(db: Sql, limit: int) -> list[ExportRow]:
    return await _where(db, "asked_at IS NOT NULL ORDER BY asked_at DESC, id DESC LIMIT ?", limit)


# ------------------------------------------------------------ what is exported


async def appointments(db: Sql, since: datetime, until: datetime, most: int) -> list[Appointment]:
    """Those that begin then, the soonest first; moved ones are left out."""
    rows = await db.fetch(
        "SELECT * FROM appointment WHERE start_at >= ? AND start_at < ? AND status <> 'moved' "
        "ORDER BY start_at, id LIMIT ?",
        since,
        until,
        most,
    )
    return [appointment_of(db, row) for row in rows]


async def people(db: Sql, ids: Sequence[str]) -> dict[str, Person]:
    wanted, found = sorted(set(ids)), dict[str, Person]()
    for n in range(0, len(wanted), CHUNK):
        found |= await looking.people(db, wanted[n : n + CHUNK])
    return found


async def deeds(db: Sql, since: datetime, until: datetime, most: int) -> list[Deed]:
    rows = await db.fetch(
        "SELECT actor, action, object, done_at FROM audit WHERE done_at >= ? AND done_at < ? ORDER BY id LIMIT ?",
        since,
        until,
        most,
    )
    return [Deed(**row) for row in rows]


# ------------------------------------------------------------


async def _where(db: Sql, where: str, *args: object) -> list[ExportRow]:
    return [_opened(db, row) for row in await db.fetch(f"SELECT {_COLUMNS} FROM export WHERE {where}", *args)]


def _opened(db: Sql, row: Row) -> ExportRow:
    first, last = row.pop("first_on"), row.pop("last_on")
    row["why"] = db.vault.read("export.why", row["id"], row["why"])
    return ExportRow(first=first, last=last, **row)
