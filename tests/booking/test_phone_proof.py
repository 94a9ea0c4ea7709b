"""One-time codes: counted per number, per contact and overall, in the store; refused beyond, to the second."""

from __future__ import annotations

from datetime import timedelta

from booking.core import Booking
from booking.events import PhoneToProve
from booking.memory import MemoryStore
from booking.model import ContactId, Rules
from booking.ports import CodeSent, NotProven, Proven, TooManyTries
from tests.booking.made import ANN, BEN, MONDAY, run
from tests.guards import guards

NUMBER, OTHER = "+33639980011", "+33639980012"


def asks(
    store: MemoryStore,
    contact: ContactId,
    number: str,
    after: timedelta = timedelta(0),
    rules: Rules = Rules(),  # noqa: B008 - frozen
) -> CodeSent | TooManyTries:
    core = Booking(store, rules, MONDAY + after, lambda: "id")
    answer = run(core.prove_phone(contact, number, "123456"))
    sent = [event for event in core.events if isinstance(event, PhoneToProve)]
    assert sent == ([PhoneToProve(contact, number, "123456")] if isinstance(answer, CodeSent) else [])
    return answer


@guards("T20", partly=True)
def test_three_an_hour_to_one_number_whoever_asks() -> None:
    store = MemoryStore()
    assert [asks(store, who, NUMBER) for who in (ANN, BEN, ContactId("cleo"))] == [CodeSent()] * 3
    assert asks(store, ContactId("dan"), NUMBER) == TooManyTries(MONDAY + timedelta(hours=1))
    assert asks(store, ContactId("dan"), OTHER) == CodeSent()


@guards("T20", partly=True)
def test_three_an_hour_of_one_contact_to_any_number() -> None:
    store = MemoryStore()
    assert [asks(store, ANN, f"+3363998001{n}") for n in range(3)] == [CodeSent()] * 3
    assert asks(store, ANN, OTHER) == TooManyTries(MONDAY + timedelta(hours=1))
    assert asks(store, ANN, OTHER, timedelta(minutes=59, seconds=59)) == TooManyTries(MONDAY + timedelta(hours=1))
    assert asks(store, ANN, OTHER, timedelta(hours=1)) == CodeSent()


@guards("T20", partly=True)
def test_six_a_day() -> None:
    store = MemoryStore()
    for hour in range(6):
        assert asks(store, ANN, NUMBER, timedelta(hours=hour)) == CodeSent()
    assert asks(store, ANN, NUMBER, timedelta(hours=7)) == TooManyTries(MONDAY + timedelta(days=1))


@guards("T20", partly=True)
def test_a_limit_for_all_together() -> None:
    store, rules = MemoryStore(), Rules(codes_overall=5)
    for n in range(5):
        assert asks(store, ContactId(f"c{n}"), f"+3363998001{n}", rules=rules) == CodeSent()
    assert asks(store, BEN, OTHER, rules=rules) == TooManyTries(MONDAY + timedelta(hours=1))


def check(store: MemoryStore, typed: str, claim: str = "claim", after: timedelta = timedelta(0)) -> object:
    core = Booking(store, Rules(), MONDAY + after, lambda: "id")
    return run(core.check_proof(ANN, claim, typed, "123456"))


def test_a_code_dies_of_three_wrong_answers() -> None:
    store = MemoryStore()
    assert [check(store, f"00000{n}") for n in range(3)] == [NotProven(2), NotProven(1), NotProven(0)]
    assert check(store, "123456") == NotProven(0), "not even looked at"
    assert check(store, "123456", after=timedelta(minutes=10)) == NotProven(0)
    assert check(store, "123456", claim="another") == Proven()


def test_the_third_answer_may_still_be_right() -> None:
    store = MemoryStore()
    assert [check(store, typed) for typed in ("", "\ud800é", "123456")] == [NotProven(2), NotProven(1), Proven()]
