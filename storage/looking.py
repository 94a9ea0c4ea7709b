"""What the console looks up across all people: a day's appointments, and who has a number or an address.

day(db, since, until) -> appointments that begin then, the soonest first; moved ones are left out
of_person(db, person) -> theirs, the latest first       people(db, ids) -> persons by id
found(db, phone, email) -> ids of persons               consent(db, person) -> the last acceptance
kept(db, contact, now) -> hours that are kept for them
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from booking.model import Appointment, Person
from storage.booking import appointment_of, person_of
from storage.db import Sql
from storage.people import IN_DISPUTE
from storage.sql import marks

MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Accepted:
    """Which terms and policy a person accepted, and where; without what they typed. `catalogue`: of the words in which
    they were asked.
    """

    terms_version: str
    policy_version: str
    channel: str
    given_at: datetime
    catalogue: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """An hour that is kept, and until when."""

    start: datetime
    until: datetime


async def day(db: Sql, since: datetime, until: datetime) -> list[Appointment]:
    rows = await db.fetch(
        "SELECT * FROM appointment WHERE start_at >= ? AND start_at < ? AND status <> 'moved' "
        "ORDER BY start_at, id LIMIT ?",
        since,
        until,
        MOST,
    )
    return [appointment_of(db, row) for row in rows]


async def of_person(db: Sql, person: str, limit: int = 100) -> list[Appointment]:
    """The latest first; moved ones are left out."""
    rows = await db.fetch(
        "SELECT * FROM appointment WHERE person_id = ? AND status <> 'moved' ORDER BY start_at DESC LIMIT ?",
        person,
        limit,
    )
    return [appointment_of(db, row) for row in rows]


async def people(db: Sql, ids: Sequence[str]) -> dict[str, Person]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = await db.fetch(f"SELECT p.*, {IN_DISPUTE} FROM person p WHERE p.id IN ({marks(len(wanted))})", *wanted)
    return {row["id"]: person_of(db, row) for row in rows}


async def found(db: Sql, *, phone: str = "", email: str = "") -> list[str]:
    """Who gave this number or address, or writes from this number."""
    ids: set[str] = set()
    if phone:
        index = db.vault.index("phone", phone)
        rows = await db.fetch("SELECT id FROM person WHERE phone_index = ?", index)
        rows += await db.fetch(
            "SELECT DISTINCT person_id AS id FROM contact WHERE phone_index = ? AND person_id IS NOT NULL", index
        )
        ids |= {row["id"] for row in rows}
    if email:
        rows = await db.fetch("SELECT id FROM person WHERE email_index = ?", db.vault.index("email", email.casefold()))
        ids |= {row["id"] for row in rows}
    return sorted(ids)


async def consent(db: Sql, person: str) -> Accepted | None:
    rows = await db.fetch(
        "SELECT terms_version, COALESCE(policy_version, terms_version) AS policy_version, channel, given_at, catalogue "
        "FROM consent WHERE person_id = ? ORDER BY given_at DESC LIMIT 1",
        person,
    )
    return Accepted(**rows[0]) if rows else None


async def kept(db: Sql, contact: str, now: datetime) -> list[Kept]:
    """The soonest first."""
    rows = await db.fetch(
        "SELECT start_at, lapses_at FROM hold WHERE contact_id = ? AND lapses_at > ? ORDER BY start_at", contact, now
    )
    return [Kept(row["start_at"], row["lapses_at"]) for row in rows]
