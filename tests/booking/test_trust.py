"""Whether an address is still its owner's: edges to the second, both clock changes, and any story of any length."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.model import HOUR, Appointment, AppointmentId, ClientId, ContactId, Mode, Motive, PersonId, WorkerId
from booking.trust import SILENT, Trace, counts, is_silent, speaks_for, standing
from tests.guards import guards

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
BOOKED = Appointment(
    id=AppointmentId("a"),
    person=PersonId("ann"),
    client=ClientId("ports"),
    worker=WorkerId("claire"),
    motive=Motive.FINANCE,
    mode=Mode.PHONE,
    start=NOW,
    contact=ContactId("c"),
    series=AppointmentId("a"),
)

INSTANTS = st.integers(0, 730 * 86400).map(lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second))
HOURS = st.builds(
    replace,
    st.just(BOOKED),
    start=INSTANTS,
    status=st.sampled_from(["booked", "cancelled", "moved", "done", "missed"]),
    ended_by=st.sampled_from([None, "person", "worker", "desk"]),
)


@guards("T03", "T04", "T30", partly=True)
def test_a_silence_begins_with_its_45th_day_to_the_second() -> None:
    trace = Trace(linked=True, trusted=NOW)
    assert standing(trace, (), NOW + 45 * DAY - SECOND) == "known"
    assert standing(trace, (), NOW + 45 * DAY) == "needs_proof"


@pytest.mark.parametrize("jumps", [datetime(2026, 3, 29, tzinfo=PARIS), datetime(2026, 10, 25, tzinfo=PARIS)])
def test_days_are_elapsed_ones_whatever_the_clocks_do(jumps: datetime) -> None:
    written = (jumps - 20 * DAY).replace(hour=9)
    silent = written.astimezone(UTC) + SILENT
    for clock in (UTC, PARIS):
        assert not is_silent(written, (silent - SECOND).astimezone(clock))
        assert is_silent(written, silent.astimezone(clock))


def test_an_hour_ahead_is_a_reason_to_be_silent_until_it_has_ended() -> None:
    trace, hour = Trace(linked=True, trusted=NOW - SILENT), replace(BOOKED, start=NOW)
    assert standing(trace, [hour], NOW + HOUR - SECOND) == "known"
    assert standing(trace, [hour], NOW + HOUR) == "needs_proof"


def test_an_hour_that_was_taken_from_them_counts_and_one_that_they_gave_up_does_not() -> None:
    ahead = replace(BOOKED, start=NOW + DAY, status="cancelled")
    assert [who for who in ("person", "worker", "desk") if counts(replace(ahead, ended_by=who), NOW)] == [
        "worker",
        "desk",
    ]
    assert not counts(replace(ahead, status="moved", ended_by="desk"), NOW), "the new one counts"


def test_an_hour_speaks_for_where_it_was_asked_for_or_who_was_known_then() -> None:
    there, elsewhere = ContactId("c"), ContactId("other")
    before, late = replace(BOOKED, made_at=NOW + SILENT - SECOND), replace(BOOKED, made_at=NOW + SILENT)
    assert speaks_for(before, elsewhere, NOW)
    assert not speaks_for(late, elsewhere, NOW)
    assert speaks_for(late, there, NOW)
    assert not speaks_for(late, there, NOW, by_program=True)
    assert [speaks_for(BOOKED, each, NOW) for each in (there, elsewhere)] == [True, False], "made nobody knows when"


def test_a_changed_detail_is_asked_about_for_seven_days_to_the_second_with_an_hour_ahead_too() -> None:
    trace, hour = Trace(linked=True, trusted=NOW - SECOND, changed=NOW), replace(BOOKED, start=NOW + 20 * DAY)
    assert standing(trace, [hour], NOW) == "needs_proof"
    assert standing(trace, [hour], NOW + 7 * DAY - SECOND) == "needs_proof"
    assert standing(trace, [hour], NOW + 7 * DAY) == "known"


def test_whoever_proved_themself_since_the_change_is_known() -> None:
    assert standing(Trace(linked=True, trusted=NOW, changed=NOW), (), NOW) == "known"
    assert standing(Trace(linked=True, trusted=NOW + SECOND, changed=NOW), (), NOW + DAY) == "known"


@given(INSTANTS, st.none() | INSTANTS, st.lists(HOURS, max_size=4), INSTANTS)
def test_who_belongs_to_nobody_proves_nothing_and_has_nothing_to_prove(
    trusted: datetime, changed: datetime | None, hours: list[Appointment], now: datetime
) -> None:
    assert standing(Trace(linked=False, trusted=trusted, changed=changed), hours, now) == "stranger"


@given(INSTANTS, st.none() | INSTANTS, st.lists(HOURS, max_size=4), INSTANTS)
def test_it_is_one_of_the_two_reasons_and_never_another(
    trusted: datetime, changed: datetime | None, hours: list[Appointment], now: datetime
) -> None:
    silent = now - trusted >= timedelta(days=45)
    ahead = any(
        now < hour.start + timedelta(hours=1)
        and (hour.status in {"booked", "done", "missed"} or (hour.status == "cancelled" and hour.ended_by != "person"))
        for hour in hours
    )
    fresh = changed is not None and trusted < changed and now - changed < timedelta(days=7)
    asked = standing(Trace(linked=True, trusted=trusted, changed=changed), hours, now) == "needs_proof"
    assert asked == ((silent and not ahead) or fresh)


@given(INSTANTS, st.lists(HOURS, max_size=3), INSTANTS, st.timedeltas(timedelta(), timedelta(days=400)))
def test_silence_only_grows_while_nobody_writes_and_nothing_is_booked(
    trusted: datetime, hours: list[Appointment], now: datetime, later: timedelta
) -> None:
    trace = Trace(linked=True, trusted=trusted)
    if standing(trace, hours, now) == "needs_proof":
        gone = [hour for hour in hours if not counts(hour, now)]
        assert standing(trace, gone, now + later) == "needs_proof"
    if standing(trace, hours, now + later) == "known":
        assert standing(trace, hours, now) == "known" or any(counts(hour, now + later) for hour in hours)


@given(INSTANTS, INSTANTS, st.lists(HOURS, max_size=3), INSTANTS)
def test_a_proof_at_this_moment_ends_every_doubt(
    trusted: datetime, changed: datetime, hours: list[Appointment], now: datetime
) -> None:
    changed = min(changed, now)
    assert standing(Trace(linked=True, trusted=now, changed=changed), hours, now) == "known"
