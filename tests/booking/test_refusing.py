"""After a late end a worker may refuse a further request of this person, for a while (terms, article 5.2)."""

from __future__ import annotations

from datetime import timedelta

from booking.model import Appointment, Rules, WorkerId
from booking.ports import Cancelled, Held, Moved, NothingLate, Refused
from tests.booking.made import ANN, BEN, MONEY, Desk, consent, joining, run, worker
from tests.booking.test_booking import ELEVEN, NINE, TEN, any_at, book, with_

CLAIRE = WorkerId("claire")


def ended_late(desk: Desk) -> Appointment:
    made = book(desk, with_("claire", NINE))
    desk.now = NINE - timedelta(hours=23)
    done = run(desk.turn().cancel(made.id, "person"))
    assert isinstance(done, Cancelled)
    return done.appointment


def ask(desk: Desk, slot: object) -> object:
    return run(desk.turn().book(slot, MONEY, ANN, None, consent()))  # type: ignore[arg-type]


def test_that_workers_hours_are_offered_to_this_person_no_more() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    late = ended_late(desk)
    (one,) = run(desk.turn().refusable(CLAIRE))
    assert (one.appointment, one.first_name) == (late, "Ann")
    assert not isinstance(run(desk.turn().refuse(late.id)), NothingLate)
    assert run(desk.turn().known(ANN)).refused_by == {CLAIRE}
    assert ask(desk, with_("claire", TEN)) == Refused("worker")
    for slot in (TEN, ELEVEN):
        held = run(desk.turn().hold(any_at(slot), ANN, MONEY))
        assert isinstance(held, Held)
        assert held.worker.ref == "ali"
    assert isinstance(run(desk.turn().hold(with_("claire", TEN), BEN, MONEY)), Held), "nobody else is touched"
    assert run(desk.turn().refusable(CLAIRE)) == ()


def test_in_place_of_another_hour_nothing_of_theirs_is_offered() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    other = book(desk, with_("claire", TEN + timedelta(days=1)))
    late = ended_late(desk)
    assert run(desk.turn().instead_of(other.id, 2)) != ()
    run(desk.turn().refuse(late.id))
    assert run(desk.turn().instead_of(other.id, 2)) == ()
    desk.now += Rules().refusal_time
    assert run(desk.turn().instead_of(other.id, 2)) != ()


def test_it_lapses_by_itself_and_can_be_waived() -> None:
    desk = Desk([worker("claire")])
    late = ended_late(desk)
    made = run(desk.turn().refuse(late.id))
    assert not isinstance(made, NothingLate)
    assert [(r.id, name) for r, name in run(desk.turn().refusals(CLAIRE))] == [(made.id, "Ann")]
    assert not run(desk.turn().waive(WorkerId("ali"), made.id)), "it is not theirs"
    before = desk.now
    desk.now = before + Rules().refusal_time
    assert run(desk.turn().known(ANN)).refused_by == frozenset()
    assert run(desk.turn().refusals(CLAIRE)) == []
    desk.now = before + timedelta(hours=1)
    assert run(desk.turn().waive(CLAIRE, made.id))
    assert not run(desk.turn().waive(CLAIRE, made.id))
    assert run(desk.turn().known(ANN)).refused_by == frozenset()


def test_who_is_accepted_is_not_asked_about_again() -> None:
    desk = Desk([worker("claire")])
    late = ended_late(desk)
    assert not isinstance(run(desk.turn().accept_again(late.id)), NothingLate)
    assert run(desk.turn().refusable(CLAIRE)) == ()
    assert run(desk.turn().known(ANN)).refused_by == frozenset()


def test_what_was_in_time_or_is_long_past_cannot_be_refused() -> None:
    desk = Desk([worker("claire")])
    early = book(desk, with_("claire", TEN))
    run(desk.turn().cancel(early.id, "person"))
    assert run(desk.turn().refuse(early.id)) == NothingLate()
    late = ended_late(desk)
    desk.now += timedelta(days=14, seconds=1)
    assert run(desk.turn().refuse(late.id)) == NothingLate()
    assert run(desk.turn().refusable(CLAIRE)) == ()


def test_what_they_have_with_that_worker_stands_and_moves_to_others() -> None:
    desk = Desk([worker("claire"), worker("ali")], Rules(max_appointments=3))
    kept = book(desk, with_("claire", ELEVEN + timedelta(days=1)))
    made = run(desk.turn().book(with_("claire", NINE), MONEY, ANN, joining(), consent()))
    desk.now = NINE - timedelta(hours=23)
    run(desk.turn().cancel(made.appointment.id, "person"))  # type: ignore[union-attr]
    run(desk.turn().refuse(made.appointment.id))  # type: ignore[union-attr]
    assert run(desk.turn().known(ANN)).upcoming == (kept,)
    assert run(desk.turn().move(kept.id, with_("claire", TEN), MONEY, "person")) == Refused("worker")
    moved = run(desk.turn().move(kept.id, any_at(TEN), MONEY, "person"))
    assert isinstance(moved, Moved)
    assert moved.worker.ref == "ali"
