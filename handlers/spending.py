"""What a day's text messages may cost: `MAX_SEGMENTS_A_DAY`. Whoever has us send for their own gain (threat T20)
reaches the ceiling; what is needed least stops first, and what is about somebody's hour never does.

| so much of the ceiling | is for |
|---|---|
| 80 % | everything |
| up to 90 % | not what can wait or be missed, `UNNEEDED`: it waits until the next morning, or a human is told |
| up to 100 % | nor one-time codes, nor answers to who has no account |
| beyond | the rest: hours, their reminders, danger, STOP, workers, answers to who has an account |

The last tenth is kept for the rest, so that a flood of strangers does not lead beyond the ceiling. Answers to numbers
that write for the first time have a limit of an hour besides, as each new number costs one.

Fails closed: counted in the database, in the outbox's own rows, by one message after the other; what cannot be counted
is not sent. What may not stop is not weighed, so nothing keeps it waiting.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from handlers.alarms import hour, raise_alarm
from handlers.judging import Leave, Send, Verdict, day_began, later
from handlers.parts import Parts
from storage import counters, flags, spending
from storage.contacts import ContactRow
from storage.db import Tx
from storage.outbox import OutboxRow

# Not the morning's message to workers: bookings of the day before may be told in it alone.
UNNEEDED: Final = frozenset({"feedback", "freed", "offer", "test"})
UNNEEDED_UNTIL: Final = 0.8
STRANGERS_UNTIL: Final = 0.9
FIRST_AN_HOUR: Final = 300  # a campaign of leaflets brings tens; a text message to each costs a fifth of a euro at most
HOUR: Final = timedelta(hours=1)
FIRST: Final = "first answers"  # the key under which they are counted
NEEDED: Final = "needed"  # in a content: danger, STOP


async def weigh(parts: Parts, row: OutboxRow, contact: ContactRow, segments: int) -> Verdict | None:
    """Whether today has room for it; then its segments count from now on. None: somebody else has the row."""
    if row.channel != spending.PAID:
        return Send()
    now, share = parts.clock(), _share(row, contact)
    if share is None:
        return Send() if await spending.reserve(parts.db, row, segments) else None
    async with parts.db.transaction() as tx:
        await spending.alone(tx)
        used = await spending.used(tx, day_began(now, parts.zone), row.id) + segments
        if used > parts.most_segments * UNNEEDED_UNTIL:
            await _tell(tx, parts, now)
        if used > parts.most_segments * share:
            return _held(parts, row, now)
        if row.answer and not await _may_be_first(tx, parts, row, now):
            return Leave("suppressed", "first_contacts")
        return Send() if await spending.reserve(tx, row, segments) else None


def _share(row: OutboxRow, contact: ContactRow) -> float | None:
    """Of the ceiling, that this may use. None: it never stops."""
    if row.kind in UNNEEDED:
        return UNNEEDED_UNTIL
    known = contact.person_id is not None or contact.worker_id is not None
    of_a_stranger = row.answer and not known and not (row.content or {}).get(NEEDED)
    return STRANGERS_UNTIL if of_a_stranger or row.kind == "one_time_code" else None


async def _may_be_first(tx: Tx, parts: Parts, row: OutboxRow, now: datetime) -> bool:
    if not await spending.is_first(tx, row):
        return True
    if await counters.nth_try(tx, FIRST, now - HOUR + timedelta.resolution, FIRST_AN_HOUR) is not None:
        await _tell(tx, parts, now)
        return False
    await counters.add_try(tx, FIRST, now)
    return True


def _held(parts: Parts, row: OutboxRow, now: datetime) -> Verdict:
    """A code, or an answer, is of no use tomorrow."""
    if row.answer or row.kind == "one_time_code":
        return Leave("suppressed", "ceiling")
    tomorrow = day_began(now, parts.zone) + timedelta(days=1)
    opens = timedelta(hours=parts.quiet.ends.hour, minutes=parts.quiet.ends.minute)
    return later(row, tomorrow + opens, "ceiling")


async def _tell(tx: Tx, parts: Parts, now: datetime) -> None:
    """Once an hour while it lasts."""
    if await flags.turn(tx, "spending_told", HOUR, now):
        await raise_alarm(tx, parts, "spending", hour(now), now)
