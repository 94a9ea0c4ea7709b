"""A backup was read back: who was erased since it was made is erased again, before anything may be sent (fault F19).

No appointment is cancelled and nobody is told: both happened when they were erased. Whose account was closed is in the
archive again, until the day that was. In one transaction with the end of the restoring, so that a database is either
without them, or still says that it is being restored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import provider_copies
from handlers.figures.gathered import folded
from handlers.privacy.afterwards import last_address_goes, unheard_goes
from storage import archives, contacts, erasures, figures, holds, past_hours
from storage import provider_copies as copies
from storage.db import Tx
from storage.erasures import Line
from storage.theirs import Theirs, forget, gather, other_forgets, others


async def erase_again(tx: Tx, lines: Sequence[Line], zone: ZoneInfo, now: datetime) -> Sequence[Theirs]:
    """`lines`: of the ledger, which the backup may not know; besides those that it knows to be under way. What was
    theirs, for the files."""
    gone = []
    begun = {each.id: each for each in await erasures.open_(tx)}
    for line in [*lines, *await _under_way(tx, lines)]:
        theirs = await gather(tx, line.person, line.contacts)
        if line.id in begun:  # their rows had gone when the backup was made, and not all that hangs on them
            theirs = theirs.with_(begun[line.id].theirs)
            for fresh, _ in begun[line.id].byes:
                await last_address_goes(tx, fresh, now, line.id)
        if line.person:
            if line.closes:
                await archives.keep(tx, line.person, "restore", zone, line.at)
            for each in folded(await figures.hours_of(tx, line.person), zone):
                await past_hours.add(tx, each)
            rows = await contacts.get_many(tx, theirs.contacts)
            await provider_copies.all_of(tx, list(rows.values()), theirs.appointments, now)
            await forget(tx, theirs)
            for contact in await others(tx, theirs):
                await copies.of_other(tx, contact, now, now)
                await other_forgets(tx, theirs, contact, now)
                await unheard_goes(tx, contact, now, line.id)
        await erasures.add(tx, line, theirs, now)
        gone.append(theirs)
    return gone


async def _under_way(tx: Tx, lines: Sequence[Line]) -> Sequence[Line]:
    """Asked for, or begun, when the backup was made. One that waits for the end of a dispute goes on waiting."""
    known = {line.id for line in lines}
    open_ = [each for each in await erasures.open_(tx) if each.id not in known]
    return [
        Line(each.id, each.person, each.theirs.contacts, each.begun_at or each.asked_at, each.closes)
        for each in open_
        if not await holds.holds(tx, each.person)
    ]
