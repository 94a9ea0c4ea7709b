"""Tickets that ask for a decision: who may have them, and that they are not closed before it is made."""

from __future__ import annotations

from booking.model import PersonId
from booking.operating import why_not_review
from handlers import reported
from handlers.decision_reactions import CONTEST, DECISION
from storage import decisions, operators, tickets
from storage.db import Sql
from storage.tickets import TicketRow


def contested(ticket: TicketRow) -> str | None:
    """The id of the decision that is contested in it. Only the last can be: what was reviewed is contested no more."""
    if ticket.kind != CONTEST or ticket.subject is None:
        return None
    return ticket.subject.removeprefix(DECISION)


async def barred(db: Sql, ticket: TicketRow, operator: str) -> bool:
    """Whether this operator decided what is contested in it, or cannot be known to be another (the command line)."""
    id = contested(ticket)
    found = await decisions.get(db, id) if id is not None else None
    if found is None or not found.to_review:
        return False
    return why_not_review(operator, found.by, await operators.called(db), declares=True) is not None


async def reported_person(db: Sql, ticket: TicketRow) -> PersonId | None:
    """About whom a worker reports something in it that is not settled."""
    if ticket.kind != reported.KIND:
        return None
    return await reported.waiting(db, await tickets.entries(db, ticket.id))


async def undecided(db: Sql, ticket: TicketRow) -> bool:
    """Whether it still asks for a decision."""
    if await reported_person(db, ticket) is not None:
        return True
    id = contested(ticket)
    found = await decisions.get(db, id) if id is not None else None
    return found is not None and found.to_review
