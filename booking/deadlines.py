"""By when a request about somebody's data is answered (regulation 2016/679, article 12.3; safety G9): within a month of
its arrival; within three, where the person is told inside the first that it takes longer, and why.

Months are the calendar's: what comes on 31 January is due on 28 February, or on the 29th. The last day counts whole, by
the operator's clock.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MONTHS: Final = 1
EXTENDED: Final = 3  # months in all
WARNINGS: Final = (timedelta(days=20), timedelta(days=27))  # after its arrival, while nothing was said about it


def due(asked: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the month is over. In UTC."""
    return _after(asked, MONTHS, zone)


def extended(asked: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which it is too late in any case. In UTC."""
    return _after(asked, EXTENDED, zone)


def may_extend(asked: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Only inside the first month."""
    return now < due(asked, zone)


def warnings(asked: datetime, now: datetime, zone: ZoneInfo, *, told: bool) -> int:
    """How many alarms are to have been raised by now about a request that waits: on the twentieth day, on the
    twenty-seventh, after three months. `told`: that it takes longer; then the month's end is no matter of alarm.
    """
    if now >= extended(asked, zone):
        return len(WARNINGS) + 1
    return 0 if told else sum(now >= asked + each for each in WARNINGS)


def last_day(end: datetime) -> datetime:
    """An instant of the last day on which it is in time, to be shown."""
    return end - timedelta(minutes=1)


def _after(asked: datetime, months: int, zone: ZoneInfo) -> datetime:
    day = _months_later(asked.astimezone(zone).date(), months)
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
