"""A copy of somebody's data, on rows and by its page: all of theirs, nothing of others', once, after a second proof."""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from booking.model import ContactId, PersonId
from conversations.model import Link
from handlers import links
from handlers.acting import Acting
from handlers.console.channels import unlink
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.stores import Folder
from handlers.documents.taking import take
from handlers.privacy import exporting
from handlers.privacy.copy_page import FILE_ONLY, NAMES, SECTIONS, WHEN, page
from handlers.web.copy_core import CopyCore, CopyView
from handlers.web.copy_pages import CopyPages
from handlers.web.guard import HEADERS as STRICT
from handlers.web.guard import middlewares
from handlers.web.ports import Gone
from handlers.web.render import Renderer
from locales.voice import Voice
from storage import audit, contacts, given, inbox, tickets
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.documents import corpus
from tests.handlers.path.place import CAMILLE, LATER, SAM, Place
from tests.handlers.path.test_documents import expected
from tests.handlers.web.site import started

pytestmark = pytest.mark.sampled

AT = datetime(2026, 3, 2, tzinfo=UTC)
HOLDS = ("rdv", "2", "1", "1")  # a further hour, as far as that it is kept
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def visitor(place: Place) -> AsyncIterator[TestClient[Any, Any]]:
    renderer = Renderer("http://127.0.0.1", ("fr", "en"), "fr", "Europe/Paris")
    app = web.Application(middlewares=middlewares(renderer.error_page))
    renderer.add_to(app)
    CopyPages(core=CopyCore(place.parts), renderer=renderer).add_to(app)
    async with TestClient(await started(app)) as client:
        yield client


async def asked(place: Place, address: str = CAMILLE) -> str:
    """The path of a copy that they asked for, as the chat gives it."""
    row = await place.contact("sms", address)
    async with place.parts.db.transaction() as tx:
        store, id = RowStore(tx, place.parts.directories), place.parts.new_id()
        await store.add_copy(id, PersonId(row.person_id or ""), ContactId(row.id), place.clock.now)
        await links.give(tx, place.parts, Link("export", id), place.clock.now)
    return "/x/" + links.url(place.parts, Link("export", id)).rpartition("/")[2]


async def zipped(place: Place, person: str) -> ZipFile:
    copy = await exporting.gather(place.parts, person)
    assert copy is not None
    pieces = [piece async for piece in exporting.archive(place.parts, copy, Voice("fr"))]
    return ZipFile(io.BytesIO(b"".join(pieces)))


@guards("G04")
async def test_all_that_is_theirs_and_nothing_of_others(place: Place, tmp_path: Path) -> None:
    keeping = Keeping(Judge(), Folder(tmp_path / "papers"))
    place.parts = replace(place.parts, documents=keeping)
    await place.says("sms", CAMILLE, *LATER)
    await place.says("sms", CAMILLE, "message", "Bonjour, ma facture <b>=1+1</b> est là")
    await take(place.parts, keeping, (await expected(place)).id, corpus.photo())
    sam = ("bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Sam Rivière", "sam@example.org", "1")
    await place.says("sms", SAM, *sam)
    person = (await place.contact("sms", CAMILLE)).person_id or ""
    copy = await zipped(place, person)
    assert copy.namelist() == ["data.json", "data.html", "documents/1.jpg"]
    assert copy.read("documents/1.jpg").startswith(b"\xff\xd8")
    data = json.loads(copy.read("data.json"))["tables"]
    assert data["person"][0]["first_name"] == "Camille"
    assert data["contact"][0]["address"] == CAMILLE
    assert [each["motive"] for each in data["appointment"]]
    assert data["message"][0]["body"] == "Bonjour, ma facture <b>=1+1</b> est là"
    assert "bonjour" in [(each["body"] or "").casefold() for each in data["inbox"]]
    assert any("Social Direct" in (each["content"] or "") for each in data["outbox"])
    (worker,) = {each["worker"] for each in data["appointment"]}
    assert " " not in worker, "the first name, as they saw it"
    whole = (copy.read("data.json") + copy.read("data.html")).decode()
    for others in ("Sam", "Rivière", SAM, "sam@example.org", "+331990000"):
        assert others not in whole.replace(CAMILLE, ""), others
    read = copy.read("data.html").decode()
    assert "&lt;b&gt;=1+1&lt;/b&gt;" in read
    assert not re.search(r"https?://|<script|<img|<link", read)
    [paper] = [file for file in (tmp_path / "papers").rglob("*") if file.is_file()]
    paper.write_bytes(b"damaged")
    assert (await zipped(place, person)).namelist() == ["data.json", "data.html", "documents/1.missing"]


@guards("G04")
async def test_of_what_is_between_them_and_us_each_has_their_own_and_no_note_of_ours(place: Place) -> None:
    """Row by row: Sam did all that Camille did, and a colleague wrote down what is not theirs to read."""
    sam = [text.replace("camille", "sam").replace("Camille Dubois", "Sam Leroy") for text in LATER]
    for address, texts in ((CAMILLE, LATER), (SAM, sam)):
        await place.says("sms", address, *texts, f"message : je suis {address[-2:]}", *HOLDS)
    contact, other = await place.contact("sms", CAMILLE), await place.contact("sms", SAM)
    person, now = contact.person_id or "", place.clock.now
    (hour,) = await place.parts.db.fetch("SELECT id FROM appointment WHERE person_id = ?", person)
    async with place.parts.db.transaction() as tx:
        for kind, of in (("human", contact.id), ("human", other.id)):
            opened = await tickets.open_(tx, tickets.NewTicket(kind, of, None), now, place.parts.new_id)
            await tickets.entry(tx, opened.id, "note", now, operator="operator:anna", words="canary")
            await tickets.entry(tx, opened.id, "wrote", now, words=f"of {of}")
        await inbox.add_news(tx, "n1", contact.id, "canary", {}, now)
        await audit.add(tx, "operator:anna", "see number", f"person:{person}", now)
        await audit.add(tx, "operator:anna", "see hour", f"appointment:{hour['id']}", now)
        await tx.execute("UPDATE consent SET how = 'desk:anna'")
        await tx.execute("UPDATE ticket SET person_id = NULL")
    copy = await exporting.gather(place.parts, person)
    assert copy is not None
    held, said = copy.tables["hold"], copy.tables["message"]
    assert len(held) == 1
    assert [row["body"] for row in said] == [f"je suis {CAMILLE[-2:]}"]
    assert [row["kind"] for row in copy.tables["ticket"]] == ["human"], (
        "also what they asked for before they had an account"
    )
    assert [row["words"] for row in copy.tables["ticket_entry"] if row["words"]] == [f"of {contact.id}"]
    assert {row["kind"] for row in copy.tables["inbox"]} == {"message"}
    assert [row["how"] for row in copy.tables["consent"]] == ["desk"]
    assert {("operator", "see number", "person"), ("operator", "see hour", "appointment")} <= {
        (row["actor"], row["action"], row["object"]) for row in copy.tables["audit"]
    }
    assert not [word for word in ("canary", "anna", "Leroy", SAM, other.id) if word in str(copy.tables)]


@guards("G04")
async def test_the_link_opens_once_and_a_look_takes_nothing(place: Place, visitor: TestClient[Any, Any]) -> None:
    await place.says("sms", CAMILLE, *LATER)
    path = await asked(place)
    for _ in range(5):
        async with visitor.get(path) as shown:
            assert shown.status == 200
    async with visitor.post(path, headers={"Sec-Fetch-Site": "cross-site"}) as foreign:
        assert foreign.status == 403
    async with visitor.post(path, headers=OURS) as answer:
        assert (answer.status, answer.content_type) == (200, "application/zip")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="data.zip"'
        strict = {**STRICT, "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}
        assert strict.items() <= dict(answer.headers).items()
        assert ZipFile(io.BytesIO(await answer.read())).testzip() is None
    for again in (visitor.get(path), visitor.post(path, headers=OURS)):
        async with again as over:
            assert over.status == 410
    person = (await place.contact("sms", CAMILLE)).person_id
    assert ("export", f"person:{person}") in [
        (deed.action, deed.actor) for deed in await audit.of(place.parts.db, f"person:{person}")
    ]
    async with visitor.get("/x/" + "x" * 26) as unknown:
        assert unknown.status == 404
    late = await asked(place)
    place.clock.now += timedelta(hours=24, seconds=1)
    async with visitor.post(late, headers=OURS) as over:
        assert over.status == 410


@guards("G04")
@guards("T25", partly=True)
async def test_a_link_that_lies_on_a_lost_telephone_opens_nothing(place: Place) -> None:
    """The desk parts the telephone from its account; whoever found it reads the link in it."""
    await place.says("sms", CAMILLE, *LATER)
    token = (await asked(place)).rpartition("/")[2]
    assert isinstance(await CopyCore(place.parts).view(token), CopyView)
    contact = await place.contact("sms", CAMILLE)
    assert await unlink(place.parts, contact.id, "operator:desk")
    assert await CopyCore(place.parts).take(token) == Gone("expired")


@guards("G04")
async def test_without_the_second_proof_there_is_no_copy(place: Place) -> None:
    """Nor with one that was given for something else."""
    await place.says("sms", CAMILLE, *LATER)
    row = await place.contact("sms", CAMILLE)
    person = PersonId(row.person_id or "")
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, row.id)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=who)
        sent = await core.ask_proof(ContactId(row.id), person, "number", CAMILLE)
        await core.check_proof(sent.id, core.events[-1].code)  # type: ignore[union-attr]
        assert await core.is_proven(ContactId(row.id), "number")
        assert await core.make_copy(person, ContactId(row.id)) is None
    assert await place.parts.db.fetch("SELECT id FROM data_copy") == []
    deeds = await audit.of(place.parts.db, f"person:{person}")
    (refused,) = [deed.action for deed in deeds if "refused" in deed.action]
    assert refused == "export refused"


async def test_somebody_who_was_erased_has_no_copy(place: Place) -> None:
    assert await exporting.gather(place.parts, "nobody") is None


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_is_in_their_language(lang: str) -> None:
    tables = {"person": [{"first_name": "Camille"}], "inbox": [{"kind": "message", "status": "done", "body": "oui"}]}
    shown = page(tables, AT, Voice(lang))
    assert f'lang="{lang}"' in shown
    assert ("Prénom" if lang == "fr" else "First name") in shown
    assert "oui" in shown
    assert "done" not in shown, "the machine's words are in the file for programs"


@guards("G04")
def test_what_the_page_does_not_show_says_nothing_to_a_reader() -> None:
    assert SECTIONS.keys() | FILE_ONLY == given.GIVEN.keys()
    assert not SECTIONS.keys() & FILE_ONLY
    named = {name.rpartition(".")[2] for name in (*NAMES, *WHEN)} | {"worker_id", "client_id"}
    for table in SECTIONS:
        assert named & set(given.GIVEN[table]), f"{table} would be an empty section"


def test_the_page_is_in_words_for_its_reader() -> None:
    tables = {
        "appointment": [{"status": "moved", "mode": "phone", "motive": "housing"}],
        "message": [{"author": "worker", "body": "Bonjour"}],
        "ticket": [{"kind": "privacy", "status": "open"}],
        "ticket_entry": [{"kind": "handed_back"}],
        "decision": [{"kind": "warning", "ground": "misuse", "words": "Des mots", "answer": "Nous la maintenons"}],
        "instruction": [{"wish": "hand_over"}],
        "audit": [{"action": "prove", "actor": each} for each in ("person", "operator", "timer", "nobody-knows")],
    }
    shown = re.sub(r"<[^>]+>", " ", page(tables, AT, Voice("fr")).partition("<main>")[2])
    machines = "moved|phone|housing|worker|privacy|open|warning|hand_over|prove|person|timer|misuse|handed_back"
    assert not re.search(rf"\b({machines})\b", shown)
    assert "Notre réponse Nous la maintenons" in " ".join(shown.split())
    for said in ("déplacé", "Logement", "votre travailleur social", "a confirmé par un code", "vous", "notre équipe"):
        assert said in shown, said
    assert "nobody-knows" in shown, "rather a word of the machine's than none"
