"""Somebody's number changes: what hung on the old one goes to the new one, and nobody who has the old one next is taken
for them (threat T4).

is_a_workers(db, number)
change(tx, person, number, speaking, now, new_id)        `person` as they were; `speaking`: the contact they say it by
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from booking.model import Person
from storage import contacts, parting
from storage.db import Sql, Tx


async def is_a_workers(db: Sql, number: str) -> bool:
    return bool(await db.fetch("SELECT 1 AS one FROM worker WHERE phone_index = ?", db.vault.index("phone", number)))


async def change(tx: Tx, person: Person, number: str, speaking: str, now: datetime, new_id: Callable[[], str]) -> None:
    """The number that they write by at this moment stays a way to them until it falls silent: what they are told now
    goes there.
    """
    to = await contacts.make(tx, "sms", number, now, new_id, person.language, person.time_zone)
    if (was := await parting.of_heir(tx, to)) is not None:  # whoever claimed it is who has proven it, or nobody
        await (parting.is_over if was.person_id == person.id else parting.let_go)(tx, was)
    await contacts.link_person(tx, to, person.id)
    for proven in (to, speaking):  # a code came there a moment ago: everywhere else the change is a reason to ask
        await contacts.trust(tx, proven, now)
    for row in await contacts.of_person(tx, person.id):
        if row.channel == "telegram" and row.phone == person.phone:
            await contacts.set_phone(tx, row.id, number)
        if row.channel == "sms" and row.address == person.phone and row.id != to:
            await _follow(tx, person.id, row.id, to)
            if row.id != speaking:
                await parting.let_go(tx, await _parted(tx, row.id, now, new_id, person))


async def _follow(tx: Tx, person: str, old: str, new: str) -> None:
    """News of what is booked."""
    await tx.execute(
        "UPDATE appointment SET contact_id = ? WHERE person_id = ? AND contact_id = ? AND status = 'booked'",
        new,
        person,
        old,
    )
    await tx.execute("UPDATE timer SET contact_id = ? WHERE contact_id = ? AND status = 'waiting'", new, old)


async def _parted(
    tx: Tx, contact: str, now: datetime, new_id: Callable[[], str], person: Person
) -> contacts.ContactRow:
    who = await contacts.lock(tx, contact)
    await parting.part(tx, who, now, new_id, person.language, person.time_zone)
    found = await contacts.get(tx, contact)
    assert found is not None, "it is locked"
    return found
