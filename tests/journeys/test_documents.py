"""Papers from a person's telephone to their worker: the page, the yes, the worker's link, and nobody else."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from yarl import URL

from booking.documents import DocumentId
from handlers.documents.taking import Taken
from handlers.documents.verdict import MIB, MOST_BYTES
from handlers.privacy import disputes
from handlers.web import upload_pages
from handlers.web.upload_core import UploadCore
from handlers.web.upload_pages import MOST_FILES
from tests.guards import guards
from tests.handlers.documents import corpus
from tests.journeys.town import CAMILLE, CLAIRE, PUBLIC_URL, Town
from tests.plain import plain

pytestmark = pytest.mark.sampled

BOOK: Final = ("bonjour", "PORTS-7KQM-4XTD", "argent", "en vidéo", "choisir la personne", "Claire", "jeudi", "1", "1")
WHO: Final = ("Camille Dubois", "camille@example.org", "1")
OURS: Final = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Answer:
    headers: Mapping[str, str]
    content_type: str
    body: bytes


@dataclass
class Visitor:
    """Somebody with a browser that knows no JavaScript."""

    town: Town
    http: aiohttp.ClientSession

    async def get(self, path: str, status: int = 200) -> str:
        async with self.http.get(self.town.base + path) as answer:
            assert answer.status == status
            return plain(await answer.text())

    async def upload(self, path: str, *files: bytes, status: int = 200) -> str:
        """The page that they are sent back to."""
        form = aiohttp.FormData(default_to_multipart=True)
        for data in files:
            form.add_field("file", io.BytesIO(data), filename="avis.exe", content_type="application/x-msdownload")
        async with self.http.post(self.town.base + path, data=form, headers=OURS) as answer:
            assert answer.status == status
            return plain(await answer.text())

    async def post(self, path: str, status: int = 200, **fields: str) -> Answer:
        async with self.http.post(self.town.base + path, data=fields, headers=OURS) as answer:
            assert answer.status == status
            return Answer(answer.headers, answer.content_type, await answer.read())

    async def send(self, path: str) -> str:
        """The first button."""
        [appointment, *_] = re.findall(r'name="appointment" value="(\w+)"', await self.get(path))
        answer = await self.post(f"{path}/send", appointment=appointment)
        await self.town.settle()
        return answer.body.decode()


@pytest.fixture
async def visitor(town: Town) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession() as http:
        yield Visitor(town, http)


async def booked(town: Town) -> None:
    for text in (*BOOK, *WHO):
        await town.sms(CAMILLE, text)
    town.new(CLAIRE)


def linked(texts: Sequence[str], kind: str) -> str:
    found = re.search(rf"{re.escape(PUBLIC_URL)}(/{kind}/\w+)", texts[-1])
    assert found, texts
    return found[1]


async def page_of(town: Town) -> str:
    return linked(await town.sms(CAMILLE, "document"), "u")


def files_of(town: Town) -> list[Path]:
    folder = Path(town.app.settings.documents_url.get_secret_value().removeprefix("file://"))
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_from_the_telephone_to_the_worker(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    back = await visitor.upload(page, corpus.photo(orientation=6), corpus.paper(pages=3))
    assert "Documents reçus : 2" in back
    assert "pages : 3" in back
    await town.settle()
    assert town.new(CLAIRE) == [], "nothing goes before the yes"
    assert "C&#39;est envoyé" in await visitor.send(page)
    notice = town.new(CLAIRE)
    assert "Camille" in notice[-1]
    assert "(2)" in notice[-1]
    handed = linked(notice, "d")
    assert "Documents de Camille" in await visitor.get(handed)
    read = [await visitor.post(handed, document=number) for number in ("1", "2")]
    assert [one.content_type for one in read] == ["image/jpeg", "application/pdf"], "as they were sent"
    for number, one in enumerate(read, 1):
        suffix = {"image/jpeg": "jpg", "application/pdf": "pdf"}[one.content_type]
        assert one.headers["Content-Disposition"] == f'attachment; filename="document-{number}.{suffix}"'
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        assert one.headers["Content-Security-Policy"].startswith("sandbox")
        assert one.headers["Cache-Control"] == "no-store"
        assert one.body.startswith({"jpg": b"\xff\xd8", "pdf": b"%PDF-"}[suffix])
        assert corpus.CAMERA.encode() not in one.body
    deeds = await town.parts.db.fetch("SELECT actor, action FROM audit ORDER BY id")
    assert [deed["action"] for deed in deeds if "document" in deed["action"] or deed["action"] == "hand over"] == [
        "hand over",
        "see documents",
        "read documents",
        "read documents",
    ]


async def test_once_and_again_by_a_new_link(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    await visitor.upload(page, corpus.photo())
    await visitor.send(page)
    old = linked(town.new(CLAIRE), "d")
    await visitor.post(f"{old}/again")
    await town.settle()
    assert town.new(CLAIRE) == [], "nothing was read yet: this link still gives it"
    await visitor.post(old, document="1")
    shown = (await visitor.post(old, document="1")).body.decode()
    assert "Téléchargé" in shown, "a second time it is the page that comes"
    for number in ("0", "2", "-1", "²", "1" * 50, ""):
        await visitor.post(old, 404, document=number)
    await visitor.post(f"{old}/again", 410)
    await town.settle()
    fresh = linked(town.new(CLAIRE), "d")
    assert fresh != old
    await visitor.get(old, 410)
    assert (await visitor.post(fresh, document="1")).body.startswith(b"\xff\xd8")


async def test_looking_does_nothing(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    await visitor.upload(page, corpus.photo())
    before = await town.parts.db.fetch("SELECT * FROM document")
    for _ in range(20):
        await visitor.get(page)
        await visitor.get(f"{page}?sent&got=9&no=broken&no=nonsense")
    assert await town.parts.db.fetch("SELECT * FROM document") == before
    for path in (f"{page}/send", f"{page}/drop"):
        async with visitor.http.get(town.base + path) as answer:
            assert answer.status == 405


async def test_what_is_refused_is_said_and_why(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    back = await visitor.upload(
        page, b"<html>", corpus.paper(corpus.named_script), b"x" * (MOST_BYTES + 1), corpus.photo()
    )
    for words in ("Documents reçus : 1", "Documents non pris : 3", "une photo ou un PDF", "un programme", "trop grand"):
        assert words in back
    assert len(files_of(town)) == 2, "the photo, and the one with a program, which goes to nobody"
    await visitor.send(page)
    handed = linked(town.new(CLAIRE), "d")
    await visitor.post(handed, 404, document="2")
    assert "Aucun fichier choisi" in await visitor.upload(page)


async def test_nothing_is_sent_after_all(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    await visitor.upload(page, corpus.photo())
    assert "effacé" in (await visitor.post(f"{page}/drop")).body.decode()
    await visitor.post(f"{page}/send", appointment="x")
    await town.settle()
    assert town.new(CLAIRE) == []
    rows = await town.parts.db.fetch("SELECT status FROM document")
    assert [row["status"] for row in rows] == ["ending"]


@guards("G17", partly=True)
async def test_nothing_is_sent_and_a_dispute_keeps_it(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    await visitor.upload(page, corpus.photo())
    [row] = await town.parts.db.fetch("SELECT person_id FROM document")
    review = (town.parts.clock() + timedelta(days=90)).date()
    await disputes.hold(town.parts, row["person_id"], "operator:anna", "RG 26/00123", "devant le médiateur", review)
    shown = plain((await visitor.post(f"{page}/drop")).body.decode())
    assert "Un litige est ouvert : la loi nous fait garder ce document" in shown
    assert ("C&#39;est effacé" in shown, f"{page}/drop" in shown) == (False, False), "nor are they asked again"
    [row] = await town.parts.db.fetch("SELECT status FROM document")
    assert (row["status"], len(files_of(town))) == ("kept", 1)


async def test_a_form_that_no_page_of_ours_sends(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = town.base + await page_of(town)
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("file", corpus.photo(), filename="a.jpg")
    foreign = {"Sec-Fetch-Site": "cross-site"}
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    tries = [
        (foreign, form, 403),
        (OURS, b"file=x", 415),
        ({**OURS, "Content-Type": "multipart/form-data"}, b"--x", 400),
        ({**OURS, **boundary}, b"nonsense", 400),
        ({**OURS, **boundary}, b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--x--\r\n', 400),
        ({**OURS, **boundary, "Content-Encoding": "gzip"}, b"--x", 415),
    ]
    for headers, body, status in tries:
        async with visitor.http.post(page, data=body, headers=headers) as answer:
            assert answer.status == status, (headers, status)
    assert await town.parts.db.fetch("SELECT id FROM document") == []


@guards("T11", "T12", partly=True)
async def test_no_more_of_a_file_is_read_than_may_be(
    town: Town, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is over the limit never stands in memory as a whole; a form that says so is not read at all."""
    await booked(town)
    page, sizes = await page_of(town), list[int]()

    async def take(_: UploadCore, id: DocumentId, data: bytes) -> Taken:
        sizes.append(len(data))
        return Taken("refused", "too_big")

    monkeypatch.setattr(UploadCore, "take", take)
    await visitor.upload(page, bytes(MOST_BYTES + 8 * MIB))
    assert [MOST_BYTES < size <= MOST_BYTES + 65536 for size in sizes] == [True]
    monkeypatch.setattr(upload_pages, "PATIENCE", 0.3)
    at = URL(town.base)
    reader, writer = await asyncio.open_connection(at.host, at.port)
    head = (
        f"POST {page} HTTP/1.1\r\nHost: x\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {upload_pages.MOST + 1}\r\n"
    )
    writer.write(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 303 "), "whoever waited for it would say 408"
    writer.close()


@guards("T12")
async def test_so_many_and_no_more(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    small = corpus.saved(corpus.picture((8, 8)), "PNG")
    assert f"Documents reçus : {MOST_FILES}" in await visitor.upload(page, *[small] * (MOST_FILES + 1))
    await visitor.upload(page, *[small] * MOST_FILES)
    assert "20 documents par jour" in await visitor.upload(page, small)
    await town.passes(hours=23, minutes=59)
    assert "20 documents par jour" in await visitor.upload(page, small)
    await town.passes(minutes=2)
    assert "Documents reçus : 1" in await visitor.upload(page, small)


async def test_links_end(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    await visitor.upload(page, corpus.photo())
    await visitor.send(page)
    handed = linked(town.new(CLAIRE), "d")
    await visitor.get("/u/" + "x" * 22, 404)
    await visitor.get("/d/" + page.removeprefix("/u/"), 404)
    await town.passes(days=2)
    await visitor.get(page, 410)
    await visitor.upload(page, corpus.photo(), status=410)
    await visitor.get(handed)
    await town.passes(days=12)
    await visitor.post(handed, 410, document="1")


async def test_another_worker_reads_nothing_of_it(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    await visitor.upload(page, corpus.photo())
    await visitor.send(page)
    handed = linked(town.new(CLAIRE), "d")
    [row] = await town.parts.db.fetch("SELECT worker_id FROM appointment")
    await town.parts.db.execute("UPDATE appointment SET worker_id = 'somebody'")
    await visitor.post(handed, 410, document="1")
    await town.parts.db.execute("UPDATE appointment SET worker_id = ?", row["worker_id"])
    await visitor.get(handed)


async def test_who_is_not_met_sends_nothing(town: Town, visitor: Visitor) -> None:
    await booked(town)
    page = await page_of(town)
    await visitor.upload(page, corpus.photo())
    await visitor.send(page)
    handed = linked(town.new(CLAIRE), "d")
    for text in ("annuler", "oui, annuler"):
        await town.sms(CAMILLE, text)
    assert "annulé" in await visitor.get(handed, 410)
    assert "il faut d&#39;abord un rendez-vous" in await visitor.get(page)


async def test_a_stranger_who_joins_later_has_no_page(town: Town) -> None:
    await town.sms(CAMILLE, "bonjour")
    assert "il faut d'abord un rendez-vous" in (await town.sms(CAMILLE, "documents"))[-1]


# ------------------------------------------------------------ in a browser


LOOKS: Final = {"small": ("light", 390, True), "plain": ("dark", 390, False), "wide": ("dark", 1440, True)}


@dataclass
class Look:
    page: Page
    scripts: bool  # without, the page does the same

    async def judge(self) -> None:
        """axe finds nothing, and nothing has to be scrolled sideways."""
        if self.scripts:
            found = await Axe().run(self.page)
            assert found.violations_count == 0, found.generate_report()
            assert self.page.viewport_size
            width = await self.page.evaluate("document.documentElement.scrollWidth")
            assert width <= self.page.viewport_size["width"]


@pytest.fixture(params=LOOKS)
async def look(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Look]:
    scheme, width, scripts = LOOKS[request.param]
    context = await browser.new_context(
        locale="fr-FR",
        color_scheme=scheme,  # type: ignore[arg-type]  # light or dark
        viewport={"width": width, "height": 844},
        java_script_enabled=scripts,
        accept_downloads=True,
    )
    yield Look(await context.new_page(), scripts)
    await context.close()


@pytest.mark.browser
async def test_the_page_in_a_browser(town: Town, look: Look, tmp_path: Path) -> None:
    page, photo, text = look.page, tmp_path / "photo.jpg", tmp_path / "text.txt"
    photo.write_bytes(corpus.photo())
    text.write_bytes(b"bonjour")
    await booked(town)
    await page.goto(town.base + await page_of(town))
    await look.judge()
    await page.get_by_label("Choisir des photos ou des PDF").set_input_files([photo, text])
    await page.get_by_role("button", name="Ajouter").click()
    await expect(page.get_by_role("status")).to_contain_text("Documents reçus : 1")
    await expect(page.get_by_role("alert").first).to_contain_text("Documents non pris : 1")
    await look.judge()
    await page.get_by_label("Prendre une photo").set_input_files([photo])
    await page.get_by_role("button", name="Ajouter").click()
    await expect(page.locator("section ol li")).to_have_count(2)
    await page.get_by_role("button", name="Envoyer à Claire").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("C'est envoyé")
    await town.settle()
    await page.goto(town.base + linked(town.new(CLAIRE), "d"))
    await look.judge()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Télécharger le document 1").press("Enter")
    saved = await (await download.value).path()
    assert saved.read_bytes().startswith(b"\xff\xd8")
    await page.reload()
    await expect(page.get_by_text("Téléchargé")).to_be_visible()
    await look.judge()
