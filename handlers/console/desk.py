"""What the console shows of tickets: what waits for the desk, and one ticket with its talk. `handlers/tickets.py` acts.

board(parts, actor)            danger, nobody's first; what nobody has; what somebody has; each that waits longest first
closed(parts, actor)           the latest that are done with
ticket(parts, id, operator)    one, with whom to call and whether they can be written to
of_person(parts, contacts, id) somebody's that are not closed, and which of their talks can be taken over
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.model import WorkerId
from handlers import fates, ticket_seen, tickets
from handlers.fates import Fate
from handlers.parts import Parts
from handlers.ticket_answers import NoSuchTicket, NoTalk
from handlers.ticket_seen import Seen
from storage import audit, contacts, looking, operators, outbox, stuck
from storage import tickets as rows
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Sql, Tx
from storage.tickets import TicketRow


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the list. `since`: nobody has it since then, or they wrote then and have no answer; None: nobody
    waits. `whose`: the name of the operator who has it.
    """

    ticket: TicketRow
    since: datetime | None
    name: str | None
    channel: str | None
    whose: str | None


@dataclass(frozen=True, slots=True)
class Board:
    danger: Sequence[Waiting]
    nobodys: Sequence[Waiting]
    taken: Sequence[Waiting]

    @property
    def all(self) -> Sequence[Waiting]:
        """As one list: danger, who waits in a talk whoever has it, what nobody has, what somebody has."""
        calm = [*self.nobodys, *self.taken]
        waits = [line for line in calm if line.ticket.live and line.since is not None]
        return [*self.danger, *waits, *(line for line in calm if line not in waits)]


@dataclass(frozen=True, slots=True)
class TicketSeen:
    """`mine`: the operator who looks has it. `names`: of operators, as entries and the ticket name them. `worker`: it
    is a worker's talk. `message`: what did not reach them, where that is what it is about. `shut`: why nothing can be
    written to them. `elsewhere`: the ticket by which a colleague is in their talk.
    """

    seen: Seen
    mine: bool
    names: Mapping[str, str]
    worker: str | None
    message: Fate | None
    shut: NoTalk | None
    elsewhere: TicketRow | None


@dataclass(frozen=True, slots=True)
class Theirs:
    """`talks`: contacts whose talk can be taken over now."""

    open: Sequence[TicketRow]
    talks: frozenset[str]
    names: Mapping[str, str]


async def board(parts: Parts, actor: str) -> Board:
    async with parts.db.transaction() as tx:
        found = await _lines(tx, parts, await rows.listed(tx))
        await audit.looked(tx, actor, "tickets", parts.clock())
    calm = [line for line in found if line.ticket.kind != "danger"]
    return Board(
        danger=sorted((line for line in found if line.ticket.kind == "danger"), key=_looked_at),
        nobodys=[line for line in calm if line.ticket.status == "open"],
        taken=sorted((line for line in calm if line.ticket.status == "taken"), key=_wait),
    )


async def closed(parts: Parts, actor: str) -> Sequence[Waiting]:
    async with parts.db.transaction() as tx:
        await audit.looked(tx, actor, "tickets", parts.clock())
        return await _lines(tx, parts, await rows.listed(tx, ["closed"]))


async def ticket(parts: Parts, id: str, operator: str) -> TicketSeen | None:
    seen = await ticket_seen.see(parts, id, operator)
    if isinstance(seen, NoSuchTicket):
        return None
    row = seen.ticket
    who = await contacts.get(parts.db, row.contact_id) if row.contact_id else None
    return TicketSeen(
        seen=seen,
        mine=row.status == "taken" and row.operator == operator,
        names=await _names(parts.db),
        worker=who.worker_id if who is not None else None,
        message=await _message(parts, row),
        shut=tickets.why_not(parts, who),
        elsewhere=await tickets.held_by(parts.db, row, operator),
    )


async def of_person(parts: Parts, theirs: Sequence[ContactRow], person: str) -> Theirs:
    found = await rows.of_contacts(parts.db, [contact.id for contact in theirs], [person])
    waiting = [row for row in found if row.status != "closed"]
    with_desk = {row.contact_id for row in waiting if row.live}
    talks = {one.id for one in theirs if one.id not in with_desk and tickets.out_of_reach(parts, one) is None}
    return Theirs(waiting, frozenset(talks), await _names(parts.db))


# ------------------------------------------------------------


async def _lines(tx: Tx, parts: Parts, found: Sequence[TicketRow]) -> list[Waiting]:
    who = await contacts.get_many(tx, sorted({row.contact_id for row in found if row.contact_id}))
    known = await looking.people(tx, [row.person_id for row in found if row.person_id])
    directory = await RowStore(tx, parts.directories).directory()
    waits = await stuck.waits(tx, [row.id for row in found if row.live])
    names = await _names(tx)

    def line(row: TicketRow) -> Waiting:
        contact = who.get(row.contact_id or "")
        worker = directory.worker(WorkerId(contact.worker_id)) if contact and contact.worker_id else None
        somebody = known.get(row.person_id or "") or worker
        return Waiting(
            ticket=row,
            since=row.opened_at if row.status == "open" else waits.get(row.id),
            name=f"{somebody.first_name} {somebody.last_name}" if somebody is not None else None,
            channel=contact.channel if contact is not None else None,
            whose=names.get(row.operator, row.operator) if row.operator and row.status != "open" else None,
        )

    return [line(row) for row in found]


def _looked_at(line: Waiting) -> bool:
    """Danger that nobody has looked at comes first."""
    return line.ticket.status != "open"


def _wait(line: Waiting) -> tuple[bool, datetime]:
    """Who wrote and has no answer comes first."""
    return (line.since is None, line.since or line.ticket.opened_at)


async def _names(db: Sql) -> dict[str, str]:
    return {f"operator:{row.id}": row.name for row in await operators.all_of(db)}


async def _message(parts: Parts, row: TicketRow) -> Fate | None:
    """Of the person's messages, the one that the ticket is about."""
    kind, _, id = (row.subject or "").partition(":")
    if kind != "outbox" or row.contact_id is None:
        return None
    sent = [one for one in await outbox.history(parts.db, contacts=[row.contact_id]) if one.id == id]
    return next(iter(await fates.of_messages(parts, sent)), None)
