"""When the desk is there: by the week, and not on public holidays."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from booking.holidays import is_holiday
from booking.model import Hours
from handlers.desk import desk

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
WEEK: Final = (Hours(frozenset(range(5)), time(9), time(18)),)
FRIDAYS: Final = (Hours(frozenset({4}), time(9), time(12)),)
NIGHTS: Final = (Hours(frozenset(range(7)), time(20), time(2)),)


def easter(year: int) -> date:
    """The anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def by_law(year: int) -> set[date]:
    """The eleven days of article L3133-1 of the Code du travail. Alsace and Moselle have two more, which share this
    time zone and are working days elsewhere; territories overseas have theirs.
    """
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    moving = {easter(year) + timedelta(days) for days in (1, 39, 50)}  # Easter Monday, Ascension, Whit Monday
    return {date(year, *each) for each in fixed} | moving


@pytest.mark.parametrize("year", range(2026, 2041))
def test_the_days_are_those_of_the_law(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(n) for n in range(366)]
    assert {day for day in days if day.year == year and is_holiday("Europe/Paris", day)} == by_law(year)


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-04-06 10:00", "2026-04-07 09:00"),  # Easter Monday
        ("2026-04-03 19:00", "2026-04-07 09:00"),  # the Friday before it
        ("2026-05-14 10:00", "2026-05-15 09:00"),  # Ascension
        ("2026-05-25 17:59", "2026-05-26 09:00"),  # Whit Monday
        ("2026-07-14 10:00", "2026-07-15 09:00"),
        ("2026-12-24 18:00", "2026-12-28 09:00"),  # Christmas is a Friday
    ],
)
def test_on_a_public_holiday_nobody_is_there(now: str, opens: str) -> None:
    closed = desk(None, WEEK, at(now), PARIS)
    assert (closed.open_now, closed.opens) == (False, at(opens))
    open_ = desk(None, WEEK, at(now).replace(hour=8), PARIS, on_holidays=True)
    assert open_.open_now


def test_it_opens_again_however_many_holidays_come_in_a_row() -> None:
    """Christmas, and New Year's Day a week later, on the only day of the week that it is there."""
    assert desk(None, FRIDAYS, at("2026-12-19 10:00"), PARIS).opens == at("2027-01-08 09:00")


def test_the_holidays_are_those_of_its_own_territory() -> None:
    """The abolition of slavery, in La Réunion."""
    assert not desk(None, WEEK, at("2027-12-20 10:00", REUNION), REUNION).open_now
    assert desk(None, WEEK, at("2027-12-20 10:00"), PARIS).open_now


def test_a_night_that_began_before_the_holiday_goes_on_into_it() -> None:
    until = desk(None, NIGHTS, at("2026-07-14 01:00"), PARIS)
    assert (until.open_now, until.closes, until.opens) == (True, at("2026-07-14 02:00"), at("2026-07-15 20:00"))
