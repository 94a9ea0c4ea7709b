"""Whole months. Two periods that differ by a day would tell what happened on that day, so shorter ones do not exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day of a month until the day before the first day of another, in the operator's zone."""

    first: date
    end: date
    zone: ZoneInfo

    @property
    def starts_at(self) -> datetime:
        return _midnight(self.first, self.zone)

    @property
    def ends_at(self) -> datetime:
        return _midnight(self.end, self.zone)


def months(first: date, last: date, zone: ZoneInfo) -> Period:
    """From the month of one day to that of another, both whole. ValueError where they are the wrong way round."""
    if (last.year, last.month) < (first.year, first.month):
        raise ValueError("the last month comes before the first")
    return Period(first.replace(day=1), after(last), zone)


def before(now: datetime, zone: ZoneInfo) -> Period:
    """The last month that is over."""
    this = now.astimezone(zone).date().replace(day=1)
    last = date(this.year - (this.month == 1), (this.month - 2) % 12 + 1, 1)
    return Period(last, this, zone)


def month(text: str) -> date:
    """`2026-03`: its first day."""
    found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
    if found is None or int(found[1]) == 0:
        raise ValueError("expected a month such as 2026-03")
    return date(int(found[1]), int(found[2]), 1)


def after(day: date) -> date:
    """The first day of the month that follows."""
    return date(day.year + (day.month == 12), day.month % 12 + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
