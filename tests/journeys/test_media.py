"""Papers that people send where they write: fetched, judged, deleted at their provider; asked about, and only then
given to their worker.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from booking.documents import Expected
from booking.model import ContactId
from bot.standins.faults import Answer, Broken, Drop, Fault, Html, Reject, Silent, Throttle
from handlers.acting import Acting
from handlers.channels.twilio_media import TwilioMedia
from handlers.documents.ending import end_documents
from handlers.documents.fetching import DELETING, GATHER, LEASE, WAITS, fetch_due
from handlers.documents.keeping import Source
from handlers.documents.taking import take
from handlers.documents.verdict import MOST_BYTES
from storage.booking import RowStore
from storage.crypto import Vault
from tests.guards import guards
from tests.handlers.documents import corpus
from tests.journeys.booking import booked_by_sms, booked_by_telegram, booked_by_whatsapp
from tests.journeys.processes import Launcher, mortal
from tests.journeys.test_documents import files_of
from tests.journeys.test_kills import TALKS
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, PUBLIC_URL, SAM, Town

pytestmark = pytest.mark.sampled

WHO: Final = CAMILLE_ON_TELEGRAM
CHAT: Final = str(WHO.id)
WHATSAPP: Final = f"whatsapp:{SAM}"
GATHERED: Final = GATHER.total_seconds()
THANKS: Final = "Merci. Je reçois votre document : un instant."


def worker_of(town: Town) -> str:
    """Whom the one appointment is with: their telephone, by the only notice that went out."""
    [worker] = {bubble.to for bubble in town.twilio.ledger.delivered} - {WHATSAPP, CAMILLE}
    return worker


async def on_whatsapp(town: Town) -> str:
    await booked_by_whatsapp(town)
    worker = worker_of(town)
    town.new(worker)
    return worker


async def sends(town: Town, kind: str = "image/jpeg", content: bytes | None = None, caption: str = "") -> list[str]:
    """A file by WhatsApp, and what they read until it is here."""
    await town.twilio.send_media(WHATSAPP, kind, caption, corpus.photo() if content is None else content)
    await town.settle()
    await town.passes(seconds=GATHERED)
    return town.new(WHATSAPP)


def laid_down(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def by_the_page(town: Town) -> None:
    """One more document of theirs, which they have not sent yet."""
    parts, keeping = town.parts, town.parts.documents
    [row] = await parts.db.fetch("SELECT contact_id FROM document")
    async with parts.db.transaction() as tx:
        core = Acting(tx, RowStore(tx, parts.directories), parts.rules, town.clock(), parts.new_id)
        expected = await core.expect_document(ContactId(row["contact_id"]))
    assert isinstance(expected, Expected)
    assert keeping is not None
    await take(parts, keeping, expected.document.id, corpus.photo())


async def rows(town: Town, what: str = "status") -> list[Any]:
    return [row[what] for row in await town.parts.db.fetch(f"SELECT {what} FROM media ORDER BY id")]


async def documents(town: Town, what: str = "status") -> list[Any]:
    return [row[what] for row in await town.parts.db.fetch(f"SELECT {what} FROM document ORDER BY id")]


def of(*operations: str) -> Any:
    return lambda call: call.operation in operations


def links(texts: list[str]) -> list[str]:
    return [found[0] for text in texts if (found := re.search(rf"{re.escape(PUBLIC_URL)}/d/\w+", text))]


# ------------------------------------------------------------ as it should be


@guards("G20", partly=True)
async def test_by_whatsapp_to_the_worker(town: Town) -> None:
    worker = await on_whatsapp(town)
    thanks, question = await sends(town, content=corpus.photo(orientation=6))
    assert thanks == THANKS
    assert question.startswith("Document reçu. Rien n'est encore envoyé. Je l'envoie à ")
    assert links(town.new(worker)) == [], "nothing goes before the yes"
    assert town.twilio.media.files == {}, "deleted there once it is here"
    assert (await rows(town), await rows(town, "ref")) == (["done"], [None])
    [said] = await town.sms(WHATSAPP, "1")
    assert said.startswith("C'est envoyé à ")
    assert len(links(town.new(worker))) == 1
    [kept] = files_of(town)
    assert b"JFIF" not in kept.read_bytes()
    deeds = [row["action"] for row in await town.parts.db.fetch("SELECT action FROM audit ORDER BY id")]
    assert deeds.count("hand over") == 1


async def test_by_telegram_and_several_at_once(town: Town) -> None:
    await booked_by_telegram(town)
    worker = worker_of(town)
    town.new(worker)
    for n in range(3):
        await town.telegram.send_photo(WHO.id, content=corpus.photo(), album="album7")
        await town.settle()
        town.clock.now += timedelta(seconds=1)
        assert town.new(CHAT) == ([THANKS] if n == 0 else []), "thanked once"
    await town.passes(seconds=GATHERED)
    [question] = town.new(CHAT)
    assert question.startswith("Documents reçus : 3. Rien n'est encore envoyé. Je les envoie à ")
    [said] = await town.tap(WHO, "Oui, envoyer")
    assert said.startswith("C'est envoyé à ")
    [notice] = [text for text in town.new(worker) if links([text])]
    assert "(3)" in notice
    assert await documents(town) == ["sent"] * 3
    assert len(town.telegram.ledger.of("(file)")) == 3


async def test_by_mms_where_a_number_gets_it(town: Town) -> None:
    await booked_by_sms(town)
    await town.twilio.send_media(CAMILLE, "image/jpeg", "", corpus.photo())
    await town.settle()
    await town.passes(seconds=GATHERED)
    thanks, question = town.new(CAMILLE)
    assert thanks == THANKS.replace("ç", "c")
    assert "1. Oui, envoyer" in question


async def test_a_no_deletes_it(town: Town) -> None:
    worker = await on_whatsapp(town)
    await sends(town)
    assert await town.sms(WHATSAPP, "non") == ["C'est effacé. Rien n'a été envoyé."]
    assert await documents(town) == ["ending"]
    assert links(town.new(worker)) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>", "Je ne peux pas lire ce fichier."),
        (b"", "Ce fichier est vide ou abîmé."),
        (corpus.paper(corpus.named_script), "un programme"),
        (b"x" * (MOST_BYTES + 1), "trop grand"),
    ],
    ids=["wrong type", "empty", "active", "too large"],
)
@pytest.mark.cases
async def test_what_is_not_taken_is_said(town: Town, content: bytes, words: str) -> None:
    await on_whatsapp(town)
    thanks, said = await sends(town, "application/pdf", content, "avis.pdf")
    assert thanks == THANKS
    assert words in said
    assert "?" not in said
    assert (town.twilio.media.files, await rows(town)) == ({}, ["done"])
    aside = await documents(town) == ["set_aside"]
    assert len(files_of(town)) == (1 if aside else 0), "what acts lies sealed for a while"
    assert aside == ("programme" in said)


async def test_some_are_taken_and_one_is_not(town: Town) -> None:
    await on_whatsapp(town)
    for content in (corpus.photo(), b"<html>", corpus.paper()):
        await town.twilio.send_media(WHATSAPP, "application/pdf", "avis.pdf", content)
    await town.settle()
    await town.passes(seconds=GATHERED)
    _, question = town.new(WHATSAPP)
    for words in ("Documents non pris : 1.", "Je ne peux pas lire ce fichier", "Documents reçus : 2."):
        assert words in question


async def test_another_one_joins_the_question(town: Town) -> None:
    await on_whatsapp(town)
    await sends(town)
    _, question = await sends(town, "application/pdf", corpus.paper(), "avis.pdf")
    assert "Documents reçus : 2." in question
    await town.sms(WHATSAPP, "oui")
    assert await documents(town) == ["sent", "sent"]


async def test_what_came_by_the_page_after_the_question_does_not_go_with_its_yes(town: Town) -> None:
    await on_whatsapp(town)
    await sends(town)
    await by_the_page(town)
    await town.sms(WHATSAPP, "oui")
    assert sorted(await documents(town)) == ["kept", "sent"]


# ------------------------------------------------------------ whom nobody would read


async def test_of_a_stranger_nothing_is_fetched_and_it_is_deleted_there(town: Town) -> None:
    await town.twilio.send_media(WHATSAPP, "image/jpeg", "", corpus.photo())
    await town.settle()
    await town.passes(seconds=GATHERED)
    [said] = town.new(WHATSAPP)
    assert "Je prends les documents après la réservation" in said
    assert (town.twilio.media.files, await rows(town), await documents(town)) == ({}, ["done"], [])
    assert town.twilio.ledger.of("FetchMedia") == []


async def test_a_voice_message_is_deleted_there_too(town: Town) -> None:
    await on_whatsapp(town)
    [said] = await sends(town, "audio/ogg", b"OggS")
    assert "messages vocaux" in said
    assert (town.twilio.media.files, town.twilio.ledger.of("FetchMedia")) == ({}, [])


async def test_who_stops_sends_nothing_further(town: Town) -> None:
    await on_whatsapp(town)
    await sends(town)
    await town.twilio.send_media(WHATSAPP, "image/jpeg", "", corpus.photo())
    await town.settle()
    town.new(WHATSAPP)
    [stopped] = await town.sms(WHATSAPP, "STOP")
    assert "?" not in stopped
    await town.passes(minutes=10)
    assert town.new(WHATSAPP) == []
    assert set(await documents(town)) <= {"ending", "gone"}
    assert (town.twilio.media.files, await rows(town)) == ({}, ["done", "done"])
    assert len(town.twilio.ledger.of("FetchMedia")) == 1


async def test_who_blocks_us_meanwhile(town: Town) -> None:
    await booked_by_telegram(town)
    await town.telegram.send_photo(WHO.id, content=corpus.photo())
    await town.telegram.block(WHO.id)
    await town.settle()
    await town.passes(minutes=10)
    assert (await documents(town), await rows(town)) == (["ending"], ["done"])
    assert town.telegram.ledger.of("getFile") == []


# ------------------------------------------------------------ providers in trouble


@pytest.mark.parametrize("fault", [Broken(), Broken(503), Html(), Throttle(after=20), Drop(), Reject(20003)], ids=str)
@pytest.mark.parametrize("operation", ["FetchMedia", "(cdn)"])
@pytest.mark.cases
async def test_it_is_fetched_when_it_can_be(town: Town, fault: Fault, operation: str) -> None:
    await on_whatsapp(town)
    town.twilio.faults.add(fault, times=2, when=of(operation))
    assert await sends(town) == [THANKS]
    await town.passes(seconds=20)
    await town.passes(seconds=30)
    [question] = town.new(WHATSAPP)
    assert question.startswith("Document reçu.")
    assert (await rows(town), town.twilio.media.files) == (["done"], {})


async def test_it_does_not_come_before_it_is_asked_to(town: Town) -> None:
    await on_whatsapp(town)
    town.twilio.faults.add(Throttle(after=300), when=of("FetchMedia"))
    await sends(town)
    await town.passes(seconds=299)
    assert town.new(WHATSAPP) == []
    await town.passes(seconds=1)
    assert len(town.new(WHATSAPP)) == 1


async def test_nobody_puts_it_off_for_days(town: Town) -> None:
    await on_whatsapp(town)
    town.twilio.faults.add(Throttle(after=99_999), when=of("FetchMedia"))
    await sends(town)
    await town.passes(seconds=WAITS[-1].total_seconds())
    assert len(town.new(WHATSAPP)) == 1


async def test_the_others_do_not_wait_for_one_in_trouble(town: Town) -> None:
    await on_whatsapp(town)
    town.twilio.faults.add(Broken(), when=of("FetchMedia"))
    for _ in range(2):
        await town.twilio.send_media(WHATSAPP, "image/jpeg", "", corpus.photo())
    await town.settle()
    await town.passes(seconds=GATHERED)
    [_, question] = town.new(WHATSAPP)
    assert question.startswith("Document reçu.")
    await town.passes(seconds=10)
    [question] = town.new(WHATSAPP)
    assert "Documents reçus : 2." in question


@pytest.mark.parametrize("alarms", [0, 1], ids=["it is gone", "it never answers"])
async def test_what_cannot_be_had_is_said(town: Town, alarms: int) -> None:
    await on_whatsapp(town)
    town.twilio.faults.add(Broken() if alarms else Reject(20404), times=None, when=of("FetchMedia"))
    said = await sends(town)
    for wait in WAITS:
        await town.passes(seconds=wait.total_seconds())
    [sorry] = town.new(WHATSAPP) if alarms else said[1:]
    assert sorry.startswith("Je n'ai pas pu recevoir ce document.")
    assert len(town.twilio.ledger.of("FetchMedia")) == (len(WAITS) + 1 if alarms else 1)
    assert town.alarms("media_unfetched") == alarms
    assert (await documents(town, "reason"), await rows(town)) == (["unfetched"], ["done"])


async def test_what_everybody_dies_over_is_given_up(town: Town) -> None:
    await on_whatsapp(town)
    await town.twilio.send_media(WHATSAPP, "image/jpeg", "", corpus.photo())
    await town.settle()
    await town.parts.db.execute("UPDATE media SET attempts = ?", len(WAITS) + 1)
    await town.passes(seconds=GATHERED)
    assert town.new(WHATSAPP)[-1].startswith("Je n'ai pas pu recevoir ce document.")
    assert (town.twilio.ledger.of("FetchMedia"), town.alarms("media_unfetched")) == ([], 1)
    assert town.twilio.media.files == {}


async def test_telegram_has_lost_it_or_it_is_too_big(town: Town) -> None:
    await booked_by_telegram(town)
    town.telegram.faults.add(Reject(400, "invalid file_id"), when=of("getFile"))
    await town.telegram.send_photo(WHO.id)
    await town.settle()
    await town.passes(seconds=GATHERED)
    assert town.new(CHAT)[-1].startswith("Je n'ai pas pu recevoir ce document.")
    await town.telegram.send_document(WHO.id, "grand.pdf", b"", size=20 * 1024 * 1024 + 1)
    await town.settle()
    await town.passes(seconds=GATHERED)
    assert "trop grand" in town.new(CHAT)[-1]
    assert town.telegram.ledger.of("(file)") == []


@pytest.mark.parametrize("fault", [Broken(), Throttle(), Html(), Reject(404, "")], ids=str)
@pytest.mark.cases
async def test_telegram_is_in_trouble(town: Town, fault: Fault) -> None:
    await booked_by_telegram(town)
    lost = isinstance(fault, Reject)
    town.telegram.faults.add(fault, when=of("(file)"))
    await town.telegram.send_photo(WHO.id, content=corpus.photo())
    await town.settle()
    await town.passes(seconds=GATHERED)
    await town.passes(seconds=10)
    last = town.new(CHAT)[-1]
    assert last.startswith("Je n'ai pas pu recevoir ce document." if lost else "Document reçu.")


async def test_it_is_late(town: Town) -> None:
    assert town.parts.documents is not None
    sources = dict(town.parts.documents.sources)
    source = sources["whatsapp"]
    assert isinstance(source, TwilioMedia)
    sources["whatsapp"] = replace(source, way=replace(source.way, patience=0.2))
    patient, documents = town.app, replace(town.parts.documents, sources=sources)
    await on_whatsapp(town)
    town.twilio.faults.add(Silent(), when=of("(cdn)"))
    town.app = replace(town.app, parts=replace(town.parts, documents=documents))
    assert await sends(town) == [THANKS]
    assert await rows(town, "last_error") == ["slow"]
    town.app = patient  # who answers has the time that a busy machine takes
    await town.passes(seconds=10)
    assert town.new(WHATSAPP)[-1].startswith("Document reçu.")


async def test_it_is_deleted_there_when_it_can_be(town: Town) -> None:
    await on_whatsapp(town)
    town.twilio.faults.add(Broken(), times=2, when=of("DeleteMedia"))
    _, question = await sends(town)
    assert question.startswith("Document reçu."), "nobody waits for that"
    assert (await rows(town), len(town.twilio.media.files)) == (["here"], 1)
    for wait in DELETING[:3]:
        await town.passes(seconds=wait.total_seconds())
    assert (await rows(town), town.twilio.media.files) == (["done"], {})


async def test_a_human_is_told_of_what_stays_there(town: Town) -> None:
    await on_whatsapp(town)
    town.twilio.faults.add(Broken(), times=None, when=of("DeleteMedia"))
    await sends(town)
    assert sum(DELETING, timedelta()) <= timedelta(hours=48)
    for wait in (*DELETING[:1], *DELETING):
        await town.passes(seconds=wait.total_seconds())
    assert (await rows(town), town.alarms("media_undeleted")) == (["left"], 1)


async def test_somebody_deleted_it_there_already(town: Town) -> None:
    await on_whatsapp(town)
    town.twilio.faults.add(Reject(20404), when=of("DeleteMedia"))
    await sends(town)
    assert await rows(town) == ["done"]


async def test_a_redirect_to_somewhere_else_is_not_followed(town: Town) -> None:
    await on_whatsapp(town)
    elsewhere = Answer(307, "", {"Location": "https://example.org/latest/meta-data"})
    town.twilio.faults.add(elsewhere, when=of("FetchMedia"))
    assert await sends(town) == [THANKS]
    assert await rows(town, "last_error") == ["redirect"]


# ------------------------------------------------------------ kill -9

POINTS: Final = (
    "media fetched, not laid down",
    "media laid down, not said",
    "media here, not committed",
    "media here, not deleted there",
    "media deleted there, not said",
)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.cases
async def test_killed_on_the_way(launching: Launcher, database_url: str, vault: Vault, point: str) -> None:
    """One document, asked about once, deleted there, whoever died over it."""
    async with mortal(launching, database_url, vault) as town:
        for text in TALKS[WHATSAPP]:
            await town.twilio.say(WHATSAPP, text or "")
            await town.settle()
        await town.arm(point)
        await town.twilio.send_media(WHATSAPP, "image/jpeg", "", corpus.photo())
        await town.settle()
        assert (town.deaths, town.points) == (1, [])
        asked = [text for text in town.texts(WHATSAPP) if text.startswith("Document reçu.")]
        assert len(asked) == 1
        assert town.twilio.media.files == {}
        [row] = await town.db.fetch("SELECT status FROM media")
        assert row["status"] == "done"
        assert len(laid_down(Path(str(town.settings["documents_url"]).removeprefix("file://")))) == 1
        await town.twilio.say(WHATSAPP, "oui")
        await town.settle()
        assert [row["status"] for row in await town.db.fetch("SELECT status FROM document")] == ["sent"]
        assert town.problems() == []
        assert await town.unsound() == []


@dataclass
class Again:
    """What was fetched before it was deleted there."""

    content: bytes
    stays: bool = True

    async def fetch(self, ref: str) -> bytes:
        return self.content

    async def drop(self, ref: str) -> None:
        """It is gone."""


@dataclass
class Slow:
    """A source whose first file is on its way for longer than its lease; the others come at once."""

    inner: Source
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    goes: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def stays(self) -> bool:
        return self.inner.stays

    async def fetch(self, ref: str) -> bytes:
        if not self.asked.is_set():
            self.asked.set()
            await self.goes.wait()
        return await self.inner.fetch(ref)

    async def drop(self, ref: str) -> None:
        await self.inner.drop(ref)


async def test_who_wakes_after_it_was_deleted_leaves_nothing_behind(town: Town) -> None:
    """Two had it at once, as the first was thought to be dead; meanwhile a no has deleted it."""
    await on_whatsapp(town)
    assert town.parts.documents is not None
    slow = Slow(town.parts.documents.sources["whatsapp"])
    content = corpus.photo()
    parts = replace(town.parts, documents=replace(town.parts.documents, sources={"whatsapp": slow}))
    await town.twilio.send_media(WHATSAPP, "image/jpeg", "", content)
    await town.settle()
    town.clock.now += GATHER
    late = asyncio.create_task(fetch_due(parts))
    await slow.asked.wait()
    town.clock.now += LEASE
    await town.settle()
    await town.passes(seconds=1)
    assert await documents(town) == ["kept"]
    await town.sms(WHATSAPP, "non")
    await end_documents(town.parts)
    assert (await documents(town), files_of(town)) == (["gone"], [])
    slow.inner = Again(content)
    slow.goes.set()
    await late
    await end_documents(town.parts)
    assert (await documents(town), files_of(town)) == (["gone"], [])
