"""The desk parts an address from whom it belongs to, or gives it back to who said it is still theirs: after a call,
when somebody lost a telephone, when a worker's account was taken over. Those whom it concerns are told on their other
channels, as where people do it themselves.
"""

from __future__ import annotations

from functools import partial

from booking.authority import DeskActor
from booking.claims import ClaimSettled
from booking.model import ContactId
from handlers.acting import Acting
from handlers.following import follow
from handlers.parts import Parts
from handlers.trusting import taken
from storage import audit, contacts, inbox, parting
from storage.booking import RowStore
from storage.db import Tx


async def unlink(parts: Parts, id: str, actor: str) -> bool:
    """From now on whoever writes there is a stranger: a person's address for good, a worker's until it is proven (the
    directory may still name its number). Of who claims it: no. False: it is nobody's.
    """
    now = parts.clock()
    async with parts.db.transaction() as tx:
        who = await contacts.lock(tx, id)
        if who.claims:
            await audit.add(tx, actor, "unlink", f"talk:{id}", now)
            return await _answered(tx, parts, id, mine=False)
        if who.parted_at is not None or not (who.person_id or who.worker_id):
            return False
        heir = await taken(tx, parts, who, now, by=actor, act="unlink")
        store = RowStore(tx, parts.directories)
        former = await store.former(ContactId(heir.id), now)
        if former is not None and who.person_id is not None:
            core = Acting(tx, store, parts.rules, now, parts.new_id, actor=DeskActor(), called=actor)
            core.events.append(ClaimSettled(ContactId(heir.id), former, proven=False))
            await parting.let_go(tx, await contacts.get(tx, id) or who)
            await follow(tx, parts, store, core, f"unlink:{heir.id}", now)
    return True


async def give_back(parts: Parts, id: str, actor: str) -> bool:
    """To who claims it: the desk knows that it is them. Done in their own turn, which tells them. False: it is not
    claimed.
    """
    async with parts.db.transaction() as tx:
        who = await contacts.lock(tx, id)
        if not who.claims:
            return False
        await audit.add(tx, actor, "give back", f"talk:{id}", parts.clock())
        return await _answered(tx, parts, id, mine=True)


async def _answered(tx: Tx, parts: Parts, id: str, *, mine: bool) -> bool:
    await inbox.add_news(tx, f"claim:{id}:{mine}", id, "claim_over", {"mine": mine}, parts.clock())
    tx.after_commit(partial(parts.bell.ring, "inbox"))
    return True
