"""A mailed link confirms the address that it went to, for the person whose it is, and no other."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from booking.addresses import EmailProof, EmailProofId, EmailWhy
from booking.confirming import ask_to_confirm
from booking.events import EmailConfirmed, EmailToProve
from booking.model import Person, PersonId, slot_id
from booking.ports import Booked
from tests.booking.made import ANN, BEN, MONEY, Desk, consent, joining, run, worker
from tests.booking.test_booking import NINE, TEN

LINKS = count(1)
FIRST, SECOND = "ann@example.org", "new@example.org"


def joined(desk: Desk) -> EmailProof:
    turn = desk.turn()
    assert isinstance(run(turn.book(slot_id(NINE, None), MONEY, ANN, joining(), consent())), Booked)
    [asked] = [event for event in turn.events if isinstance(event, EmailToProve)]
    assert asked.proof.email == asked.person.email == FIRST
    return asked.proof


def ann(desk: Desk) -> Person:
    person = run(desk.turn().known(ANN)).person
    assert person is not None
    return person


def asked(desk: Desk, email: str, why: EmailWhy = "change") -> EmailProof:
    proof = EmailProof(EmailProofId(f"link{next(LINKS)}"), ann(desk).id, email, why, desk.now)
    run(ask_to_confirm(desk.store, desk.turn().events, proof))
    return proof


def test_the_link_of_an_account_confirms_its_address_once() -> None:
    desk = Desk([worker("ali")])
    proof = joined(desk)
    turn = desk.turn()
    assert run(turn.confirm_email(proof.id))
    assert ann(desk).email_confirmed
    assert [type(event) for event in turn.events] == [EmailConfirmed]
    assert not run(desk.turn().confirm_email(proof.id))
    assert not run(desk.turn().confirm_email("nobody"))
    password, turn = asked(desk, FIRST, "password"), desk.turn()
    assert run(turn.confirm_email(password.id))
    assert turn.events == [], "it was confirmed before: their appointments are not mailed a second time"


def test_a_link_in_the_old_mailbox_confirms_no_other_address() -> None:
    desk = Desk([worker("ali")])
    old = joined(desk)
    new = asked(desk, SECOND)
    assert (ann(desk).email, ann(desk).email_confirmed) == (FIRST, False)  # the old one stays meanwhile
    assert not run(desk.turn().confirm_email(old.id))
    assert (ann(desk).email, ann(desk).email_confirmed) == (FIRST, False)
    assert run(desk.turn().confirm_email(new.id))
    assert (ann(desk).email, ann(desk).email_confirmed) == (SECOND, True)
    assert not run(desk.turn().confirm_email(old.id))
    assert ann(desk).email == SECOND


def test_of_two_changes_the_later_counts() -> None:
    desk = Desk([worker("ali")])
    joined(desk)
    once, twice = asked(desk, SECOND), asked(desk, "third@example.org")
    assert not run(desk.turn().confirm_email(once.id))
    assert run(desk.turn().confirm_email(twice.id))
    assert ann(desk).email == "third@example.org"


def test_a_link_that_shows_who_writes_changes_nothing_in_the_account() -> None:
    desk = Desk([worker("ali")])
    first = joined(desk)
    other = asked(desk, FIRST, "join_channel")
    turn = desk.turn()
    assert run(turn.confirm_email(other.id))
    assert (turn.events, ann(desk).email_confirmed) == ([], False)
    assert run(desk.turn().confirm_email(first.id))  # and ends no other


def test_a_link_from_before_leads_to_a_person_until_another_goes_out() -> None:
    desk = Desk([worker("ali")])
    joined(desk)
    desk.memory.rows.email_proofs.clear()  # as it was when links led to people
    id = ann(desk).id
    found = run(desk.turn().email_to_prove(id))
    assert found is not None
    assert found.email == FIRST
    asked(desk, SECOND)
    assert run(desk.turn().email_to_prove(id)) is None
    assert not run(desk.turn().confirm_email(id))
    assert not ann(desk).email_confirmed


def test_a_link_from_before_is_used_once() -> None:
    desk = Desk([worker("ali")])
    joined(desk)
    desk.memory.rows.email_proofs.clear()
    assert run(desk.turn().confirm_email(ann(desk).id))
    assert ann(desk).email_confirmed
    assert not run(desk.turn().confirm_email(ann(desk).id))


def test_who_has_no_address_has_no_link() -> None:
    desk = Desk([worker("ali")])
    joined(desk)
    assert run(desk.turn().email_to_prove(PersonId("nobody"))) is None
    turn = desk.turn()
    booked = run(turn.book(slot_id(TEN, None), MONEY, BEN, replace(joining(), email=None), consent()))
    assert isinstance(booked, Booked)
    assert not [event for event in turn.events if isinstance(event, EmailToProve)]
    assert run(desk.turn().email_to_prove(booked.appointment.person)) is None
