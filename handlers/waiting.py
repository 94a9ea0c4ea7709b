"""Serving the waiting list: whoever's turn it is gets the hour that became free held, and the news of it.

Any number of workers may do this beside each other. One person is served in one transaction that holds their contact,
so nobody is offered two hours, and everybody goes through the list in its order; that an hour is not held twice is the
store's promise (I5). The question itself is asked in the person's own turn.

Nobody is woken: in their quiet hours an hour goes to the next who is awake, or stays free for everybody until morning.
"""

from __future__ import annotations

from contextlib import aclosing
from datetime import datetime

from booking.core import Booking
from booking.model import Waiting
from handlers.acting import Acting
from handlers.following import follow
from handlers.parts import Parts
from handlers.reminders import wake
from storage import contacts
from storage.booking import RowStore
from storage.contacts import ContactRow


async def serve_waiting(parts: Parts) -> int:
    """Everybody whose turn it is. Returns for how many something was done."""
    now, served = parts.clock(), 0
    core = Booking(RowStore(parts.db, parts.directories), parts.rules, now, parts.new_id)
    async with aclosing(core.waiting_list.due()) as due:
        async for waiting in due:
            who = await contacts.get(parts.db, waiting.contact)
            if who is not None and _can_be_told(parts, who, now):
                served += await _serve(parts, waiting, now)
    return served


def _can_be_told(parts: Parts, who: ContactRow, now: datetime) -> bool:
    reached = who.opted_out_at is None and who.dead_at is None and who.channel in parts.channels
    return reached and wake(parts.quiet, who.time_zone, now) is None


async def _serve(parts: Parts, waiting: Waiting, now: datetime) -> bool:
    async with parts.db.transaction() as tx:
        who = await contacts.lock(tx, waiting.contact)
        store = RowStore(tx, parts.directories)
        core = Acting(tx, store, parts.rules, now, parts.new_id, contact=who)
        await core.waiting_list.serve(waiting.id)
        # Each offer is told once: the cause is the place on the list and the number of the offer.
        cause = f"waiting:{waiting.id}:{waiting.offers + 1}"
        await follow(tx, parts, store, core, cause, now)
        return bool(core.events)
