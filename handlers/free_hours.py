"""An alarm where people would find no free hour: looked at hourly by one of all workers, told once a day a subject."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from booking.fullness import fullness
from handlers.alarms import raise_alarm
from handlers.parts import Parts
from storage import flags
from storage.booking import RowStore

OFTEN: Final = timedelta(hours=1)
DAY: Final = timedelta(hours=24)


async def look_for_free_hours(parts: Parts) -> int:
    """How many subjects nobody can book an hour for; 0 while another worker has looked. Also one that no worker helps
    with (any more): people can choose it, and would wait for ever.
    """
    now = parts.clock()
    if not await flags.turn(parts.db, "looked_for_free_hours", OFTEN, now):
        return 0
    found = await fullness(RowStore(parts.db, parts.directories), parts.rules, now)
    full = sorted(motive for motive, state in found.items() if state != "free")
    for motive in full:
        async with parts.db.transaction() as tx:
            if await flags.turn(tx, f"no_free_hour:{motive}", DAY, now):
                await raise_alarm(tx, parts, "no_free_hour", f"{motive}:{now:%Y%m%d}", now, motive=motive)
    return len(full)
