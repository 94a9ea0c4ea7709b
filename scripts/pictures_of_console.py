"""The console's pictures: a booking is played on the demo's phones, and the desk looks at it.

python -m scripts.pictures_of_console      # these alone; scripts.pictures makes all
"""

import asyncio
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, expect

from bot.demo import Demo, running
from scripts.pictures_of_messages import say
from tests.servers.browser import browser

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MONDAY: Final = datetime(2026, 3, 2, 9, 41, tzinfo=UTC)
BOOKED: Final = (
    *("bonjour", "PORTS-7KQM-4XTD", "argent", "choisir la personne", "Claire", "jeudi", "1", "1"),
    *("Camille Martin", "camille@example.org", "1"),
)
LOST: Final = ("bonjour", "PORTS-7KQM-4XTD", "euh", "bof")  # twice not understood
DANGER: Final = ("bonjour", "je veux mourir")
WROTE: Final = "Je n'ai pas de pièce d'identité. Est-ce que je peux venir quand même ?"


async def window(chromium: Browser, demo: Demo, width: int) -> Page:
    """An administrator's."""
    context = await chromium.new_context(
        locale="fr-FR", viewport={"width": width, "height": 900}, reduced_motion="reduce", device_scale_factor=1.5
    )
    page = await context.new_page()
    await page.goto(f"{demo.url}/demo/console")
    await page.get_by_role("button", name="Administration").click()
    await page.get_by_role("button", name="Se déconnecter").wait_for()
    return page


async def photograph(demo: Demo, chromium: Browser, pictures: Path) -> None:
    phone = await chromium.new_page(locale="fr-FR", viewport={"width": 1440, "height": 900})
    await phone.goto(f"{demo.url}/demo")
    for text in LOST:
        await say(phone, "whatsapp", text)
    for text in DANGER:
        await say(phone, "telegram", text)
    for _ in range(2):
        await phone.get_by_role("button", name="+ 10 min").click()  # silent for long enough to be stuck
        await expect(phone.locator("#told")).not_to_be_empty()
        await phone.wait_for_timeout(1500)
    for text in (*BOOKED, "HUMAIN"):
        await say(phone, "sms", text)
    parts = demo.app.parts
    await phone.locator("#sms textarea").fill(WROTE)
    await phone.locator("#sms textarea").press("Enter")  # the desk is to answer: the bot is silent
    while not await parts.db.fetch("SELECT id FROM ticket_entry WHERE kind = 'wrote'"):  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.1)
    [row] = await parts.db.fetch("SELECT person_id, worker_id, start_at FROM appointment")
    [ticket] = await parts.db.fetch("SELECT id FROM ticket WHERE kind = 'human'")
    [stuck] = await parts.db.fetch("SELECT contact_id FROM conversation WHERE misses > 1")
    day = row["start_at"].astimezone(parts.zone).date()
    monday = day - timedelta(days=day.weekday())
    paths = {
        "today": f"today?on={day}",
        "person": f"people/{row['person_id']}",
        "tickets": "tickets",
        "ticket": f"tickets/{ticket['id']}",
        "conversations": "conversations",
        "conversation": f"conversations/{stuck['contact_id']}",
        "calendar": f"calendar?worker={row['worker_id']}&on={monday}",
        "call": "call",
        "directory": "directory",
    }
    for width, suffix, names in ((1440, "", paths), (390, "-small", ("today", "ticket", "conversations", "calendar"))):
        page = await window(chromium, demo, width)
        for name in names:
            await page.goto(f"{demo.url}/console/{paths[name]}")
            await page.screenshot(path=pictures / f"console-{name}{suffix}.png")


async def main() -> None:
    os.environ["PORT"] = "8081"
    with tempfile.TemporaryDirectory() as folder:
        async with running(Path(folder), real=lambda: MONDAY) as demo, browser() as chromium:
            await photograph(demo, chromium, PICTURES)


if __name__ == "__main__":
    asyncio.run(main())
