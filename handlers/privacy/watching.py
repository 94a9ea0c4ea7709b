"""What a human must look at, told once an hour (a mail a day): a legal hold whose review is due, somebody who should be
erased by now.

Alarms: `hold_review`, `erasing_late`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from handlers.alarms import raise_alarm
from handlers.parts import Parts
from storage import erasures, flags, holds

EVERY: Final = timedelta(hours=1)
DAY: Final = timedelta(hours=24)


async def look(parts: Parts) -> int:
    """By one of all workers. How many alarms."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if not await flags.turn(tx, "law_watched", EVERY, now):
            return 0
        reviews = [each for each in await holds.standing(tx) if each.review_at <= now]
        late = [each for each in await erasures.open_(tx) if each.asked_at < now - DAY]
        for hold in reviews:
            await raise_alarm(tx, parts, "hold_review", f"{hold.id}:{now:%Y%m%d}", now, hold=hold.id)
        for erasure in late:
            await raise_alarm(tx, parts, "erasing_late", f"{erasure.id}:{now:%Y%m%d}", now, erasure=str(erasure.id))
    return len(reviews) + len(late)
