"""Tickets: what a human of the desk must look at, and what happened to each.

    open -> taken (by one operator) -> closed, with an outcome; a talk that is left, or that nobody answered in time,
    goes back to open

open_(tx, new, now, new_id) -> Opened              one of a kind a contact that is not closed: told again is an entry
take, close(tx, ticket, …) -> bool           False: it was closed meanwhile, or is another's
with_desk, without_desk(tx, ticket)                which ticket the person's words go to; none any more
alone(tx, contact) -> ids                          the person left, or nobody came: none, and it is nobody's
live, lives, latest, waits, get, listed, about, of_contacts
                                                   read; what waits longest is last to be closed and first in the list
entered(tx, ticket, once) -> bool                  what came twice is entered once
entry(tx, ticket, …) -> id; entries(db, ticket)    the story, with what became of what the desk wrote
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from storage.db import Sql, Tx
from storage.sql import Row, marks, storable

Status: TypeAlias = Literal["open", "taken", "closed"]
EntryKind: TypeAlias = Literal[
    "opened",
    "again",  # the same came once more
    "taken",
    "wrote",  # the person, while they talk with the desk
    "said",  # an operator, to the person
    "note",  # an operator, for the desk alone
    "attempt",  # to call the person; `detail` says how it went
    "left",  # the person went back to the automatic answers
    "late",  # nobody of the desk answered in time, and the person was told so
    "handed_back",
    "extended",  # a request about data: the person was told that it takes longer; `detail`: not by us
    "refused",  # the same of a refusal
    "passed",  # to a colleague who goes on with the talk in another ticket, which `detail` names
    "closed",
]

OPEN: Final = "status IN ('open', 'taken')"  # word for word the condition of an index
MOST: Final = 200

_COLUMNS: Final = (
    "id, contact_id, person_id, kind, status, context, subject, operator, live, opened_at, taken_at, closed_at, "
    "outcome, due_at, extended_at, COALESCE(warned, 0) AS warned"
)


@dataclass(frozen=True, slots=True)
class NewTicket:
    """`subject` is a kind and an id: `appointment:a1`, `outbox:12`. `context`: JSON data, sealed. `due`: by when it is
    answered at the latest."""

    kind: str
    contact: str | None
    person: str | None = None
    subject: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """`again`: such a ticket was there, and has one entry more."""

    id: str
    again: bool


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket, opened. `operator` has it while it is taken, or had it last. `context` is empty once its lifetime is
    over.
    """

    id: str
    contact_id: str | None
    person_id: str | None
    kind: str
    status: Status
    context: dict[str, Any]
    subject: str | None
    operator: str | None
    live: bool
    opened_at: datetime
    taken_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    due_at: datetime | None = None
    extended_at: datetime | None = None
    warned: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """`words` are None where there were none, or their lifetime is over. `fate`: of what the desk said, the state of
    its message; None while it is on its way to the outbox.
    """

    id: int
    ticket_id: str
    kind: EntryKind
    operator: str | None
    words: str | None
    detail: str | None
    done_at: datetime
    fate: str | None = None


async def open_(tx: Tx, new: NewTicket, now: datetime, new_id: Callable[[], str]) -> Opened:
    """One that is there already is kept as it stands: who has it, and where the talk stood at first."""
    id = new_id()
    made = await tx.fetch(
        "INSERT INTO ticket (id, contact_id, person_id, kind, status, context, subject, live, opened_at, due_at, "
        "warned) VALUES (?, ?, ?, ?, 'open', ?, ?, FALSE, ?, ?, 0) ON CONFLICT DO NOTHING RETURNING id",
        id,
        new.contact,
        new.person,
        new.kind,
        tx.vault.seal("ticket.context", id, json.dumps(dict(new.context))) if new.context else None,
        new.subject,
        now,
        new.due,
    )
    if made:
        await entry(tx, id, "opened", now, detail=new.subject)
        return Opened(id, again=False)
    there = await waits(tx, str(new.contact), new.kind)
    assert there is not None, "only one is in the way"
    await entry(tx, there, "again", now, detail=new.subject)
    return Opened(there, again=True)


async def waits(tx: Tx, contact: str, kind: str) -> str | None:
    """The one of this kind that is not closed yet."""
    rows = await tx.fetch(f"SELECT id FROM ticket WHERE contact_id = ? AND kind = ? AND {OPEN}", contact, kind)
    return rows[0]["id"] if rows else None


async def take(tx: Tx, ticket: str, operator: str, now: datetime, *, over: bool = False) -> bool:
    """False: it is closed, or another's, unless it is to be taken over from them."""
    changed = await tx.execute(
        f"UPDATE ticket SET status = 'taken', operator = ?, taken_at = ? WHERE id = ? AND {OPEN} "
        "AND (status = 'open' OR operator = ? OR ?)",
        operator,
        now,
        ticket,
        operator,
        over,
    )
    return changed == 1


async def close(tx: Tx, ticket: str, outcome: str, now: datetime) -> bool:
    changed = await tx.execute(
        f"UPDATE ticket SET status = 'closed', live = FALSE, closed_at = ?, outcome = ? WHERE id = ? AND {OPEN}",
        now,
        outcome,
        ticket,
    )
    return changed == 1


async def requests(db: Sql, kind: str) -> list[TicketRow]:
    """Those of this kind that are not closed, the oldest first."""
    return await _where(db, f"kind = ? AND {OPEN} ORDER BY opened_at, id", kind)


async def set_due(tx: Tx, ticket: str, due: datetime) -> None:
    await tx.execute("UPDATE ticket SET due_at = ? WHERE id = ?", due, ticket)


async def warn(tx: Tx, ticket: str, before: int, now: int) -> bool:
    """How many alarms about it were raised. False: another one raised it."""
    changed = await tx.execute(
        "UPDATE ticket SET warned = ? WHERE id = ? AND COALESCE(warned, 0) = ?", now, ticket, before
    )
    return changed == 1


async def extend(tx: Tx, ticket: str, due: datetime, now: datetime) -> None:
    await tx.execute("UPDATE ticket SET due_at = ?, extended_at = ? WHERE id = ?", due, now, ticket)


async def with_desk(tx: Tx, ticket: str) -> None:
    """From now on what its contact writes goes into this ticket, and into no other."""
    await tx.execute(
        f"UPDATE ticket SET live = (id = ?) WHERE contact_id = (SELECT contact_id FROM ticket WHERE id = ?) AND {OPEN}",
        ticket,
        ticket,
    )


async def without_desk(tx: Tx, ticket: str) -> None:
    """The talk is handed back; whose ticket it is stays."""
    await tx.execute("UPDATE ticket SET live = FALSE WHERE id = ?", ticket)


async def alone(tx: Tx, contact: str) -> list[str]:
    """The talk is not with the desk any more: whichever ticket it was is nobody's again. Their ids."""
    rows = await tx.fetch(
        f"UPDATE ticket SET live = FALSE, status = 'open' WHERE contact_id = ? AND live AND {OPEN} RETURNING id",
        contact,
    )
    return [row["id"] for row in rows]


# ------------------------------------------------------------ the story


async def entry(
    tx: Tx,
    ticket: str,
    kind: EntryKind,
    now: datetime,
    *,
    operator: str | None = None,
    words: str | None = None,
    detail: str | None = None,
    once: str | None = None,
) -> int:
    """`once`: of what may come a second time by mistake, and is then not to be entered; see `entered`."""
    rows = await tx.fetch(
        "INSERT INTO ticket_entry (ticket_id, kind, operator, words, detail, done_at, once) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        ticket,
        kind,
        operator,
        tx.vault.seal("ticket_entry.words", ticket, storable(words)) if words else None,
        detail and detail[:128],
        now,
        once,
    )
    return int(rows[0]["id"])


async def entered(tx: Tx, ticket: str, once: str) -> bool:
    """Whether it came before. Nothing else is entered there until the transaction ends."""
    await tx.execute("UPDATE ticket SET live = live WHERE id = ?", ticket)
    rows = await tx.fetch("SELECT 1 AS one FROM ticket_entry WHERE ticket_id = ? AND once = ?", ticket, once)
    return bool(rows)


async def entries(db: Sql, ticket: str) -> list[Entry]:
    """In their order. What the desk said went through the person's inbox, and then the outbox."""
    rows = await db.fetch(
        "SELECT e.id, e.ticket_id, e.kind, e.operator, e.words, e.detail, e.done_at, o.status AS fate "
        "FROM ticket_entry e "
        "LEFT JOIN inbox i ON i.key = 'news:ticket:' || CAST(e.id AS TEXT) "
        "LEFT JOIN outbox o ON o.key = 'i' || CAST(i.id AS TEXT) || ':0' "
        "WHERE e.ticket_id = ? ORDER BY e.id",
        ticket,
    )
    for row in rows:
        row["words"] = db.vault.read_if("ticket_entry.words", ticket, row["words"])
    return [Entry(**row) for row in rows]


# ------------------------------------------------------------ reading


async def get(db: Sql, ticket: str) -> TicketRow | None:
    return next(iter(await _where(db, "id = ?", ticket)), None)


async def live(db: Sql, contact: str) -> TicketRow | None:
    """The one that the talk of this contact is in, if it is with the desk."""
    return (await lives(db, [contact])).get(contact)


async def lives(db: Sql, contacts: Sequence[str]) -> dict[str, TicketRow]:
    """The same of several, by contact."""
    if not contacts:
        return {}
    found = await _where(db, f"contact_id IN ({marks(len(contacts))}) AND live AND {OPEN}", *contacts)
    return {row.contact_id: row for row in found if row.contact_id}


async def latest(db: Sql, contact: str) -> str | None:
    """Of a contact's tickets that are not closed, the one in which something happened last."""
    rows = await db.fetch(
        f"SELECT id FROM ticket WHERE contact_id = ? AND {OPEN} "
        "ORDER BY (SELECT max(e.id) FROM ticket_entry e WHERE e.ticket_id = ticket.id) DESC LIMIT 1",
        contact,
    )
    return rows[0]["id"] if rows else None


async def listed(db: Sql, statuses: Sequence[Status] = ("open", "taken"), limit: int = MOST) -> list[TicketRow]:
    """Danger first, then talks with the desk, then the others; of each the oldest first. Closed ones: the latest."""
    if list(statuses) == ["closed"]:
        return await _where(db, "status = 'closed' ORDER BY closed_at DESC, id DESC LIMIT ?", limit)
    order = "CASE WHEN kind = 'danger' THEN 0 WHEN live THEN 1 ELSE 2 END, opened_at, id"
    return await _where(db, f"status IN ({marks(len(statuses))}) ORDER BY {order} LIMIT ?", *statuses, limit)


async def about(db: Sql, subject: str) -> list[TicketRow]:
    """Those that are not closed, of this subject, or told again of it."""
    told = "id IN (SELECT e.ticket_id FROM ticket_entry e WHERE e.detail = ?)"
    return await _where(db, f"{OPEN} AND (subject = ? OR {told}) ORDER BY opened_at, id", subject, subject)


async def of_contacts(
    db: Sql, contacts: Sequence[str], persons: Sequence[str] = (), limit: int = MOST
) -> list[TicketRow]:
    """All of somebody's, the oldest first."""
    if not contacts and not persons:
        return []
    where = [f"contact_id IN ({marks(len(contacts))})"] if contacts else []
    where += [f"person_id IN ({marks(len(persons))})"] if persons else []
    return await _where(db, f"({' OR '.join(where)}) ORDER BY opened_at, id LIMIT ?", *contacts, *persons, limit)


async def _where(db: Sql, where: str, *args: object) -> list[TicketRow]:
    return [_opened(db, row) for row in await db.fetch(f"SELECT {_COLUMNS} FROM ticket WHERE {where}", *args)]


def _opened(db: Sql, row: Row) -> TicketRow:
    context = db.vault.read_if("ticket.context", row["id"], row["context"])
    return TicketRow(**{**row, "live": bool(row["live"]), "context": json.loads(context) if context else {}})
