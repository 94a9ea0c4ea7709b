"""A worker's address that was silent, or whose number changed: a second proof before it shows an agenda. And a forged
sender of theirs: nothing that cannot be undone (threats T2, T30).
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from booking import directory_file
from booking.documents import Document, DocumentId
from booking.model import ContactId, PersonId, WorkerId
from conversations.model import Link
from handlers import links, loading
from storage import contacts, outbox, parting, tokens
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAMPLE, Place
from tests.handlers.path.test_hushed import told

pytestmark = pytest.mark.sampled

TELEGRAM = "900000000000101"
OTHER = "+33639980177"
MAIL = "claire@example.org"


async def claires(place: Place) -> str:
    """Her Telegram, joined, with an agenda to be seen there."""
    await place.says("sms", CAMILLE, *LATER)
    await place.says("sms", CLAIRE, "agenda")
    worker = (await place.contact("sms", CLAIRE)).worker_id
    assert worker is not None
    await place.comes("telegram", TELEGRAM, text="bonjour")
    await place.settle()
    there = await place.contact("telegram", TELEGRAM)
    async with place.parts.db.transaction() as tx:
        await contacts.link_worker(tx, there.id, worker)
    place.new("telegram", TELEGRAM)
    return worker


def mails(place: Place) -> list[str]:
    return [text for _, text in place.line("email").sent_to]


def code(texts: list[str]) -> str:
    (found,) = [match[1] for text in texts if (match := re.search(r"\b(\d{6})\b", text))]
    return found


@guards("T30")
async def test_who_writes_from_her_telegram_after_her_number_changed_proves_it_first(place: Place) -> None:
    worker = await claires(place)
    assert any("Camille" in text for text in await place.says("telegram", TELEGRAM, "semaine prochaine", "prochain"))
    place.clock.now = place.clock.now.replace(minute=59)
    await place.parts.db.execute("UPDATE worker SET changed_at = ? WHERE id = ?", place.clock.now, worker)
    said = await place.says("telegram", TELEGRAM, "prochain", "1")
    assert "dites-nous d'abord" in said[0]
    assert not [text for text in said if "Camille" in text]
    (done,) = await place.says("telegram", TELEGRAM, code(mails(place)))
    assert "c'est bien vous" in done
    assert "vérifié" in mails(place)[-1], "whoever did not do it reads it in her mailbox"
    assert any("Camille" in text for text in await place.says("telegram", TELEGRAM, "prochain"))


async def test_a_silent_workers_number_is_proven_by_their_mail(place: Place) -> None:
    await place.says("sms", CLAIRE, "agenda")
    await place.passes(days=46)
    place.new("sms", CLAIRE)
    asked, _ = await place.says("sms", CLAIRE, "agenda", "1")
    assert "dites-nous d'abord" in asked
    (done,) = await place.says("sms", CLAIRE, code(mails(place)))
    assert "c'est bien vous" in done
    assert (await place.contact("sms", CLAIRE)).worker_id is not None


async def test_what_she_is_told_meanwhile_goes_another_way(place: Place) -> None:
    """The directory's number is not linked again by a notice, nor by a load."""
    await place.says("sms", CLAIRE, "agenda")
    await place.passes(days=46)
    await place.says("sms", CLAIRE, "agenda")
    place.new("sms", CLAIRE)
    await place.says("sms", CAMILLE, *LATER)
    assert not [text for text in place.new("sms", CLAIRE) if "Camille" in text]
    assert any("Camille" in text for _, text in place.line("email").sent_to)
    assert (await place.contact("sms", CLAIRE)).worker_id is None


async def test_with_an_hour_ahead_nobody_asks(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    await place.parts.db.execute("UPDATE contact SET trusted_at = '2025-01-01', last_inbound_at = '2025-01-01'")
    assert any("Camille" in text for text in await place.says("sms", CLAIRE, "prochain"))


@guards("T30", partly=True)
async def test_on_a_whatsapp_that_fell_silent_an_hour_ahead_vouches_for_nobody(place: Place) -> None:
    """She reads us by SMS: on WhatsApp nothing is told after a day, and its number may be somebody else's by now."""
    await place.says("sms", CAMILLE, *LATER)
    await place.says("sms", CLAIRE, "agenda")
    worker = (await place.contact("sms", CLAIRE)).worker_id
    await place.says("whatsapp", OTHER, "bonjour")
    async with place.parts.db.transaction() as tx:
        await contacts.link_worker(tx, (await contacts.find(tx, "whatsapp", OTHER)) or "", worker)
    long = place.clock.now - timedelta(days=400)
    await place.parts.db.execute("UPDATE contact SET trusted_at = ?, last_inbound_at = ?", long, long)
    place.new("whatsapp", OTHER)
    assert "dites-nous d'abord" in (await place.says("whatsapp", OTHER, "prochain"))[-1]
    assert any("Camille" in text for text in await place.says("sms", CLAIRE, "prochain"))


@guards("T30", partly=True)
@guards("T02", partly=True)
async def test_a_forged_sender_of_a_worker_does_nothing_that_cannot_be_undone(place: Place) -> None:
    """Whoever forges her number reads nothing, since answers go to her; and what they order is asked once more, told
    to her at once, and taken back.
    """
    await place.says("sms", CAMILLE, *LATER)
    place.new("sms", CLAIRE)
    (asked,) = await place.says("sms", CLAIRE, "annuler")
    assert "?" in asked, "one word alone ends nothing"
    assert [row["status"] for row in await place.parts.db.fetch("SELECT status FROM appointment")] == ["booked"]
    await place.says("sms", CLAIRE, "2")
    assert [row["status"] for row in await place.parts.db.fetch("SELECT status FROM appointment")] == ["booked"]
    (blocked,) = await place.says("sms", CLAIRE, "bloquer mardi 14h-16h")
    assert "mardi" in blocked, "she reads what was done in her name"
    (open_again,) = await place.says("sms", CLAIRE, "débloquer mardi 14h-16h")
    assert open_again != blocked


async def test_a_number_that_the_directory_changed_proves_itself_first(place: Place) -> None:
    """Whoever had the directory name a number of theirs reads no agenda by that alone; the old one shows nothing."""
    await claires(place)
    file = directory_file.read(SAMPLE.read_text().replace(CLAIRE, OTHER))
    await loading.load(place.parts, file, bytes, "operator:anna")
    assert not [text for text in await place.says("sms", CLAIRE, "prochain") if "Camille" in text]
    asked, _ = await place.says("sms", OTHER, "prochain", "1")
    assert "dites-nous d'abord" in asked
    (done,) = await place.says("sms", OTHER, code([*mails(place), *place.new("telegram", TELEGRAM)]))
    assert "c'est bien vous" in done
    assert any("Camille" in text for text in await place.says("sms", OTHER, "prochain"))


@guards("T05", "T30", partly=True)
async def test_her_whatsapp_gives_no_number_back_that_was_taken_from_her(place: Place) -> None:
    """What WhatsApp does not take goes to the number's SMS, which she has not yet proven to be hers again."""
    worker = await claires(place)
    await place.says("whatsapp", CLAIRE, "bonjour")
    there, sms = await place.contact("whatsapp", CLAIRE), await place.contact("sms", CLAIRE)
    assert (there.worker_id, sms.worker_id) == (None, worker), "by the directory's number she is known by SMS alone"
    async with place.parts.db.transaction() as tx:
        await contacts.link_worker(tx, there.id, worker)
        await parting.part(tx, sms, place.clock.now, place.parts.new_id, "fr", "Europe/Paris")
    place.clock.now += timedelta(hours=25)
    async with place.parts.db.transaction() as tx:
        await outbox.add(tx, told(there.id, place), place.clock.now)
    place.new("sms", CLAIRE)
    await place.settle()
    assert place.new("sms", CLAIRE) == []
    assert (await place.contact("sms", CLAIRE)).worker_id is None


@guards("T30", partly=True)
async def test_a_mailbox_that_the_directory_changed_is_a_reason_to_ask_too(place: Place) -> None:
    """Codes go there: whoever had it changed must not be asked for one that only they read."""
    await claires(place)
    place.clock.now += timedelta(minutes=1)
    file = directory_file.read(SAMPLE.read_text().replace(MAIL, f"other.{MAIL}"))
    await loading.load(place.parts, file, bytes, "operator:anna")
    said = await place.says("telegram", TELEGRAM, "prochain", "1")
    assert "dites-nous d'abord" in said[0]
    assert not [text for text in said if "Camille" in text]


@guards("T30", partly=True)
async def test_links_to_papers_pages_and_agenda_are_shut_and_given_anew(place: Place) -> None:
    worker = await claires(place)
    (row,) = await place.parts.db.fetch("SELECT id, series, person_id, contact_id FROM appointment")
    now = place.clock.now
    async with place.parts.db.transaction() as tx:
        paper = Document(
            DocumentId("d1"),
            ContactId(row["contact_id"]),
            PersonId(row["person_id"]),
            now,
            now + timedelta(days=9),
            "sent",
            kind="pdf",
            batch="b1",
            series=row["series"],
            worker=WorkerId(worker),
        )
        await RowStore(tx, place.parts.directories).save_document(paper)
        given = [Link("handed", "b1"), Link("worker", row["id"]), Link("calendar", worker)]
        for each in given:
            await links.give(tx, place.parts, each, now)
    url = await links.urls(place.parts.db, place.parts, given)
    before, *pages = [url(each) for each in given]
    await place.parts.db.execute("UPDATE worker SET changed_at = ? WHERE id = ?", now + timedelta(hours=1), worker)
    place.clock.now += timedelta(hours=2)
    await place.says("telegram", TELEGRAM, "prochain", "1")
    token = before.rsplit("/", 1)[1]
    assert await tokens.look(place.parts.db, token, "handed", place.clock.now) == tokens.Over(used=False)
    for each, page in zip(given[1:], pages, strict=True):
        old = page.rsplit("/", 1)[1].removesuffix(".ics")
        assert await tokens.look(place.parts.db, old, each.kind, place.clock.now) == tokens.Over(used=False), each
    said = await place.says("telegram", TELEGRAM, code(mails(place)))
    (link,) = [found[0] for text in said if (found := re.search(r"https://\S+/d/\S+", text))]
    assert link != before
    assert await tokens.look(place.parts.db, link.rsplit("/", 1)[1], "handed", place.clock.now) == tokens.Good("b1")
