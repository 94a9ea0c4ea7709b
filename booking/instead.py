"""Which hours to offer in place of one: soon after it, and at the same time of day as nearly as can be.

Who cannot come on Tuesday at nine mostly wants the next day at nine, not Tuesday at ten and again at eleven: so each
hour is of another day, the next days first, then the same day, then those before; of each day the hour that is nearest
to the old one's time. In place of one that is over already, what lies nearest to it, also that very hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking import policy
from booking.model import Appointment, Slot, Wish
from booking.search import Search

DAYS: Final = 10  # before and after the old day that are looked at
LOOKED_AT: Final = 200  # free hours of one worker within these


async def instead_of(
    search: Search, old: Appointment, others: Sequence[Appointment], zone: str, limit: int
) -> tuple[Slot, ...]:
    """With the same worker, in the same mode; `others` are the person's: none of these overlaps one. Soonest first."""
    local = ZoneInfo(zone)
    day = old.start.astimezone(local).date()
    days = tuple(day + timedelta(days=n) for n in range(-DAYS, DAYS + 1))
    wish = Wish(old.motive, old.mode, old.worker, days=days, zone=zone)
    found = [*(await search.slots(wish, LOOKED_AT)).slots]
    if not found:  # none near it: the soonest there are
        found = [*(await search.slots(replace(wish, days=()), LOOKED_AT)).slots]
    nearest: dict[date, Slot] = {}
    for slot in found:
        its_day = slot.start.astimezone(local).date()
        if policy.overlaps(others, slot.start):
            continue
        if its_day not in nearest or _apart(slot, old, local) < _apart(nearest[its_day], old, local):
            nearest[its_day] = slot
    stands = old.status == "booked"
    by_day = sorted(nearest.items(), key=lambda item: (stands and item[0] <= day, abs((item[0] - day).days)))
    return tuple(sorted((slot for _, slot in by_day[:limit]), key=lambda slot: slot.start))


def _apart(slot: Slot, old: Appointment, local: ZoneInfo) -> int:
    """Minutes between two times of the day."""
    return abs(_minute(slot.start, local) - _minute(old.start, local))


def _minute(instant: datetime, local: ZoneInfo) -> int:
    clock = instant.astimezone(local)
    return clock.hour * 60 + clock.minute
