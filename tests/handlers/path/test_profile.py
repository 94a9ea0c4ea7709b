"""Somebody puts right what we know of them, on every channel that a message takes: rows, mails, and the audit trail."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from booking.model import ContactId, PersonId
from handlers.acting import Acting
from handlers.web.email_core import EmailCore
from handlers.web.ports import EmailView, Gone
from storage import audit, contacts, platform_passwords, tokens
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place
from tests.handlers.path.test_email_links import FIRST, SECOND, address, joined, mailed

pytestmark = pytest.mark.sampled

PASSWORD = "Deux-Vélos7"


async def deeds(place: Place, person: PersonId) -> list[str]:
    """What was noted of their data, the latest first; not what was done to hours."""
    return [deed.action for deed in await audit.latest(place.parts.db, 99, of=f"person:{person}")]


def answered(place: Place) -> str:
    """The last text that went to their telephone."""
    return [text for to, text in place.line("sms").sent_to if to == CAMILLE][-1]


@guards("G05")
async def test_a_name_is_put_right_and_the_worker_reads_it(place: Place) -> None:
    person = await joined(place)
    place.new("sms", CLAIRE)
    await place.says("sms", CAMILLE, "changer mon nom", "Camille Dubois-Martin")
    assert "Camille Dubois-Martin" in answered(place)
    async with place.parts.db.transaction() as tx:
        found = await RowStore(tx, place.parts.directories).person(person)
    assert found is not None
    assert (found.first_name, found.last_name) == ("Camille", "Dubois-Martin")
    assert place.new("sms", CLAIRE) == []  # nobody is told
    assert (await deeds(place, person))[0] == "correct name"
    noted = str(await place.parts.db.fetch("SELECT * FROM audit"))
    assert "Dubois" not in noted


@guards("G05")
async def test_an_address_is_changed_by_a_code_and_a_link_and_the_old_one_is_told(place: Place) -> None:
    person, pages = await joined(place), EmailCore(place.parts)
    assert isinstance(await pages.confirm_email(mailed(place, FIRST)), EmailView)
    await place.settle()
    place.new("email", FIRST)
    await place.passes(hours=16)  # at two in the morning: who is told is told at once
    await place.says("sms", CAMILLE, "changer mon mail", "1", SECOND)
    assert place.new("email", SECOND) == []  # nothing before the code came back
    written = re.findall(r"[0-9]{6}", answered(place))[0]
    await place.says("sms", CAMILLE, written)
    await place.settle()
    [told] = place.new("email", FIRST)
    assert "/e/" not in told
    assert SECOND not in told
    [asked] = place.new("email", SECOND)
    assert "Camille" not in asked  # it may be a stranger's mailbox
    assert await address(place, person) == (FIRST, True)
    await place.says("sms", CAMILLE, "mon profil")
    assert f"à confirmer : {SECOND}" in answered(place)
    assert isinstance(await pages.confirm_email(mailed(place, SECOND)), EmailView)
    assert await address(place, person) == (SECOND, True)
    assert (await deeds(place, person))[0] == "change address"


@guards("T02")
async def test_who_writes_in_their_name_changes_no_address(place: Place) -> None:
    """A forged sender does not read the code, which goes to the number itself."""
    person = await joined(place)
    read = await place.says("sms", CAMILLE, "changer mon mail", "2", "somebody@example.org")
    (right,) = re.findall(r"\b\d{6}\b", read[-1])
    for guess in ("000000", "111111", "222222", right):  # it is over with the third
        await place.says("sms", CAMILLE, guess)
    await place.settle()
    assert place.new("email", "somebody@example.org") == []
    assert await address(place, person) == (FIRST, False)


@guards("T02", partly=True)
@pytest.mark.parametrize("late", [0, 1])
async def test_a_code_that_is_written_back_after_an_hour_does_nothing(place: Place, late: int) -> None:
    await joined(place)
    read = await place.says("sms", CAMILLE, "changer mon mail", "2", SECOND)
    (right,) = re.findall(r"\b\d{6}\b", read[-1])
    place.clock.now += timedelta(hours=1, seconds=late)
    await place.says("sms", CAMILLE, right)
    assert bool(place.new("email", SECOND)) == (not late)


async def test_a_lost_link_is_mailed_again_and_the_first_is_over(place: Place) -> None:
    person, pages = await joined(place), EmailCore(place.parts)
    first = mailed(place, FIRST)
    await place.says("sms", CAMILLE, "mon mail", "1")
    await place.settle()
    again = mailed(place, FIRST)
    assert again != first
    assert await pages.confirm_email(first) == Gone("later_mail")
    assert isinstance(await pages.confirm_email(again), EmailView)
    assert await address(place, person) == (FIRST, True)


async def test_the_password_is_chosen_later_by_a_link_of_its_own(place: Place) -> None:
    person, pages = await joined(place), EmailCore(place.parts)
    assert isinstance(await pages.confirm_email(mailed(place, FIRST)), EmailView)
    await place.says("sms", CAMILLE, "mot de passe")
    await place.settle()
    view = await pages.email(mailed(place, FIRST))
    assert isinstance(view, EmailView)
    assert (view.why, view.password) == ("password", None)
    view = await pages.confirm_email(mailed(place, FIRST))
    assert isinstance(view, EmailView)
    assert view.password is not None
    await pages.choose_password(view.password, PASSWORD, PASSWORD)
    assert await platform_passwords.since(place.parts.db, person) == place.clock()
    assert (await deeds(place, person))[:2] == ["choose password", "mail password link"]


async def test_links_are_mailed_so_often_and_no_more(place: Place) -> None:
    await joined(place)
    place.new("email", FIRST)
    await place.says("sms", CAMILLE, *["mot de passe"] * 9)
    await place.settle()
    assert len(place.new("email", FIRST)) == place.parts.rules.codes_an_hour


@guards("T23", partly=True)
async def test_nobody_else_corrects_anything(place: Place) -> None:
    """A stranger, another person, a worker; all of it is noted as refused."""
    person = await joined(place)
    await place.says("sms", SAM, *LATER)
    others = [await place.contact("sms", SAM), await place.contact("sms", CLAIRE)]
    for other in others:
        by = ContactId(other.id)
        async with place.parts.db.transaction() as tx:
            who = await contacts.lock(tx, other.id)
            store = RowStore(tx, place.parts.directories)
            core = Acting(tx, store, place.parts.rules, place.clock(), place.parts.new_id, contact=who)
            assert not await core.rename(person, "Sam", "Leroy")
            await core.change_email(person, "sam@example.org", by)
            await core.mail_again(person, by)
            await core.mail_password(person, by)
            await core.set_language(person, "en")
            found = await store.person(person)
            assert core.events == []
        assert found is not None
        assert (found.first_name, found.language, found.email) == ("Camille", "fr", FIRST)
        assert (await deeds(place, person))[:5] == ["correct refused"] * 5
    assert ContactId(others[0].id) != ContactId(others[1].id)


# ------------------------------------------------------------ the number

NEW = "+33639980077"


def codes_to(place: Place, number: str) -> list[str]:
    texts = [text for to, text in place.line("sms").sent_to if to == number]
    return [found for text in texts if "code" in text for found in re.findall(r"\b[0-9]{6}\b", text)]


async def phone(place: Place, person: PersonId) -> str | None:
    async with place.parts.db.transaction() as tx:
        found = await RowStore(tx, place.parts.directories).person(person)
    assert found is not None
    return found.phone


@guards("G05")
@guards("T02")
async def test_a_number_is_changed_by_codes_to_the_old_and_the_new(place: Place) -> None:
    person, pages = await joined(place), EmailCore(place.parts)
    assert isinstance(await pages.confirm_email(mailed(place, FIRST)), EmailView)
    await place.settle()
    place.new("email", FIRST)
    await place.passes(hours=16)  # at two in the morning: who is told is told at once
    await place.says("sms", CAMILLE, "changer de numéro", "06 39 98 00 77", "1")
    assert codes_to(place, NEW) == []  # not before the old one answered
    await place.says("sms", CAMILLE, codes_to(place, CAMILLE)[-1])
    assert await phone(place, person) == CAMILLE
    await place.says("sms", CAMILLE, codes_to(place, NEW)[-1])
    await place.settle()
    assert await phone(place, person) == NEW
    [told] = place.new("email", FIRST)
    assert "nouveau numéro" in told
    assert NEW not in told
    assert (await deeds(place, person))[0] == "change number"
    at_new = await place.contact("sms", NEW)
    assert at_new.person_id == person
    [hour] = await place.parts.db.fetch("SELECT contact_id FROM appointment")
    assert hour["contact_id"] == at_new.id
    assert await place.parts.db.fetch("SELECT id FROM timer WHERE status = 'waiting' AND contact_id = ?", at_new.id)
    heard = await place.says("sms", NEW, "mes rendez-vous")
    assert "Claire" in heard[-1], "their hour: nobody asks there who it is"


@guards("G05", partly=True)
async def test_a_mailbox_that_nobody_has_shown_to_be_theirs_hears_nothing_of_a_new_number(place: Place) -> None:
    """A stranger's, where it was mistyped. The old number hears of it."""
    person = await joined(place)
    await place.settle()
    place.new("email", FIRST)
    await place.says("sms", CAMILLE, "changer de numéro", "06 39 98 00 77", "1")
    await place.says("sms", CAMILLE, codes_to(place, CAMILLE)[-1])
    await place.says("sms", CAMILLE, codes_to(place, NEW)[-1])
    await place.settle()
    assert await phone(place, person) == NEW
    assert place.new("email", FIRST) == []
    assert answered(place).startswith("Votre compte a un nouveau numéro")
    assert "00 77" not in answered(place)


@guards("T04", partly=True)
async def test_who_has_the_lost_number_next_is_a_stranger(place: Place) -> None:
    """Changed by Telegram and a link of theirs: the old number is nobody's from then on."""
    person = await joined(place)
    await place.comes("telegram", "77", text="bonjour")
    telegram = await place.contact("telegram", "77")
    async with place.parts.db.transaction() as tx:
        await contacts.link_person(tx, telegram.id, person)
    assert isinstance(await EmailCore(place.parts).confirm_email(mailed(place, FIRST)), EmailView)
    await place.settle()
    place.new("email", FIRST), place.new("telegram", "77")
    page = re.findall(r"/a/(\S+)", answered(place))[0]
    await place.says("telegram", "77", "changer de numéro", "06 39 98 00 77", "2")
    [mail] = place.new("email", FIRST)
    await place.says("telegram", "77", re.findall(r"\b[0-9]{6}\b", mail)[0])
    await place.says("telegram", "77", codes_to(place, NEW)[-1])
    await place.settle()
    assert await phone(place, person) == NEW
    before = len([1 for to, _ in place.line("sms").sent_to if to == CAMILLE])
    [answer] = await place.says("sms", CAMILLE, "mes rendez-vous")
    assert "rendez-vous" in answer
    assert (await place.contact("sms", CAMILLE)).person_id is None
    assert await tokens.look(place.parts.db, page, "appointment", place.clock.now) == tokens.Over(used=False)
    assert len([1 for to, _ in place.line("sms").sent_to if to == CAMILLE]) == before + 1


@guards("G05", partly=True)
@pytest.mark.parametrize("number", [SAM, CLAIRE], ids=["a person's", "a worker's"])
async def test_a_number_of_somebody_else_is_a_matter_for_humans(place: Place, number: str) -> None:
    person = await joined(place)
    await place.says("sms", SAM, *LATER)
    await place.says("sms", CAMILLE, "changer de numéro", number, "1")
    await place.says("sms", CAMILLE, codes_to(place, CAMILLE)[-1])
    [answer] = await place.says("sms", CAMILLE, codes_to(place, number)[-1])
    assert "personne de notre équipe" in answer
    assert await phone(place, person) == CAMILLE


async def test_what_a_talk_remembers_proves_nothing(place: Place) -> None:
    person = await joined(place)
    speaking = await place.contact("sms", CAMILLE)
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, speaking.id)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock(), place.parts.new_id, contact=who)
        assert await core.change_phone(person, ContactId(who.id), NEW) == "unproven"
    assert await phone(place, person) == CAMILLE
