"""Holding, booking, moving and cancelling, as a conversation asks for it."""

from __future__ import annotations

from dataclasses import replace

from booking.events import AppointmentBooked, PersonJoined
from booking.model import slot_id
from booking.ports import Booked, Held, Refused
from tests.booking.made import ANN, MONEY, Desk, consent, joining, run, worker


def test_a_stranger_books_the_soonest_hour() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    found = run(desk.turn().open_slots(MONEY, 3))
    assert [s.id for s in found.slots] == [
        "2026-03-02T10:00Z/any",
        "2026-03-03T08:00Z/any",
        "2026-03-03T09:00Z/any",
    ]
    slot = found.slots[0]
    held = run(desk.turn().hold(slot.id, ANN, MONEY))
    assert isinstance(held, Held)
    assert held.worker.ref == "ali"
    turn = desk.turn()
    booked = run(turn.book(slot.id, MONEY, ANN, joining(), consent()))
    assert isinstance(booked, Booked)
    assert booked.worker.ref == "ali"
    assert [type(e) for e in turn.events] == [PersonJoined, AppointmentBooked]
    assert run(desk.memory.hold_of(ANN)) is None
    again = run(desk.turn().open_slots(MONEY, 1)).slots
    assert again[0].id == slot.id  # claire is still free then
    assert slot_id(slot.start, None) == slot.id


def test_the_desk_books_for_somebody_who_accepted_nothing_yet() -> None:
    """On the phone there is nothing to tick: no consent is invented, and the person is asked when they first write."""
    desk = Desk([worker("claire")])
    first, second, *_ = run(desk.turn().open_slots(MONEY, 3)).slots
    no_address = replace(joining(), email=None)
    assert run(desk.turn().book(first.id, MONEY, ANN, no_address, None)) == Refused("consent")
    turn = desk.turn()
    booked = run(turn.book(first.id, MONEY, ANN, no_address, None, "desk"))
    assert isinstance(booked, Booked)
    assert [e.by for e in turn.events if isinstance(e, AppointmentBooked)] == ["desk"]
    known = run(desk.turn().known(ANN))
    assert known.person is not None
    assert not known.terms_accepted
    assert run(desk.turn().book(second.id, MONEY, ANN, None, None)) == Refused("consent")
    assert isinstance(run(desk.turn().book(second.id, MONEY, ANN, None, None, "desk")), Booked)
