"""Holding, booking, moving and cancelling, as a conversation asks for it: each answer, and what stands afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from booking.directory import Directory
from booking.events import AppointmentBooked, AppointmentCancelled, DeskNeeded, EmailToProve, PersonJoined
from booking.memory import MemoryStore
from booking.model import (
    HOUR,
    Appointment,
    AppointmentId,
    ContactId,
    Hold,
    Hours,
    Mode,
    Motive,
    PersonId,
    Rules,
    SlotId,
    Wish,
    WorkerId,
    read_slot_id,
    slot_id,
)
from booking.ports import AlreadyOver, Booked, Cancelled, Held, Known, Moved, Refused, SlotGone
from tests.booking.made import ANN, BEN, CLEO, CODE, MONDAY, MONEY, PORTS, Desk, consent, joining, run, worker
from tests.guards import guards

NINE = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)  # Tuesday, in Paris
TEN, ELEVEN = NINE + HOUR, NINE + 2 * HOUR
QUARTER_PAST = worker("zoe", Hours(frozenset(range(5)), time(9, 15), time(12, 15)))


def any_at(start: datetime) -> SlotId:
    return slot_id(start, None)


def with_(who: str, start: datetime) -> SlotId:
    return slot_id(start, WorkerId(who))


def hold(desk: Desk, slot: SlotId, contact: ContactId = ANN, **wish: Any) -> Hold:
    result = run(desk.turn().hold(slot, contact, replace(MONEY, **wish)))
    assert isinstance(result, Held)
    return result.hold


def book(desk: Desk, slot: SlotId, contact: ContactId = ANN, **wish: Any) -> Appointment:
    result = run(desk.turn().book(slot, replace(MONEY, **wish), contact, joining(), consent()))
    assert isinstance(result, Booked)
    return result.appointment


def refusal(desk: Desk, slot: SlotId, contact: ContactId = ANN) -> Refused | SlotGone:
    result = run(desk.turn().book(slot, MONEY, contact, joining(), consent()))
    assert isinstance(result, Refused | SlotGone)
    return result


# ------------------------------------------------------------ holding


def test_a_stranger_books_the_soonest_hour() -> None:
    desk = Desk([worker("claire"), worker("ali")])
    slot = run(desk.turn().open_slots(MONEY, 3)).slots[0]
    held = run(desk.turn().hold(slot.id, ANN, MONEY))
    assert isinstance(held, Held)
    assert run(desk.turn().held(ANN)) == held
    turn = desk.turn()
    booked = run(turn.book(slot.id, MONEY, ANN, joining(), consent()))
    assert isinstance(booked, Booked)
    assert booked.worker == held.worker
    assert [type(event) for event in turn.events] == [PersonJoined, EmailToProve, AppointmentBooked]
    assert run(desk.turn().held(ANN)) is None
    assert run(desk.turn().open_slots(MONEY, 1)).slots[0].id == slot.id, "the other worker is free then"


def test_the_least_loaded_of_the_week_gets_the_hour() -> None:
    desk = Desk([worker("ali"), worker("claire")])
    assert [hold(desk, any_at(s), ContactId(f"{s}")).worker for s in (NINE, TEN, ELEVEN)] == ["ali", "claire", "ali"]
    next_week = any_at(NINE + timedelta(days=7))
    assert hold(desk, next_week, BEN).worker == "ali", "weeks are counted apart"


def test_who_speaks_the_language_goes_before_who_has_less_to_do() -> None:
    desk = Desk([worker("ali"), worker("claire", languages=("fr", "ar"))])
    assert hold(desk, any_at(NINE), BEN, language="ar").worker == "claire"
    assert hold(desk, any_at(TEN), language="ar").worker == "claire"
    assert hold(desk, any_at(TEN), CLEO, language="ar").worker == "ali", "better than nobody"


def test_the_last_free_worker_may_be_taken() -> None:
    desk = Desk([worker("ali"), worker("claire")])
    assert {hold(desk, any_at(NINE), contact).worker for contact in (ANN, BEN)} == {"ali", "claire"}
    assert run(desk.turn().hold(any_at(NINE), CLEO, MONEY)) == SlotGone()


def test_a_worker_who_goes_meanwhile_is_passed_over() -> None:
    """The look at who is free and the taking are two steps: another transaction may come between."""

    class Raced(MemoryStore):
        async def taken(self, *_: Any, **__: Any) -> list[Any]:
            return []

        async def load(self, *_: Any, **__: Any) -> dict[WorkerId, int]:
            return {}

    store = Raced([worker("ali"), worker("claire")])
    run(store.take(AppointmentId("other"), ["w:ali"], NINE, MONDAY))
    desk = Desk(store=store)
    assert hold(desk, any_at(NINE)).worker == "claire"


def test_a_new_hold_frees_the_older_and_a_vain_one_does_not() -> None:
    desk = Desk([worker("ali")])
    hold(desk, any_at(NINE))
    assert hold(desk, any_at(TEN)).start == TEN
    hold(desk, any_at(NINE), BEN)
    kept = hold(desk, any_at(TEN))
    assert run(desk.turn().hold(any_at(NINE), ANN, MONEY)) == SlotGone()
    assert run(desk.store.hold_of(ANN)) == kept
    assert run(desk.turn().hold(any_at(TEN), BEN, MONEY)) == SlotGone(), "its quarters are still taken"


def test_the_same_hour_held_again_stays_with_its_worker() -> None:
    desk = Desk([worker("ali"), worker("claire")])
    first = hold(desk, with_("claire", NINE))
    desk.now += timedelta(minutes=10)
    again = hold(desk, any_at(NINE))
    assert again.worker == "claire"
    assert again.until == first.until + timedelta(minutes=10)


@pytest.mark.parametrize(
    "slot",
    [
        "",
        "any",
        "2026-03-03T08:00/any",
        "2026-13-03T08:00Z/any",
        "2026-03-03T08:00Z/",
        "２026-03-03T08:00Z/any",
        "2026-03-03T08:00Z/nobody",
        "2026-03-03T08:15Z/any",  # not published
        "2026-03-02T09:00Z/any",  # in three hours
        "2027-03-02T09:00Z/any",
    ],
)
def test_what_is_no_free_hour_is_gone(slot: str) -> None:
    desk = Desk([worker("ali")])
    assert run(desk.turn().hold(SlotId(slot), ANN, MONEY)) == SlotGone()
    assert refusal(desk, SlotId(slot)) == SlotGone()
    mine = book(desk, any_at(NINE))
    assert run(desk.turn().move(mine.id, SlotId(slot), Wish(), "person", ANN)) == SlotGone()


def test_a_slot_id_is_read_as_it_was_made() -> None:
    assert read_slot_id(slot_id(NINE, WorkerId("a/b"))) == (NINE, "a/b")
    assert read_slot_id(slot_id(NINE, None)) == (NINE, None)


@pytest.mark.parametrize("change", [{"mode": Mode.IN_PERSON}, {"motive": Motive.HOUSING}])
def test_only_who_suits_the_wish_is_held(change: dict[str, Any]) -> None:
    desk = Desk([worker("ali", motives=frozenset({Motive.FINANCE}))])
    assert run(desk.turn().hold(any_at(NINE), ANN, replace(MONEY, **change))) == SlotGone()


def test_a_hold_lapses_to_the_second() -> None:
    desk = Desk([worker("ali")])
    kept = hold(desk, any_at(NINE))
    assert kept.until == MONDAY + timedelta(minutes=15)
    desk.now = kept.until - timedelta(seconds=1)
    assert run(desk.turn().hold(any_at(NINE), BEN, MONEY)) == SlotGone()
    desk.now = kept.until
    assert run(desk.turn().held(ANN)) is None
    hold(desk, any_at(NINE), BEN)


def test_a_hold_of_a_worker_who_left_is_none() -> None:
    desk = Desk([worker("ali")])
    hold(desk, any_at(NINE))
    desk.memory.set_directory(Directory([]))
    assert run(desk.turn().held(ANN)) is None


# ------------------------------------------------------------ booking


def test_what_is_written_of_a_stranger() -> None:
    desk = Desk([worker("ali")])
    made = book(desk, any_at(NINE))
    person = run(desk.store.person_of(ANN))
    assert person is not None
    assert (person.client, person.code, person.email, person.email_confirmed) == (
        PORTS.id,
        CODE.id,
        "ann@example.org",
        False,
    )
    assert run(desk.store.consented(person.id, "2024-10-15", "2024-10-15"))
    assert (made.person, made.series, made.version, made.status) == (person.id, made.id, 0, "booked")
    agreed = Known(person, terms_accepted=True, agreed_before=True)
    assert run(desk.turn().known(ANN)) == replace(agreed, last_mode=Mode.VIDEO, upcoming=(made,))
    assert run(desk.turn().known(BEN)) == Known()


def test_a_known_person_books_again_without_saying_anything_twice() -> None:
    desk = Desk([worker("ali")])
    first = book(desk, any_at(NINE))
    turn = desk.turn()
    second = run(turn.book(any_at(TEN), replace(MONEY, mode=Mode.PHONE), ANN, None, None))
    assert isinstance(second, Booked)
    assert turn.events == [AppointmentBooked(second.appointment)]
    assert list(run(desk.turn().upcoming(first.person))) == [first, second.appointment]
    assert run(desk.turn().known(ANN)).last_mode is Mode.PHONE
    desk.now = TEN + timedelta(days=1)
    assert run(desk.turn().known(ANN)).last_mode is Mode.PHONE
    assert list(run(desk.turn().past(first.person, 9))) == [second.appointment, first]


def test_a_lapsed_hold_whose_hour_is_free_is_taken_again_with_its_worker() -> None:
    desk = Desk([worker("ali"), worker("claire")])
    hold(desk, with_("claire", NINE))
    desk.now += timedelta(hours=2)
    assert book(desk, any_at(NINE)).worker == "claire"


def test_a_lapsed_hold_that_went_leaves_another_worker_or_nobody() -> None:
    desk = Desk([worker("ali"), worker("claire")])
    hold(desk, with_("claire", NINE))
    desk.now += timedelta(hours=2)
    hold(desk, with_("claire", NINE), BEN)
    assert refusal(desk, with_("claire", NINE)) == SlotGone()
    assert book(desk, any_at(NINE)).worker == "ali"


def test_notice_is_judged_when_the_hour_is_held() -> None:
    desk = Desk([worker("ali")], Rules(hold_time=timedelta(days=1)))
    desk.now = NINE - timedelta(hours=4)
    hold(desk, any_at(NINE))
    desk.now = NINE
    assert refusal(desk, any_at(NINE)) == SlotGone(), "it has begun"
    desk.now -= timedelta(seconds=1)
    book(desk, any_at(NINE))


def test_notice_is_judged_again_once_the_hold_lapsed() -> None:
    desk = Desk([worker("ali")])
    desk.now = NINE - timedelta(hours=4)
    hold(desk, any_at(NINE))
    desk.now += timedelta(minutes=15)
    assert refusal(desk, any_at(NINE)) == SlotGone()


def test_hours_that_were_closed_meanwhile_are_not_booked() -> None:
    desk = Desk([worker("ali"), worker("claire", Hours(frozenset({4}), time(9), time(12)))])
    hold(desk, any_at(NINE))
    desk.memory.set_directory(Directory([worker("ali", suspended=True), worker("claire")]))
    assert refusal(desk, with_("ali", NINE)) == SlotGone()
    assert book(desk, any_at(NINE)).worker == "claire"


def test_a_wish_without_motive_or_mode_is_not_booked() -> None:
    desk = Desk([worker("ali")])
    for wish in (replace(MONEY, motive=None), replace(MONEY, mode=None)):
        assert run(desk.turn().book(any_at(NINE), wish, ANN, joining(), consent())) == SlotGone()


def change_code(desk: Desk, **changes: Any) -> None:
    desk.memory.put_code(replace(CODE, **changes), "X")


def change_person(desk: Desk, **changes: Any) -> None:
    person = run(desk.store.person_of(ANN))
    assert person is not None
    run(desk.store.save_person(replace(person, **changes)))


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda desk: desk.memory.put_client(replace(PORTS, suspended=True)), CODE.id),
        (lambda desk: change_code(desk, valid_until=date(2026, 3, 1)), CODE.id),
        (lambda desk: change_code(desk, valid_from=date(2026, 3, 3)), CODE.id),
        (lambda desk: change_code(desk, max_accounts=0), CODE.id),
        (lambda desk: None, "gone"),
    ],
)
def test_a_code_that_does_not_open_any_more_makes_no_account(prepare: Callable[[Desk], None], code: Any) -> None:
    desk = Desk([worker("ali")])
    prepare(desk)
    turn = desk.turn()
    assert run(turn.book(any_at(NINE), MONEY, ANN, joining(code), consent())) == Refused("suspended")
    assert turn.events == [DeskNeeded(ANN, "suspended")]
    assert run(desk.store.person_of(ANN)) is None


def test_the_last_seat_is_given_once() -> None:
    desk = Desk([worker("ali")])
    change_code(desk, max_accounts=1)
    book(desk, any_at(NINE))
    assert refusal(desk, any_at(TEN), BEN) == Refused("suspended")
    book(desk, any_at(TEN))  # who has an account needs no seat


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda desk: change_person(desk, suspended=True), "suspended"),
        (lambda desk: desk.memory.put_client(replace(PORTS, suspended=True)), "suspended"),
        (lambda desk: desk.memory.rows.clients.clear(), "suspended"),
        (lambda desk: change_person(desk, in_dispute=True), "dispute"),
        (lambda desk: change_code(desk, valid_until=date(2026, 3, 1)), None),  # it opened the account when it was valid
    ],
)
def test_who_may_not_book_another(prepare: Callable[[Desk], None], reason: Any) -> None:
    desk = Desk([worker("ali")])
    book(desk, any_at(NINE))
    prepare(desk)
    result = run(desk.turn().book(any_at(TEN), MONEY, ANN, None, None))
    assert isinstance(result, Booked) if reason is None else result == Refused(reason)


@guards("G01", partly=True)
def test_no_service_without_consent_to_the_current_terms() -> None:
    desk = Desk([worker("ali")])
    slot = any_at(NINE)
    hold(desk, slot)
    old = replace(consent(), terms_version="2020-01-01")
    for given, answer in ((None, joining()), (old, joining()), (None, None), (consent(), None)):
        assert run(desk.turn().book(slot, MONEY, ANN, answer, given)) == Refused("consent")
    assert run(desk.store.person_of(ANN)) is None
    book(desk, slot)
    desk.rules = Rules(terms_version="2027-01-01")
    assert not run(desk.turn().known(ANN)).terms_accepted
    assert run(desk.turn().book(any_at(TEN), MONEY, ANN, None, None)) == Refused("consent")
    again = consent(desk.rules)
    assert isinstance(run(desk.turn().book(any_at(TEN), MONEY, ANN, None, again)), Booked)
    assert run(desk.turn().known(ANN)).terms_accepted


@guards("G01", partly=True)
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


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda desk: change_person(desk, suspended=True), "suspended"),
        (lambda desk: change_person(desk, in_dispute=True), "dispute"),
        (lambda desk: book(desk, any_at(TEN)), "max_appointments"),
    ],
)
def test_who_may_not_book_is_known_before_any_question(prepare: Callable[[Desk], object], reason: Any) -> None:
    desk = Desk([worker("ali")])
    book(desk, any_at(NINE))
    assert run(desk.turn().known(ANN)).refused is None
    prepare(desk)
    assert run(desk.turn().known(ANN)).refused == Refused(reason)


@guards("T22")
def test_the_cap_counts_what_has_not_begun() -> None:
    desk = Desk([worker("ali"), worker("claire")])
    book(desk, any_at(NINE))
    book(desk, any_at(TEN))
    tomorrow = any_at(NINE + timedelta(days=1))
    assert refusal(desk, tomorrow) == Refused("max_appointments")
    desk.now = NINE - timedelta(seconds=1)
    assert refusal(desk, tomorrow) == Refused("max_appointments")
    desk.now = NINE
    book(desk, tomorrow)


def test_a_person_is_not_in_two_consultations_at_once() -> None:
    desk = Desk([worker("ali"), worker("claire"), QUARTER_PAST])
    book(desk, any_at(NINE))
    assert refusal(desk, with_("claire", NINE)) == Refused("overlap")
    assert refusal(desk, with_("zoe", NINE + timedelta(minutes=15))) == Refused("overlap")
    book(desk, with_("zoe", TEN + timedelta(minutes=15)))


def test_an_hour_kept_on_another_of_their_channels_is_in_the_way() -> None:
    desk = Desk([worker("ali"), worker("claire")])
    mine = book(desk, any_at(TEN))
    desk.memory.rows.contacts[BEN] = mine.person
    hold(desk, with_("claire", NINE), BEN)
    kept = hold(desk, with_("ali", ELEVEN))
    before = desk.memory.snapshot()
    assert refusal(desk, with_("ali", NINE)) == Refused("overlap")
    assert run(desk.turn().move(mine.id, with_("ali", NINE), Wish(), "person", ANN)) == Refused("overlap")
    assert desk.memory.snapshot() == before
    assert run(desk.store.hold_of(ANN)) == kept
    assert isinstance(run(desk.turn().move(mine.id, with_("ali", NINE), Wish(), "person", BEN)), Moved | SlotGone)


# ------------------------------------------------------------ moving and cancelling


def test_moving_makes_the_next_version_of_the_series() -> None:
    desk = Desk([worker("ali"), worker("claire", modes=frozenset({Mode.PHONE}))])
    old = book(desk, any_at(NINE))
    hold(desk, any_at(TEN), BEN, mode=Mode.PHONE)
    desk.memory.rows.contacts[BEN] = old.person
    moved = run(desk.turn().move(old.id, any_at(TEN), Wish(mode=Mode.PHONE), "desk", BEN))
    assert isinstance(moved, Moved)
    new = moved.appointment
    assert (new.start, new.mode, new.worker, new.contact) == (TEN, Mode.PHONE, moved.worker.id, BEN)
    assert (new.series, new.version, new.motive) == (old.id, 1, old.motive)
    assert run(desk.turn().held(BEN)) is None
    hold(desk, with_("ali", NINE), CLEO)  # the old hour is free
    assert run(desk.turn().appointment(old.id)) == replace(old, status="moved", ended_at=desk.now, ended_by="desk")


def test_moving_may_overlap_the_old_hour_and_no_other() -> None:
    desk = Desk([worker("ali"), QUARTER_PAST])
    old = book(desk, with_("ali", NINE))
    other = book(desk, with_("ali", ELEVEN))
    assert run(desk.turn().move(old.id, with_("zoe", ELEVEN + timedelta(minutes=-45)), Wish(), "person")) == Refused(
        "overlap"
    )
    slot = with_("zoe", NINE + timedelta(minutes=15))
    hold(desk, slot)
    assert isinstance(run(desk.turn().move(old.id, slot, Wish(), "person")), Moved)
    assert other in run(desk.turn().upcoming(old.person))


def test_where_the_new_hour_went_the_old_one_stays() -> None:
    desk = Desk([worker("ali")])
    old = book(desk, any_at(NINE))
    hold(desk, any_at(TEN), BEN)
    assert run(desk.turn().move(old.id, any_at(TEN), Wish(), "person")) == SlotGone()
    assert run(desk.turn().hold(any_at(NINE), CLEO, MONEY)) == SlotGone()


def test_who_may_move() -> None:
    desk = Desk([worker("ali")])
    old = book(desk, any_at(NINE))
    desk.memory.put_client(replace(PORTS, suspended=True))
    change_person(desk, suspended=True)
    assert run(desk.turn().move(old.id, any_at(TEN), Wish(), "person")) == Refused("suspended")
    change_person(desk, suspended=False)
    now = run(desk.turn().move(old.id, any_at(TEN), Wish(), "person"))
    assert isinstance(now, Moved), "what was made stands"
    desk.rules = replace(desk.rules, terms_version="2027-01-01")
    assert run(desk.turn().move(now.appointment.id, any_at(NINE), Wish(), "person")) == Refused("consent")
    assert isinstance(run(desk.turn().move(now.appointment.id, any_at(NINE), Wish(), "desk")), Moved)


@pytest.mark.parametrize(
    "before", [timedelta(0), timedelta(seconds=1), timedelta(hours=24), timedelta(hours=23, minutes=59, seconds=59)]
)
def test_late_and_over_are_to_the_second(before: timedelta) -> None:
    desk = Desk([worker("ali")])
    made = book(desk, any_at(NINE))
    desk.now = NINE - before
    late = before < timedelta(hours=24)
    assert run(desk.turn().is_late(made.id)) is late
    turn = desk.turn()
    result = run(turn.cancel(made.id, "person"))
    if not before:
        assert result == AlreadyOver()
        assert run(desk.turn().move(made.id, any_at(TEN), Wish(), "person")) == AlreadyOver()
        return
    cancelled = replace(made, status="cancelled", late=late, ended_at=desk.now, ended_by="person")
    assert result == Cancelled(cancelled, late)
    assert turn.events == [AppointmentCancelled(cancelled, "person")]
    assert run(desk.turn().cancel(made.id, "person")) == AlreadyOver()


def test_a_cancellation_by_the_worker_is_never_the_persons_late_one() -> None:
    desk = Desk([worker("ali")])
    made = book(desk, any_at(NINE))
    desk.now = NINE - HOUR
    ended = replace(made, status="cancelled", ended_at=desk.now, ended_by="worker")
    assert run(desk.turn().cancel(made.id, "worker")) == Cancelled(ended, late=False)


def test_what_does_not_exist_is_over() -> None:
    turn = Desk().turn()
    nothing = AppointmentId("nothing")
    assert run(turn.cancel(nothing, "person")) == AlreadyOver()
    assert run(turn.move(nothing, any_at(NINE), Wish(), "person")) == AlreadyOver()
    assert run(turn.is_late(nothing)) is False
    assert run(turn.appointment(nothing)) is None


# ------------------------------------------------------------ the desk, details, agenda


def test_without_email_the_hour_is_kept_a_day_for_the_desk() -> None:
    desk = Desk([worker("ali")])
    kept = hold(desk, any_at(NINE))
    turn = desk.turn()
    run(turn.ask_desk(ANN, "no_email"))
    longer = replace(kept, until=MONDAY + timedelta(hours=24))
    assert turn.events == [DeskNeeded(ANN, "no_email", longer)]
    desk.now = longer.until - timedelta(seconds=1)
    held = run(desk.turn().held(ANN))
    assert held is not None
    assert held.hold == longer


def test_an_hour_is_not_kept_for_the_desk_beyond_its_own_start() -> None:
    desk = Desk([worker("ali")])
    hold(desk, any_at(NINE))
    desk.now = NINE - timedelta(hours=5)
    hold(desk, any_at(NINE))
    run(desk.turn().ask_desk(ANN, "no_email"))
    held = run(desk.turn().held(ANN))
    assert held is not None
    assert held.hold.until == NINE


def test_an_hour_is_kept_until_the_desk_has_been_back_for_a_while() -> None:
    desk = Desk([worker("ali")])
    hold(desk, any_at(NINE))
    back = MONDAY + timedelta(hours=21)
    run(desk.turn().ask_desk(ANN, "no_email", back=back))
    held = run(desk.turn().held(ANN))
    assert held is not None
    assert held.hold.until == back + timedelta(hours=4)


def test_without_email_a_lapsed_hour_is_kept_again_if_it_is_free() -> None:
    desk = Desk([worker("ali")])
    hold(desk, any_at(NINE))
    hold(desk, any_at(TEN), BEN)
    desk.now += HOUR
    hold(desk, any_at(TEN), CLEO)
    for contact, start in ((ANN, NINE), (BEN, None)):
        run(desk.turn().ask_desk(contact, "no_email"))
        held = run(desk.turn(desk.now + timedelta(hours=23)).held(contact))
        assert (held and held.hold.start) == start


def test_the_desk_is_asked_without_a_hold() -> None:
    desk = Desk([worker("ali")])
    turn = desk.turn()
    run(turn.ask_desk(ANN, "no_email"))
    kept = hold(desk, any_at(NINE))
    run(turn.ask_desk(ANN, "human"))
    assert turn.events == [DeskNeeded(ANN, "no_email"), DeskNeeded(ANN, "human", kept)]


def test_releasing_frees_the_hour() -> None:
    desk = Desk([worker("ali")])
    hold(desk, any_at(NINE))
    run(desk.turn().release(ANN))
    run(desk.turn().release(ANN))
    hold(desk, any_at(NINE), BEN)


def test_a_language_is_kept_of_who_is_known() -> None:
    desk = Desk([worker("ali")])
    ann = book(desk, any_at(NINE)).person
    run(desk.turn().set_language(ann, "en"))
    run(desk.turn().set_language(PersonId("nobody"), "en"))
    person = run(desk.turn().known(ANN)).person
    assert person is not None
    assert person.language == "en"


def test_the_agenda_names_first_names() -> None:
    desk = Desk([worker("ali")])
    made = book(desk, any_at(NINE))
    ali = WorkerId("ali")
    assert [(e.appointment, e.first_name) for e in run(desk.turn().agenda(ali, NINE, TEN))] == [(made, "Ann")]
    assert run(desk.turn().agenda(ali, TEN, ELEVEN)) == []
    desk.memory.rows.persons.clear()
    assert [e.first_name for e in run(desk.turn().agenda(ali, NINE, TEN))] == [""]


def test_workers_are_found_by_id_by_ref_and_for_a_wish() -> None:
    desk = Desk([worker("ali"), worker("claire")])
    assert run(desk.turn().worker(WorkerId("ali"))) == worker("ali")
    assert run(desk.turn().worker(WorkerId("zoe"))) is None
    assert run(desk.turn().worker_named("claire")) == worker("claire")
    assert run(desk.turn().worker_named("zoe")) is None
    assert [w.ref for w in run(desk.turn().workers(MONEY, 9))] == ["ali", "claire"]
