"""A backup was read back: who was erased since it was made is erased again, before anything may be sent (fault F19).

No appointment is cancelled and nobody is told: both happened when they were erased. Whose account was closed is in the
archive again, until the day that was. In one transaction with the end of the restoring, so that a database is either
without them, or still says that it is being restored. A dispute that the backup still has was over when they were
erased, so it keeps nothing back. Their files, and what the documents' store is told of it, follow as always, once a
worker looks (`afterwards.py`): whoever dies over the restoring leaves that to do.

Who had asked, and of whom nothing had gone yet, is as they were: `erasing.look` sees to them next, and goes by the
disputes that stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers import provider_copies
from handlers.figures.gathered import folded
from handlers.privacy.afterwards import last_address_goes, unheard_goes
from storage import archives, contacts, erasures, figures, past_hours
from storage import provider_copies as copies
from storage.db import Tx
from storage.erasures import Erasure, Line
from storage.theirs import Theirs, forget, forget_late, gather, named_until, other_forgets, others


async def erase_again(tx: Tx, lines: Sequence[Line], zone: ZoneInfo, now: datetime) -> int:
    """`lines`: of the ledger, which the backup may not know; besides those that it knows to be under way. How many
    people."""
    under_way = {each.id: each for each in await erasures.open_(tx) if each.begun_at is not None}
    told = {line.id: line for line in lines} | {id: Line.of(each) for id, each in under_way.items()}
    count = 0
    for _, line in sorted(told.items()):
        known = await erasures.get(tx, line.id)
        if known is not None and known.done_at is not None:
            continue
        if line.asked_by:
            await erasures.ask_again(tx, line)
        else:
            theirs = await _again(tx, line, under_way.get(line.id), zone, now) if line.person else Theirs("")
            await erasures.add(tx, line, theirs, now)
            count += bool(line.person)
    return count


async def _again(tx: Tx, line: Line, begun: Erasure | None, zone: ZoneInfo, now: datetime) -> Theirs:
    """`begun`: as the backup has it, where it had begun there. What was theirs."""
    theirs = await gather(tx, line.person, line.contacts)
    if begun is not None:  # their rows had gone, and not all that hangs on them
        theirs = theirs.with_(begun.theirs)
        for fresh, _ in begun.byes:
            await last_address_goes(tx, fresh, now, line.id)
    if line.closes:
        await archives.keep(tx, line.person, "restore", zone, line.at)
    for each in folded(await figures.hours_of(tx, line.person), zone):
        await past_hours.add(tx, each)
    rows = await contacts.get_many(tx, theirs.contacts)
    await provider_copies.all_of(tx, list(rows.values()), theirs.appointments, now)
    await (forget_late if begun is not None else forget)(tx, theirs)
    for contact in await others(tx, theirs):
        until = await named_until(tx, theirs, contact, now)
        await copies.of_other(tx, contact, until, now)
        await other_forgets(tx, theirs, contact, until)
        await unheard_goes(tx, contact, now, line.id)
    return theirs
