"""A dispute about somebody is open: what is kept of them stays until it is over, and no new request of theirs is taken
(terms, article 4.1.7 and annex; safety G17). By a human, with a reference and a reason, for half a year at most; then
it is looked at again.

    hold(parts, person, operator, reference, reason, review) -> LegalHold | NotHeld
    renew(parts, hold, operator, review) -> LegalHold | NotHeld      it was looked at, and is still open
    release(parts, hold, operator) -> NotHeld | None
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from booking.authority import DeskActor, PersonDeed, may_about
from booking.messaging import cleaned
from booking.model import PersonId
from handlers.parts import Parts
from storage import archives, audit, contacts, holds
from storage.booking import RowStore
from storage.holds import LegalHold

SHORTEST, LONGEST = 3, 300  # characters of a reference, and of a reason
AT_MOST: Final = timedelta(days=183)  # until it is reviewed


@dataclass(frozen=True, slots=True)
class NotHeld:
    """Nothing was changed. `nobody`: no such person or hold; `words`: too few or too many; `review`: not a day to come,
    or later than half a year; `already`: it was lifted."""

    reason: Literal["nobody", "words", "review", "already"]


async def hold(
    parts: Parts, person: str, operator: str, reference: str, reason: str, review: date | None
) -> LegalHold | NotHeld:
    """`review`: by the operator's calendar; None: what was typed is no day. Several may stand beside each other: each
    dispute has its own. Of whose account is closed it keeps the archive, under the id that the account had."""
    named, said, now = cleaned(reference), cleaned(reason), parts.clock()
    if not all(SHORTEST <= len(words) <= LONGEST for words in (named, said)):
        return NotHeld("words")
    at = _due(parts, review)
    if at is None:
        return NotHeld("review")
    async with parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        account = await RowStore(tx, parts.directories).person(PersonId(person))
        there = account is not None or await archives.there(tx, person)
        if not there or not may_about(DeskActor(), PersonDeed.HOLD, PersonId(person), proven=False):
            return NotHeld("nobody")
        placed = LegalHold(parts.new_id(), person, named, said, operator, now, at)
        await holds.place(tx, placed)
        await audit.add(tx, operator, PersonDeed.HOLD, f"person:{person}", now)
    return placed


async def renew(parts: Parts, id: str, operator: str, review: date | None) -> LegalHold | NotHeld:
    """Another one takes its place, with the same words: who looked at it, and when, stays to be seen."""
    found, at, now = await holds.get(parts.db, id), _due(parts, review), parts.clock()
    if found is None:
        return NotHeld("nobody")
    if at is None:
        return NotHeld("review")
    async with parts.db.transaction() as tx:
        await contacts.lock_person(tx, found.person)
        if not await holds.lift(tx, id, operator, now):
            return NotHeld("already")
        placed = replace(found, id=parts.new_id(), placed_by=operator, placed_at=now, review_at=at)
        await holds.place(tx, placed)
        await audit.add(tx, operator, "hold", f"person:{found.person}", now)
    return placed


def _due(parts: Parts, review: date | None) -> datetime | None:
    """None: not a day to come, or too far off."""
    now = parts.clock()
    today = now.astimezone(parts.zone).date()
    if review is None or not today < review <= today + AT_MOST:
        return None
    return datetime.combine(review, time(), parts.zone).astimezone(UTC)


async def release(parts: Parts, id: str, operator: str) -> NotHeld | None:
    """What was due meanwhile goes with the next purge, within a day."""
    found = await holds.get(parts.db, id)
    if found is None or not may_about(DeskActor(), PersonDeed.HOLD, PersonId(found.person), proven=False):
        return NotHeld("nobody")
    async with parts.db.transaction() as tx:
        await contacts.lock_person(tx, found.person)
        if not await holds.lift(tx, id, operator, parts.clock()):
            return NotHeld("already")
        await audit.add(tx, operator, "release hold", f"person:{found.person}", parts.clock())
    return None
