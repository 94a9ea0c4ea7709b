"""An address that may be somebody else's by now: what whoever has it is shown, and how its owner comes back to it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from booking.addresses import EmailProof, EmailProofId
from booking.core import Booking
from booking.model import ContactId, Mode, Motive, PersonId
from booking.ports import Booked
from booking.trust import SILENT
from bot.work import drain_all
from conversations.model import Link
from handlers import assisted, links
from handlers.assisted import Asked, Newcomer
from storage import audit, contacts, numbers, outbox, silences, tickets, tokens
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import BOOKS, CAMILLE, LATER, SAM, Place, refused
from tests.handlers.path.test_hushed import told

pytestmark = pytest.mark.sampled

SECOND = timedelta(seconds=1)
TELEGRAM, MAIL = "900000000000011", "camille@example.org"
THEIRS = re.compile("Camille|Dubois|camille@example|Claire|Argent|dettes|14 h|2 mars|9 mars", re.IGNORECASE)
CODE = re.compile(r"\b(\d{6})\b")


async def person_at(place: Place, channel: str, address: str) -> str:
    found = (await place.contact(channel, address)).person_id
    assert found is not None
    return found


async def joined(place: Place) -> str:
    """Camille by SMS and on Telegram, where she wrote last, some weeks ago."""
    await place.books()
    person = await person_at(place, "sms", CAMILLE)
    await place.says("telegram", TELEGRAM, "bonjour")
    there = await place.contact("telegram", TELEGRAM)
    async with place.parts.db.transaction() as tx:
        await contacts.link_person(tx, there.id, person)
    place.new("sms", CAMILLE)
    return person


async def by_mail_too(place: Place) -> None:
    await place.parts.db.execute("UPDATE person SET email_confirmed = ?", True)
    place.new("email", MAIL)


async def later(place: Place, days: float, keeps: bool = True) -> None:
    """Camille goes on with Telegram, if she `keeps` it; nobody writes by SMS."""
    for _ in range(int(days // 20)):
        await place.passes(days=20)
        if keeps:
            await place.says("telegram", TELEGRAM, "aide")
    await place.passes(days=days % 20)
    place.new("sms", CAMILLE)
    place.new("telegram", TELEGRAM)


# ------------------------------------------------------------ when it is asked


@guards("T03", "T04", partly=True)
async def test_it_is_asked_after_45_days_without_an_hour_and_not_a_second_before(place: Place) -> None:
    await place.books()
    wrote = place.clock.now
    place.clock.now = wrote + SILENT - SECOND
    assert "dites-nous d'abord" not in (await place.says("sms", CAMILLE, "aide"))[-1]
    place.clock.now += SILENT
    assert "dites-nous d'abord" in (await place.says("sms", CAMILLE, "aide"))[-1]


@guards("T03", partly=True)
async def test_the_message_itself_vouches_for_nothing(place: Place) -> None:
    """However often whoever took the number writes, it has been silent; also where nobody noted yet who wrote last."""
    await place.books()
    await place.parts.db.execute("UPDATE contact SET trusted_at = NULL")
    await place.passes(days=46)
    place.new("sms", CAMILLE)
    said = await place.says(
        "sms", CAMILLE, "mes rdv", "mes rdv", "annuler", "lire", "mes messages", "mes données", "retour"
    )
    assert not [text for text in said if THEIRS.search(text)]
    await place.passes(days=1)
    assert not [text for text in await place.says("sms", CAMILLE, "mes rdv") if THEIRS.search(text)]


async def test_an_hour_ahead_is_no_silence(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    await place.parts.db.execute("UPDATE appointment SET start_at = ?", place.clock.now + timedelta(days=55))
    await place.passes(days=50)
    assert "par téléphone" in (await place.says("sms", CAMILLE, "mes rendez-vous"))[-1]


@guards("T04", partly=True)
async def test_an_hour_that_was_booked_elsewhere_vouches_for_no_silent_number(place: Place) -> None:
    """Camille goes on with Telegram, and books there; whoever has her number learns nothing of it."""
    await joined(place)
    await later(place, 50)
    await place.says("telegram", TELEGRAM, "rdv", "1", "4", "2", "1", "1")
    assert "Claire" in (await place.says("telegram", TELEGRAM, "mes rendez-vous"))[-1]
    assert "dites-nous d'abord" in (await place.says("sms", CAMILLE, "mes rendez-vous"))[-1]


@guards("T03", partly=True)
async def test_a_changed_detail_is_asked_about_although_they_wrote_yesterday(place: Place) -> None:
    person = await joined(place)
    await place.passes(days=1)
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        found = await store.person(PersonId(person))
        assert found is not None
        await store.save_person(replace(found, phone=SAM), place.clock.now)
    place.new("sms", CAMILLE)
    place.clock.now += timedelta(days=6)
    assert "dites-nous d'abord" in (await place.says("sms", CAMILLE, "mes rendez-vous"))[-1]


async def test_a_proven_number_is_never_replaced_without_a_moment(place: Place) -> None:
    person = await joined(place)
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        found = await store.person(PersonId(person))
        assert found is not None
        with pytest.raises(ValueError, match="proven"):
            await store.save_person(replace(found, phone=SAM))
        await store.save_person(replace(found, email="other@example.org"))  # it was not confirmed


# ------------------------------------------------------------ coming back


@guards("T03", "T04", partly=True)
async def test_a_code_to_another_way_brings_all_back(place: Place) -> None:
    await joined(place)
    await by_mail_too(place)
    old = await place.contact("sms", CAMILLE)
    await later(place, 50)
    asked, where = await place.says("sms", CAMILLE, "mes rendez-vous", "1")
    assert "dites-nous d'abord" in asked
    assert not THEIRS.search(where)
    heir = await place.contact("sms", CAMILLE)
    assert heir.id != old.id
    (code,) = [found[1] for text in place.new("telegram", TELEGRAM) if (found := CODE.search(text))]
    (done,) = await place.says("sms", CAMILLE, code)
    assert "c'est bien vous" in done
    assert "vérifié" in place.new("telegram", TELEGRAM)[-1]
    assert ["vérifié" in text for text in place.new("email", MAIL)] == [True], "and wherever else they read us"
    back = await place.contact("sms", CAMILLE)
    assert (back.id, back.person_id, back.parted_at, back.heir_id) == (old.id, old.person_id, None, None)
    assert await place.says("sms", CAMILLE, "mes messages") != []
    assert "dites-nous d'abord" not in (await place.says("sms", CAMILLE, "aide"))[-1]
    asked_in = [row.contact_id for row in await outbox.history(place.parts.db, contacts=[heir.id])]
    assert asked_in == [], "what was said meanwhile is theirs"


async def test_a_wrong_code_brings_nothing_and_three_offer_a_human(place: Place) -> None:
    await joined(place)
    await later(place, 50)
    said = await place.says("sms", CAMILLE, "bonjour", "1", "000000", "111111", "222222")
    assert "Sans code" in said[-1]
    await place.says("sms", CAMILLE, "1")
    (asked,) = [row for row in await tickets.listed(place.parts.db) if row.kind == "claim"]
    assert asked.subject == f"person:{await person_at(place, 'telegram', TELEGRAM)}", "the desk knows whom to ask about"
    assert (await place.contact("sms", CAMILLE)).person_id is None


async def test_with_one_way_alone_it_looks_the_same_and_only_a_human_helps(place: Place) -> None:
    await place.books()
    await place.passes(days=46)
    place.new("sms", CAMILLE)
    asked, where, wrong, how = await place.says("sms", CAMILLE, "bonjour", "1", "000000", "2")
    assert "un code à 6 chiffres y part" in where
    assert "Ce n'est pas le bon code" in wrong
    assert "7 jours" not in how, "nobody could say no"
    assert not [text for text in (asked, where, wrong, how) if THEIRS.search(text)]
    assert not await place.parts.db.fetch("SELECT id FROM proof")


@guards("T03", partly=True)
async def test_without_a_code_the_other_channels_may_say_no_for_a_week(place: Place) -> None:
    await joined(place)
    await by_mail_too(place)
    await later(place, 50)
    await place.says("sms", CAMILLE, "bonjour", "1", "2", "2")
    assert "Est-ce vous ?" in place.new("telegram", TELEGRAM)[-1]
    assert ["Sans refus de votre part" in text for text in place.new("email", MAIL)] == [True]
    await place.says("telegram", TELEGRAM, "non")
    assert "pas pu vérifier" in place.new("sms", CAMILLE)[-1]
    await place.passes(days=8)
    assert (await place.contact("sms", CAMILLE)).person_id is None
    assert place.new("sms", CAMILLE) == []
    assert "avez-vous votre compte" in (await place.says("sms", CAMILLE, "c'est toujours moi"))[-1]


@guards("T03", partly=True)
async def test_a_week_without_a_no_is_a_yes(place: Place) -> None:
    person = await joined(place)
    await later(place, 50)
    await place.says("sms", CAMILLE, "bonjour", "1", "2", "2")
    place.clock.now += timedelta(days=7) - SECOND
    await place.settle()
    assert (await place.contact("sms", CAMILLE)).person_id is None
    await place.passes(seconds=1)
    assert await person_at(place, "sms", CAMILLE) == person
    assert "c'est bien vous" in place.new("sms", CAMILLE)[-1]


@guards("T03", partly=True)
async def test_a_channel_that_is_silent_itself_is_nobody_who_could_say_no(place: Place) -> None:
    await joined(place)
    await later(place, 50, keeps=False)
    said = await place.says("sms", CAMILLE, "bonjour", "1", "2")
    assert "7 jours" not in said[-1]


# ------------------------------------------------------------ somebody else


@guards("T04", partly=True)
async def test_whoever_signs_up_there_is_somebody_else(place: Place) -> None:
    old = await joined(place)
    await later(place, 50)
    said = await place.says("sms", CAMILLE, *(text.replace("Camille Dubois", "Sam Leroy") for text in BOOKS[:1]), "2")
    said += await place.says(
        "sms", CAMILLE, *(t.replace("Camille Dubois", "Sam Leroy").replace("camille", "sam") for t in BOOKS[1:])
    )
    assert not [text for text in said if "Camille" in text or "Dubois" in text]
    assert "C'est réservé" in said[-1]
    new = await person_at(place, "sms", CAMILLE)
    assert new != old
    assert await person_at(place, "telegram", TELEGRAM) == old
    assert any("quelqu'un d'autre" in text for text in place.new("telegram", TELEGRAM))
    async with place.parts.db.transaction() as tx:
        before = await RowStore(tx, place.parts.directories).person(PersonId(old))
    assert before is not None
    assert before.phone is None, "nobody calls them there any more"


@guards("T04", partly=True)
async def test_what_waited_for_the_old_one_never_leaves(place: Place) -> None:
    """Queued before, for the morning; and news that come to their talk afterwards."""
    person = await joined(place)
    old = await place.contact("sms", CAMILLE)
    await later(place, 50)
    async with place.parts.db.transaction() as tx:
        for number, due in enumerate((place.clock.now, place.clock.now + timedelta(days=1))):
            waits = outbox.Outgoing(
                f"w{number}",
                old.id,
                "desk",
                {"texts": [{"id": "sorry"}], "options": [], "link": None, "prompt": "", "contact": False},
                due,
                answer=number == 1,
            )
            await outbox.add(tx, waits, place.clock.now)
    await place.comes("sms", CAMILLE, text="bonjour")
    await drain_all(place.parts, "place")
    await place.settle()
    await place.passes(days=2)
    assert len(place.new("sms", CAMILLE)) == 1
    left = [row for row in await outbox.history(place.parts.db, contacts=[old.id]) if row.key.startswith("w")]
    assert {row.reason for row in left} == {"parted"}
    assert await person_at(place, "telegram", TELEGRAM) == person


@guards("T04", partly=True)
async def test_a_page_that_was_sent_there_opens_nothing(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    (row,) = await place.parts.db.fetch("SELECT id FROM appointment")
    page = Link("appointment", row["id"])
    here = await place.contact("sms", CAMILLE)
    async with place.parts.db.transaction() as tx:
        papers = await tokens.give(tx, "upload", f"{here.id}.1", place.clock.now + timedelta(days=2))
    before = (await links.urls(place.parts.db, place.parts, [page]))(page)
    await place.says("sms", CAMILLE, "pas moi")
    now = (await links.urls(place.parts.db, place.parts, [page]))(page)
    assert before != now

    async def opens(url: str) -> object:
        return await tokens.look(place.parts.db, url.rsplit("/", 1)[1], "appointment", place.clock.now)

    assert await opens(before) == tokens.Over(used=False)
    assert await tokens.look(place.parts.db, papers, "upload", place.clock.now) == tokens.Over(used=False)
    assert await opens(now) == tokens.Good(row["id"]), "on their other channels the next message has a link that opens"


@guards("T04", partly=True)
async def test_what_cannot_arrive_goes_to_no_other_address_that_is_dead(place: Place) -> None:
    await joined(place)
    old, dead = await place.contact("sms", CAMILLE), await place.contact("telegram", TELEGRAM)
    for n in range(3):
        await contacts.failed(place.parts.db, dead.id, place.clock.now, dead=False)
        assert ((await place.contact("telegram", TELEGRAM)).dead_at is not None) == (n == 2), "the third"
    place.new("telegram", TELEGRAM)
    place.line("sms").troubles = [refused(dead=True)]
    async with place.parts.db.transaction() as tx:
        await outbox.add(tx, told(old.id, place), place.clock.now)
    await place.settle()
    assert place.new("telegram", TELEGRAM) == []
    assert "nobody_reached" in place.alarm_codes()


@guards("T04", partly=True)
async def test_a_stop_is_told_of_by_mail_where_their_other_address_is_dead(place: Place) -> None:
    """What is dead counts as no way to them, wherever it is asked which there are."""
    await joined(place)
    await by_mail_too(place)
    await contacts.failed(place.parts.db, (await place.contact("telegram", TELEGRAM)).id, place.clock.now, dead=True)
    place.new("telegram", TELEGRAM)
    await place.says("sms", CAMILLE, "stop")
    assert ["STOP a été envoyé" in text for text in place.new("email", MAIL)] == [True]
    assert place.new("telegram", TELEGRAM) == []


async def test_a_message_that_came_in_meanwhile_is_read_by_who_has_the_address(place: Place) -> None:
    await joined(place)
    old = await place.contact("sms", CAMILLE)
    await later(place, 50)
    await place.says("sms", CAMILLE, "bonjour")
    await place.comes("sms", CAMILLE, text="c'est toujours moi")
    await place.parts.db.execute("UPDATE inbox SET contact_id = ? WHERE status = 'new'", old.id)
    await place.settle()
    assert "un code à 6 chiffres" in place.new("sms", CAMILLE)[-1]


async def test_danger_stop_and_humans_are_heard_before_the_question(place: Place) -> None:
    await place.books()
    await place.passes(days=60)
    place.new("sms", CAMILLE)
    danger, human = await place.says("sms", CAMILLE, "je veux mourir", "humain")
    assert "3114" in danger
    assert not THEIRS.search(danger + human)
    await place.says("sms", CAMILLE, "stop")
    assert (await place.contact("sms", CAMILLE)).opted_out_at is not None


async def test_it_is_noted_without_a_name(place: Place) -> None:
    await place.books()
    old = await place.contact("sms", CAMILLE)
    await place.passes(days=60)
    await place.says("sms", CAMILLE, "bonjour")
    assert "part" in [deed.action for deed in await audit.latest(place.parts.db, 10, of=f"talk:{old.id}")]


async def test_who_changes_their_mailbox_by_its_link_is_not_asked_there_and_is_elsewhere(place: Place) -> None:
    person = await joined(place)
    await place.passes(days=1)
    await place.says("sms", CAMILLE, "aide")
    await place.says("telegram", TELEGRAM, "aide")  # somebody else may hold that one, and it wrote last
    asked_by = ContactId((await place.contact("sms", CAMILLE)).id)
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        found = await store.person(PersonId(person))
        assert found is not None
        await store.save_person(replace(found, email_confirmed=True), place.clock.now)
        proof = EmailProof(
            EmailProofId("e1"), found.id, "other@example.org", "change", place.clock.now, asked_by=asked_by
        )
        await store.save_email_proof(proof)
        core = Booking(store, place.parts.rules, place.clock.now + SECOND, place.parts.new_id)
        assert await core.confirm_email("e1")
    await place.passes(hours=1)
    place.new("telegram", TELEGRAM)
    assert "dites-nous d'abord" not in (await place.says("sms", CAMILLE, "mes rendez-vous"))[-1]
    assert "dites-nous d'abord" in (await place.says("telegram", TELEGRAM, "mes rendez-vous"))[-1]


async def test_who_joins_an_account_of_their_own_there_is_somebody_else(place: Place) -> None:
    """While it waited whether they are the one before: what becomes of that is settled, and their own channel stays."""
    old = await joined(place)
    await later(place, 50)
    await place.says("sms", SAM, *(text.replace("Camille Dubois", "Sam Leroy") for text in BOOKS))
    sam = await person_at(place, "sms", SAM)
    await place.says("sms", CAMILLE, "bonjour", "1", "2", "2", "j'ai déjà un compte", SAM)
    (code,) = [found[1] for text in place.new("sms", SAM) if (found := CODE.search(text))]
    await place.says("sms", CAMILLE, code)
    assert await person_at(place, "sms", CAMILLE) == sam
    assert not (await place.contact("sms", CAMILLE)).claims
    assert any("quelqu'un d'autre" in text for text in place.new("telegram", TELEGRAM))
    await place.passes(days=8)
    assert await person_at(place, "sms", CAMILLE) == sam
    heard = (await place.contact("sms", CAMILLE)).last_inbound_at
    assert await silences.last_contact(place.parts.db, old) != heard, "what they write keeps nobody else's account"


async def test_who_takes_such_a_number_for_theirs_ends_what_was_to_be_proven(place: Place) -> None:
    await joined(place)
    await later(place, 50)
    await place.says("sms", SAM, *(text.replace("Camille Dubois", "Sam Leroy") for text in BOOKS))
    await place.says("sms", CAMILLE, "bonjour")
    sam = await place.contact("sms", SAM)
    async with place.parts.db.transaction() as tx:
        person = await RowStore(tx, place.parts.directories).person_of(ContactId(sam.id))
        assert person is not None
        await numbers.change(tx, person, CAMILLE, sam.id, place.clock.now, place.parts.new_id)
    taken = await place.contact("sms", CAMILLE)
    assert (taken.person_id, taken.claims) == (person.id, False)


async def test_who_joins_the_account_of_before_is_not_asked_any_more(place: Place) -> None:
    person = await joined(place)
    await later(place, 50)
    async with place.parts.db.transaction() as tx:  # by Telegram's button
        await contacts.set_phone(tx, (await contacts.of_person(tx, person))[0].id, CAMILLE)
    await place.says("sms", CAMILLE, "bonjour", "1", "2", "2", "j'ai déjà un compte", CAMILLE)
    (*_, code) = [found[1] for text in place.new("telegram", TELEGRAM) if (found := CODE.search(text))]
    await place.says("sms", CAMILLE, code)
    here = await place.contact("sms", CAMILLE)
    assert (here.person_id, here.claims) == (person, False)
    async with place.parts.db.transaction() as tx:
        before = await RowStore(tx, place.parts.directories).person(PersonId(person))
    assert before is not None
    assert before.phone == CAMILLE


async def test_whom_the_desk_signs_up_there_is_somebody_else(place: Place) -> None:
    await joined(place)
    await place.parts.db.execute("UPDATE person SET phone = NULL, phone_index = NULL")
    await later(place, 50)
    await place.says("sms", CAMILLE, "bonjour")
    newcomer = Newcomer("PORTS-7KQM-4XTD", "Sam", "Leroy", None, "fr")
    start = place.clock.now + timedelta(days=2)
    asked = Asked(await place.contact("sms", CAMILLE), Motive.FINANCE, Mode.PHONE, None, start, newcomer)
    assert isinstance(await assisted.book(place.parts, asked, "desk:anna"), Booked)
    await place.settle()
    assert not (await place.contact("sms", CAMILLE)).claims
    assert any("quelqu'un d'autre" in text for text in place.new("telegram", TELEGRAM))
