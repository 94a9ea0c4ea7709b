"""What the figures are made of: rows about hours, people and messages of a period, for `handlers/figures` to count.

clients(db)                       who pays
hours(db, start, end)             appointments that begin then, moved ones left out, and whether a reminder went out
hours_of(db, person)              the same of one person
booked(db, start, end)            each person's first booking, if it was made then
made(db, start, end)              hours that were booked then, moves left out: how far ahead
wrote(db, start, end)             who wrote then
fates(db, start, end)             messages of ours by channel and state
sent(db, start, end)              messages and segments that were sent then, by channel
sent_to(db, start, end)           the same to people with an account, by person

Ids of people are in some of these rows, so that they can be counted once; none of them leaves `handlers/figures`.
There is no index for these statements: they read a year of a busy service from end to end in less than a second, and
an index would cost something at each message. What is made of many rows is made some at a time: whatever else the
process does has its turn in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from booking.events import By
from booking.model import Client, Motive, Status
from storage.booking import client_of
from storage.db import Sql
from storage.sql import Row

T = TypeVar("T")

AT_ONCE: Final = 500  # rows: a millisecond or two
ARRIVED = "('accepted', 'sent', 'delivered', 'read')"  # as far as we were told, it did


@dataclass(frozen=True, slots=True)
class Hour:
    """An appointment, as far as it is counted."""

    client: str
    person: str
    start: datetime
    status: Status
    late: bool
    ended_by: By | None
    reminded: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A booking. `sealed`: its motive, which takes time to open, so that the caller may do it elsewhere (`motive`)."""

    id: str
    client: str
    person: str
    made_at: datetime
    start: datetime
    sealed: bytes


@dataclass(frozen=True, slots=True)
class First:
    """A person's first booking. `messages` of theirs until then, from `since`; 0 where the desk did it for them."""

    client: str
    person: str
    since: datetime
    made_at: datetime
    messages: int


@dataclass(frozen=True, slots=True)
class Fate:
    channel: str
    status: str
    count: int


@dataclass(frozen=True, slots=True)
class Sent:
    """To a person of a client; both are empty where they are not asked for."""

    channel: str
    messages: int
    segments: int
    client: str = ""
    person: str = ""


async def clients(db: Sql) -> list[Client]:
    return [client_of(row) for row in await db.fetch("SELECT id, ref, name, kind, suspended FROM client ORDER BY ref")]


async def hours(db: Sql, start: datetime, end: datetime) -> list[Hour]:
    return await _hours(db, "a.start_at >= ? AND a.start_at < ?", start, end)


async def hours_of(db: Sql, person: str) -> list[Hour]:
    """All of one person's, for when their rows go."""
    return await _hours(db, "a.person_id = ?", person)


async def _hours(db: Sql, where: str, *args: object) -> list[Hour]:
    rows = await db.fetch(
        "SELECT a.client_id, a.person_id, a.start_at, a.status, a.late, a.ended_by, EXISTS (SELECT 1 FROM outbox o "
        f"WHERE o.appointment_id = a.id AND o.kind = 'reminder' AND o.status IN {ARRIVED}) AS reminded "
        f"FROM appointment a WHERE {where} AND a.status <> 'moved' ORDER BY a.id",
        *args,
    )
    return await in_turns(
        rows,
        lambda row: Hour(
            row["client_id"],
            row["person_id"],
            row["start_at"],
            row["status"],
            bool(row["late"]),
            row["ended_by"],
            bool(row["reminded"]),
        ),
    )


async def booked(db: Sql, start: datetime, end: datetime) -> list[First]:
    rows = await db.fetch(
        "SELECT b.client_id, b.person_id, b.made_at, MIN(c.created_at) AS since_at, COUNT(i.id) AS messages FROM "
        "(SELECT person_id, client_id, MIN(made_at) AS made_at FROM appointment GROUP BY person_id, client_id) b "
        "JOIN contact c ON c.person_id = b.person_id "
        "LEFT JOIN inbox i ON i.contact_id = c.id AND i.kind = 'message' AND i.received_at <= b.made_at "
        "WHERE b.made_at >= ? AND b.made_at < ? GROUP BY b.client_id, b.person_id, b.made_at ORDER BY b.person_id",
        start,
        end,
    )
    return await in_turns(
        rows,
        lambda row: First(row["client_id"], row["person_id"], row["since_at"], row["made_at"], int(row["messages"])),
    )


async def made(db: Sql, start: datetime, end: datetime) -> list[Made]:
    rows = await db.fetch(
        "SELECT id, client_id, person_id, made_at, start_at, motive FROM appointment "
        "WHERE made_at >= ? AND made_at < ? AND version = 0 ORDER BY id",
        start,
        end,
    )
    return await in_turns(rows, lambda row: Made(*row.values()))


def motive(db: Sql, of: Made) -> Motive:
    return Motive(db.vault.read("appointment.motive", of.id, of.sealed))


async def wrote(db: Sql, start: datetime, end: datetime) -> list[tuple[str, str]]:
    """(client, person), each once."""
    rows = await db.fetch(
        "SELECT DISTINCT p.client_id, p.id FROM inbox i JOIN contact c ON c.id = i.contact_id "
        "JOIN person p ON p.id = c.person_id WHERE i.kind = 'message' AND i.received_at >= ? AND i.received_at < ?",
        start,
        end,
    )
    return await in_turns(rows, lambda row: (row["client_id"], row["id"]))


async def fates(db: Sql, start: datetime, end: datetime) -> list[Fate]:
    rows = await db.fetch(
        "SELECT channel, status, COUNT(*) AS n FROM outbox WHERE created_at >= ? AND created_at < ? "
        "GROUP BY channel, status ORDER BY channel, status",
        start,
        end,
    )
    return [Fate(row["channel"], row["status"], int(row["n"])) for row in rows]


async def sent(db: Sql, start: datetime, end: datetime) -> list[Sent]:
    rows = await db.fetch(
        "SELECT channel, COUNT(*) AS n, COALESCE(SUM(segments), 0) AS parts FROM outbox "
        "WHERE accepted_at >= ? AND accepted_at < ? GROUP BY channel ORDER BY channel",
        start,
        end,
    )
    return [Sent(row["channel"], int(row["n"]), int(row["parts"])) for row in rows]


async def sent_to(db: Sql, start: datetime, end: datetime) -> list[Sent]:
    rows = await db.fetch(
        "SELECT p.client_id, p.id AS person, o.channel, COUNT(*) AS n, COALESCE(SUM(o.segments), 0) AS parts "
        "FROM outbox o JOIN contact c ON c.id = o.contact_id JOIN person p ON p.id = c.person_id "
        "WHERE o.accepted_at >= ? AND o.accepted_at < ? GROUP BY p.client_id, p.id, o.channel ORDER BY p.id",
        start,
        end,
    )
    return await in_turns(
        rows, lambda row: Sent(row["channel"], int(row["n"]), int(row["parts"]), row["client_id"], row["person"])
    )


async def in_turns(rows: Sequence[Row], make: Callable[[Row], T]) -> list[T]:
    found: list[T] = []
    for first in range(0, len(rows), AT_ONCE):
        found += [make(row) for row in rows[first : first + AT_ONCE]]
        await asyncio.sleep(0)
    return found
