"""A ticket as an operator reads it: its story, who it is about, and whom to call. That it was looked at is noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from booking.model import PersonId, WorkerId
from handlers.parts import Parts
from handlers.reported import KIND as REPORTED
from handlers.reported import Reported, reported
from handlers.ticket_answers import NoSuchTicket
from storage import audit, contacts, tickets
from storage.booking import RowStore
from storage.tickets import Entry, TicketRow


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket as an operator reads it. `number`: where to call, E.164; `name`: of whoever has an account, or works
    with us; `channel`: of the talk; `reports`: of disrespect, where the ticket is about these.
    """

    ticket: TicketRow
    entries: Sequence[Entry]
    name: str | None
    number: str | None
    channel: str | None
    reports: Sequence[Reported] = ()


async def see(parts: Parts, ticket: str, operator: str) -> Seen | NoSuchTicket:
    """Closed ones too, as long as they are kept."""
    async with parts.db.transaction() as tx:
        found = await tickets.get(tx, ticket)
        if found is None:
            return NoSuchTicket()
        await audit.looked(tx, operator, f"ticket:{found.id}", parts.clock(), "ticket see")
        who = await contacts.get(tx, found.contact_id) if found.contact_id else None
        store = RowStore(tx, parts.directories)
        person = await store.person(PersonId(found.person_id)) if found.person_id else None
        worker = (await store.directory()).worker(WorkerId(who.worker_id)) if who and who.worker_id else None
        known = person or worker
        numbers = (found.context.get("phone"), who.phone if who else None, known.phone if known else None)
        number = next((each for each in numbers if each), None)
        name = f"{known.first_name} {known.last_name}" if known is not None else None
        entries = await tickets.entries(tx, found.id)
        reports = await reported(tx, store, entries, operator, parts.clock()) if found.kind == REPORTED else ()
        return Seen(found, entries, name, number, who.channel if who is not None else None, reports)
