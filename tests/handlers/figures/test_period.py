"""Whole months, in the operator's zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.figures.period import before, month, months

PARIS = ZoneInfo("Europe/Paris")


def test_a_month_begins_at_midnight_there_on_both_sides_of_a_clock_change() -> None:
    march = months(date(2026, 3, 17), date(2026, 3, 1), PARIS)
    assert march.starts_at == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert march.ends_at == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)


def test_over_the_end_of_a_year() -> None:
    winter = months(date(2025, 12, 5), date(2026, 1, 2), PARIS)
    assert (winter.first, winter.end) == (date(2025, 12, 1), date(2026, 2, 1))


def test_the_wrong_way_round() -> None:
    with pytest.raises(ValueError, match="before the first"):
        months(date(2026, 2, 1), date(2026, 1, 31), PARIS)


@pytest.mark.parametrize(
    ("now", "first", "end"),
    [
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), date(2026, 2, 1), date(2026, 3, 1)),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), date(2026, 3, 1), date(2026, 4, 1)),  # April has begun in Paris
        (datetime(2026, 1, 5, 9, 0, tzinfo=UTC), date(2025, 12, 1), date(2026, 1, 1)),
    ],
)
def test_the_last_one_that_is_over(now: datetime, first: date, end: date) -> None:
    period = before(now, PARIS)
    assert (period.first, period.end) == (first, end)


def test_as_it_is_typed() -> None:
    assert month("2026-03") == date(2026, 3, 1)
    for text in ("2026-3", "2026-13", "26-03", "0000-01", "2026-03-01", "２026-03", ""):
        with pytest.raises(ValueError, match="2026-03"):
            month(text)
