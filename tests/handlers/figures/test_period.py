"""Months, quarters and years, in the operator's zone, that lie in each other."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.figures.period import before, offered, period

PARIS = ZoneInfo("Europe/Paris")


def test_a_month_begins_at_midnight_there_on_both_sides_of_a_clock_change() -> None:
    march = period("2026-03", PARIS)
    assert march.starts_at == datetime(2026, 2, 28, 23, 0, tzinfo=UTC)
    assert march.ends_at == datetime(2026, 3, 31, 22, 0, tzinfo=UTC)
    october = period("2026-10", PARIS)
    assert (october.starts_at.hour, october.ends_at.hour) == (22, 23)


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_as_it_is_typed(text: str, first: date, end: date) -> None:
    found = period(text, PARIS)
    assert (found.first, found.end, str(found)) == (first, end, text)


@pytest.mark.parametrize(
    "text", ["2026-3", "2026-13", "26-03", "0000-01", "2026-03-01", "２026-03", "2026-Q5", "Q1", ""]
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="2026-03"):
        period(text, PARIS)


def test_parts_lie_one_after_the_other_and_fill_the_whole() -> None:
    year = period("2026", PARIS)
    assert list(map(str, year.parts)) == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert list(map(str, year.parts[3].parts)) == ["2026-10", "2026-11", "2026-12"]
    assert year.parts[0].parts[0].parts == ()
    for whole in (year, *year.parts):
        edges = [(part.starts_at, part.ends_at) for part in whole.parts]
        assert (edges[0][0], edges[-1][1]) == (whole.starts_at, whole.ends_at)
        assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]
    assert [each for quarter in year.parts for each in quarter.months] == list(year.months)


@pytest.mark.parametrize(
    ("now", "last", "quarter", "year"),
    [
        (datetime(2026, 3, 31, 21, 59, tzinfo=UTC), "2026-02", "2025-Q4", "2025"),
        (datetime(2026, 3, 31, 22, 0, tzinfo=UTC), "2026-03", "2026-Q1", "2025"),  # April has begun in Paris
        (datetime(2026, 1, 5, 9, 0, tzinfo=UTC), "2025-12", "2025-Q4", "2025"),
    ],
)
def test_what_is_over(now: datetime, last: str, quarter: str, year: str) -> None:
    assert str(before(now, PARIS)) == last
    found = offered(now, PARIS)
    assert len(set(found)) == len(found) == 34
    assert all(each.ends_at <= now for each in found)
    assert (str(found[0]), str(found[24]), str(found[32])) == (last, quarter, year)
