"""Whether who writes is still whose this address was, and what becomes of it where that is in doubt (`booking.trust`).

The turn is then a stranger's: not because this or that is withheld, but because another contact takes it, on which
nothing hangs (`storage.parting`). Whose it was stays reachable on their other channels, and may prove that it is them.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog

from booking.model import WorkerId
from booking.trust import Standing
from handlers.parts import Parts
from handlers.writing import contact_at, ways
from storage import audit, inbox, parting, tokens
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Sql, Tx
from storage.inbox import InboxRow

OURS = frozenset({"terminal", "email"})  # a terminal is whoever sits at it; nobody writes to us by mail

log = structlog.get_logger()


async def standing_of(db: Sql, parts: Parts, who: ContactRow, now: datetime) -> Standing:
    return await RowStore(db, parts.directories).standing(who, now)


async def forwarded(tx: Tx, parts: Parts, who: ContactRow, row: InboxRow) -> bool:
    """A message that came in under an address while that was taken from its contact: whoever has it now reads it."""
    if who.parted_at is None or row.kind != "message":
        return False
    heir = await parting.now_at(tx, who)
    if heir is None:
        return False
    await inbox.hand_on(tx, row.id, heir)
    tx.after_commit(partial(parts.bell.ring, "inbox"))
    return True


async def judged(tx: Tx, parts: Parts, who: ContactRow, row: InboxRow, now: datetime) -> ContactRow:
    """Who takes this turn: the contact, or the one that its address belongs to from now on."""
    if who.channel in OURS or await standing_of(tx, parts, who, now) != "needs_proof":
        return who
    heir = await taken(tx, parts, who, now)
    log.info("an address is to be proven", inbox=row.id, contact=who.id, heir=heir.id)
    return heir


async def taken(tx: Tx, parts: Parts, who: ContactRow, now: datetime) -> ContactRow:
    """The address is nobody's, as far as we know. A worker is still told by their other ways, which are made to be
    asked for a proof.
    """
    if who.worker_id is not None:
        worker = (await parts.directories.current(tx)).worker(WorkerId(who.worker_id))
        for channel, address in ways(worker) if worker is not None else ():
            if worker is not None and address is not None and channel in parts.channels:
                await contact_at(tx, parts, worker, channel, address, now)
    heir = await parting.part(tx, who, now, parts.new_id, parts.default_lang, str(parts.zone))
    await tokens.shut(tx, now, contact=who.id, person=who.person_id, worker=who.worker_id)
    await audit.add(tx, "rules", "part", f"contact:{who.id}", now)
    return heir
