"""Who was signed up by telephone is asked for the terms before any service, and may refuse them without losing the
hours that were promised; the account goes when nothing is to come.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from booking.model import Mode, Motive
from booking.phones import read
from handlers import assisted
from handlers.assisted import Asked, Newcomer
from handlers.privacy import afterwards
from storage.contacts import ContactRow
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, LATER, MONDAY, Place
from tests.handlers.path.test_forgetting import at, sealed

pytestmark = pytest.mark.sampled


async def helped(place: Place, start: datetime) -> str:
    """The desk makes the account of somebody on the telephone, and books. Their id."""
    mobile = read(CAMILLE)
    assert mobile is not None
    who = await assisted.caller(place.parts, mobile)
    assert isinstance(who, ContactRow)
    newcomer = Newcomer("PORTS-7KQM-4XTD", "Camille", "Dubois", None, "fr")
    asked = Asked(who, Motive.FINANCE, Mode.PHONE, None, start, newcomer)
    done = await assisted.book(place.parts, asked, "desk:anna")
    assert not isinstance(done, assisted.FreeHours), done
    await place.settle()
    place.new("sms", CAMILLE)
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    return person


async def gone(place: Place, person: str) -> bool:
    return not await place.parts.db.fetch("SELECT id FROM person WHERE id = ?", person)


@guards("G01")
async def test_who_was_signed_up_by_telephone_is_asked_first_and_the_proof_says_by_whom(place: Place) -> None:
    await helped(place, MONDAY + timedelta(days=2))
    (asked,) = await place.says("sms", CAMILLE, "message : je suis fatiguée")
    assert "acceptez-vous" in asked
    assert await place.parts.db.fetch("SELECT id FROM message") == []
    said = await place.says("sms", CAMILLE, "j'accepte")
    (consent,) = await place.parts.db.fetch("SELECT how, declared, msgid, shown_key, inbound_id FROM consent")
    assert (consent["how"], consent["declared"]) == ("desk:anna", "adult,authorised")
    assert all((consent["msgid"], consent["shown_key"], consent["inbound_id"]))
    assert "C'est transmis" in said[-1]
    assert len(await place.parts.db.fetch("SELECT id FROM message")) == 1, "what they had asked for goes on"


@guards("G01", partly=True)
async def test_who_refuses_keeps_the_hours_and_is_erased_after_the_last(place: Place) -> None:
    person = await helped(place, MONDAY + timedelta(days=2))
    await place.says("sms", CAMILLE, "bonjour", "je refuse")
    assert "desk_terms" in place.alarm_codes()
    await at(place, days=2)
    assert not await gone(place, person)
    await at(place, days=2, minutes=59)
    assert not await gone(place, person)
    await at(place, days=2, hours=1)
    assert await gone(place, person)
    await at(place, days=2, hours=2)
    await afterwards.look(place.parts)
    assert await sealed(place, "Camille", "Dubois", CAMILLE) == []


@guards("G02", partly=True)
async def test_who_was_signed_up_by_telephone_and_is_a_minor_has_no_account_after_the_last_hour(place: Place) -> None:
    """An hour that a human promised is a human's to take away: the desk is told at once."""
    person = await helped(place, MONDAY + timedelta(days=2))
    said = await place.says("sms", CAMILLE, "bonjour", "mineure")
    assert "notre équipe est prévenue" in said[-1]
    assert "desk_terms" in place.alarm_codes()
    await at(place, days=2, minutes=59)
    assert not await gone(place, person)
    await at(place, days=2, hours=1)
    assert await gone(place, person)


async def test_who_refuses_and_gives_the_hour_up_is_erased_a_day_later(place: Place) -> None:
    person = await helped(place, MONDAY + timedelta(days=5))
    await place.says("sms", CAMILLE, "annuler", "1", "bonjour", "je refuse")
    await at(place, hours=23, minutes=59)
    assert not await gone(place, person)
    await at(place, hours=24)
    assert await gone(place, person)


async def test_who_refuses_and_accepts_after_all_stays(place: Place) -> None:
    person = await helped(place, MONDAY + timedelta(hours=6))
    await place.says("sms", CAMILLE, "bonjour", "je refuse")
    place.clock.now = MONDAY + timedelta(hours=20)
    await place.says("sms", CAMILLE, "bonjour", "j'accepte")
    assert (await place.contact("sms", CAMILLE)).forget_at is None
    await at(place, hours=48)
    assert not await gone(place, person)


async def test_who_refused_as_a_stranger_and_then_calls_stays_and_is_asked_again(place: Place) -> None:
    """That no was before the account: to the help that they called for since, nobody has said no."""
    await place.says("sms", CAMILLE, "bonjour", "PORTS-7KQM-4XTD", "1", "1", "je refuse")
    assert (await place.contact("sms", CAMILLE)).forget_at is not None
    person = await helped(place, MONDAY + timedelta(days=2))
    await at(place, days=4)
    assert not await gone(place, person)
    said = await place.says("sms", CAMILLE, "je voudrais un rendez-vous")
    assert any("acceptez-vous" in text for text in said), said


@guards("G01", partly=True)
@pytest.mark.parametrize("document", ["terms_version", "policy_version"])
async def test_a_yes_to_what_was_in_force_when_it_was_asked_is_none_to_what_came_since(
    place: Place, document: str
) -> None:
    """The question stood open while the documents changed: whoever says yes to it has read the former ones."""
    (*_, asked) = await place.says("sms", CAMILLE, *LATER[:6])
    assert "acceptez-vous" in asked
    rules = place.parts.rules
    changed = replace(rules, terms_version="2") if document == "terms_version" else replace(rules, policy_version="2")
    place.parts = replace(place.parts, rules=changed)
    assert "acceptez-vous" in (await place.says("sms", CAMILLE, "1"))[-1]
    said = await place.says("sms", CAMILLE, *LATER[6:])
    assert "C'est réservé" in said[-1]
    (consent,) = await place.parts.db.fetch(f"SELECT {document} AS version, inbound_id FROM consent")
    assert consent["version"] == "2"
    heard = await place.parts.db.fetch("SELECT id FROM inbox WHERE kind = 'message' ORDER BY id")
    assert int(consent["inbound_id"]) == heard[7]["id"], "the second yes"


async def test_who_once_agreed_and_refuses_what_is_new_keeps_the_account(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    place.parts = replace(place.parts, rules=replace(place.parts.rules, policy_version="2"))
    asked = (await place.says("sms", CAMILLE, "mes rendez-vous"))[-1]
    assert "acceptez-vous" in asked
    refused = (await place.says("sms", CAMILLE, "je refuse"))[-1]
    assert "EFFACER MON COMPTE" in refused
    await at(place, days=30)
    assert not await gone(place, person)


async def test_who_gave_up_by_message_and_is_signed_up_by_telephone_after_that_stays(place: Place) -> None:
    """They refused nothing: what they gave up was before the account."""
    await place.says("sms", CAMILLE, "bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois", "annuler")
    person = await helped(place, MONDAY + timedelta(days=2))
    await at(place, days=4)
    assert not await gone(place, person)
