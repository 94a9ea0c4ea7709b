"""What an operator looks up to answer 'why did I get nothing?': who is meant, and the timers of an appointment.

appointments(db, id) -> the rows of one appointment's series, the oldest first      moved ones included
coming(db, person, now) -> booked and not begun yet, the soonest first
people(db, phone), workers(db, phone) -> ids of those who gave this number
timers(db, contacts, subjects) -> what was, or is, to be said later
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.model import Appointment
from storage.booking import appointment_of
from storage.db import Sql
from storage.sql import marks

MOST = 200


@dataclass(frozen=True, slots=True)
class TimerStory:
    """`status`: waiting, done (it became a message, or had nothing to say), dropped or parked, with its reason."""

    kind: str
    due_at: datetime
    status: str
    reason: str | None
    subject: str | None


async def appointments(db: Sql, id: str) -> list[Appointment]:
    rows = await db.fetch(
        "SELECT * FROM appointment WHERE series = (SELECT series FROM appointment WHERE id = ?) ORDER BY version", id
    )
    return [appointment_of(db, row) for row in rows]


async def coming(db: Sql, person: str, now: datetime) -> list[Appointment]:
    rows = await db.fetch(
        "SELECT * FROM appointment WHERE person_id = ? AND status = 'booked' AND start_at > ? ORDER BY start_at",
        person,
        now,
    )
    return [appointment_of(db, row) for row in rows]


async def people(db: Sql, phone: str) -> list[str]:
    rows = await db.fetch("SELECT id FROM person WHERE phone_index = ? ORDER BY id", db.vault.index("phone", phone))
    return [row["id"] for row in rows]


async def workers(db: Sql, phone: str) -> list[str]:
    rows = await db.fetch("SELECT id FROM worker WHERE phone_index = ? ORDER BY id", db.vault.index("phone", phone))
    return [row["id"] for row in rows]


async def timers(db: Sql, contacts: Sequence[str] = (), subjects: Sequence[str] = ()) -> list[TimerStory]:
    """By whom they are for, or by the appointments that they belong to; the latest due first."""
    where = [f"contact_id IN ({marks(len(contacts))})"] if contacts else []
    where += [f"subject IN ({marks(len(subjects))})"] if subjects else []
    if not where:
        return []
    rows = await db.fetch(
        f"SELECT kind, due_at, status, reason, subject FROM timer WHERE {' OR '.join(where)} "
        "ORDER BY due_at DESC, id DESC LIMIT ?",
        *contacts,
        *subjects,
        MOST,
    )
    return [TimerStory(**row) for row in rows]
