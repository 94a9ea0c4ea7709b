"""A further hour with the same person, which the worker proposes: with whom, how long, what a yes is judged by."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from booking.authority import AFTERWARDS
from booking.events import AppointmentBooked, FurtherProposed, HoursOffered, OffersDeclined, OffersLapsed, OffersTaken
from booking.model import HOUR, Appointment, AppointmentId, Rules, about_further, slot_id
from booking.ports import AlreadyOver, Booked, Offered, Refused, SlotGone
from tests.booking.made import ANN, BEN, MONEY, Desk, consent, run, worker
from tests.booking.test_booking import ELEVEN, NINE, TEN, book, hold, with_

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


def met(desk: Desk) -> Appointment:
    """Ann's hour with Claire, which is over, and came about."""
    made = book(desk, with_("claire", NINE))
    desk.now = NINE + timedelta(minutes=50)
    run(desk.turn().attend(made.id, there=True))
    return made


def proposed(desk: Desk, after: Appointment, start: datetime = NINE + WEEK) -> Offered:
    made = run(desk.turn().propose_further(after.id, start))
    assert isinstance(made, Offered), made
    return made


def test_a_yes_makes_an_appointment_beside_the_first() -> None:
    desk = Desk([worker("claire")])
    first = met(desk)
    turn = desk.turn()
    slot = with_("claire", NINE + WEEK)
    assert isinstance(run(turn.propose_further(first.id, NINE + WEEK)), Offered)
    stood = run(desk.store.appointment(first.id))
    assert stood is not None
    assert turn.events == [FurtherProposed(stood, slot, desk.now + Rules().offer_time)]
    turn = desk.turn()
    done = run(turn.take_further(first.id, slot, ANN))
    assert isinstance(done, Booked)
    new = done.appointment
    assert (new.person, new.worker, new.motive, new.mode) == (first.person, first.worker, first.motive, first.mode)
    assert (new.series, new.version, new.start) == (new.id, 0, NINE + WEEK)
    assert turn.events == [OffersTaken("further", about_further(first.id), ANN), AppointmentBooked(new)]
    assert run(desk.store.appointment(first.id)) == stood
    assert run(desk.turn().take_further(first.id, slot, ANN)) == SlotGone(), "a second yes books nothing"


def test_it_is_kept_from_others_and_from_when_they_are_asked() -> None:
    desk = Desk([worker("claire")])
    first = met(desk)
    proposed(desk, first)
    assert NINE + WEEK not in {slot.start for slot in run(desk.turn().open_slots(MONEY, 100)).slots}
    desk.now += timedelta(hours=10)
    turn = desk.turn()
    (kept,) = run(turn.prolong(ANN, about_further(first.id)))
    assert turn.events == [HoursOffered("further", about_further(first.id), ANN, kept.hold.until, kept.hold.until)]
    assert kept.hold.until == desk.now + Rules().offer_time


def test_of_whom() -> None:
    """Who comes or came within 30 days; not who cancelled, nor an hour that nobody knows."""
    desk = Desk([worker("claire")])
    coming = book(desk, with_("claire", NINE))
    proposed(desk, coming, TEN)
    desk.now = coming.end + AFTERWARDS
    proposed(desk, coming, NINE + MONTH + WEEK - timedelta(days=2))
    desk.now += timedelta(seconds=1)
    assert run(desk.turn().propose_further(coming.id, NINE + MONTH + WEEK)) == AlreadyOver()
    assert run(desk.turn().propose_further(AppointmentId("nobody"), NINE + WEEK)) == AlreadyOver()
    other = Desk([worker("claire")])
    gone = book(other, with_("claire", NINE))
    run(other.turn().cancel(gone.id, "person"))
    assert run(other.turn().propose_further(gone.id, TEN)) == AlreadyOver()


@pytest.mark.parametrize(
    ("start", "why"),
    [
        (NINE, "their own hour"),
        (NINE + timedelta(minutes=30), "it would meet their own hour"),
        (NINE + 90 * timedelta(days=1), "beyond the horizon"),
        (NINE - 2 * HOUR, "too near"),
    ],
)
def test_hours_that_cannot_be(start: datetime, why: str) -> None:
    desk = Desk([worker("claire")])
    first = book(desk, with_("claire", NINE))
    desk.now = NINE - 3 * HOUR
    assert run(desk.turn().propose_further(first.id, start)) == SlotGone(), why


def test_the_newest_counts_and_the_older_stays_where_it_is_refused() -> None:
    desk = Desk([worker("claire")])
    first = met(desk)
    proposed(desk, first, NINE + WEEK)
    second = proposed(desk, first, TEN + WEEK)
    hold(desk, with_("claire", NINE + WEEK), BEN)
    assert run(desk.turn().propose_further(first.id, NINE + WEEK)) == SlotGone()
    assert run(desk.turn().offered(about_further(first.id))) == (second,)


def test_it_is_apart_from_a_proposal_to_move_the_same_hour() -> None:
    desk = Desk([worker("claire")])
    first = book(desk, with_("claire", NINE))
    run(desk.turn().propose(first.id, TEN))
    more = proposed(desk, first, ELEVEN)
    run(desk.turn().decline(ANN, first.id))
    assert run(desk.turn().offered(about_further(first.id))) == (more,)
    turn = desk.turn()
    run(turn.decline(ANN, about_further(first.id)))
    assert turn.events == [OffersDeclined("further", about_further(first.id), ANN)]
    assert run(desk.turn().offered(about_further(first.id))) == ()


def test_unanswered_it_is_free_and_a_late_yes_takes_it_while_it_is() -> None:
    desk = Desk([worker("claire")])
    first = met(desk)
    made = proposed(desk, first)
    desk.now = made.hold.until
    turn = desk.turn()
    assert run(turn.unanswered(ANN, about_further(first.id)))
    assert turn.events == [OffersLapsed("further", about_further(first.id), ANN)]
    assert not run(desk.turn().unanswered(ANN, about_further(first.id))), "told once"
    assert isinstance(run(desk.turn().take_further(first.id, with_("claire", NINE + WEEK), ANN)), Booked)


def test_outside_published_hours_it_is_taken_in_time_only() -> None:
    desk = Desk([worker("claire")])
    first = met(desk)
    evening = NINE + WEEK + 9 * HOUR
    made = proposed(desk, first, evening)
    late = Desk([worker("claire")])
    again = met(late)
    proposed(late, again, evening)
    assert isinstance(run(desk.turn().take_further(first.id, slot_id(evening, made.worker.id), ANN)), Booked)
    late.now = made.hold.until
    assert run(late.turn().take_further(again.id, slot_id(evening, made.worker.id), ANN)) == SlotGone()


def test_a_yes_is_judged_as_any_booking() -> None:
    slot = with_("claire", NINE + WEEK)
    for suspended in (True, False):
        desk = Desk([worker("claire")])
        first = met(desk)
        proposed(desk, first)
        person = run(desk.store.person(first.person))
        assert person is not None
        run(desk.store.save_person(replace(person, suspended=suspended, in_dispute=not suspended)))
        refused = Refused("suspended" if suspended else "dispute")
        assert run(desk.turn().take_further(first.id, slot, ANN)) == refused
        assert run(desk.turn().propose_further(first.id, TEN + WEEK)) == refused
    desk = Desk([worker("claire")])
    first = met(desk)
    proposed(desk, first)
    desk.rules = replace(desk.rules, terms_version="2030-01-01")
    assert run(desk.turn().take_further(first.id, slot, ANN)) == Refused("consent")
    assert run(desk.turn().take_further(first.id, slot, ANN, consent())) == Refused("consent"), "to the old terms"
    agreed = consent(desk.rules)
    assert isinstance(run(desk.turn().take_further(first.id, slot, ANN, agreed)), Booked)


def test_the_cap_counts_what_comes() -> None:
    desk = Desk([worker("claire")], Rules(max_appointments=1))
    first = book(desk, with_("claire", NINE))
    assert run(desk.turn().propose_further(first.id, TEN)) == Refused("max_appointments")
    desk.now = NINE
    proposed(desk, first)


def test_another_person_takes_nothing() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    first = met(desk)
    proposed(desk, first)
    book(desk, with_("ali", NINE + WEEK), BEN)
    assert run(desk.turn().take_further(first.id, with_("claire", NINE + WEEK), BEN)) == AlreadyOver()


# ------------------------------------------------------------ the worker closes the time


def test_an_hour_that_was_closed_meanwhile_is_not_taken() -> None:
    desk = Desk([worker("claire")])
    first = met(desk)
    made = proposed(desk, first)
    run(desk.turn().close(first.worker, made.hold.start - HOUR, made.hold.start + HOUR))
    turn = desk.turn()
    assert run(turn.take_further(first.id, with_("claire", NINE + WEEK), ANN)) == SlotGone()
    assert turn.events == [OffersDeclined("further", about_further(first.id), ANN)]


def test_an_hour_that_was_closed_when_it_was_proposed_is() -> None:
    desk = Desk([worker("claire")])
    first = met(desk)
    run(desk.turn().close(first.worker, NINE + WEEK, NINE + WEEK + HOUR))
    turn = desk.turn()
    assert isinstance(run(turn.propose_further(first.id, NINE + WEEK)), Offered)
    (event,) = turn.events
    assert isinstance(event, FurtherProposed)
    assert event.closed
    done = run(desk.turn().take_further(first.id, with_("claire", NINE + WEEK), ANN, closed=event.closed))
    assert isinstance(done, Booked)
