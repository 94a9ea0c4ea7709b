"""The console's pictures of what the desk decides: a report, a suspension, what is contested, an export, the trail.

python -m scripts.pictures_of_decisions      # these alone; scripts.pictures makes all
"""

import asyncio
import os
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page

from booking.authority import WorkerActor
from booking.decisions import Decision, Ground
from bot.demo import Demo, running
from handlers import deciding
from handlers.acting import Acting
from handlers.console import exporting
from handlers.console.exporting import Asked
from handlers.following import follow
from scripts.pictures_of_console import BOOKED, MONDAY, PICTURES, window
from scripts.pictures_of_messages import say
from storage.booking import RowStore
from tests.servers.browser import browser

OTTO: Final = "operator:otto"
WHY: Final = "Vos messages à Claire étaient blessants. Nous en parlons volontiers avec vous."


async def worked(demo: Demo, query: str, *args: object) -> list[dict[str, object]]:
    """What a query finds, as soon as it finds something."""
    while not (rows := await demo.app.parts.db.fetch(query, *args)):  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.1)
    return rows


async def photograph(demo: Demo, chromium: Browser, pictures: Path) -> None:
    parts = demo.app.parts
    phone = await chromium.new_page(locale="fr-FR", viewport={"width": 1440, "height": 900})
    await phone.goto(f"{demo.url}/demo")
    for text in (*BOOKED, "message", "Vous ne servez à rien, comme tous les autres."):
        await say(phone, "sms", text)
    [row] = await worked(demo, "SELECT person_id FROM appointment")
    person = str(row["person_id"])
    await worked(demo, "SELECT id FROM message")
    report = await _reported(demo)
    wide = await window(chromium, demo, 1440)
    await _take(wide, demo, f"tickets/{report}", pictures / "console-report.png")
    await _take(wide, demo, f"people/{person}/decide", pictures / "console-decide.png")
    last = parts.clock().date() + timedelta(days=14)
    made = await deciding.suspend(parts, person, OTTO, Ground.DISRESPECT, WHY, last_day=last, cancels=False)
    assert isinstance(made, Decision)
    await phone.locator("#sms").get_by_text("Un message sur votre accès au service").wait_for()
    await say(phone, "sms", "CONTESTER")
    await say(phone, "sms", "J'étais à bout ce jour-là. Je me suis excusée depuis.")
    await worked(demo, "SELECT id FROM decision WHERE contested_at IS NOT NULL")
    await _take(wide, demo, f"decisions/{made.id}", pictures / "console-decision.png")
    small = await window(chromium, demo, 390)
    await _take(small, demo, f"decisions/{made.id}", pictures / "console-decision-small.png")
    asked = Asked("people", "Contrôle annuel ; effacé le 31 mars.", MONDAY.date(), last)
    await exporting.ask(parts, OTTO, asked)
    await _take(wide, demo, "exports", pictures / "console-exports.png")
    await _take(wide, demo, "deeds", pictures / "console-deeds.png")


async def _reported(demo: Demo) -> str:
    """The worker reports it: the ticket."""
    parts, now = demo.app.parts, demo.app.parts.clock()
    [row] = await parts.db.fetch("SELECT id, worker_id FROM appointment")
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        core = Acting(tx, store, parts.rules, now, parts.new_id, actor=WorkerActor(row["worker_id"]))
        await core.report(row["id"])
        await follow(tx, parts, store, core, "report", now)
    [ticket] = await parts.db.fetch("SELECT id FROM ticket WHERE kind = 'report'")
    return str(ticket["id"])


async def _take(page: Page, demo: Demo, path: str, picture: Path) -> None:
    await page.goto(f"{demo.url}/console/{path}")
    await page.screenshot(path=picture)


async def main() -> None:
    os.environ["PORT"] = "8081"
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), real=lambda: MONDAY) as demo, browser() as chromium:
            await photograph(demo, chromium, PICTURES)


if __name__ == "__main__":
    asyncio.run(main())
