"""Makes docs/pictures/: the demo is played in a real browser on a fixed day, and photographed; a kit is printed.

python -m scripts.pictures      # needs a Chromium; overwrites what is there
"""

import asyncio
import os
import struct
import tempfile
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from bot.demo import Demo, running
from conversations.model import Link
from handlers import links
from handlers.kits import page as pages
from handlers.kits import paper
from scripts import (
    pictures_of_api,
    pictures_of_console,
    pictures_of_decisions,
    pictures_of_documents,
    pictures_of_figures,
    pictures_of_messages,
)
from scripts.pictures_of_messages import say
from tests.handlers.kits.leaflets import made
from tests.handlers.kits.scanning import opened as opened_pdf
from tests.servers.browser import browser

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MONDAY = datetime(2026, 3, 2, 9, 41, tzinfo=UTC)
BY_SMS = ("bonjour", "PORTS-7KQM-4XTD", "argent", "choisir la personne", "Claire", "jeudi", "1", "1")
BY_VIDEO = ("bonjour", "PORTS-7KQM-4XTD", "argent", "en vidéo", "choisir la personne", "Claire", "jeudi", "1", "1")
SIGNED = ("Camille Martin", "camille@example.org", "1")


async def tap(page: Page, label: str) -> None:
    """Presses a button on Telegram, and waits for the answer."""
    before = await page.locator("#telegram .row.us").count()
    await page.locator("#telegram .row.us").last.get_by_role("button", name=label).click()
    await expect(page.locator("#telegram .row.us")).to_have_count(before + 1)


async def opened(chromium: Browser, url: str, width: int, height: int) -> Page:
    context = await chromium.new_context(
        locale="fr-FR", viewport={"width": width, "height": height}, reduced_motion="reduce", device_scale_factor=1.5
    )
    page = await context.new_page()
    await page.goto(url)
    return page


async def play(page: Page) -> None:
    """On each phone another moment of a booking."""
    for text in (*BY_SMS, *SIGNED):
        await say(page, "sms", text)
    await page.get_by_role("button", name="Prochain rappel").click()
    await expect(page.locator("#sms .row.us").last).to_contain_text("Rappel")
    for text in ("bonjour", "je veux un rendez-vous jeudi après-midi pour mon loyer", "PORTS-7KQM-4XTD"):
        await say(page, "whatsapp", text)
    await say(page, "worker", "semaine")
    await say(page, "telegram", "bonjour")
    await say(page, "telegram", "PORTS-7KQM-4XTD")
    await tap(page, "Logement")


async def photograph(demo: Demo, chromium: Browser) -> None:
    page = await opened(chromium, f"{demo.url}/demo", 1440, 900)
    await play(page)
    await page.evaluate("document.activeElement.blur()")
    await page.screenshot(path=PICTURES / "demo.png")
    link = await page.locator("#sms .row.us a[href*='/a/']").first.get_attribute("href")
    assert link
    small = await opened(chromium, f"{demo.url}/demo", 390, 844)
    await expect(small.locator("#telegram .row.us")).not_to_have_count(0)
    await small.locator("[data-show=telegram]").click()
    await small.screenshot(path=PICTURES / "demo-small.png")
    await small.goto(link)
    await small.screenshot(path=PICTURES / "appointment.png")


async def page_at(chromium: Browser, url: str, name: str) -> None:
    """One page, as wide as a telephone and as a screen."""
    for width, height, suffix in ((390, 844, "-small"), (1440, 900, "")):
        page = await opened(chromium, url, width, height)
        await page.screenshot(path=PICTURES / f"{name}{suffix}.png", full_page=True)
        await page.context.close()


async def around_the_hour(demo: Demo, chromium: Browser) -> None:
    """A video: the page that waits, both pages when it is time, the room with both in it."""
    page = await opened(chromium, f"{demo.url}/demo", 1440, 900)
    for text in (*BY_VIDEO, *SIGNED):
        await say(page, "sms", text)
    link = await page.locator("#sms .row.us a[href*='/a/']").last.get_attribute("href")
    assert link
    parts = demo.app.parts
    [row] = await parts.db.fetch("SELECT id, start_at FROM appointment")
    worker = Link("worker", row["id"])
    async with parts.db.transaction() as tx:
        await links.give(tx, parts, worker, parts.clock())
    demo.engine.forward(row["start_at"] - demo.engine.now() - timedelta(minutes=14))
    await page_at(chromium, f"{link}/join", "waiting")
    demo.engine.forward(timedelta(minutes=5))
    await page_at(chromium, link, "appointment-now")
    await page_at(chromium, links.url(parts, worker), "worker-video")
    other = await opened(chromium, f"{links.url(parts, worker)}/join", 1440, 900)
    await other.get_by_text("Vous êtes seul").wait_for()
    for width, suffix in ((390, "-small"), (1440, "")):
        room = await opened(chromium, f"{link}/join", width, 900)
        await room.get_by_text("Tout le monde est là.").wait_for()
        await room.screenshot(path=PICTURES / f"room{suffix}.png", full_page=True)
        await room.context.close()


async def invitation(chromium: Browser) -> None:
    """The sample client's poster, cards and piece of intranet page, in French."""
    leaflet = made("fr")
    kinds: tuple[paper.Kind, ...] = ("poster", "cards")
    for kind in kinds:
        with opened_pdf(paper.pdf(kind, leaflet)) as document:
            page = document[0].render(scale=1.3, rev_byteorder=True)
            drawn = png(bytes(page.buffer), page.width, page.height, page.stride)
        (PICTURES / f"invitation-{kind}.png").write_bytes(drawn)
    page = await chromium.new_page(viewport={"width": 800, "height": 600})
    await page.set_content(pages.html(leaflet))
    await page.locator("section").screenshot(path=PICTURES / "invitation-intranet.png")


def png(rgb: bytes, width: int, height: int, stride: int) -> bytes:
    """A picture of three bytes a pixel (https://www.w3.org/TR/png-3/)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + rgb[row * stride : row * stride + 3 * width] for row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


async def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    os.environ["PORT"] = "8081"
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), real=lambda: MONDAY) as demo, browser() as chromium:
            await photograph(demo, chromium)
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), real=lambda: MONDAY) as demo, browser() as chromium:
            await pictures_of_messages.photograph(demo, chromium, PICTURES)
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), real=lambda: MONDAY) as demo, browser() as chromium:
            await around_the_hour(demo, chromium)
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), real=lambda: MONDAY) as demo, browser() as chromium:
            await pictures_of_console.photograph(demo, chromium, PICTURES)
            await pictures_of_api.photograph(demo, chromium, PICTURES)
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), real=lambda: MONDAY) as demo, browser() as chromium:
            await pictures_of_documents.photograph(demo, chromium, PICTURES)
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), real=lambda: MONDAY) as demo, browser() as chromium:
            await pictures_of_decisions.photograph(demo, chromium, PICTURES)
    async with browser() as chromium:
        await invitation(chromium)
        await pictures_of_figures.photograph(chromium, PICTURES)
    for picture in sorted(PICTURES.glob("*.png")):
        print(picture.relative_to(PICTURES.parent.parent))


if __name__ == "__main__":
    asyncio.run(main())
