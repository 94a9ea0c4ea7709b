"""Ways into somebody else's account that need several parts together: each part alone does what it should."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Literal

import pytest

from booking.claims import ClaimSettled, ClaimWaits
from booking.model import ContactId, Person, PersonId
from booking.proofs import LASTS, ProofOver, ProofSent
from handlers.acting import Acting
from handlers.web.email_core import EmailCore
from handlers.web.ports import EmailView
from locales.voice import Voice
from storage import contacts
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import BOOKS, CAMILLE, SAM, Place
from tests.handlers.path.test_email_links import changes, mailed
from tests.handlers.path.test_joining_channels import ACCOUNT, CHAT, NAMED, code_in, joins

pytestmark = pytest.mark.sampled

MAILBOX, OTHER_CHAT = "camille@example.org", "700002"
CODE = re.compile(r"\b[0-9]{6}\b")
SAY = Voice("fr")


async def confirmed(place: Place) -> None:
    await place.parts.db.execute("UPDATE person SET email_confirmed = ?", True)
    place.new("email", MAILBOX)


async def person_of(place: Place, channel: str, address: str) -> str | None:
    return (await place.contact(channel, address)).person_id


async def linked(place: Place, channel: str, address: str) -> None:
    """To Camille's account for long: no proof of it is kept any more."""
    theirs = await person_of(place, "sms", CAMILLE)
    await place.says(channel, address, "bonjour")  # type: ignore[arg-type]
    row = await place.contact(channel, address)
    async with place.parts.db.transaction() as tx:
        await contacts.link_person(tx, row.id, theirs)
    place.new(channel, address)


# ------------------------------------------------------------ a recycled number, and an account that lives elsewhere


@guards("T04", partly=True)
@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
async def test_a_number_that_fell_silent_leads_to_no_account_that_is_used_elsewhere(place: Place, channel: str) -> None:
    """Whoever was given the number reads its codes; its owner goes on with Telegram, and has an hour to come."""
    await place.books()
    await linked(place, "telegram", CHAT)
    for _ in range(3):
        await place.passes(days=18)
        await place.says("telegram", CHAT, "aide")
    assert "C'est réservé" in (await place.says("telegram", CHAT, "rdv", "1", "1", "1"))[-1]
    place.new("sms", CAMILLE), place.new("telegram", CHAT)
    address = CAMILLE if channel == "whatsapp" else OTHER_CHAT
    await place.says(channel, address, ACCOUNT, NAMED)  # type: ignore[arg-type]
    sent = place.new("sms", CAMILLE)
    if sent:
        await place.says(channel, address, code_in(sent))  # type: ignore[arg-type]
    assert await person_of(place, channel, address) is None


# ------------------------------------------------------------ a proof that what it proves is no longer theirs


@guards("T05", partly=True)
async def test_a_link_to_a_mailbox_that_was_replaced_joins_nothing(place: Place) -> None:
    """Who reads the old mailbox asked for a link, and presses it after its owner has put another in its place."""
    await place.books()
    await confirmed(place)
    await place.says("telegram", CHAT, ACCOUNT, MAILBOX)
    [mail] = place.new("email", MAILBOX)
    await place.says("sms", CAMILLE, "changer mon mail", "1", "other@example.org")
    [asked] = [text for to, text in place.line("sms").sent_to[-1:] if to == CAMILLE]
    await place.says("sms", CAMILLE, CODE.findall(asked)[0] if CODE.findall(asked) else asked.split()[-1])
    pages = EmailCore(place.parts)
    [new] = place.new("email", "other@example.org")
    await pages.confirm_email(new.rsplit("/e/", 1)[1].split()[0])
    await pages.confirm_email(mail.rsplit("/e/", 1)[1].split()[0])
    await place.settle()
    assert await person_of(place, "telegram", CHAT) is None


@guards("T04", partly=True)
async def test_a_code_to_a_number_that_was_given_up_joins_nothing(place: Place) -> None:
    await place.books()
    await place.says("telegram", CHAT, ACCOUNT, NAMED)
    code = code_in(place.new("sms", CAMILLE))
    await place.says("sms", CAMILLE, "pas moi", "1")
    await place.says("telegram", CHAT, code)
    assert await person_of(place, "telegram", CHAT) is None


# ------------------------------------------------------------ a channel that was joined just now proves little


@guards("T03", partly=True)
async def test_a_channel_of_this_week_is_no_second_proof(place: Place) -> None:
    """Whoever has the number for a day joins a channel with it, and would then prove by that who they are."""
    await place.books()
    await joins(place)
    place.new("telegram", CHAT), place.new("sms", CAMILLE)
    await place.says("sms", CAMILLE, "retour", "copie de mes données", "1")
    assert not any(CODE.findall(text) for text in place.new("telegram", CHAT))
    said = await place.says("telegram", CHAT, "copie de mes données", "1")
    assert not any(CODE.findall(text) for text in place.new("sms", CAMILLE)), said
    assert not await place.parts.db.fetch("SELECT id FROM proof WHERE purpose = 'export'")
    await place.passes(days=7, seconds=1)
    await place.says("telegram", CHAT, "copie de mes données", "1")
    assert await place.parts.db.fetch("SELECT id FROM proof WHERE purpose = 'export'")


@guards("T03", partly=True)
async def test_nor_does_it_give_back_the_number_that_it_was_joined_by(place: Place) -> None:
    """Its owner has another number since: whoever has the old one joined a channel with it the day before."""
    await place.books()
    await joins(place)
    await place.passes(days=1)
    person = PersonId(str(await person_of(place, "sms", CAMILLE)))
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        found = await store.person(person)
        assert found is not None
        await store.save_person(replace(found, phone=SAM), place.clock.now)
    await place.passes(hours=1)
    place.new("telegram", CHAT)
    said = await place.says("sms", CAMILLE, "bonjour", "1")
    assert "dites-nous d'abord" in said[-2]
    assert not any(CODE.findall(text) for text in place.new("telegram", CHAT))


async def test_who_joined_last_parts_nobody_who_joined_before(place: Place) -> None:
    """Its owner joined Telegram; whoever got hold of the number joins another, and would have the owner's parted."""
    await place.books()
    await joins(place)
    await place.passes(days=1)
    await joins(place, "telegram", OTHER_CHAT)
    await place.says("telegram", OTHER_CHAT, "pas moi", "1")
    assert await person_of(place, "telegram", CHAT) is not None
    theirs = await person_of(place, "telegram", CHAT)
    assert theirs == await person_of(place, "sms", CAMILLE)
    await joins(place, "telegram", OTHER_CHAT)
    await place.says("telegram", CHAT, "pas moi")
    assert await person_of(place, "telegram", CHAT) == theirs
    assert await person_of(place, "telegram", OTHER_CHAT) is None


# ------------------------------------------------------------ what was parted, and the week of a claim


@guards("T02", partly=True)
async def test_a_channel_that_was_parted_by_a_word_comes_back_by_a_code_alone(place: Place) -> None:
    """The week without a no is for addresses that fell silent: here the no was said. Where a forged sender said it, the
    code goes to the true number, and all is as it was.
    """
    await place.books()
    await joins(place)
    await place.says("sms", CAMILLE, "pas moi")
    place.new("telegram", CHAT), place.new("sms", CAMILLE)
    said = await place.says("telegram", CHAT, "bonjour", "1", "2")
    assert "Sans code" in said[-1]
    assert "7 jours" not in said[-1]
    assert await person_of(place, "telegram", CHAT) is None
    await place.says("telegram", CHAT, "c'est toujours moi", "1")
    await place.says("telegram", CHAT, CODE.findall(place.new("sms", CAMILLE)[-1])[0])
    assert await person_of(place, "telegram", CHAT) == await person_of(place, "sms", CAMILLE)


@guards("T02", partly=True)
async def test_a_yes_by_sms_gives_no_address_back(place: Place) -> None:
    """Anyone sends an SMS in anyone's name. Whoever has Camille's old chat claims it, and forges her yes."""
    await place.books()
    await linked(place, "telegram", CHAT)
    for _ in range(3):
        await place.passes(days=18)
        await place.says("sms", CAMILLE, "aide")
    old = (await place.contact("telegram", CHAT)).person_id
    await place.says("telegram", CHAT, "bonjour", "1", "2", "2")
    assert "Est-ce vous ?" in place.new("sms", CAMILLE)[-1]
    await place.says("sms", CAMILLE, "oui, c'est moi")
    assert await person_of(place, "telegram", CHAT) is None, "not before the week is over"
    await place.says("sms", CAMILLE, "non")
    await place.passes(days=8)
    assert await person_of(place, "telegram", CHAT) is None, "and her no counts still"
    assert old == await person_of(place, "sms", CAMILLE)


@guards("T04", partly=True)
async def test_who_joins_another_account_has_said_that_they_are_not_the_one_before(place: Place) -> None:
    """A number is given to Sam, whose claim of Camille's runs when Sam joins their own account there."""
    await place.books()
    await linked(place, "telegram", CHAT)
    await place.says("whatsapp", SAM, *BOOKS)
    for _ in range(3):
        await place.passes(days=18)
        await place.says("telegram", CHAT, "aide")
        await place.says("whatsapp", SAM, "aide")
    await place.says("sms", CAMILLE, "bonjour", "1", "2", "2")
    await place.says("whatsapp", SAM, "aide")
    place.new("whatsapp", SAM)
    await place.says("sms", CAMILLE, ACCOUNT, "06 39 98 00 12")
    await place.says("sms", CAMILLE, code_in(place.new("whatsapp", SAM)))
    sam = await person_of(place, "whatsapp", SAM)
    assert await person_of(place, "sms", CAMILLE) == sam
    await place.passes(days=8)
    assert await person_of(place, "sms", CAMILLE) == sam, "the week's end gives them no second account"


# ------------------------------------------------------------ proofs of another account, or of another thing


async def test_what_was_proven_of_one_account_proves_nothing_of_another(place: Place) -> None:
    await place.books()
    await linked(place, "telegram", CHAT)
    await confirmed(place)
    await place.says("telegram", CHAT, "copie de mes données", "1")
    code = next(found for text in place.new("email", MAILBOX) for found in CODE.findall(text))
    there = await place.contact("telegram", CHAT)
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, there.id)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=who)
        (row,) = await tx.fetch("SELECT id FROM proof WHERE purpose = 'export'")
        await core.check_proof(row["id"], code)
        assert await core.is_proven(ContactId(there.id), "export")
        await contacts.link_person(tx, there.id, None)
        assert not await core.is_proven(ContactId(there.id), "export")


@guards("G05")
@pytest.mark.parametrize("proven", [("+33639980076", "+33639980077"), (CAMILLE,)], ids=["new ones", "the old one"])
async def test_a_number_is_changed_by_proof_of_the_old_and_the_new_alone(place: Place, proven: tuple[str, ...]) -> None:
    """Both are the thief's: neither the old number nor another way of the owner's was heard. Or nobody has shown that
    the new one is theirs."""
    await place.books()
    here = await place.contact("sms", CAMILLE)
    person = PersonId(str(here.person_id))
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, here.id)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=who)
        for number in proven:
            sent = await core.ask_proof(ContactId(here.id), person, "number", number)
            await core.check_proof(sent.id, core.events[-1].code)  # type: ignore[union-attr]
        assert await core.change_phone(person, ContactId(here.id), "+33639980077") == "unproven"


@guards("G05", partly=True)
async def test_what_was_proven_of_another_or_long_ago_changes_no_number(place: Place) -> None:
    """From the same address, by who had it before, or in a talk that was left open."""
    await place.books()
    here, new = await place.contact("sms", CAMILLE), "+33639980077"
    person = PersonId(str(here.person_id))
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, here.id)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=who)
        for number in (CAMILLE, new):
            sent = await core.ask_proof(ContactId(here.id), person, "number", number)
            await core.check_proof(sent.id, core.events[-1].code)  # type: ignore[union-attr]
        long_ago = place.clock.now - LASTS - timedelta(seconds=1)
        for column, wrong, right in (("person_id", "another", person), ("settled_at", long_ago, place.clock.now)):
            await tx.execute(f"UPDATE proof SET {column} = ?", wrong)
            assert await core.change_phone(person, ContactId(here.id), new) == "unproven"
            await tx.execute(f"UPDATE proof SET {column} = ?", right)
        assert await core.change_phone(person, ContactId(here.id), new) == "changed"


@guards("T03", partly=True)
async def test_no_other_proof_and_no_wait_unheard_gives_an_address_back(place: Place) -> None:
    """They prove a number of their own, and would wait where nobody could say no: whatever their talk asks for."""
    await place.books()
    await place.passes(days=46)
    await place.says("sms", CAMILLE, "bonjour")
    here = await place.contact("sms", CAMILLE)
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, here.id)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=who)
        sent = await core.ask_proof(ContactId(here.id), None, "number", SAM)
        code = core.events[-1].code  # type: ignore[union-attr]
        assert await core.prove_claim(ContactId(here.id), sent.id, code) == ProofOver()  # type: ignore[union-attr]
        assert await core.wait_claim(ContactId(here.id)) is None
        assert not any(isinstance(event, ClaimSettled | ClaimWaits) for event in core.events)


# ------------------------------------------------------------ a mailbox that the desk replaced


@guards("T03", "T04", partly=True)
@pytest.mark.parametrize("days", [20, 60])
async def test_a_mailbox_that_the_desk_replaces_vouches_for_no_number(place: Place, days: int) -> None:
    """Whoever lost their telephone calls the desk and reads the link; whoever has the number now asked for nothing."""
    await place.books()
    await confirmed(place)
    await place.passes(days=days)
    await changes(place, PersonId(str(await person_of(place, "sms", CAMILLE))), "other@example.org")
    assert isinstance(await EmailCore(place.parts).confirm_email(mailed(place, "other@example.org")), EmailView)
    await place.passes(hours=1)
    place.new("sms", CAMILLE)
    assert "dites-nous d'abord" in (await place.says("sms", CAMILLE, "mes rendez-vous"))[-1]


@guards("T03", partly=True)
@pytest.mark.parametrize(
    ("since", "vouched"),
    [
        ("UPDATE contact SET failures = 0", True),
        ("UPDATE contact SET parted_at = created_at", False),
        ("UPDATE contact SET person_id = NULL", False),
        ("UPDATE contact SET last_inbound_at = NULL", False),
    ],
    ids=["theirs", "taken from them", "somebody else's", "never heard"],
)
async def test_a_new_mailbox_vouches_only_for_where_they_asked_for_it(
    place: Place, since: str, *, vouched: bool
) -> None:
    """And for that only as long as it is theirs: the link may be pressed days later."""
    await place.books()
    person = PersonId(str(await person_of(place, "sms", CAMILLE)))
    here = await place.contact("sms", CAMILLE)
    await place.parts.db.execute(since)
    place.clock.now += timedelta(days=1)
    async with place.parts.db.transaction() as tx:
        await RowStore(tx, place.parts.directories).vouch(person, ContactId(here.id), place.clock.now)
        after = await contacts.get(tx, here.id)
    assert after is not None
    assert (after.trusted_at == place.clock.now) is vouched


# ------------------------------------------------------------ what joins a channel, and what does not


@guards("G03", partly=True)
@pytest.mark.parametrize(
    ("purpose", "late", "joins_it"),
    [("join", timedelta(minutes=10), True), ("join", timedelta(minutes=10, seconds=1), False), ("number", None, False)],
)
async def test_a_channel_is_joined_by_a_proof_for_that_and_of_just_now(
    place: Place, purpose: Literal["join", "number"], late: timedelta | None, *, joins_it: bool
) -> None:
    await place.books()
    person = PersonId(str(await person_of(place, "sms", CAMILLE)))
    await place.says("telegram", CHAT, "bonjour")
    chat = await place.contact("telegram", CHAT)
    async with place.parts.db.transaction() as tx:
        who, store, at = await contacts.lock(tx, chat.id), RowStore(tx, place.parts.directories), place.clock.now
        core = Acting(tx, store, place.parts.rules, at, place.parts.new_id, contact=who)
        sent = await core.ask_proof(ContactId(chat.id), person if purpose == "number" else None, purpose, CAMILLE)
        assert isinstance(sent, ProofSent)
        await core.check_proof(sent.id, core.events[-1].code)  # type: ignore[union-attr]
        core = Acting(tx, store, place.parts.rules, at + (late or timedelta()), place.parts.new_id, contact=who)
        assert isinstance(await core.join_channel(ContactId(chat.id), sent.id), Person) is joins_it
    assert await person_of(place, "telegram", CHAT) == (person if joins_it else None)


@guards("G03", partly=True)
async def test_what_somebody_began_goes_to_no_channel_of_anothers(place: Place) -> None:
    await place.books()
    sam = [text.replace("camille", "sam").replace("Camille Dubois", "Sam Leroy") for text in BOOKS]
    await place.says("sms", SAM, *sam)
    theirs, others = await place.contact("sms", CAMILLE), await place.contact("sms", SAM)
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=theirs)
        assert not await core.pass_draft(ContactId(theirs.id), ContactId(others.id), "given", {"motive": "finance"})
        assert core.events == []
