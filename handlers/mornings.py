"""When a worker's morning message is due: eight o'clock on their own clock, also on the days when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking.model import Worker
from handlers.effects import Tell, ToWorker

EIGHT: Final = time(8)
ALONE: Final = timedelta(minutes=15)  # after it: what the message did not take up leaves by itself
OF_USE: Final = timedelta(hours=4)
GATHERED: Final = "gathered"  # marks the content of a row that waits for the morning


def next_morning(zone: str, now: datetime) -> datetime:
    """The next eight o'clock there, in UTC; not this very instant."""
    local = now.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < EIGHT else local.date() + timedelta(days=1)
    return datetime.combine(day, EIGHT, ZoneInfo(zone)).astimezone(UTC)


def morning(worker: Worker, now: datetime) -> Tell:
    """The next one, by a key that holds the instant: set twice, it is one."""
    due = next_morning(worker.time_zone, now)
    key = f"digest:{worker.id}:{due:%Y%m%d%H}"
    told = {"worker": worker.id, "at": due.isoformat()}
    return Tell(ToWorker(worker.id), "digest", told, urgent=True, at=due, useful_until=due + OF_USE, key=key)
