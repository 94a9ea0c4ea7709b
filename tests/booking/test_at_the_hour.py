"""Around the hour: a video becomes a call, the person is late or there; each answer, its edges, and what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booking import arriving
from booking.events import ModeChanged, PersonHere, PersonLate
from booking.model import Appointment, AppointmentId, Mode
from booking.ports import AlreadyOver, Booked, Heard, NotTurned, Turned
from tests.booking.made import ANN, MONEY, Desk, consent, joining, run, worker
from tests.booking.test_booking import NINE, any_at

SECOND = timedelta(seconds=1)


def booked(mode: Mode = Mode.VIDEO, phone: str | None = "+33639980201", **of_worker: Any) -> tuple[Desk, Appointment]:
    desk = Desk([worker("claire", **{"modes": frozenset(Mode), "address": "1 place de la Mairie", **of_worker})])
    asked = replace(MONEY, mode=mode)
    done = run(desk.turn().book(any_at(NINE), asked, ANN, replace(joining(), phone=phone), consent()))
    assert isinstance(done, Booked)
    desk.now = NINE
    return desk, done.appointment


def person_phone(desk: Desk, appointment: Appointment) -> str | None:
    return desk.memory.rows.persons[appointment.person].phone


# ------------------------------------------------------------ a call in place of a video


def test_a_video_becomes_a_call_at_the_same_hour() -> None:
    desk, old = booked()
    turn = desk.turn()
    done = run(turn.change_mode(old.id, Mode.PHONE, "person"))
    assert isinstance(done, Turned)
    assert done.before is Mode.VIDEO
    assert done.appointment == replace(old, mode=Mode.PHONE, version=old.version + 1)
    assert run(desk.turn().appointment(old.id)) == done.appointment
    assert turn.events == [ModeChanged(done.appointment, Mode.VIDEO, "person")]


def test_it_is_turned_once() -> None:
    desk, old = booked()
    run(desk.turn().change_mode(old.id, Mode.PHONE, "person"))
    turn = desk.turn()
    again = run(turn.change_mode(old.id, Mode.PHONE, "person"))
    assert isinstance(again, Turned)
    assert (again.before, again.appointment.version, turn.events) == (Mode.PHONE, old.version + 1, [])


@pytest.mark.parametrize(
    ("after", "answer"),
    [
        (-timedelta(hours=24) - SECOND, NotTurned),
        (-timedelta(hours=24), Turned),
        (timedelta(), Turned),
        (timedelta(hours=1) - SECOND, Turned),
        (timedelta(hours=1), AlreadyOver),
    ],
)
def test_from_a_day_before_to_the_end(after: timedelta, answer: type) -> None:
    desk, old = booked()
    done = run(desk.turn(NINE + after).change_mode(old.id, Mode.PHONE, "person"))
    assert isinstance(done, answer)
    assert getattr(done, "reason", "early") == "early"


def test_who_offers_no_telephone_is_not_made_to() -> None:
    desk, old = booked(modes=frozenset({Mode.VIDEO}))
    done = run(desk.turn().change_mode(old.id, Mode.PHONE, "person", "+33639980299"))
    assert isinstance(done, NotTurned)
    assert done.reason == "not_offered"
    assert run(desk.turn().appointment(old.id)) == old


def test_a_call_needs_a_number() -> None:
    desk, old = booked(phone=None)
    turn = desk.turn()
    missing = run(turn.change_mode(old.id, Mode.PHONE, "person"))
    assert isinstance(missing, NotTurned)
    assert (missing.reason, turn.events) == ("no_phone", [])
    assert isinstance(run(desk.turn().change_mode(old.id, Mode.PHONE, "person", "+33639980299")), Turned)
    assert person_phone(desk, old) == "+33639980299"


def test_a_number_that_is_known_stays() -> None:
    desk, old = booked()
    run(desk.turn().change_mode(old.id, Mode.PHONE, "person", "+33639980299"))
    assert person_phone(desk, old) == "+33639980201"


def test_back_to_the_video_needs_no_number() -> None:
    desk, old = booked(mode=Mode.PHONE, phone=None)
    assert isinstance(run(desk.turn().change_mode(old.id, Mode.VIDEO, "worker")), Turned)


def test_what_is_gone_is_over() -> None:
    desk, old = booked()
    assert run(desk.turn().change_mode(AppointmentId("another"), Mode.PHONE, "person")) == AlreadyOver()
    run(desk.turn(NINE - timedelta(hours=2)).cancel(old.id, "person"))
    assert run(desk.turn().change_mode(old.id, Mode.PHONE, "person")) == AlreadyOver()
    assert run(desk.turn().say_late(old.id, 10)) == run(desk.turn().say_here(old.id)) == AlreadyOver()
    assert run(desk.turn().say_late(AppointmentId("another"), None)) == AlreadyOver()


def test_a_person_who_was_erased_is_called_by_nobody() -> None:
    desk, old = booked()
    desk.memory.rows.persons.clear()
    done = run(desk.turn().change_mode(old.id, Mode.PHONE, "desk", "+33639980299"))
    assert isinstance(done, NotTurned)
    assert done.reason == "no_phone"


# ------------------------------------------------------------ late, and there


@pytest.mark.parametrize(
    ("after", "near"),
    [
        (-timedelta(hours=2) - SECOND, False),
        (-timedelta(hours=2), True),
        (timedelta(minutes=59), True),
        (timedelta(hours=1), False),
    ],
)
def test_late_from_two_hours_before_to_the_end(after: timedelta, near: bool) -> None:
    desk, appointment = booked()
    turn = desk.turn(NINE + after)
    done = run(turn.say_late(appointment.id, 10))
    assert isinstance(done, Heard if near else AlreadyOver)
    assert turn.events == ([PersonLate(appointment, 10)] if near else [])


def test_a_workers_telephone_is_no_toy() -> None:
    desk, appointment = booked()
    told = []
    for _ in range(arriving.MOST + 2):
        done = run(desk.turn().say_late(appointment.id, None))
        assert isinstance(done, Heard)
        told.append(done.told)
    assert told == [True] * arriving.MOST + [False] * 2


@pytest.mark.parametrize(
    ("mode", "minutes", "told"),
    [
        (Mode.IN_PERSON, -60, True),
        (Mode.IN_PERSON, 5, True),
        (Mode.VIDEO, -11, False),
        (Mode.VIDEO, -10, True),
        (Mode.PHONE, -30, False),
        (Mode.PHONE, 1, True),
    ],
)
def test_who_waits_is_announced_when_somebody_can_open(mode: Mode, minutes: int, told: bool) -> None:
    desk, appointment = booked(mode)
    turn = desk.turn(NINE + timedelta(minutes=minutes))
    done = run(turn.say_here(appointment.id))
    assert isinstance(done, Heard)
    assert done.told is told
    assert turn.events == ([PersonHere(appointment)] if told else [])
