"""Nobody can take the hours away from others (threat T22): a hundred bad accounts book, hold, cancel and book again as
often as they are let, for a month.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from booking.model import Appointment, ContactId, Hours, Rules, SlotId, WorkerId, slot_id
from booking.ports import Booked, Cancelled, Held, Refused, Undone
from tests.booking.made import ANN, MONDAY, MONEY, WEEKDAYS, Desk, consent, joining, run, worker
from tests.guards import guards

DAY = timedelta(days=1)
BAD = [ContactId(f"bad{n}") for n in range(100)]
WORKERS = [worker(f"w{n}", Hours(WEEKDAYS, time(9), time(16))) for n in range(25)]
RULES = Rules()


def books(desk: Desk, who: ContactId, slot: SlotId) -> Booked | Refused | object:
    known = run(desk.turn().known(who)).person
    new = (joining(), consent()) if known is None else (None, None)
    return run(desk.turn().book(slot, MONEY, who, *new))


def cancels(desk: Desk, appointment: Appointment) -> None:
    """It is never refused."""
    assert isinstance(run(desk.turn().cancel(appointment.id, "person")), Cancelled)


def hours(desk: Desk, day: int) -> list[SlotId]:
    """Every hour of that day."""
    start = MONDAY + day * DAY + timedelta(hours=2)
    if start.weekday() > 4:
        return []
    return [slot_id(start + timedelta(hours=hour), WorkerId(one.id)) for hour in range(7) for one in WORKERS]


def taken(desk: Desk) -> int:
    """Hours that nobody else can have now."""
    rows = desk.memory.rows
    booked = {(a.worker, a.start) for a in rows.appointments.values() if a.status == "booked" and a.start > desk.now}
    held = {(h.worker, h.start) for h in rows.holds.values() if h.until > desk.now}
    return len(booked | held)


def rages(desk: Desk, who: ContactId, slots: list[SlotId]) -> None:
    """All that they can, with these hours."""
    for slot in slots:
        answer = books(desk, who, slot)
        if answer == Refused("max_appointments"):
            person = run(desk.turn().known(who)).person
            assert person is not None
            cancels(desk, run(desk.turn().upcoming(person.id))[0])
        elif isinstance(answer, Refused):
            break
    run(desk.turn().hold(slots[-1], who, MONEY))


@guards("T22")
def test_a_hundred_bad_accounts_leave_95_of_100_hours_free() -> None:
    """25 workers; each keeps two hours and one held, and cancels until the desk is asked, and what it has then."""
    desk = Desk(WORKERS)
    all_hours = sum(len(hours(desk, day)) for day in range(56))
    for day in range(0, 30, 7):
        desk.now = MONDAY + day * DAY
        ahead = [slot for later in range(day + 1, day + 50) for slot in hours(desk, later)]
        for number, who in enumerate(BAD):
            rages(desk, who, ahead[number :: len(BAD)][:9])
        assert 0 < taken(desk) <= all_hours * 0.05
    rows = desk.memory.rows.appointments.values()
    cancelled = Counter(a.person for a in rows if a.status == "cancelled")
    assert len(cancelled) == len(BAD), "each of them did"
    assert max(cancelled.values()) <= RULES.max_cancellations + RULES.max_appointments


# ------------------------------------------------------------ the cap on cancellations


def often(desk: Desk, times: int, start: datetime) -> None:
    for number in range(times):
        answer = books(desk, ANN, slot_id(start + number * timedelta(hours=1), WorkerId("w0")))
        assert isinstance(answer, Booked)
        cancels(desk, answer.appointment)


@pytest.fixture
def desk() -> Desk:
    return Desk(WORKERS[:1])


@guards("T22")
def test_who_cancelled_so_often_books_with_the_desk(desk: Desk) -> None:
    first = MONDAY + DAY + timedelta(hours=2)
    often(desk, 5, first)
    assert run(desk.turn().known(ANN)).refused is None
    often(desk, 1, first)
    slot = slot_id(first, WorkerId("w0"))
    assert run(desk.turn().known(ANN)).refused == Refused("cancellations")
    assert books(desk, ANN, slot) == Refused("cancellations")
    assert isinstance(run(desk.turn().book(slot, MONEY, ANN, None, None, "desk")), Booked)


def test_after_thirty_days_it_is_forgotten(desk: Desk) -> None:
    often(desk, 6, MONDAY + DAY + timedelta(hours=2))
    desk.now = MONDAY + timedelta(days=30)
    assert run(desk.turn().known(ANN)).refused == Refused("cancellations")
    desk.now += timedelta(seconds=1)
    assert run(desk.turn().known(ANN)).refused is None


def test_what_was_taken_back_or_cancelled_by_others_does_not_count(desk: Desk) -> None:
    first = MONDAY + DAY + timedelta(hours=2)
    often(desk, 5, first)
    answer = books(desk, ANN, slot_id(first, WorkerId("w0")))
    assert isinstance(answer, Booked)
    cancels(desk, answer.appointment)
    assert isinstance(run(desk.turn().undo(answer.appointment.person, ANN)), Undone)
    assert run(desk.turn().known(ANN)).refused is None
    (stands,) = run(desk.turn().upcoming(answer.appointment.person))
    run(desk.turn().cancel(stands.id, "worker"))
    assert run(desk.turn().known(ANN)).refused is None


def test_the_operator_decides_how_many() -> None:
    desk = Desk(WORKERS[:1], replace(RULES, max_cancellations=1))
    often(desk, 1, MONDAY + DAY + timedelta(hours=2))
    assert run(desk.turn().known(ANN)).refused == Refused("cancellations")


def test_a_hold_is_one_a_contact(desk: Desk) -> None:
    first = MONDAY + DAY + timedelta(hours=2)
    for number in range(5):
        held = run(desk.turn().hold(slot_id(first + number * timedelta(hours=1), WorkerId("w0")), ANN, MONEY))
        assert isinstance(held, Held)
        assert taken(desk) == 1
