"""One-time codes: counted per number, per contact and overall, in the store; refused beyond, to the second. What comes
back is counted on the row before it is compared.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from booking.core import Booking
from booking.events import CodesRanOut
from booking.memory import MemoryStore
from booking.model import ClientId, CodeId, ContactId, Person, PersonId, Rules
from booking.ports import TooManyTries
from booking.proofs import (
    LASTS,
    AskProof,
    CheckProof,
    NoOtherWay,
    ProofId,
    ProofOver,
    ProofSent,
    ProofSettled,
    ProofToSend,
    Proven,
    Purpose,
    Way,
    WrongProof,
)
from tests.booking.made import ANN, BEN, MONDAY, run
from tests.guards import guards

NUMBER, OTHER = "+33639980011", "+33639980012"
PERSON = PersonId("p1")
IDS = count(1)


def core_of(store: MemoryStore, after: timedelta, rules: Rules) -> Booking:
    return Booking(store, rules, MONDAY + after, lambda: f"id{next(IDS)}")


def asks(
    store: MemoryStore,
    contact: ContactId,
    number: str | None,
    after: timedelta = timedelta(0),
    rules: Rules = Rules(),  # noqa: B008 - frozen
    *,
    person: PersonId | None = None,
    purpose: Purpose = "number",
) -> AskProof:
    core = core_of(store, after, rules)
    answer = run(core.ask_proof(contact, person, purpose, number))
    sent = [event for event in core.events if isinstance(event, ProofToSend)]
    assert len(sent) == isinstance(answer, ProofSent)
    assert all(event.proof.target == number for event in sent if number is not None)
    return answer


def sent(answer: AskProof) -> ProofSent:
    assert isinstance(answer, ProofSent)
    return answer


@guards("T20")
def test_three_an_hour_to_one_number_whoever_asks() -> None:
    store = MemoryStore()
    for who in (ANN, BEN, ContactId("cleo")):
        assert sent(asks(store, who, NUMBER)).ends == "11"
    assert asks(store, ContactId("dan"), NUMBER) == TooManyTries(MONDAY + timedelta(hours=1))
    assert sent(asks(store, ContactId("dan"), OTHER)).ends == "12"


@guards("T20")
def test_three_an_hour_of_one_contact_to_any_number() -> None:
    store = MemoryStore()
    for n in range(3):
        sent(asks(store, ANN, f"+3363998001{n}"))
    assert asks(store, ANN, OTHER) == TooManyTries(MONDAY + timedelta(hours=1))
    assert asks(store, ANN, OTHER, timedelta(minutes=59, seconds=59)) == TooManyTries(MONDAY + timedelta(hours=1))
    sent(asks(store, ANN, OTHER, timedelta(hours=1)))


@guards("T20")
def test_six_a_day() -> None:
    store = MemoryStore()
    for hour in range(6):
        sent(asks(store, ANN, NUMBER, timedelta(hours=hour)))
    assert asks(store, ANN, NUMBER, timedelta(hours=7)) == TooManyTries(MONDAY + timedelta(days=1))


@guards("T20")
def test_a_limit_for_all_together() -> None:
    store, rules = MemoryStore(), Rules(codes_overall=5)
    for n in range(5):
        sent(asks(store, ContactId(f"c{n}"), f"+3363998001{n}", rules=rules))
    assert asks(store, BEN, OTHER, rules=rules) == TooManyTries(MONDAY + timedelta(hours=1))


@guards("T20")
def test_the_end_of_the_hours_codes_is_told_once_an_hour() -> None:
    store, rules, told = MemoryStore(), Rules(codes_overall=5), []
    for minute in range(0, 125, 5):
        core = core_of(store, timedelta(minutes=minute), rules)
        run(core.ask_proof(ContactId(f"c{minute}"), None, "number", f"+3363998{minute:04}"))
        told += [minute] * core.events.count(CodesRanOut(5))
    assert told == [20, 80], "with the fifth, and with the first that fills the hour again"


@guards("T19", partly=True)
def test_whether_a_number_has_an_account_makes_no_difference() -> None:
    """To whoever asks for a code to it: the same answer, by the same questions to the store."""
    asked = []
    for known in (True, False):
        store = Noted()
        if known:
            store.put(NUMBER)
        answer = sent(run(core_of(store, timedelta(0), Rules()).ask_proof(ANN, None, "number", NUMBER)))
        asked.append((answer.way, answer.ends, answer.channel, store.calls))
    assert asked[0] == asked[1]
    assert asked[0][3]


class Noted(MemoryStore):
    """Remembers which methods were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        if not name.startswith("_") and name not in {"calls", "rows", "put"}:
            self.calls.append(name)
        return super().__getattribute__(name)

    def put(self, phone: str) -> None:
        """Somebody who has this number."""
        self.rows.persons[PERSON] = Person(PERSON, ClientId("c"), CodeId("k"), "Ben", "Martin", None, phone=phone)


# ------------------------------------------------------------ what comes back


def ask(store: MemoryStore, contact: ContactId = ANN, purpose: Purpose = "number") -> tuple[ProofId, str]:
    """The proof, and the code as it goes out."""
    core = core_of(store, timedelta(0), Rules())
    answer = sent(run(core.ask_proof(contact, None, purpose, NUMBER)))
    (event,) = (event for event in core.events if isinstance(event, ProofToSend))
    return answer.id, event.code


def check(store: MemoryStore, id: ProofId, typed: str, after: timedelta = timedelta(0)) -> CheckProof:
    core = core_of(store, after, Rules())
    answer = run(core.check_proof(id, typed))
    over = isinstance(answer, Proven) or answer == WrongProof(0)
    assert not over or any(isinstance(event, ProofSettled) for event in core.events), "what is over is emptied"
    return answer


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_dies_of_three_wrong_answers() -> None:
    store = MemoryStore()
    id, code = ask(store)
    assert [check(store, id, wrong(code)) for _ in range(3)] == [WrongProof(2), WrongProof(1), WrongProof(0)]
    assert check(store, id, code) == ProofOver(), "not even looked at"
    another, code = ask(store)
    assert check(store, id, code) == ProofOver()
    assert check(store, another, code) == Proven("number", None, NUMBER)


def test_the_third_answer_may_still_be_right() -> None:
    store = MemoryStore()
    id, code = ask(store)
    found = [check(store, id, typed) for typed in ("", "\ud800é", code)]
    assert found == [WrongProof(2), WrongProof(1), Proven("number", None, NUMBER)]
    assert check(store, id, code) == ProofOver(), "once"


def test_ten_minutes_and_no_more() -> None:
    store = MemoryStore()
    id, code = ask(store)
    assert check(store, id, code, timedelta(minutes=10, microseconds=1)) == ProofOver()
    id, code = ask(store)
    assert check(store, id, code, timedelta(minutes=10)) == Proven("number", None, NUMBER)


def test_one_is_open_for_each_contact_and_purpose() -> None:
    store = MemoryStore()
    (first, code), (other, others) = ask(store), ask(store, purpose="export")
    second, newer = ask(store)
    assert store.rows.proofs[first].outcome == "replaced"
    assert check(store, first, code) == ProofOver()
    assert check(store, other, others) == Proven("export", None, NUMBER)
    assert check(store, second, newer) == Proven("number", None, NUMBER)


def test_what_is_proven_holds_as_long_as_a_code() -> None:
    store = MemoryStore()
    id, code = ask(store, purpose="export")
    check(store, id, code)
    for after, holds in ((LASTS, True), (LASTS + timedelta(seconds=1), False)):
        assert run(core_of(store, after, Rules()).is_proven(ANN, "export")) is holds
    assert not run(core_of(store, timedelta(0), Rules()).is_proven(ANN, "erase"))
    assert not run(core_of(store, timedelta(0), Rules()).is_proven(BEN, "export"))


def test_the_code_is_kept_by_no_row() -> None:
    store = MemoryStore()
    id, code = ask(store)
    assert store.rows.proofs[id].code == f"proof:{id}:{code}", "keyed by the store (in memory, in clear)"
    assert code not in repr(replace(store.rows.proofs[id], code=""))


# ------------------------------------------------------------ another way to somebody

SMS = Way("sms", PERSON, ANN, NUMBER, heard=MONDAY)
SAME_NUMBER = Way("whatsapp", PERSON, ContactId("wa"), NUMBER, heard=MONDAY)
WHATSAPP = Way("whatsapp", PERSON, ContactId("wa"), OTHER, heard=MONDAY)
SHUT = replace(WHATSAPP, heard=MONDAY - timedelta(days=1))
TELEGRAM = Way("telegram", PERSON, ContactId("tg"), heard=MONDAY - timedelta(days=40))


@pytest.mark.parametrize(
    ("ways", "email", "channel"),
    [
        ((SMS,), False, None),
        ((SMS, SAME_NUMBER), False, None),
        ((SMS, SHUT), False, None),
        ((SMS, WHATSAPP), False, "whatsapp"),
        ((SMS, WHATSAPP, TELEGRAM), True, "telegram"),
        ((SMS, SAME_NUMBER), True, "email"),
        ((TELEGRAM, SAME_NUMBER), False, "telegram"),
    ],
)
def test_a_second_proof_hangs_on_another_number(ways: tuple[Way, ...], email: bool, channel: str | None) -> None:
    store = MemoryStore()
    person = Person(PERSON, ClientId("c"), CodeId("k"), "Camille", "Martin", "camille@example.org", email)
    store.rows.persons[PERSON] = person
    for way in ways:
        assert way.contact is not None
        store.rows.addresses[way.contact], store.rows.contacts[way.contact] = way, PERSON
    answer = asks(store, ANN, None, person=PERSON, purpose="export")
    if channel is None:
        assert answer == NoOtherWay()
    else:
        assert sent(answer).channel == channel
        assert sent(answer).way == ("mail" if channel == "email" else "code")


@guards("T20")
def test_three_an_hour_to_one_number_on_whichever_channel() -> None:
    store = MemoryStore()
    store.rows.persons[PERSON] = Person(PERSON, ClientId("c"), CodeId("k"), "Camille", "Martin", None)
    for way in (SMS, WHATSAPP):
        assert way.contact is not None
        store.rows.addresses[way.contact], store.rows.contacts[way.contact] = way, PERSON
    for _ in range(2):
        assert sent(asks(store, ANN, None, person=PERSON, purpose="export")).channel == "whatsapp"
    assert sent(asks(store, BEN, OTHER)).channel == "sms"
    assert asks(store, ContactId("dan"), OTHER) == TooManyTries(MONDAY + timedelta(hours=1))


def test_who_is_nobody_has_no_other_way() -> None:
    assert asks(MemoryStore(), ANN, None, purpose="export") == NoOtherWay()


def test_enough_to_know_it_by() -> None:
    assert [SMS.ends, TELEGRAM.ends] == ["11", ""]
    assert Way("email", PERSON, email="camille@example.org").ends == "c...@example.org"
