"""Reminders: due by the person's own clock, never at night, nor when of no more use, gone with what they belong to."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.model import Appointment, AppointmentId, ClientId, ContactId, Mode, Motive, PersonId, WorkerId
from handlers.reminders import DAY, Quiet, due_early, due_late, plan, reminder_of
from tests.handlers.path.place import CAMILLE, LATER, Place

pytestmark = pytest.mark.sampled

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
QUIET = Quiet(time(21), time(8))
YEARS = datetime(2025, 1, 1, tzinfo=UTC)  # and six years from then
TWO, FORTY_EIGHT = timedelta(hours=2), timedelta(hours=48)


def at(text: str, zone: ZoneInfo = PARIS) -> datetime:
    """An instant, by a local clock."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def appointment(start: datetime) -> Appointment:
    return Appointment(
        id=AppointmentId("a"),
        person=PersonId("p"),
        client=ClientId("c"),
        worker=WorkerId("w"),
        motive=Motive.FINANCE,
        mode=Mode.PHONE,
        start=start,
        contact=ContactId("k"),
        series=AppointmentId("a"),
    )


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-12 14:00", "2026-03-10 14:00"),
        ("2026-03-12 06:00", "2026-03-10 09:00"),  # not at six
        ("2026-03-12 21:00", "2026-03-10 19:00"),  # not at nine in the evening
        ("2026-03-30 14:00", "2026-03-28 13:00"),  # the clock went forward: 48 true hours
        ("2026-10-26 14:00", "2026-10-24 15:00"),  # and back
    ],
)
def test_the_early_one_by_the_local_clock(start: str, due: str) -> None:
    found = due_early(at(start), PARIS, FORTY_EIGHT, QUIET)
    assert found is not None
    assert found.astimezone(UTC) == at(due)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-03-12 14:00", "2026-03-12 12:00"),
        ("2026-03-12 10:00", "2026-03-12 08:00"),
        ("2026-03-12 09:45", "2026-03-11 20:00"),  # the evening before
        ("2026-03-12 00:00", "2026-03-11 20:00"),
        ("2026-03-29 04:00", "2026-03-28 20:00"),  # the night without two o'clock
        ("2026-10-25 03:30", "2026-10-24 20:00"),  # the night with two of them
    ],
)
def test_the_late_one_is_never_at_night(start: str, due: str) -> None:
    found = due_late(at(start), PARIS, TWO, QUIET)
    assert found is not None
    assert found.astimezone(UTC) == at(due)


@given(
    start=st.integers(0, 6 * 365 * 96).map(lambda quarters: YEARS + timedelta(minutes=15 * quarters)),
    zone=st.sampled_from([PARIS, REUNION, ZoneInfo("America/Guadeloupe"), ZoneInfo("Pacific/Noumea")]),
)
def test_whatever_the_hour_zone_and_change_of_clocks(start: datetime, zone: ZoneInfo) -> None:
    early, late = due_early(start, zone, FORTY_EIGHT, QUIET), due_late(start, zone, TWO, QUIET)
    assert early is not None
    assert late is not None
    assert start - early.astimezone(UTC) >= timedelta(hours=26), "time is left to cancel freely"
    assert time(9) <= early.astimezone(zone).time() <= time(19)
    assert timedelta(hours=2) <= start - late <= timedelta(hours=16)
    assert not QUIET.holds(late.astimezone(zone).time())


def backwards(since: datetime, zone: ZoneInfo, wanted: time) -> datetime:
    """The last minute, at or before an instant, at which the clock of a place shows a time: looked for one by one."""
    minute = since.replace(second=0, microsecond=0)
    while minute.astimezone(zone).time() != wanted:
        minute -= timedelta(minutes=1)
    return minute


def forwards(since: datetime, zone: ZoneInfo, wanted: time) -> datetime:
    minute = since
    while minute.astimezone(zone).time() != wanted:
        minute += timedelta(minutes=1)
    return minute


def plainly(start: datetime, zone: ZoneInfo, before: timedelta) -> datetime:
    """The table of reminders in words, with a finger on the clock: no arithmetic on local times."""
    due = start - before
    shown = due.astimezone(zone).time()
    if before < DAY:  # late: never in quiet hours, then at eight the evening before
        return backwards(due, zone, time(20)) if shown >= time(21) or shown < time(8) else due
    if shown < time(9):
        due = forwards(due, zone, time(9))
    elif shown > time(19):
        due = backwards(due, zone, time(19))
    if start - due >= timedelta(hours=26):
        return due
    return backwards(start - timedelta(hours=26), zone, time(19))


ZONES = ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "Pacific/Noumea", "America/Miquelon", "Pacific/Tahiti"]
CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 5, tzinfo=UTC),
]
SETTINGS = [timedelta(hours=hours) for hours in (120, 72, 48, 25, 24, 12, 3, 2, 1)]


@settings(max_examples=150, deadline=None)
@given(
    start=st.builds(
        lambda change, quarters: change + timedelta(minutes=15 * quarters),
        st.sampled_from(CHANGES),
        st.integers(-4 * 24 * 5, 4 * 24 * 5),
    ),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    befores=st.lists(st.sampled_from(SETTINGS), max_size=4),
    ahead=st.integers(0, 24 * 9),
)
def test_the_plan_is_what_the_table_says(start: datetime, zone: ZoneInfo, befores: list[timedelta], ahead: int) -> None:
    """Whatever the operator set, round both changes of the clocks: each timer at its instant, or with its reason."""
    now = start - timedelta(hours=ahead)
    timers = {timer.kind: timer for timer in plan(appointment(start), zone, befores, QUIET, now)}
    assert len(timers) == len(set(befores)) + 1, "each once, and the one of ten minutes before"
    for before in set(befores):
        hours = before // timedelta(hours=1)
        timer = timers[f"{'early' if before >= DAY else 'late'}-{hours}h"]
        assert timer.due == plainly(start, zone, before)
        if timer.due <= now:
            assert timer.skip == "due_already"
        elif timer.skip == "same_time":
            assert sum(other.due == timer.due and other.skip != "same_time" for other in timers.values()) == 1
        else:
            assert timer.skip == ("just_booked" if timer.due - now < timedelta(hours=6) else None)


def test_several_reminders_as_an_operator_may_want_them() -> None:
    start, now = at("2026-03-12 14:00"), at("2026-03-01 10:00")
    befores = [timedelta(hours=hours) for hours in (72, 24, 1)]
    timers = {timer.kind: timer.due for timer in plan(appointment(start), PARIS, befores, QUIET, now) if not timer.skip}
    assert timers == {
        "early-72h": at("2026-03-09 14:00"),
        "early-24h": at("2026-03-10 19:00"),  # a day before would leave no time to cancel freely
        "late-1h": at("2026-03-12 13:00"),
        "soon": at("2026-03-12 13:50"),
    }


def test_nothing_is_reminded_of_what_was_agreed_within_six_hours() -> None:
    """A timer is kept all the same, with its reason."""
    now = at("2026-03-12 08:00")
    late, soon = plan(appointment(now + timedelta(hours=7)), PARIS, [TWO], QUIET, now)
    assert (late.kind, late.skip, soon.kind, soon.skip) == ("late-2h", "just_booked", "soon", None)
    late, _ = plan(appointment(now + timedelta(hours=8)), PARIS, [TWO], QUIET, now)
    assert (late.kind, late.skip) == ("late-2h", None)


def test_the_early_one_is_of_no_use_once_cancelling_is_late() -> None:
    start = at("2026-03-12 14:00")
    assert reminder_of("early-48h").until(appointment(start)) == start - DAY
    assert reminder_of("late-2h").until(appointment(start)) == start


async def kinds(place: Place) -> list[tuple[str, str]]:
    reminders = "SELECT kind, status FROM timer WHERE kind NOT LIKE 'due_%' ORDER BY id"
    rows: list[dict[str, Any]] = await place.parts.db.fetch(reminders)
    return [(row["kind"], row["status"]) for row in rows]


async def test_each_is_said_once_and_the_link_only_where_it_is_needed(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    assert await kinds(place) == [("early-48h", "waiting"), ("late-2h", "waiting"), ("soon", "waiting")]
    for _ in range(7 * 24):
        await place.passes(hours=1)
    early, late = place.new("sms", CAMILLE)
    assert "ANNULER" in early
    assert "/a/" not in late, "by telephone"
    assert place.figure("reminders_total", kind="early-48h", outcome="said") == 1
    assert place.figure("reminders_total", kind="late-2h", outcome="said") == 1


async def test_a_cancelled_hour_is_not_reminded_of(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER, "annuler", "4")
    assert {status for _, status in await kinds(place)} == {"dropped"}
    await place.passes(days=7)
    assert place.new("sms", CAMILLE) == []


async def test_a_moved_hour_is_reminded_of_at_its_new_time_only(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    said = await place.says("sms", CAMILLE, "deplacer", "jeudi 12 mars", "1", "1")
    rows = await place.parts.db.fetch("SELECT start_at FROM appointment WHERE status = 'booked'")
    assert len(rows) == 1, said
    assert [status for _, status in await kinds(place)] == ["dropped"] * 3 + ["waiting"] * 3, said
    place.new("sms", CAMILLE)
    place.clock.now = rows[0]["start_at"] - timedelta(hours=44)
    await place.settle()
    (early,) = place.new("sms", CAMILLE)
    assert "9 mars" not in early
    assert place.figure("appointments_total", mode="phone", outcome="moved") == 1


async def test_what_comes_too_late_to_be_of_use_is_not_said(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    rows = await place.parts.db.fetch("SELECT start_at FROM appointment")
    place.clock.now = rows[0]["start_at"] - timedelta(hours=20)
    await place.settle()
    assert place.new("sms", CAMILLE) == []
    assert place.figure("reminders_total", kind="early-48h", outcome="too_late") == 1
