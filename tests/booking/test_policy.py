"""The rules of the terms at their edges, to the second, and who may do what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from booking import policy
from booking.authority import Action, Actor, DeskActor, PersonActor, WorkerActor, may
from booking.model import Appointment, AppointmentId, ClientId, ContactId, Mode, Motive, PersonId, Rules, WorkerId
from tests.guards import guards

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MADE = Appointment(
    id=AppointmentId("a"),
    person=PersonId("ann"),
    client=ClientId("ports"),
    worker=WorkerId("claire"),
    motive=Motive.FINANCE,
    mode=Mode.VIDEO,
    start=NOW,
    contact=ContactId("c"),
    series=AppointmentId("a"),
)


@guards("L14")
@pytest.mark.parametrize(
    "start", [datetime(2026, 3, 29, 9, tzinfo=PARIS), datetime(2026, 10, 25, 9, tzinfo=PARIS), NOW]
)
def test_late_is_under_24_elapsed_hours_whatever_the_clocks_do(start: datetime) -> None:
    before = start.astimezone(UTC) - timedelta(hours=24)
    assert not policy.is_late(start, before)
    assert policy.is_late(start, before + SECOND)
    assert not policy.is_late(start, before.astimezone(PARIS))
    assert policy.is_late(start, (before + SECOND).astimezone(PARIS))


@guards("L14")
def test_a_day_on_the_wall_is_not_a_day_when_the_clock_jumps() -> None:
    saturday, sunday = datetime(2026, 3, 28, 9, tzinfo=PARIS), datetime(2026, 3, 29, 9, tzinfo=PARIS)
    assert policy.is_late(sunday, saturday), "23 hours"
    saturday, sunday = datetime(2026, 10, 24, 9, tzinfo=PARIS), datetime(2026, 10, 25, 9, tzinfo=PARIS)
    assert not policy.is_late(sunday, saturday + timedelta(minutes=59)), "24 hours and a minute"


def test_notice_and_horizon_include_their_edges() -> None:
    rules = Rules(notice=timedelta(hours=4), horizon=timedelta(days=56))
    first, last = NOW + rules.notice, NOW + rules.horizon
    assert policy.in_window(rules, NOW, first)
    assert not policy.in_window(rules, NOW, first - SECOND)
    assert policy.in_window(rules, NOW, last)
    assert not policy.in_window(rules, NOW, last + SECOND)


def test_over_from_the_start_on() -> None:
    assert not policy.is_over(MADE, NOW - SECOND)
    assert policy.is_over(MADE, NOW)
    assert policy.is_over(replace(MADE, status="cancelled"), NOW - SECOND)


@pytest.mark.parametrize(("minutes", "overlaps"), [(0, True), (45, True), (-45, True), (60, False), (-60, False)])
def test_hours_that_touch_do_not_overlap(minutes: int, overlaps: bool) -> None:
    assert policy.overlaps([MADE], NOW + timedelta(minutes=minutes)) is overlaps
    assert not policy.overlaps([], NOW)


ACTORS: dict[str, Actor] = {
    "ann": PersonActor(PersonId("ann")),
    "ben": PersonActor(PersonId("ben")),
    "claire": WorkerActor(WorkerId("claire")),
    "ali": WorkerActor(WorkerId("ali")),
    "desk": DeskActor(),
}
OWN = {Action.SEE, Action.CANCEL, Action.TURN, Action.WRITE, Action.READ}
WORKERS = {Action.PROPOSE, Action.FURTHER, Action.REFUSE, Action.ATTEND, Action.REPORT, Action.READ_DOCUMENTS}
PAPERS = {Action.HAND_OVER, Action.READ_DOCUMENTS}  # through nobody else's hands
ALLOWED = (
    {("desk", action) for action in Action if action not in PAPERS}
    | {("ann", action) for action in Action if action not in WORKERS}
    | {("claire", action) for action in OWN | WORKERS}
)


@guards("T23", partly=True)
@pytest.mark.parametrize(("who", "action"), list(product(ACTORS, Action)))
def test_who_may_do_what(who: str, action: Action) -> None:
    assert may(ACTORS[who], action, MADE, NOW) is ((who, action) in ALLOWED)


@guards("T23", partly=True)
def test_a_worker_sees_whom_they_met_for_thirty_days() -> None:
    last = MADE.end + timedelta(days=30)
    assert may(ACTORS["claire"], Action.SEE, MADE, last)
    assert not may(ACTORS["claire"], Action.SEE, MADE, last + SECOND)
    assert may(ACTORS["claire"], Action.FURTHER, MADE, last)
    assert not may(ACTORS["claire"], Action.FURTHER, MADE, last + SECOND)
    assert may(ACTORS["ann"], Action.SEE, MADE, last + SECOND)
    assert may(ACTORS["claire"], Action.REPORT, MADE, last)
    assert not may(ACTORS["claire"], Action.REPORT, MADE, last + SECOND)


@pytest.mark.parametrize("who", ["ann", "claire"])
@pytest.mark.parametrize("action", [Action.WRITE, Action.READ])
def test_the_two_write_and_read_until_thirty_days_after(who: str, action: Action) -> None:
    last = MADE.end + timedelta(days=30)
    assert may(ACTORS[who], action, MADE, last)
    assert not may(ACTORS[who], action, MADE, last + SECOND)


def test_documents_go_to_a_worker_for_as_long_as_they_may_be_read() -> None:
    last = MADE.end + timedelta(days=30)
    for who, action in (("ann", Action.HAND_OVER), ("claire", Action.READ_DOCUMENTS)):
        assert may(ACTORS[who], action, MADE, last)
        assert not may(ACTORS[who], action, MADE, last + SECOND)


def test_an_id_of_another_kind_opens_nothing() -> None:
    assert not may(PersonActor(PersonId("claire")), Action.SEE, MADE, NOW)
    assert not may(WorkerActor(WorkerId("ann")), Action.SEE, MADE, NOW)
