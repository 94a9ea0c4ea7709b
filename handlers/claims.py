"""An address goes back to whom it belonged, or to somebody else for good: the rows of it, in the turn of who claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from booking.channels import ChannelJoined
from booking.claims import ClaimSettled
from booking.core import Booking
from booking.documents import DocumentsSent
from booking.events import PersonJoined
from booking.model import AppointmentId, ContactId, WorkerId
from conversations.model import Turn
from handlers.parts import Parts
from handlers.trusting import taken
from storage import audit, parting
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx


async def settled(tx: Tx, parts: Parts, core: Booking, who: ContactRow, turn: Turn, now: datetime) -> ContactRow:
    """Who has the address after this turn. Before anything of it is written: what follows is that one's."""
    store = RowStore(tx, parts.directories)
    if turn.flags & {"not_me", "parted"} and who.person_id is not None:
        return await taken(tx, parts, who, now)  # the desk's ticket, of the one before, names them
    if who.claims and any(isinstance(event, PersonJoined | ChannelJoined) for event in core.events):
        await anew(tx, store, core, ContactId(who.id), now)
        return replace(who, claims=False)
    for event in core.events:
        if isinstance(event, ClaimSettled) and event.contact == who.id:
            if event.proven and event.former.worker is not None:
                await _papers_again(store, core, event.former.worker, now)
            return await _settled(tx, who, event, now)
    return who


async def anew(tx: Tx, store: RowStore, core: Booking, contact: ContactId, now: datetime) -> None:
    """Whoever has an account there now is somebody else, also where nobody asked them; or joined it to the one before,
    which they have shown to be theirs.
    """
    old, former = await parting.of_heir(tx, contact), await store.former(contact, now)
    if old is None or former is None:
        return
    if any(isinstance(event, ChannelJoined) and event.person.id == former.person for event in core.events):
        await parting.is_over(tx, old)
        return
    core.events.append(ClaimSettled(contact, former, proven=False))
    await _let_go(tx, old, now)


async def _let_go(tx: Tx, old: ContactRow, now: datetime) -> None:
    await parting.let_go(tx, old)
    await audit.add(tx, "rules", "let go", f"talk:{old.id}", now)


async def _papers_again(store: RowStore, core: Booking, worker: WorkerId, now: datetime) -> None:
    """The links to what people sent them were shut with the address: they get new ones."""
    for batch, documents in (await store.sent_to(worker, now)).items():
        hours = await store.series(AppointmentId(documents[0].series)) if documents[0].series else ()
        if hours:
            core.events.append(DocumentsSent(hours[-1], batch, len(documents)))


async def _settled(tx: Tx, who: ContactRow, event: ClaimSettled, now: datetime) -> ContactRow:
    old = await parting.of_heir(tx, who.id)
    if old is None:
        return who
    whose = f"person:{event.former.person}" if event.former.person is not None else f"worker:{event.former.worker}"
    if not event.proven:
        await _let_go(tx, old, now)
        return replace(who, claims=False)
    await audit.add(tx, whose, "prove", f"talk:{old.id}", now)
    return await parting.reunite(tx, old.id, who, now)
