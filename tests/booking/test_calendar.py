"""The published hours:

the compiled timetable against the rule read aloud, for any rules, zone and date from 2025 to 2030.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from booking.calendar import KEPT_DAYS, instant, wall
from booking.holidays import TERRITORIES, is_holiday
from booking.model import HOUR, QUARTER, Closure, Hours, Span, Worker
from booking.timetable import Timetable
from tests.booking.made import worker

PARIS = ZoneInfo("Europe/Paris")
# Beside our own: a change of half an hour, one at midnight, none ever, and offsets of three quarters of an hour.
ZONES = [
    "Europe/Paris",
    "Indian/Reunion",
    "America/Guadeloupe",
    "America/Miquelon",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
]
# So that clock changes are met often: Paris, Lord Howe, Cairo, Miquelon.
CHANGES = [
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2027, 4, 4),
    date(2026, 4, 24),
    date(2027, 3, 14),
    date(2026, 12, 25),
]
DATES = st.one_of(
    st.sampled_from(CHANGES).flatmap(lambda d: st.integers(-1, 1).map(lambda n: d + timedelta(days=n))),
    st.dates(date(2025, 1, 1), date(2030, 12, 31)),
)
QUARTERS = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
HOURS = st.builds(Hours, st.frozensets(st.integers(0, 6), min_size=1), QUARTERS, QUARTERS)
CLOSURES = DATES.flatmap(lambda d: st.integers(0, 3).map(lambda n: Closure(d, d + timedelta(days=n))))
# Of any minute: what a worker's own calendar says keeps to no grid. Some are empty, some lie in each other.
SPANS = st.builds(
    lambda day, minute, length, seconds, kind: Span(
        begin := datetime.combine(day, time(0), UTC) + timedelta(minutes=minute, seconds=seconds),
        begin + timedelta(minutes=length),
        kind,
    ),
    DATES,
    st.integers(0, 96).map(lambda n: n * 15) | st.integers(0, 1439),
    st.sampled_from([0, 30, 60, 90, 150, 24 * 60, 4000]) | st.integers(0, 300),
    st.sampled_from([0, 0, 0, 1]),
    st.sampled_from(["closed", "open", "calendar"]),
)


@st.composite
def workers(draw: st.DrawFn) -> list[Worker]:
    return [
        worker(
            f"w{number}",
            *draw(st.lists(HOURS, min_size=1, max_size=3)),
            closed=tuple(draw(st.lists(CLOSURES, max_size=2))),
            time_zone=draw(st.sampled_from(ZONES)),
            works_on_holidays=draw(st.booleans()),
            spans=tuple(draw(st.lists(SPANS, max_size=4))),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


def publishes(who: Worker, start: datetime) -> bool:
    """The rule, quarter by quarter, as it stands in `booking.calendar` and `booking.timetable`."""
    busy = any(s.kind != "open" and s.start < min(start + HOUR, s.end) and start < s.end for s in who.spans)
    return not busy and (opened(who, start) or weekly(who, start))


def opened(who: Worker, start: datetime) -> bool:
    zone = ZoneInfo(who.time_zone)
    for span in who.spans:
        first = span.start.replace(minute=0, second=0)
        while first < span.start:
            first += QUARTER
        whole = first <= start and start + HOUR <= span.end and not (start - first) % HOUR
        if span.kind == "open" and whole and instant(wall(start, zone), zone) == start:
            return True
    return False


def weekly(who: Worker, start: datetime) -> bool:
    zone = ZoneInfo(who.time_zone)
    local = wall(start, zone)
    if instant(local, zone) != start:
        return False
    quarters = [wall(start + n * QUARTER, zone) for n in range(4)]

    def is_off(day: date) -> bool:
        closed = any(c.first <= day <= c.last for c in who.closed)
        return closed or (not who.works_on_holidays and is_holiday(who.time_zone, day))

    for block in who.hours:
        for day in (local.date(), local.date() - timedelta(days=1)):
            begin = datetime.combine(day, block.start)
            end = datetime.combine(day if block.end > block.start else day + timedelta(days=1), block.end)
            fits = all(begin <= q and q + QUARTER <= end for q in quarters) and not (local - begin) % HOUR
            if fits and day.weekday() in block.days and not any(map(is_off, {day, *(q.date() for q in quarters)})):
                return True
    return False


@given(workers(), DATES)
@example([worker("w", Hours(frozenset({6}), time(0), time(6)))], date(2026, 3, 29))
@example([worker("w", Hours(frozenset({6}), time(0, 30), time(2)))], date(2026, 3, 29))
@example([worker("w", Hours(frozenset({5}), time(22), time(22)))], date(2026, 10, 24))
def test_the_timetable_is_the_rule(who: list[Worker], day: date) -> None:
    since = datetime.combine(day - timedelta(days=1), time(0), UTC)
    timetable = Timetable(who)
    found = dict(timetable.starts(since, since + timedelta(days=3)))
    assert list(found) == sorted(found)
    for quarter in range(3 * 96):
        start = since + quarter * QUARTER
        mask = sum(1 << n for n, w in enumerate(who) if publishes(w, start))
        assert found.get(start, 0) == mask
        assert timetable.at(start) == mask


@given(workers(), DATES, st.data())
def test_a_version_that_takes_over_what_did_not_change_is_as_one_made_anew(
    who: list[Worker], day: date, data: st.DataObject
) -> None:
    since = datetime.combine(day - timedelta(days=1), time(0), UTC)
    before = Timetable(who)
    list(before.starts(since, since + timedelta(days=3)))
    number = data.draw(st.integers(0, len(who) - 1))
    one = replace(
        who[number],
        spans=tuple(data.draw(st.lists(SPANS, max_size=3))),
        time_zone=data.draw(st.sampled_from([who[number].time_zone, *ZONES])),
        hours=data.draw(st.sampled_from([who[number].hours, (Hours(frozenset(range(7)), time(9), time(12)),)])),
    )
    changed = [one if n == number else each for n, each in enumerate(who)]
    after = Timetable(changed, before=before)
    assert list(after.starts(since, since + timedelta(days=3))) == list(
        Timetable(changed).starts(since, since + timedelta(days=3))
    )


def starts(who: Worker, day: date, zone: ZoneInfo = PARIS) -> list[str]:
    """The starts whose local day this is, as the wall shows them."""
    noon = datetime.combine(day, time(12), zone).astimezone(UTC)
    found = Timetable([who]).starts(noon - timedelta(days=2), noon + timedelta(days=2))
    return [f"{wall(s, zone):%H:%M}" for s, _ in found if wall(s, zone).date() == day]


NIGHT = worker("w", Hours(frozenset(range(7)), time(0), time(5)), works_on_holidays=True)
EVENING = Hours(frozenset({3}), time(22), time(2))  # Thursdays


def test_what_the_clock_jumps_over_is_not_offered() -> None:
    assert starts(NIGHT, date(2026, 3, 29)) == ["00:00", "01:00", "03:00", "04:00"]


def test_what_comes_twice_is_not_offered() -> None:
    assert starts(NIGHT, date(2026, 10, 25)) == ["00:00", "01:00", "03:00", "04:00"]
    assert starts(NIGHT, date(2026, 10, 24)) == ["00:00", "01:00", "02:00", "03:00", "04:00"]


def test_an_hour_across_the_jump_lasts_sixty_minutes_and_must_fit() -> None:
    half_past = worker("w", Hours(frozenset({6}), time(0, 30), time(3, 15)))
    assert starts(half_past, date(2026, 3, 29)) == ["00:30"], "01:30 would last until 03:30"
    longer = worker("w", Hours(frozenset({6}), time(0, 30), time(3, 30)))
    assert starts(longer, date(2026, 3, 29)) == ["00:30", "01:30"]


def test_hours_cross_midnight() -> None:
    who = worker("w", EVENING)
    assert starts(who, date(2026, 3, 5)) == ["22:00", "23:00"]
    assert starts(who, date(2026, 3, 6)) == ["00:00", "01:00"]


@pytest.mark.parametrize(
    ("closed", "thursday", "friday"),
    [
        (date(2026, 3, 5), [], []),
        (date(2026, 3, 6), ["22:00", "23:00"], []),
        (date(2026, 3, 7), ["22:00", "23:00"], ["00:00", "01:00"]),
    ],
)
def test_closed_is_the_day_of_the_block_and_each_day_it_touches(
    closed: date, thursday: list[str], friday: list[str]
) -> None:
    who = worker("w", EVENING, closed=(Closure(closed, closed),))
    assert starts(who, date(2026, 3, 5)) == thursday
    assert starts(who, date(2026, 3, 6)) == friday


def test_the_last_minutes_of_an_hour_touch_the_next_day_too() -> None:
    who = worker(
        "w", Hours(frozenset({3}), time(22, 30), time(1, 30)), closed=(Closure(date(2026, 3, 6), date(2026, 3, 6)),)
    )
    assert starts(who, date(2026, 3, 5)) == ["22:30"]


@pytest.mark.parametrize(
    ("zone", "day", "off"),
    [
        ("Europe/Paris", date(2026, 7, 14), True),
        ("Indian/Reunion", date(2026, 12, 20), True),
        ("Europe/Paris", date(2026, 12, 20), False),
        ("Indian/Mayotte", date(2026, 4, 27), True),
        ("America/Guadeloupe", date(2026, 5, 27), True),
        ("America/Martinique", date(2026, 5, 22), True),
        ("America/Cayenne", date(2026, 6, 10), True),
        ("America/Miquelon", date(2026, 7, 14), True),
        ("Europe/Paris", date(2026, 5, 27), False),
        ("Asia/Tokyo", date(2026, 1, 1), False),
    ],
)
def test_holidays_are_those_of_the_territory(zone: str, day: date, off: bool) -> None:
    assert is_holiday(zone, day) is off
    hours = Hours(frozenset(range(7)), time(9), time(10))
    assert starts(worker("w", hours, time_zone=zone), day, ZoneInfo(zone)) == ([] if off else ["09:00"])
    assert starts(worker("w", hours, time_zone=zone, works_on_holidays=True), day, ZoneInfo(zone)) == ["09:00"]


def test_every_territory_is_known_to_the_package() -> None:
    assert [zone for zone in TERRITORIES if not is_holiday(zone, date(2027, 1, 1))] == []


@pytest.mark.parametrize(
    ("local", "named"),
    [
        ("2026-03-29T01:59:00", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29T02:00:00", "gap"),
        ("2026-03-29T02:59:59", "gap"),
        ("2026-03-29T03:00:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-25T01:59:59", datetime(2026, 10, 24, 23, 59, 59, tzinfo=UTC)),
        ("2026-10-25T02:00:00", "twice"),
        ("2026-10-25T02:59:59", "twice"),
        ("2026-10-25T03:00:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_gap_and_an_ambiguity_are_named(local: str, named: datetime | str) -> None:
    assert instant(datetime.fromisoformat(local), PARIS) == named


def test_expanded_days_are_not_kept_for_ever() -> None:
    timetable = Timetable([NIGHT])
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    first = list(timetable.starts(begin, begin + timedelta(days=2)))
    assert len(list(timetable.starts(begin, begin + timedelta(days=2 * KEPT_DAYS)))) > 8 * KEPT_DAYS
    assert list(timetable.starts(begin, begin + timedelta(days=2))) == first


def test_a_holiday_that_the_worker_opened_is_offered() -> None:
    day = date(2026, 7, 14)
    morning = Span(datetime(2026, 7, 14, 7, tzinfo=UTC), datetime(2026, 7, 14, 9, 30, tzinfo=UTC), "open")
    assert starts(worker("w"), day) == []
    assert starts(worker("w", spans=(morning,)), day) == ["09:00", "10:00"]


def test_an_hour_that_only_touches_a_closed_time_is_offered() -> None:
    lunch = Span(datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 3, 3, 10, tzinfo=UTC), "closed")
    assert starts(worker("w", spans=(lunch,)), date(2026, 3, 3)) == ["09:00", "11:00"]
    longer = replace(lunch, end=lunch.end + timedelta(minutes=1))
    assert starts(worker("w", spans=(longer,)), date(2026, 3, 3)) == ["09:00"]
