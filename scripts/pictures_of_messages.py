"""One booking on the three phones of the demo at once: what each kind of message looks like on each."""

from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, expect

from bot.demo import Demo

PHONES: Final = ("sms", "whatsapp", "telegram")
# What is typed on every phone, and how the picture of the answer is called.
MOMENTS: Final = (
    (("bonjour", "PORTS-7KQM-4XTD"), "subject"),
    (("argent", "par téléphone"), "hours"),
    (("le 12 mars après-midi", "1"), "terms"),  # so far off that WhatsApp's 24 hours are over when it is reminded of
)


async def say(page: Page, phone: str, text: str) -> None:
    """Types, and waits for the answer."""
    before = await page.locator(f"#{phone} .row.us").count()
    await page.locator(f"#{phone} textarea").fill(text)
    await page.locator(f"#{phone} textarea").press("Enter")
    await expect(page.locator(f"#{phone} .row.us")).to_have_count(before + 1)


async def photograph(demo: Demo, chromium: Browser, folder: Path) -> None:
    """`messages-<kind>.png`, the three phones side by side."""
    context = await chromium.new_context(
        locale="fr-FR", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    page = await context.new_page()
    await page.goto(f"{demo.url}/demo")
    for said, name in MOMENTS:
        for phone in PHONES:
            for text in said:
                await say(page, phone, text)
        if name == "hours":
            await page.locator("#whatsapp .opens").last.click()
        await shot(page, folder / f"messages-{name}.png")
        if name == "hours":
            await page.locator("#whatsapp .sheet .shut").click()
    await signed(page)
    await shot(page, folder / "messages-summary.png")
    for phone in PHONES:
        await say(page, phone, "1")
    await shot(page, folder / "messages-confirmed.png")
    await reminded(page)
    await shot(page, folder / "messages-reminder.png")
    for phone in PHONES:
        await say(page, phone, "annuler")
    await shot(page, folder / "messages-cancel.png")
    for phone in PHONES:
        await say(page, phone, "je veux mourir")
    await shot(page, folder / "messages-danger.png")


async def signed(page: Page) -> None:
    """Terms, name and address; on Telegram its number by the phone's own key, before the name."""
    for phone in PHONES:
        await say(page, phone, "1")
        if phone == "telegram":
            before = await page.locator("#telegram .row.us").count()
            await page.locator("#telegram .keys .key").click()
            await expect(page.locator("#telegram .row.us")).to_have_count(before + 1)
        await say(page, phone, f"Camille {phone.title()}")
        await say(page, phone, f"{phone}@example.org")


async def reminded(page: Page) -> None:
    """Until each phone has its reminder: WhatsApp's 24 hours are over by then."""
    for phone in PHONES:
        last = page.locator(f"#{phone} .row.us").last
        while "Rappel" not in await last.inner_text():
            await page.get_by_role("button", name="Prochain rappel").click()
            await expect(page.locator("#told")).not_to_be_empty()
            await page.wait_for_timeout(1500)


async def shot(page: Page, path: Path) -> None:
    """The three phones, cut out of the page."""
    await page.evaluate("document.activeElement.blur()")
    boxes = [await page.locator(f"#{phone}").bounding_box() for phone in PHONES]
    found = [box for box in boxes if box is not None]
    left, top = min(box["x"] for box in found), min(box["y"] for box in found)
    right = max(box["x"] + box["width"] for box in found)
    bottom = max(box["y"] + box["height"] for box in found)
    await page.screenshot(path=path, clip={"x": left, "y": top, "width": right - left, "height": bottom - top})
