"""Taking back what was just done: in time, too late, gone; and nothing of it remains."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from booking.events import AppointmentConfirmed, AppointmentMoved, AppointmentRestored
from booking.model import Appointment, AppointmentId, Refusal, SlotId, Wish, WorkerId
from booking.ports import AlreadyOver, Booked, CannotUndo, Confirmed, Moved, NothingToUndo, Undone
from tests.booking.made import ANN, BEN, MONDAY, MONEY, Desk, consent, joining, run, worker
from tests.guards import guards

TODAY, TOMORROW = SlotId("2026-03-02T10:00Z/any"), SlotId("2026-03-03T08:00Z/any")
LATER = SlotId("2026-03-04T08:00Z/any")


def furnished() -> Desk:
    return Desk([worker("ali"), worker("claire")])


def booked(desk: Desk, slot: SlotId = TOMORROW) -> Appointment:
    known = run(desk.turn().known(ANN)).person
    made = run(desk.turn().book(slot, MONEY, ANN, None if known else joining(), None if known else consent()))
    assert isinstance(made, Booked)
    return made.appointment


def moved(desk: Desk, old: Appointment, slot: SlotId) -> Appointment:
    done = run(desk.turn().move(old.id, slot, Wish(), "person"))
    assert isinstance(done, Moved)
    return done.appointment


def later(desk: Desk, **by: float) -> datetime:
    desk.now += timedelta(**by)
    return desk.now


def kept(desk: Desk, id: AppointmentId) -> Appointment:
    found = run(desk.turn().appointment(id))
    assert found is not None
    return found


def test_a_cancelled_hour_comes_back_as_a_new_row_of_its_series() -> None:
    desk = furnished()
    old = booked(desk)
    run(desk.turn().cancel(old.id, "person"))
    later(desk, minutes=9)
    turn = desk.turn()
    done = run(turn.undo(old.person, ANN))
    assert isinstance(done, Undone)
    back = done.appointment
    assert (back.series, back.version, back.start, back.worker) == (old.series, 1, old.start, old.worker)
    assert (back.status, back.made_at, back.ended_at, done.moved) == ("booked", desk.now, None, False)
    assert turn.events == [AppointmentRestored(back, kept(desk, old.id))]
    assert kept(desk, old.id).status == "cancelled", "its links stay ended"


def test_a_move_is_taken_back_once() -> None:
    desk = furnished()
    old = booked(desk)
    new = moved(desk, old, LATER)
    later(desk, minutes=5)
    turn = desk.turn()
    done = run(turn.undo(old.person, ANN))
    assert isinstance(done, Undone)
    assert (done.appointment.start, done.appointment.version, done.moved) == (old.start, 2, True)
    assert kept(desk, new.id).status == "moved"
    assert turn.events == [AppointmentMoved(done.appointment, kept(desk, new.id), undone=True)]
    assert run(desk.turn().undo(old.person, ANN)) == NothingToUndo(), "the word sent twice moves nothing again"
    assert run(desk.turn().undoable(old.person)) is None


def test_two_cancelled_hours_come_back_the_last_one_first() -> None:
    desk = furnished()
    first, second = booked(desk), booked(desk, LATER)
    run(desk.turn().cancel(first.id, "person"))
    later(desk, minutes=1)
    run(desk.turn().cancel(second.id, "person"))
    for expected in (second, first):
        done = run(desk.turn().undo(first.person, ANN))
        assert isinstance(done, Undone)
        assert done.appointment.start == expected.start
    assert run(desk.turn().undo(first.person, ANN)) == NothingToUndo()


def test_a_late_cancellation_that_was_taken_back_was_none() -> None:
    desk = furnished()
    old = booked(desk, TODAY)
    run(desk.turn().cancel(old.id, "person"))
    assert kept(desk, old.id).late
    refusal = Refusal("r", old.worker, old.person, old.id, desk.now, desk.now + timedelta(days=30))
    run(desk.store.save_refusal(refusal))
    assert isinstance(run(desk.turn().undo(old.person, ANN)), Undone)
    assert not kept(desk, old.id).late
    assert run(desk.store.refusals(old.person, desk.now)) == [], "a refusal because of it is waived"


@guards("T02", partly=True)
def test_ten_minutes_to_the_second() -> None:
    desk = furnished()
    old = booked(desk)
    run(desk.turn().cancel(old.id, "person"))
    until = desk.now + timedelta(minutes=10)
    undoable = run(desk.turn(until - timedelta(seconds=1)).undoable(old.person))
    assert undoable is not None
    assert undoable.until == until
    assert run(desk.turn(until).undoable(old.person)) is None
    assert run(desk.turn(until).undo(old.person, ANN)) == CannotUndo(kept(desk, old.id), None, "late")
    assert run(desk.turn(until + timedelta(days=1)).undo(old.person, ANN)) == NothingToUndo(), (
        "and then it is forgotten"
    )


@pytest.mark.parametrize("shut", [{"suspended": True}, {"frozen": MONDAY}])
@guards("G07", partly=True)
def test_nobody_is_told_of_the_word_while_their_account_is_shut(shut: dict[str, Any]) -> None:
    """Whoever cancelled for them: the word would be refused."""
    desk = furnished()
    old = booked(desk)
    run(desk.turn().cancel(old.id, "person"))
    person = run(desk.store.person(old.person))
    assert person is not None
    run(desk.store.save_person(replace(person, **shut)))
    assert run(desk.turn().undoable(old.person)) is None
    run(desk.store.save_person(person))
    assert run(desk.turn().undoable(old.person)) is not None


def test_an_hour_that_is_anothers_by_now() -> None:
    desk = furnished()
    old = booked(desk)
    run(desk.turn().cancel(old.id, "person"))
    run(desk.turn().hold(SlotId(f"2026-03-03T08:00Z/{old.worker}"), BEN, MONEY))
    before = desk.memory.snapshot()
    assert run(desk.turn().undo(old.person, ANN)) == CannotUndo(kept(desk, old.id), None, "gone")
    assert desk.memory.rows == before, "nothing changed"


def test_a_move_whose_old_hour_went_keeps_the_new_one() -> None:
    desk = furnished()
    old = booked(desk)
    new = moved(desk, old, LATER)
    run(desk.turn().hold(SlotId(f"2026-03-03T08:00Z/{old.worker}"), BEN, MONEY))
    done = run(desk.turn().undo(old.person, ANN))
    assert done == CannotUndo(kept(desk, old.id), new, "gone")
    assert kept(desk, new.id).status == "booked"
    assert run(desk.store.take(AppointmentId("x"), [f"w:{new.worker}"], new.start, desk.now)) == f"w:{new.worker}"


@guards("G07", partly=True)
def test_who_froze_their_account_since_has_no_hour_back() -> None:
    desk = furnished()
    old = booked(desk)
    run(desk.turn().cancel(old.id, "person"))
    person = run(desk.store.person(old.person))
    assert person is not None
    run(desk.store.save_person(replace(person, frozen=desk.now)))
    assert run(desk.turn().undo(old.person, ANN)) == CannotUndo(kept(desk, old.id), None, "frozen")


def test_what_others_did_is_not_theirs_to_take_back() -> None:
    desk = furnished()
    old = booked(desk)
    run(desk.turn().cancel(old.id, "worker"))
    assert run(desk.turn().undo(old.person, ANN)) == NothingToUndo()


def test_another_hour_booked_meanwhile_stands() -> None:
    desk = furnished()
    old = booked(desk)
    booked(desk, LATER)
    run(desk.turn().cancel(old.id, "person"))
    booked(desk, SlotId("2026-03-05T08:00Z/any"))
    done = run(desk.turn().undo(old.person, ANN))
    assert isinstance(done, CannotUndo)
    assert done.why == "max_appointments"


def test_an_overlapping_one_stands_too() -> None:
    desk = furnished()
    old = booked(desk)
    run(desk.turn().cancel(old.id, "person"))
    again = booked(desk, SlotId("2026-03-03T08:00Z/claire" if old.worker == "ali" else "2026-03-03T08:00Z/ali"))
    done = run(desk.turn().undo(again.person, ANN))
    assert isinstance(done, CannotUndo)
    assert done.why == "overlap"


def test_a_drafts_hold_is_kept_unless_it_is_for_that_very_time() -> None:
    desk = furnished()
    old = booked(desk)
    run(desk.turn().cancel(old.id, "person"))
    run(desk.turn().hold(LATER, ANN, MONEY))
    assert isinstance(run(desk.turn().undo(old.person, ANN)), Undone)
    assert run(desk.turn().held(ANN)) is not None
    run(desk.turn().cancel(run(desk.turn().upcoming(old.person))[0].id, "person"))
    run(desk.turn().hold(SlotId(f"2026-03-03T08:00Z/{old.worker}"), ANN, MONEY))
    assert isinstance(run(desk.turn().undo(old.person, ANN)), Undone)
    assert run(desk.turn().held(ANN)) is None


def test_a_worker_who_works_no_more_then_has_no_hour_to_give_back() -> None:
    desk = Desk([worker("ali")])
    old = booked(desk)
    run(desk.turn().cancel(old.id, "person"))
    desk.memory.set_directory(type(run(desk.store.directory()))([replace(worker("ali"), suspended=True)], 1))
    done = run(desk.turn().undo(old.person, ANN))
    assert isinstance(done, CannotUndo)
    assert done.why == "gone"


def test_who_confirms_comes() -> None:
    desk = furnished()
    made = booked(desk)
    turn = desk.turn()
    assert run(turn.confirm(made.id)) == Confirmed(kept(desk, made.id))
    assert kept(desk, made.id).confirmed_at == MONDAY
    assert turn.events == [AppointmentConfirmed(kept(desk, made.id))]
    assert run(desk.turn(made.start).confirm(made.id)) == AlreadyOver()


def test_in_place_of_an_hour_the_next_days_at_the_same_time() -> None:
    desk = Desk([worker("ali")])
    old = booked(desk, SlotId("2026-03-03T09:00Z/any"))  # 10:00
    found = run(desk.turn().instead_of(old.id, 2))
    assert [slot.id for slot in found] == ["2026-03-04T09:00Z/ali", "2026-03-05T09:00Z/ali"]
    run(desk.turn().hold(SlotId("2026-03-04T09:00Z/ali"), BEN, MONEY))
    found = run(desk.turn().instead_of(old.id, 2))
    assert [slot.id for slot in found] == ["2026-03-04T08:00Z/ali", "2026-03-05T09:00Z/ali"]
    assert all(slot.worker is not None and slot.worker.id == WorkerId("ali") for slot in found)


def test_in_place_of_the_last_hour_that_there_is_those_before() -> None:
    desk = Desk([worker("ali")])
    old = booked(desk, SlotId("2026-04-24T07:00Z/any"))  # the last working day of the horizon
    found = run(desk.turn().instead_of(old.id, 2))
    assert len(found) == 2
    assert all(slot.start != old.start for slot in found)


def test_none_in_place_where_the_worker_is_gone() -> None:
    desk = Desk([worker("ali")])
    old = booked(desk)
    desk.memory.set_directory(type(run(desk.store.directory()))([], 1))
    assert run(desk.turn().instead_of(old.id, 2)) == ()
    assert run(desk.turn().instead_of(AppointmentId("nobody"), 2)) == ()
