"""An account before any hour is chosen."""

from __future__ import annotations

from dataclasses import replace

from booking.core import Booking
from booking.events import DeskNeeded, EmailToProve, PersonJoined
from booking.model import CodeId, Person
from booking.ports import Refused
from tests.booking.made import ANN, CODE, PORTS, Desk, consent, joining, run, worker


def core(desk: Desk) -> Booking:
    return Booking(desk.store, desk.rules, desk.now, iter("abcdefgh").__next__)


def test_it_is_made_with_its_consent() -> None:
    desk = Desk([worker("claire")])
    one = core(desk)
    person = run(one.join(ANN, joining(), consent()))
    assert isinstance(person, Person)
    assert [type(event) for event in one.events] == [PersonJoined, EmailToProve]
    known = run(core(desk).known(ANN))
    assert (known.person, known.terms_accepted) == (person, True)


def test_not_without_the_terms_in_force() -> None:
    desk, one = Desk(), replace(consent(), terms_version="2019-01-01")
    assert run(core(desk).join(ANN, joining(), one)) == Refused("consent")
    assert run(core(desk).known(ANN)).person is None


def test_not_with_a_code_that_opens_nothing() -> None:
    desk = Desk()
    one = core(desk)
    assert run(one.join(ANN, joining(CodeId("nothing")), consent())) == Refused("suspended")
    assert [type(event) for event in one.events] == [DeskNeeded]
    desk.memory.put_client(replace(PORTS, suspended=True))
    assert run(core(desk).join(ANN, joining(CODE.id), consent())) == Refused("suspended")
