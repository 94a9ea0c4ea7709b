"""The waiting list: in order, three offers, one a day, none of an hour that begins soon, and never one hour twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from booking.core import Booking
from booking.events import WaitingOver
from booking.model import (
    HOUR,
    ContactId,
    Hold,
    HoldId,
    Mode,
    Motive,
    Rules,
    Waiting,
    WaitingId,
    Wish,
    slot_id,
)
from booking.ports import Booked, Held, Moved, Refused, SlotGone
from booking.waiting import SHARED, is_over, kept_until, may_be_offered
from tests.booking.made import ANN, BEN, CLEO, MONDAY, MONEY, Desk, consent, joining, run, worker
from tests.guards import guards

RULES = Rules()
NINE = MONDAY + timedelta(days=1, hours=2)  # Tuesday, 9:00 in Paris


def full(desk: Desk) -> None:
    """Somebody else has every hour of Claire's for months."""
    core = Booking(desk.store, Rules(notice=timedelta(), horizon=timedelta(days=200)), desk.now, str)
    for number, slot in enumerate(run(core.open_slots(MONEY, 1000)).slots):
        run(desk.store.take(HoldId(f"x{number}"), ["w:claire"], slot.start, desk.now))


def frees(desk: Desk, start: datetime) -> None:
    """Whatever stands at this hour of Claire's is gone."""
    run(desk.store.free(desk.memory.rows.busy["w:claire", start].id))


def waits(desk: Desk, contact: ContactId, wish: Wish = MONEY) -> Waiting:
    return run(desk.turn().wait(contact, wish, None))


def serve(desk: Desk) -> list[Hold]:
    """The loop of `handlers.waiting`, without its rows."""
    made = []

    async def due() -> list[WaitingId]:
        return [one.id async for one in desk.turn().waiting_list.due()]

    for id in run(due()):
        hold = run(desk.turn().waiting_list.serve(id))
        made += [hold] if hold else []
    return made


def joins(desk: Desk, contact: ContactId, start: datetime) -> None:
    """They have an account, by an hour of their own."""
    done = run(desk.turn().book(slot_id(start, None), MONEY, contact, joining(), consent()))
    assert isinstance(done, Booked)


@pytest.fixture
def desk() -> Desk:
    return Desk([worker("claire")])


# ------------------------------------------------------------ who is offered what


def test_the_hour_that_became_free_goes_to_who_waits_longest(desk: Desk) -> None:
    full(desk)
    for contact in (BEN, ANN, CLEO):
        desk.now += timedelta(minutes=1)
        waits(desk, contact)
    assert serve(desk) == []
    frees(desk, NINE)
    [hold] = serve(desk)
    assert (hold.contact, hold.start, hold.kind) == (BEN, NINE, "waiting")
    assert serve(desk) == [], "it is held: nobody else is offered it"
    assert run(desk.turn().open_slots(MONEY, 1)).slots == (), "nor does the search find it"


def test_declined_it_goes_on_at_once_and_comes_back_to_nobody(desk: Desk) -> None:
    full(desk)
    first, second = waits(desk, ANN), waits(desk, BEN)
    frees(desk, NINE)
    assert [hold.contact for hold in serve(desk)] == [ANN]
    declined = run(desk.turn().decline_waiting(first.id))
    assert declined is not None
    assert declined.status == "waiting"
    assert [hold.contact for hold in serve(desk)] == [BEN]
    run(desk.turn().decline_waiting(second.id))
    desk.now += timedelta(days=1) - HOUR
    assert serve(desk) == [], "the same hour is not offered twice, not on another day either"


def test_unanswered_it_lapses_and_goes_on(desk: Desk) -> None:
    full(desk)
    waits(desk, ANN)
    waits(desk, BEN)
    frees(desk, NINE)
    [hold] = serve(desk)
    assert hold.until == desk.now + SHARED, "shorter, as somebody else waits"
    desk.now = hold.until
    assert [hold.contact for hold in serve(desk)] == [BEN]


def test_who_waits_alone_has_longer() -> None:
    start = MONDAY + timedelta(days=3)
    assert kept_until(RULES, MONDAY, start, shared=False) == MONDAY + RULES.offer_time
    assert kept_until(RULES, MONDAY, MONDAY + timedelta(hours=5), shared=False) == MONDAY + timedelta(hours=3)


def test_an_hour_too_near_is_offered_to_nobody(desk: Desk) -> None:
    full(desk)
    waits(desk, ANN)
    frees(desk, NINE)
    desk.now = NINE - RULES.waiting_notice - RULES.hold_time + timedelta(seconds=1)
    assert serve(desk) == []
    desk.now -= timedelta(seconds=1)
    [hold] = serve(desk)
    assert hold.until == NINE - RULES.waiting_notice


def test_one_a_day_by_their_own_calendar() -> None:
    noumea = Waiting(WaitingId("w"), ANN, None, replace(MONEY, zone="Pacific/Noumea"), MONDAY)
    evening = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)  # 23:30 there
    offered = replace(noumea, offers=1, offered_at=evening)
    assert may_be_offered(noumea, RULES, evening)
    assert not may_be_offered(offered, RULES, evening + timedelta(minutes=29))
    assert may_be_offered(offered, RULES, evening + timedelta(minutes=30))
    assert not may_be_offered(replace(offered, offers=3), RULES, evening + timedelta(days=1))


def test_after_three_offers_it_is_over(desk: Desk) -> None:
    full(desk)
    waiting = waits(desk, ANN)
    states = []
    for day in range(3):
        frees(desk, NINE + timedelta(days=day + 1))
        assert len(serve(desk)) == 1
        declined = run(desk.turn().decline_waiting(waiting.id))
        states.append(declined and declined.status)
        desk.now += timedelta(days=1)
    assert states == ["waiting", "waiting", "over"]
    assert run(desk.turn().waiting(ANN)) is None


def test_three_that_were_not_answered_are_told(desk: Desk) -> None:
    full(desk)
    waiting = waits(desk, ANN)
    for day in range(3):
        frees(desk, NINE + timedelta(days=day + 1))
        assert len(serve(desk)) == 1
        desk.now += timedelta(days=1)
    core = desk.turn()
    run(core.waiting_list.serve(waiting.id))
    assert type(core.events[-1]) is WaitingOver


@pytest.mark.parametrize(
    ("changes", "after", "over"),
    [
        ({}, timedelta(days=55), False),
        ({}, RULES.horizon, True),
        ({"days": (date(2026, 3, 3),)}, timedelta(days=1), False),
        ({"days": (date(2026, 3, 3),)}, timedelta(days=2), True),
    ],
)
def test_a_wait_is_over_when_nothing_can_come_of_it(changes: dict[str, object], after: timedelta, over: bool) -> None:
    waiting = Waiting(WaitingId("w"), ANN, None, replace(MONEY, **changes), MONDAY)  # type: ignore[arg-type]
    assert is_over(waiting, RULES, MONDAY + after) is over


# ------------------------------------------------------------ how it is answered


def test_a_known_person_has_the_hour_by_one_reply(desk: Desk) -> None:
    joins(desk, ANN, NINE + timedelta(days=7))
    full(desk)
    waiting = waits(desk, ANN)
    frees(desk, NINE)
    [hold] = serve(desk)
    done = run(desk.turn().accept_waiting(waiting.id, slot_id(hold.start, hold.worker), ANN))
    assert isinstance(done, Booked)
    assert (done.appointment.start, done.appointment.motive) == (NINE, MONEY.motive)
    assert run(desk.turn().waiting(ANN)) is None
    assert desk.memory.rows.holds == {}


def test_for_a_stranger_the_hour_is_held_until_they_have_an_account(desk: Desk) -> None:
    full(desk)
    waiting = waits(desk, ANN)
    frees(desk, NINE)
    [hold] = serve(desk)
    held = run(desk.turn().accept_waiting(waiting.id, slot_id(hold.start, hold.worker), ANN))
    assert isinstance(held, Held)
    assert (held.hold.kind, held.hold.until) == ("chosen", hold.until)
    assert serve(desk) == [], "who is choosing is left alone"
    done = run(desk.turn().book(slot_id(hold.start, hold.worker), MONEY, ANN, joining(), consent()))
    assert isinstance(done, Booked)
    assert run(desk.turn().waiting(ANN)) is None


def test_it_may_be_answered_on_another_of_their_channels(desk: Desk) -> None:
    """The question went there, as the first one could not be reached."""
    joins(desk, ANN, NINE + timedelta(days=7))
    person = run(desk.store.person_of(ANN))
    assert person is not None
    desk.memory.rows.contacts[BEN] = person.id
    full(desk)
    waiting = waits(desk, ANN)
    frees(desk, NINE)
    [hold] = serve(desk)
    done = run(desk.turn().accept_waiting(waiting.id, slot_id(hold.start, hold.worker), BEN))
    assert isinstance(done, Booked)
    assert done.appointment.contact == BEN
    assert desk.memory.rows.holds == {}


def test_a_lapsed_offer_is_taken_again_while_it_is_free(desk: Desk) -> None:
    joins(desk, ANN, NINE + timedelta(days=7))
    full(desk)
    waiting = waits(desk, ANN)
    frees(desk, NINE)
    [hold] = serve(desk)
    desk.now = hold.until + timedelta(hours=1)
    done = run(desk.turn().accept_waiting(waiting.id, slot_id(hold.start, hold.worker), ANN))
    assert isinstance(done, Booked)


def test_what_went_meanwhile_is_gone(desk: Desk) -> None:
    joins(desk, ANN, NINE + timedelta(days=7))
    full(desk)
    waiting = waits(desk, ANN)
    waits(desk, BEN)
    frees(desk, NINE)
    [hold] = serve(desk)
    desk.now = hold.until
    assert [hold.contact for hold in serve(desk)] == [BEN]
    assert run(desk.turn().accept_waiting(waiting.id, slot_id(hold.start, hold.worker), ANN)) == SlotGone()
    assert run(desk.turn().waiting(ANN)) is not None


def test_who_has_enough_appointments_is_not_offered_more(desk: Desk) -> None:
    joins(desk, ANN, NINE + timedelta(days=7))
    joins(desk, ANN, NINE + timedelta(days=8))
    full(desk)
    waits(desk, ANN)
    frees(desk, NINE)
    assert serve(desk) == []


def test_a_booking_by_themself_ends_the_wait(desk: Desk) -> None:
    waiting = waits(desk, ANN, replace(MONEY, days=(date(2026, 3, 8),)))
    assert serve(desk) == [], "nobody works on Sundays"
    joins(desk, ANN, NINE)
    assert run(desk.store.waiting(waiting.id)).status == "served"  # type: ignore[union-attr]


def test_an_earlier_hour_moves_the_appointment(desk: Desk) -> None:
    joins(desk, ANN, NINE + timedelta(days=14))
    full(desk)
    [old] = run(desk.turn().known(ANN)).upcoming
    wish = replace(MONEY, before=old.start)
    waiting = run(desk.turn().wait(ANN, wish, old.id))
    frees(desk, NINE)
    [hold] = serve(desk)
    moved = run(desk.turn().accept_waiting(waiting.id, slot_id(hold.start, hold.worker), ANN))
    assert isinstance(moved, Moved)
    assert (moved.appointment.start, moved.appointment.series) == (NINE, old.series)
    assert run(desk.turn().waiting(ANN)) is None


def test_nothing_earlier_is_offered_once_the_appointment_went(desk: Desk) -> None:
    joins(desk, ANN, NINE + timedelta(days=14))
    full(desk)
    [old] = run(desk.turn().known(ANN)).upcoming
    run(desk.turn().wait(ANN, replace(MONEY, before=old.start), old.id))
    run(desk.turn().cancel(old.id, "person"))
    frees(desk, NINE)
    assert serve(desk) == []
    assert run(desk.turn().waiting(ANN)) is None


def test_the_place_counts_those_whom_the_same_hours_suit(desk: Desk) -> None:
    desk = Desk([worker("claire"), worker("ali", motives=frozenset({Motive.HOUSING}), phone="+33639980102")])
    waits(desk, ANN, replace(MONEY, mode=Mode.IN_PERSON))
    waits(desk, BEN)
    third = waits(desk, CLEO)
    assert run(desk.turn().place(third)) == 2
    assert run(desk.turn().leave_waiting(BEN))
    assert run(desk.turn().place(third)) == 1
    assert not run(desk.turn().leave_waiting(BEN))


@guards("G07", partly=True)
@pytest.mark.parametrize("why", ["suspended", "frozen"])
def test_a_suspended_or_frozen_person_is_told_so_and_the_hour_is_free_again(
    desk: Desk, why: Literal["suspended", "frozen"]
) -> None:
    joins(desk, ANN, NINE + timedelta(days=7))
    full(desk)
    waiting = waits(desk, ANN)
    frees(desk, NINE)
    [hold] = serve(desk)
    person = run(desk.store.person_of(ANN))
    assert person is not None
    shut = replace(person, suspended=True) if why == "suspended" else replace(person, frozen=desk.now)
    run(desk.store.save_person(shut))
    done = run(desk.turn().accept_waiting(waiting.id, slot_id(hold.start, hold.worker), ANN))
    assert done == Refused(why)
    assert desk.memory.rows.holds == {}
