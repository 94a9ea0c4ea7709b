"""Whole months, quarters and years, that lie in each other. Two periods that differ by a day, or overlap, would tell
what happened in the difference, so others do not exist; what a longer one tells beside the months in it: `nested.py`.

    period("2026-03", zone); period("2026-Q1", zone); period("2026", zone)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

YEAR, QUARTER, MONTH = 12, 3, 1
OFFERED: Final = {MONTH: 24, QUARTER: 8, YEAR: 2}  # the latest ones


@dataclass(frozen=True, slots=True)
class Period:
    """From its first day until the day before `end`, in the operator's zone. `length` in months."""

    first: date
    length: int
    zone: ZoneInfo

    @property
    def end(self) -> date:
        return _later(self.first, self.length)

    @property
    def starts_at(self) -> datetime:
        return _midnight(self.first, self.zone)

    @property
    def ends_at(self) -> datetime:
        return _midnight(self.end, self.zone)

    @property
    def parts(self) -> Sequence[Period]:
        """A year's quarters, a quarter's months; of a month none."""
        length = {YEAR: QUARTER, QUARTER: MONTH}.get(self.length)
        if length is None:
            return ()
        return [Period(_later(self.first, n), length, self.zone) for n in range(0, self.length, length)]

    @property
    def months(self) -> Sequence[Period]:
        return [Period(_later(self.first, n), MONTH, self.zone) for n in range(self.length)]

    def __str__(self) -> str:
        """As it is typed."""
        match self.length:
            case 12:
                return f"{self.first:%Y}"
            case 3:
                return f"{self.first:%Y}-Q{self.first.month // QUARTER + 1}"
        return f"{self.first:%Y-%m}"


def period(text: str, zone: ZoneInfo) -> Period:
    """ValueError for anything else."""
    found = re.fullmatch(r"([0-9]{4})(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", text)
    if found is None or int(found[1]) == 0:
        raise ValueError("expected a month such as 2026-03, a quarter such as 2026-Q1, or a year")
    year, quarter, month = found.groups()
    if month:
        return Period(date(int(year), int(month), 1), MONTH, zone)
    if quarter:
        return Period(date(int(year), QUARTER * int(quarter) - 2, 1), QUARTER, zone)
    return Period(date(int(year), 1, 1), YEAR, zone)


def before(now: datetime, zone: ZoneInfo) -> Period:
    """The last month that is over."""
    return _last(now, zone, MONTH)


def offered(now: datetime, zone: ZoneInfo) -> Sequence[Period]:
    """Those that are over: the latest months, quarters, years."""
    found = []
    for length, count in OFFERED.items():
        latest = _last(now, zone, length)
        found += [Period(_later(latest.first, -n * length), length, zone) for n in range(count)]
    return found


def _last(now: datetime, zone: ZoneInfo, length: int) -> Period:
    """The last one of this length that is over."""
    this = now.astimezone(zone).date().replace(day=1)
    begun = this.replace(month=(this.month - 1) // length * length + 1)
    return Period(_later(begun, -length), length, zone)


def _later(day: date, months: int) -> date:
    """The first day of the month that many months later."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
