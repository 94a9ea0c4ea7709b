"""By when a request about data is answered: a month by the calendar, at its ends too; three with reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking import deadlines
from tests.guards import guards

PARIS = ZoneInfo("Europe/Paris")
SECOND = timedelta(seconds=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@guards("G09")
@pytest.mark.parametrize(
    ("asked", "month", "three"),
    [
        ("2026-03-02 10:00", "2026-04-03 00:00", "2026-06-03 00:00"),
        ("2026-01-31 09:00", "2026-03-01 00:00", "2026-05-01 00:00"),
        ("2028-01-31 23:59", "2028-03-01 00:00", "2028-05-01 00:00"),
        ("2026-08-31 00:00", "2026-10-01 00:00", "2026-12-01 00:00"),
        ("2026-11-30 12:00", "2026-12-31 00:00", "2027-03-01 00:00"),
        ("2026-12-15 12:00", "2027-01-16 00:00", "2027-03-16 00:00"),
    ],
)
def test_the_last_day_counts_whole(asked: str, month: str, three: str) -> None:
    at = local(asked)
    assert deadlines.due(at, PARIS) == local(month)
    assert deadlines.extended(at, PARIS) == local(three)
    assert deadlines.may_extend(at, local(month) - SECOND, PARIS)
    assert not deadlines.may_extend(at, local(month), PARIS)


@guards("G09")
def test_alarms_on_the_twentieth_day_the_twenty_seventh_and_after_three_months() -> None:
    asked = local("2026-01-31 09:00")
    day = timedelta(days=1)

    def raised(now: datetime, *, told: bool = False) -> int:
        return deadlines.warnings(asked, now, PARIS, told=told)

    assert raised(asked + 20 * day - SECOND) == 0
    assert raised(asked + 20 * day) == 1
    assert raised(asked + 27 * day - SECOND) == 1
    assert raised(asked + 27 * day) == 2
    assert raised(deadlines.extended(asked, PARIS) - SECOND) == 2
    assert raised(deadlines.extended(asked, PARIS)) == 3
    assert raised(asked + 40 * day, told=True) == 0, "they know until when"
    assert raised(deadlines.extended(asked, PARIS), told=True) == 3
