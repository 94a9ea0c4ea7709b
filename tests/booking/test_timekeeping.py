"""What a worker closes, opens and takes back, and what becomes of hours that somebody has or is about to have."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from booking.events import HoursOpened
from booking.model import HOUR, Hours, Span, Wish, WorkerId, slot_id
from booking.ports import Booked, Held, Opened, SlotGone
from tests.booking.made import ANN, BEN, MONEY, Desk, consent, joining, run, worker

ZONE = ZoneInfo("Europe/Paris")
CLAIRE = WorkerId("claire")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A local time of March 2026; the 2nd is today, a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE).astimezone(ZoneInfo("UTC"))


def desk(**changes: object) -> Desk:
    return Desk([worker("claire", **changes), worker("ali", Hours(frozenset(range(5)), time(14), time(17)))])


def offered(desk: Desk, day: int, who: WorkerId = CLAIRE) -> list[int]:
    """The hours of a day that can be had, local."""
    wish = Wish(MONEY.motive, MONEY.mode, worker=who, days=(at(day, 12).date(),))
    return [slot.start.astimezone(ZONE).hour for slot in run(desk.turn().open_slots(wish, 99)).slots]


def test_what_is_closed_is_not_offered_and_comes_back() -> None:
    house = desk()
    assert offered(house, 3) == [9, 10, 11]
    assert run(house.turn().close(CLAIRE, at(3, 9, 30), at(3, 11))) == []
    assert offered(house, 3) == [11]
    (span,) = run(house.turn().own_times(CLAIRE))
    turn = house.turn()
    assert run(turn.take_back(CLAIRE, span.id)) == span
    assert offered(house, 3) == [9, 10, 11]
    assert isinstance(turn.events[0], HoursOpened)
    assert run(house.turn().take_back(CLAIRE, span.id)) is None
    assert run(house.turn().own_times(CLAIRE)) == []


def test_appointments_within_stand_and_are_listed() -> None:
    house = desk()
    booked = run(house.turn().book(slot_id(at(3, 10), CLAIRE), MONEY, ANN, joining(), consent()))
    assert isinstance(booked, Booked)
    assert run(house.turn().close(CLAIRE, at(3, 10, 45), at(3, 23))) == [booked.appointment]
    assert run(house.turn().close(CLAIRE, at(3, 11), at(3, 23))) == []
    assert run(house.turn().close(CLAIRE, at(3, 0), at(3, 10))) == []
    assert run(house.turn().upcoming(booked.appointment.person)) == [booked.appointment]


def test_who_holds_an_hour_that_closes_hears_that_it_went() -> None:
    house = desk()
    slot = slot_id(at(3, 9), CLAIRE)
    assert isinstance(run(house.turn().hold(slot, ANN, MONEY)), Held)
    run(house.turn().close(CLAIRE, at(3, 9), at(3, 10)))
    assert isinstance(run(house.turn().book(slot, MONEY, ANN, joining(), consent())), SlotGone)
    assert isinstance(run(house.turn().hold(slot, BEN, MONEY)), SlotGone)
    assert offered(house, 3) == [10, 11]


def test_hours_beside_the_weekly_ones_are_opened() -> None:
    house = desk()
    turn = house.turn()
    saturday = run(turn.open_hours(CLAIRE, at(7, 9), at(7, 11, 30)))
    assert saturday == Opened((at(7, 9), at(7, 10)), ())
    assert turn.events == [HoursOpened(CLAIRE, saturday.starts)]
    assert offered(house, 7) == [9, 10]
    (span,) = run(house.turn().own_times(CLAIRE))
    assert (span.kind, span.start, span.end) == ("open", at(7, 9), at(7, 11, 30))


def test_opening_what_was_closed_cuts_it_out_and_adds_nothing() -> None:
    house = desk()
    run(house.turn().close(CLAIRE, at(3, 0), at(6, 0)))
    assert offered(house, 4) == []
    assert run(house.turn().open_hours(CLAIRE, at(4, 9), at(4, 11))).starts == (at(4, 9), at(4, 10))
    assert [offered(house, day) for day in (3, 4, 5)] == [[], [9, 10], []]
    assert [span.kind for span in run(house.turn().own_times(CLAIRE))] == ["closed", "closed"]


def test_their_own_calendar_is_stronger_than_what_they_open() -> None:
    house = desk(spans=(Span(at(7, 10, 15), at(7, 10, 30), "calendar", "c"),))
    assert run(house.turn().open_hours(CLAIRE, at(7, 9), at(7, 12))) == Opened((at(7, 9), at(7, 11)), (at(7, 10),))
    assert offered(house, 7) == [9, 11]
    assert [span.kind for span in run(house.turn().own_times(CLAIRE))] == ["open"]


def test_unblocking_gives_back_a_part() -> None:
    house = desk()
    run(house.turn().close(CLAIRE, at(3, 9), at(3, 12)))
    assert run(house.turn().unblock(CLAIRE, at(3, 10), at(3, 11)))
    assert offered(house, 3) == [10]
    assert not run(house.turn().unblock(CLAIRE, at(3, 10), at(3, 11)))


def test_nobody_closes_without_end() -> None:
    house = desk()
    for number in range(400):
        run(house.turn().close(CLAIRE, at(3, 9) + number * HOUR, at(3, 10) + number * HOUR))
    assert len(run(house.turn().own_times(CLAIRE))) == 300
    assert run(house.turn().close(WorkerId("nobody"), at(3, 9), at(3, 10))) == []


SPAN = st.tuples(st.integers(0, 200), st.integers(1, 60)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(st.tuples(st.sampled_from(["close", "unblock"]), SPAN), max_size=12))
def test_closing_and_unblocking_are_sets_of_quarters(acts: list[tuple[str, tuple[int, int]]]) -> None:
    house = desk()
    quarter, begin = timedelta(minutes=15), at(3, 0)
    closed: set[int] = set()
    for act, (first, last) in acts:
        run(getattr(house.turn(), act)(CLAIRE, begin + first * quarter, begin + last * quarter))
        touched = set(range(first, last))
        closed = closed | touched if act == "close" else closed - touched
    spans = run(house.turn().own_times(CLAIRE))
    found = {n for n in range(300) if any(s.start <= begin + n * quarter < s.end for s in spans)}
    assert found == closed
