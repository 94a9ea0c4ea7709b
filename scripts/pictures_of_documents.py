"""The page by which documents are sent, with some that came and one that was not taken; and what the worker opens."""

from pathlib import Path
from typing import Final

from playwright.async_api import Browser, FilePayload, Page, expect

from bot.demo import Demo
from conversations.model import Link
from handlers import links
from handlers.documents.verdict import MIB
from scripts.pictures_of_messages import say
from tests.handlers.documents import corpus

BY_SMS: Final = ("bonjour", "PORTS-7KQM-4XTD", "argent", "choisir la personne", "Claire", "jeudi", "1", "1")
SIGNED: Final = ("Camille Martin", "camille@example.org", "1")
SIZES: Final = ((390, 844, "-small"), (1440, 900, ""))


async def opened(chromium: Browser, url: str, width: int, height: int) -> Page:
    context = await chromium.new_context(
        locale="fr-FR", viewport={"width": width, "height": height}, reduced_motion="reduce", device_scale_factor=1.5
    )
    page = await context.new_page()
    await page.goto(url)
    return page


async def photograph(demo: Demo, chromium: Browser, folder: Path) -> None:
    page = await opened(chromium, f"{demo.url}/demo", 1440, 900)
    for text in (*BY_SMS, *SIGNED, "document"):
        await say(page, "sms", text)
    link = await page.locator("#sms .row.us a[href*='/u/']").last.get_attribute("href")
    assert link
    sending = await opened(chromium, link, 390, 844)
    await sending.get_by_label("Choisir des photos ou des PDF").set_input_files(
        [
            FilePayload(name="avis.jpg", mimeType="image/jpeg", buffer=corpus.photo()),
            FilePayload(name="bail.pdf", mimeType="application/pdf", buffer=corpus.paper(pages=3)),
            FilePayload(name="lettre.docx", mimeType="application/octet-stream", buffer=b"PK\3\4" + bytes(MIB)),
        ]
    )
    await sending.get_by_role("button", name="Ajouter").click()
    await expect(sending.get_by_role("status")).to_contain_text("Documents reçus : 2")
    told = sending.url
    for width, height, suffix in SIZES:
        shown = await opened(chromium, told, width, height)
        await shown.screenshot(path=folder / f"documents-upload{suffix}.png", full_page=True)
        await shown.context.close()
    await sending.get_by_role("button", name="Envoyer à Claire").click()
    await expect(sending.get_by_role("status")).to_contain_text("C'est envoyé")
    url = await handed(demo)
    reading = await opened(chromium, url, 390, 844)
    async with reading.expect_download():
        await reading.get_by_role("button", name="Télécharger le document 1").click()
    for width, height, suffix in SIZES:
        shown = await opened(chromium, url, width, height)
        await shown.screenshot(path=folder / f"documents-worker{suffix}.png", full_page=True)
        await shown.context.close()


async def handed(demo: Demo) -> str:
    """The worker's link to what was handed over."""
    parts = demo.app.parts
    [row, *_] = await parts.db.fetch("SELECT batch FROM document WHERE batch IS NOT NULL")
    link = Link("handed", row["batch"])
    async with parts.db.transaction() as tx:
        await links.give(tx, parts, link, parts.clock())
    return links.url(parts, link)
