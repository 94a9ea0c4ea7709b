"""Somebody's frozen account is freed at the desk, on their word, for who cannot say it where they write: by the same
core as in a talk, once the desk has asked who they are; they are told (safety G07; regulation 2016/679, article 18).
"""

from __future__ import annotations

from functools import partial
from typing import Literal

from booking.authority import DeskActor
from booking.model import ContactId, PersonId
from conversations.text import t
from handlers.acting import Acting
from handlers.effects import Notice, ToPerson
from handlers.following import follow
from handlers.parts import Parts
from handlers.writing import write
from storage import contacts
from storage.booking import RowStore


async def free(parts: Parts, id: str, operator: str, *, vouched: bool) -> Literal["freed", "vouched"] | None:
    """`vouched`: the operator has asked who it is, or not, and nothing was done. None: nobody's account is frozen."""
    async with parts.db.transaction() as tx:
        theirs = await contacts.lock_person(tx, id)
        store = RowStore(tx, parts.directories)
        person = await store.person(PersonId(id))
        if person is None or person.frozen is None or not theirs:
            return None
        core = Acting(tx, store, parts.rules, parts.clock(), parts.new_id, actor=DeskActor(), called=operator)
        core.vouched = vouched
        if not await core.unfreeze(person.id, ContactId(theirs[0].id)):
            return "vouched"
        cause, told = f"freed:{id}:{parts.new_id()}", Notice(ToPerson(person.id), "access", (t("freeze.freed"),))
        await follow(tx, parts, store, core, cause, parts.clock())
        await write(tx, parts, store, [told], f"{cause}:told", parts.clock())
        tx.after_commit(partial(parts.bell.ring, "outbox"))
        return "freed"
