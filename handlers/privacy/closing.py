"""Accounts that close: on the person's word, by an operator's decision once it can no longer be contested, or because
nobody heard of them for two years (terms, articles 4.1.6 and 4.1.7, and annex; safety G11, G12, G13, G18).

    close(parts, person, by)      as `erasing.erase`, of which it is a kind: who they were goes into the archive first
    look(parts) -> int            what the clock and the decisions close; an hour's loop of the worker

    heard of last ... two years less 30 days: warned ... less 7 days: warned again ... two years: closed

A warning that could not go in time moves the end, so that there are 30 and 7 days after it; any word of theirs, or an
hour, ends all of it. A legal hold stops it; what goes after two years in any case (messages, hours and their matter)
goes within a day of its end, the account once they were warned.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from booking.authority import ClockActor, PersonDeed, may_about
from booking.decisions import Decision
from booking.model import PersonId
from conversations.text import Text, t
from handlers.effects import Effect, Notice, ToMail, ToPerson
from handlers.figures.gathered import folded
from handlers.parts import Parts
from handlers.privacy import erasing
from handlers.privacy.erasing import CLOCK, Erased, Held, Nobody, Still
from handlers.writing import recipient, write
from storage import contacts, decisions, erasures, figures, flags, holds, past_hours, silences
from storage.booking import RowStore
from storage.db import Tx
from storage.periods import FIRST_WARNING, HOUR, LAST_WARNING, SILENT
from storage.silences import Silence
from storage.theirs import forget_matter

AT_ONCE: Final = 200
LOOKED: Final = "silent_looked"


async def close(parts: Parts, person: str, by: str, still: Still | None = None) -> Erased | Held | Nobody:
    return await erasing.erase(parts, person, by, closes=True, still=still)


async def look(parts: Parts) -> int:
    """How many closed now."""
    closed = 0
    now = parts.clock()
    for decision in await decisions.closings_due(parts.db, now):

        async def stands(tx: Tx, decided: Decision = decision) -> bool:
            """Somebody may have lifted it a moment ago."""
            return decided in await decisions.closings_due(tx, now)

        closed += isinstance(await close(parts, decision.person, decision.by, stands), Erased)
    if await flags.turn(parts.db, LOOKED, HOUR, parts.clock()):
        closed += await silent(parts)
    return closed


async def silent(parts: Parts) -> int:
    """Of whom nothing was heard: each by a transaction of their own."""
    await silences.broken(parts.db)
    closed, after = 0, ""
    since = SILENT.before(parts.clock() + FIRST_WARNING) + timedelta(days=1)  # rather too many: each is looked at
    while ids := await silences.quiet(parts.db, since, after, AT_ONCE):
        for person in ids:
            closed += await _step(parts, person)
        after = ids[-1]
    return closed


async def _step(parts: Parts, person: str) -> bool:
    """Warned, warned again, or closed."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        store = RowStore(tx, parts.directories)
        if await store.person(PersonId(person)) is None or await holds.holds(tx, person):
            return False
        known = await _known(tx, person, now)
        if now < SILENT.after(known.since) - FIRST_WARNING:
            return False
        await silences.keep(tx, known)
        step = _next(known, now)
        if step in {"first", "last"}:
            warned = replace(known, first=now) if step == "first" else replace(known, last=now)
            await _warn(tx, parts, store, warned, now)
        if step != "close":
            if now >= SILENT.after(known.since):
                await _matter_ends(tx, parts, person)
            return False
        if not may_about(ClockActor(), PersonDeed.CLOSE, PersonId(person), proven=False):
            return False
        asked = await erasures.ask(tx, person, CLOCK, now, closes=True)
    return isinstance(await erasing.begin(parts, asked), Erased)


async def _known(tx: Tx, person: str, now: datetime) -> Silence:
    """Of whom nothing at all is known, the silence begins when they are first looked at."""
    known, heard = await silences.get(tx, person), await silences.last_contact(tx, person)
    if known is None or (heard is not None and heard > known.since):
        return Silence(person, heard or now)
    return known


def ends(known: Silence) -> datetime:
    """When the account closes, if nobody writes."""
    end = SILENT.after(known.since)
    if known.first is not None:
        end = max(end, known.first + FIRST_WARNING)
    return end if known.last is None else max(end, known.last + LAST_WARNING)


def _next(known: Silence, now: datetime) -> str:
    if known.first is None:
        return "first"
    if known.last is None:
        return "last" if now >= ends(known) - LAST_WARNING else ""
    return "close" if now >= ends(known) else ""


async def _warn(tx: Tx, parts: Parts, store: RowStore, known: Silence, now: datetime) -> None:
    """On the channel that they used last, and by mail where they gave an address: one of both may be nobody's now."""
    await silences.keep(tx, known)
    end, person = ends(known), PersonId(known.person)
    if known.first == now:
        end = max(end, now + FIRST_WARNING)
    said: Text = t("notice.closing", day=end)
    ways: list[Effect] = []
    if await recipient(tx, parts, store, ToPerson(person), now) is not None:
        ways.append(Notice(ToPerson(person), "closing", (said,)))
    found = await store.person(person)
    if found is not None and found.email is not None and "email" in parts.channels:
        ways.append(Notice(ToMail(person), "closing", (said, t("closing.mail_where"))))
    await write(tx, parts, store, ways, f"silence:{person}:{end:%Y%m%d}:{'last' if known.last else 'first'}", now)
    tx.after_commit(partial(parts.bell.ring, "outbox"))


async def _matter_ends(tx: Tx, parts: Parts, person: str) -> None:
    """Their past hours, why they came, what was written: two years after, also where the account stands a while yet."""
    for each in folded(await figures.hours_of(tx, person), parts.zone):
        await past_hours.add(tx, each)
    await forget_matter(tx, person)
