"""The calendar behind the words: which dates a weekday, a week, a day of a month are, seen from today."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
MOST: Final = 31  # days that a wish lists
WEEKS: Final = 8  # of a weekday that comes every week
YEAR: Final = DAY * 366  # nothing later is wished
PAST: Final = timedelta(days=183)  # a date that would only come later than this was a memory, not a wish


def following(today: date, weekday: int) -> date:
    """The next such weekday after today: who means today says so."""
    return today + DAY * ((weekday - today.weekday() - 1) % 7 + 1)


def week(today: date, ahead: int) -> tuple[date, ...]:
    """Monday to Sunday, `ahead` weeks from this one; of this week what is left, and nothing a year ahead."""
    monday = today - DAY * today.weekday() + DAY * 7 * ahead
    return tuple(day for day in span(monday, monday + DAY * 6) if today <= day <= today + YEAR)


def weekly(today: date, weekday: int) -> tuple[date, ...]:
    """Such a weekday in each of the coming weeks, today's too."""
    start = today + DAY * ((weekday - today.weekday()) % 7)
    return tuple(start + DAY * 7 * number for number in range(WEEKS))


def span(start: date, end: date) -> tuple[date, ...]:
    """Both ends included; nothing when the end comes first."""
    return tuple(start + DAY * number for number in range(min((end - start).days + 1, 366)))


def on(today: date, day: int, month: int | None = None, year: int | None = None) -> date | None:
    """The date that a day and month mean: the next that comes. None when there is no such day, or it is past."""
    for try_month, try_year in _months(today, month, year):
        if 1 <= day <= monthrange(try_year, try_month)[1]:
            found = date(try_year, try_month, day)
            if found >= today:
                return found if year or found - today <= PAST else None
    return None


def in_month(today: date, month: int, first: int, last: int) -> tuple[date, ...]:
    """What is left of the days `first` to `last` of the next such month."""
    for _, year in _months(today, month, None):
        end = date(year, month, min(last, monthrange(year, month)[1]))
        if end >= today:
            start = max(today, date(year, month, first))
            return span(start, end) if start - today <= PAST else ()
    return ()


def _months(today: date, month: int | None, year: int | None) -> Iterator[tuple[int, int]]:
    if month is not None:
        if 1 <= month <= 12:
            years = (today.year, today.year + 1) if year is None else (year,)
            yield from ((month, each) for each in years if today.year <= each <= today.year + 1)
        return
    for ahead in range(3):
        yield (today.month - 1 + ahead) % 12 + 1, today.year + (today.month - 1 + ahead) // 12


def listed(days: Iterator[date], most: int = MOST) -> tuple[date, ...]:
    """In order, each once, no more than a wish lists."""
    return tuple(sorted(set(days))[:most])
