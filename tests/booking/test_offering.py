"""Hours that are offered and kept meanwhile: in place of one that the worker cancelled, and as their proposal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.directory import Directory
from booking.events import (
    AppointmentBooked,
    AppointmentMoved,
    By,
    HourProposed,
    HoursOffered,
    NoHourToOffer,
    OffersDeclined,
    OffersLapsed,
    OffersTaken,
)
from booking.model import HOUR, Appointment, Closure, ContactId, Rules, WorkerId, slot_id
from booking.ports import AlreadyOver, Booked, Cancelled, Held, Moved, Offered, Refused, SlotGone
from tests.booking.made import ANN, BEN, MONEY, Desk, consent, joining, run, worker
from tests.booking.test_booking import ELEVEN, NINE, TEN, any_at, book, hold, with_


def cancelled(desk: Desk) -> Appointment:
    """Ann's hour with Claire, which Claire cancelled."""
    made = book(desk, with_("claire", NINE))
    ended = run(desk.turn().cancel(made.id, "worker"))
    assert isinstance(ended, Cancelled)
    return ended.appointment


def offered(desk: Desk, old: Appointment) -> list[tuple[str, object]]:
    return [(o.worker.ref, o.hold.start) for o in run(desk.turn().replacements(old.id, ANN))]


# ------------------------------------------------------------ in place of what was cancelled


def test_the_same_hour_with_another_and_another_hour_with_the_same() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    turn = desk.turn()
    offers = run(turn.replacements(old.id, ANN))
    assert [(o.worker.ref, o.hold.start) for o in offers] == [("ali", NINE), ("claire", TEN)]
    until = desk.now + Rules().offer_time
    assert turn.events == [HoursOffered("replacement", old.id, ANN, until, until)]
    again = desk.turn()
    assert run(again.replacements(old.id, ANN)) == offers, "those that are kept are kept"
    assert again.events == []


def test_both_are_kept_for_this_person_apart_from_the_hour_that_they_chose() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    assert offered(desk, old) == [("ali", NINE), ("claire", TEN)]
    assert run(desk.turn().hold(with_("ali", NINE), BEN, MONEY)) == SlotGone()
    assert run(desk.turn().hold(with_("claire", TEN), BEN, MONEY)) == SlotGone()
    chosen = hold(desk, with_("claire", ELEVEN))
    assert run(desk.turn().held(ANN)) == Held(chosen, run(desk.turn().worker(WorkerId("claire"))))  # type: ignore[arg-type]
    assert offered(desk, old) == [("ali", NINE), ("claire", TEN)]


def test_where_there_is_neither_the_nearest_hours_of_anybody() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    away = replace(worker("claire"), suspended=True)
    desk.memory.set_directory(Directory([away, worker("ali")]))
    book(desk, with_("ali", NINE), BEN)
    assert offered(desk, old) == [("ali", TEN), ("ali", ELEVEN)]


def test_where_there_is_nothing_nothing_is_offered() -> None:
    desk = Desk([worker("claire")])
    old = cancelled(desk)
    shut = replace(worker("claire"), closed=(Closure(NINE.date(), NINE.date() + timedelta(days=99)),))
    desk.memory.set_directory(Directory([shut]))
    turn = desk.turn()
    assert run(turn.replacements(old.id, ANN)) == ()
    assert turn.events == [NoHourToOffer(old.id, ANN, desk.now + Rules().offer_time)], "silence is noticed all the same"


def test_the_hour_that_the_worker_gave_up_is_offered_to_nobody() -> None:
    """Neither as the nearest hour that there is, nor to whoever looks for one."""
    desk = Desk([worker("claire")], Rules(horizon=timedelta(days=2)))
    old = cancelled(desk)
    for start in (TEN, ELEVEN):
        hold(desk, with_("claire", start), ContactId(f"at{start.hour}"))
    assert NINE not in [start for _, start in offered(desk, old)]
    assert run(desk.turn().hold(with_("claire", NINE), BEN, MONEY)) == SlotGone()
    assert run(desk.turn().unblock(WorkerId("claire"), NINE, NINE + HOUR)), "until they take it back"
    hold(desk, with_("claire", NINE), BEN)


def test_what_lies_in_a_time_that_is_closed_already_closes_nothing_more() -> None:
    desk = Desk([worker("claire")])
    made = book(desk, with_("claire", NINE))
    run(desk.turn().close(made.worker, NINE - HOUR, NINE + 4 * HOUR))
    run(desk.turn().cancel(made.id, "worker"))
    assert [(span.start, span.end) for span in run(desk.turn().own_times(made.worker))] == [
        (NINE - HOUR, NINE + 4 * HOUR)
    ]


@pytest.mark.parametrize("by", ["person", "desk"])
def test_what_others_cancel_is_free_again(by: By) -> None:
    desk = Desk([worker("claire")])
    made = book(desk, with_("claire", NINE))
    run(desk.turn().cancel(made.id, by))
    hold(desk, with_("claire", NINE), BEN)


@pytest.mark.parametrize("by", ["person", "desk"])
def test_only_what_the_worker_cancelled_is_replaced(by: str) -> None:
    desk = Desk([worker("claire"), worker("ali")])
    made = book(desk, with_("claire", NINE))
    assert offered(desk, made) == []
    run(desk.turn().cancel(made.id, by))  # type: ignore[arg-type]
    assert offered(desk, made) == []


def test_an_offer_never_lasts_into_the_notice_that_the_hour_needs() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    desk.now = NINE - timedelta(hours=6)
    offers = run(desk.turn().replacements(old.id, ANN))
    assert [o.hold.until for o in offers] == [NINE - Rules().notice, TEN - Rules().notice]


def test_what_lapses_first_takes_nothing_from_the_other() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    desk.now = NINE - Rules().notice - timedelta(minutes=10)
    run(desk.turn().close(old.worker, NINE, NINE + timedelta(hours=12)))
    turn = desk.turn()
    first, second = run(turn.replacements(old.id, ANN))
    assert (first.worker.ref, first.hold.start, first.hold.until) == ("ali", NINE, desk.now + timedelta(minutes=10))
    assert (second.worker.ref, second.hold.until) == ("claire", desk.now + Rules().offer_time)
    assert turn.events == [HoursOffered("replacement", old.id, ANN, first.hold.until, second.hold.until)]


def test_one_reply_makes_it_the_next_row_of_the_series_and_frees_the_other() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    first, second = run(desk.turn().replacements(old.id, ANN))
    turn = desk.turn()
    done = run(turn.accept(first.hold.id))
    assert isinstance(done, Booked)
    new = done.appointment
    assert (new.worker, new.start, new.series, new.version, new.status) == ("ali", NINE, old.series, 1, "booked")
    assert turn.events == [OffersTaken("replacement", old.id, ANN), AppointmentBooked(new)]
    ended = run(desk.turn().appointment(old.id))
    assert ended == replace(old, status="moved"), "that the worker ended it stays known"
    assert isinstance(run(desk.turn().hold(with_("claire", second.hold.start), BEN, MONEY)), Held)
    assert run(desk.turn().accept(first.hold.id)) == SlotGone()
    assert run(desk.turn().replacements(old.id, ANN)) == (), "it is replaced once"


def test_it_counts_neither_against_notice_nor_against_the_cap() -> None:
    desk = Desk([worker("claire"), worker("ali")], Rules(max_appointments=1))
    old = cancelled(desk)
    first, _ = run(desk.turn().replacements(old.id, ANN))
    book(desk, with_("claire", ELEVEN))
    desk.now = first.hold.until - timedelta(seconds=1)
    assert isinstance(run(desk.turn().accept(first.hold.id)), Booked)


def test_the_terms_are_asked_for_again_when_they_changed() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    first, _ = run(desk.turn().replacements(old.id, ANN))
    desk.rules = replace(desk.rules, terms_version="2027-01-01")
    assert run(desk.turn().accept(first.hold.id)) == Refused("consent")
    assert isinstance(run(desk.turn().accept(first.hold.id, consent(desk.rules))), Booked)
    assert run(desk.store.consented(old.person, "2027-01-01", "2024-10-15"))


def test_a_lapsed_offer_is_free_and_is_not_accepted() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    first, _ = run(desk.turn().replacements(old.id, ANN))
    desk.now = first.hold.until
    assert run(desk.turn().accept(first.hold.id)) == SlotGone()
    hold(desk, with_("ali", NINE), BEN)
    assert offered(desk, old) == [("claire", TEN)]


def test_an_hour_that_the_worker_closed_meanwhile_is_gone() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    first, second = run(desk.turn().replacements(old.id, ANN))
    desk.memory.set_directory(
        Directory([worker("claire"), replace(worker("ali"), closed=(Closure(NINE.date(), NINE.date()),))])
    )
    turn = desk.turn()
    assert run(turn.accept(first.hold.id)) == SlotGone()
    assert turn.events == []
    assert isinstance(run(desk.turn().accept(second.hold.id)), Booked)


def test_declining_frees_all_and_is_told() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    offered(desk, old)
    turn = desk.turn()
    run(turn.decline(ANN, old.id))
    assert turn.events == [OffersDeclined("replacement", old.id, ANN)]
    assert run(desk.turn().offers(ANN)) == ()
    hold(desk, with_("ali", NINE), BEN)


def test_nobody_answered() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = cancelled(desk)
    first, _ = run(desk.turn().replacements(old.id, ANN))
    desk.now = first.hold.until
    turn = desk.turn()
    assert run(turn.unanswered(ANN, old.id))
    assert turn.events == [OffersLapsed("replacement", old.id, ANN)]
    again = run(desk.turn().offer("replacement", old.id, ANN, old.person, with_("ali", NINE), MONEY))
    assert not isinstance(again, SlotGone), "an answer that comes late takes what is still free"
    run(desk.turn().accept(again.id))
    assert not run(desk.turn().unanswered(ANN, old.id))


def test_choosing_that_hour_by_oneself_takes_the_offer_away() -> None:
    desk = Desk([worker("claire"), worker("ali"), worker("zoe")])
    old = cancelled(desk)
    assert offered(desk, old) == [("ali", NINE), ("claire", TEN)]
    made = book(desk, with_("zoe", NINE))
    assert made.worker == "zoe"
    assert [o.hold.start for o in run(desk.turn().offers(ANN))] == [TEN]


def test_an_offer_becomes_the_chosen_hold_of_a_stranger() -> None:
    desk = Desk([worker("claire")])
    older = hold(desk, with_("claire", TEN))
    made = run(desk.turn().offer("waiting", "place", ANN, None, any_at(NINE), MONEY))
    assert not isinstance(made, SlotGone)
    chosen = run(desk.turn().choose(made.id))
    assert isinstance(chosen, Held)
    assert (chosen.hold.start, chosen.hold.until) == (NINE, made.until)
    assert run(desk.store.hold(older.id)) is None, "a contact has one"
    done = run(desk.turn().book(slot_id(NINE, made.worker), MONEY, ANN, joining(), consent()))
    assert isinstance(done, Booked)


# ------------------------------------------------------------ the worker proposes


def test_a_proposal_moves_what_stood_and_is_never_late() -> None:
    desk = Desk([worker("claire")])
    old = book(desk, with_("claire", NINE))
    desk.now = NINE - timedelta(hours=20)
    made = run(desk.turn().propose(old.id, ELEVEN))
    assert isinstance(made, Offered)
    turn = desk.turn()
    done = run(turn.accept(made.hold.id))
    assert isinstance(done, Moved)
    assert not done.late
    ended = replace(old, status="moved", ended_at=desk.now, ended_by="worker")
    assert turn.events == [OffersTaken("proposal", old.id, ANN), AppointmentMoved(done.appointment, ended)]
    hold(desk, with_("claire", NINE), BEN)


def test_a_proposal_may_overlap_the_hour_that_it_replaces_and_lie_outside_the_published_ones() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    old = book(desk, with_("claire", NINE))
    half_past = run(desk.turn().propose(old.id, NINE + timedelta(minutes=30)))
    assert half_past == SlotGone(), "it is the worker's own hour: nobody is in two places"
    evening = run(desk.turn().propose(old.id, NINE + 10 * HOUR))
    assert isinstance(evening, Offered)
    assert isinstance(run(desk.turn().accept(evening.hold.id)), Moved)


def test_a_proposal_goes_when_its_hour_is_closed_after_it() -> None:
    """They said that they are away then, after they proposed it: the older hour stands, and they are told."""
    desk = Desk([worker("claire")])
    old = book(desk, with_("claire", NINE))
    made = run(desk.turn().propose(old.id, TEN))
    assert isinstance(made, Offered)
    run(desk.turn().close(old.worker, TEN, TEN + HOUR))
    turn = desk.turn()
    assert run(turn.accept(made.hold.id)) == SlotGone()
    assert turn.events == [OffersDeclined("proposal", old.id, ANN)]
    assert run(desk.turn().appointment(old.id)) == old


def test_what_was_closed_when_they_proposed_it_is_meant() -> None:
    desk = Desk([worker("claire")])
    old = book(desk, with_("claire", NINE))
    run(desk.turn().close(old.worker, TEN, TEN + HOUR))
    turn = desk.turn()
    made = run(turn.propose(old.id, TEN))
    assert isinstance(made, Offered)
    (proposed,) = turn.events
    assert isinstance(proposed, HourProposed)
    assert proposed.closed
    assert isinstance(run(desk.turn().accept(made.hold.id, closed=True)), Moved)


def test_the_newest_proposal_counts() -> None:
    desk = Desk([worker("claire")])
    old = book(desk, with_("claire", NINE))
    first = run(desk.turn().propose(old.id, TEN))
    assert isinstance(first, Offered)
    second = run(desk.turn().propose(old.id, ELEVEN))
    assert isinstance(second, Offered)
    assert [o.hold.id for o in run(desk.turn().offered(old.id))] == [second.hold.id]
    hold(desk, with_("claire", TEN), BEN)
    assert run(desk.turn().propose(old.id, TEN)) == SlotGone()
    assert run(desk.turn().offered(old.id)) == (second,), "the older one is kept where the newer is refused"


def test_a_proposal_goes_with_what_it_was_about() -> None:
    desk = Desk([worker("claire")])
    old = book(desk, with_("claire", NINE))
    made = run(desk.turn().propose(old.id, TEN))
    assert isinstance(made, Offered)
    run(desk.turn().cancel(old.id, "person"))
    assert run(desk.turn().accept(made.hold.id)) == SlotGone()
    hold(desk, with_("claire", TEN), BEN)
    assert run(desk.turn().propose(old.id, ELEVEN)) == AlreadyOver()


def test_it_is_kept_from_when_they_are_asked() -> None:
    desk = Desk([worker("claire")])
    old = book(desk, with_("claire", NINE + timedelta(days=7)))
    made = run(desk.turn().propose(old.id, TEN + timedelta(days=7)))
    assert isinstance(made, Offered)
    desk.now += timedelta(hours=10)
    (kept,) = run(desk.turn().prolong(ANN, old.id))
    assert kept.hold.until == desk.now + Rules().offer_time
