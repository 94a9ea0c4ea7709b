"""What follows when somebody's rows are gone (`erasing.py`), again and again until nothing is left to do: files, what
workers have read and still see of them, what lies at the providers, the line of the ledger outside the database, the
address of the last word, the bytes of the database's own files.

A file that was being fetched at that moment may be laid down after its row has gone, a message to a worker may still be
on its way: so nobody is done before both have ended, and no later than the next day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from handlers import provider_copies
from handlers.alone import one_by_one
from handlers.documents.stores import StoreAway
from handlers.parts import Parts
from handlers.privacy import ledger
from storage import contacts, erasures, inbox, outbox
from storage import provider_copies as copies
from storage.db import Tx
from storage.erasures import Erasure
from storage.theirs import forget_late, gather, named_until, other_forgets, others
from storage.whose import WHOSE

SETTLES: Final = timedelta(minutes=10)  # longer than a file is fetched for (`documents.fetching.LEASE`)
AT_MOST: Final = timedelta(hours=20)  # for what waits to be sent; all is gone within a day (invariant I18)
TOUCHED: Final = (*WHOSE, "token", "tries", "api_answer")


async def look(parts: Parts) -> int:
    """How many are done now."""
    open_ = [each for each in await erasures.open_(parts.db) if each.begun_at is not None]
    if not open_:
        if await erasures.withdrawn(parts.db):
            await ledger.publish(parts)
        return 0
    done = await one_by_one("erasing", open_, partial(_follows, parts))
    if any(parts.clock() < each.begun_at + SETTLES for each in open_ if each.begun_at):
        await parts.db.leave_no_trace(TOUCHED)
    return done


async def _follows(parts: Parts, each: Erasure) -> bool:
    assert each.begun_at is not None
    async with parts.db.transaction() as tx:  # what others wrote while they were erased
        await forget_late(tx, each.theirs)
    await _late_go(parts, each)
    told = await _others_forget(parts, each)
    gone = [await _address_goes(parts, each, fresh) for fresh, _ in each.byes]
    kept = await _files_go(parts, each)
    known = await ledger.publish(parts)
    now = parts.clock()
    left = await copies.left(parts.db, each.id)
    waited = now >= each.begun_at + AT_MOST
    if now < each.begun_at + SETTLES or not kept or not known or not (waited or (told and all(gone) and not left)):
        return False
    for fresh, _ in each.byes:
        await _address_goes(parts, each, fresh, whatever_waits=True)
    await parts.db.leave_no_trace(TOUCHED)  # first: whoever cannot do it, or dies over it, is not done
    return await erasures.done(parts.db, each, now)


async def _late_go(parts: Parts, each: Erasure) -> None:
    """What was joined to them at that moment by an address that nobody held: once what it wrote has been read."""
    async with parts.db.transaction() as tx:
        late = await gather(tx, each.person)
        await contacts.hold_off(tx, late.contacts)
        if not await inbox.unread(tx, late.contacts):
            theirs = (await contacts.get_many(tx, late.contacts)).values()
            await provider_copies.all_of(tx, list(theirs), late.appointments, parts.clock(), each.id)
            await forget_late(tx, late)


async def _others_forget(parts: Parts, each: Erasure) -> bool:
    """Workers' talks, what was said to them and what they wrote, as far as it may name somebody who is gone; and the
    same of whoever has an address now that was once theirs, until it was another's. False: some is still to be sent."""
    settled = True
    for contact in await others(parts.db, each.theirs):
        settled = await _other_forgets(parts, each, contact) and settled
    return settled


async def _other_forgets(parts: Parts, each: Erasure, contact: str) -> bool:
    assert each.begun_at is not None
    async with parts.db.transaction() as tx:
        if await contacts.pinned(tx, contact) is None:
            return True
        until = await named_until(tx, each.theirs, contact, each.begun_at)
        await copies.of_other(tx, contact, until, parts.clock(), each.id)
        await other_forgets(tx, each.theirs, contact, until)
        if await outbox.waits(tx, contact, until):
            return False
        await unheard_goes(tx, contact, parts.clock(), each.id)
        return True


async def _address_goes(parts: Parts, each: Erasure, contact: str, *, whatever_waits: bool = False) -> bool:
    """The one that the last word went to, once it has left. False: it waits."""
    async with parts.db.transaction() as tx:
        if not whatever_waits and await outbox.waits(tx, contact, parts.clock()):
            return False
        await last_address_goes(tx, contact, parts.clock(), each.id)
    return True


async def unheard_goes(tx: Tx, contact: str, now: datetime, erasure: int) -> None:
    """A former address of theirs, from which nobody else wrote: nothing but their number stands there. A STOP stays."""
    row = await contacts.get(tx, contact)
    if row is not None and row.worker_id is None and row.opted_out_at is None:
        await last_address_goes(tx, contact, now, erasure)


async def last_address_goes(tx: Tx, contact: str, now: datetime, erasure: int) -> None:
    """It stays where they have written since."""
    row = await contacts.pinned(tx, contact)
    if row is None or row.received or row.person_id is not None or await inbox.came(tx, contact):
        return
    # At Twilio; on Telegram the last word is all that is left to read, and it is in their own chat.
    await copies.of_contacts(tx, [(row.id, row.address)], now, erasure)
    await contacts.end(tx, contact)


async def _files_go(parts: Parts, each: Erasure) -> bool:
    """Their keys went with the rows, so nothing could read them meanwhile. False: the store is away."""
    if parts.documents is None:
        return True
    try:
        for id in each.theirs.documents:
            await parts.documents.store.drop(id)
    except StoreAway:
        return False
    return True
