"""The demo's page in a real browser: at 390 and 1440 px, by mouse and by keyboard, with nothing that axe objects to."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.bot.demo_site import CLAIRE, CODE, LINK, START, Site, site
from tests.servers.browser import photograph

pytestmark = pytest.mark.browser


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as running:
        yield running


async def opened(browser: Browser, demo: Site, width: int, scheme: str = "light", locale: str = "fr-FR") -> Page:
    context = await browser.new_context(
        locale=locale,
        viewport={"width": width, "height": 900 if width > 1000 else 844},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(30_000)
    page = await context.new_page()
    await page.goto(f"{demo.url}/demo")
    return page


async def say(page: Page, phone: str, text: str) -> None:
    box = page.locator(f"#{phone} textarea")
    await box.fill(text)
    await box.press("Enter")


async def play(page: Page, demo: Site) -> None:
    """A few messages on every phone, and an e-mail."""
    from email.message import EmailMessage

    for phone in ("sms", "whatsapp", "telegram"):
        if await page.locator(".switch").is_visible():
            await page.locator(f"[data-show={phone}]").click()
        await say(page, phone, "bonjour")
        await expect(page.locator(f"#{phone} .row.us")).to_have_count(1)
    await demo.program.send("sms", CLAIRE, LINK)
    await expect(page.locator("#worker .row.us")).to_have_count(1)
    mail = EmailMessage()
    mail["To"], mail["Subject"], mail["Message-ID"] = "camille@example.org", "Votre adresse", "<1@localhost>"
    mail.set_content(f"Confirmez : {demo.url}/e/Token-0123456789abcdefghij")
    demo.hub.mail(mail)
    await expect(page.locator("#mail .letter")).to_have_count(1)


async def judge(page: Page, picture: Path, width: int) -> None:
    await photograph(page, picture, full_page=False)
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_four_phones_side_by_side(browser: Browser, demo: Site, tmp_path: Path, scheme: str) -> None:
    page = await opened(browser, demo, 1440, scheme)
    for phone in ("sms", "whatsapp", "telegram", "worker"):
        await expect(page.locator(f"#{phone}")).to_be_visible()
    await judge(page, tmp_path / "empty.png", 1440)
    await play(page, demo)
    await judge(page, tmp_path / "played.png", 1440)
    await page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_one_phone_at_a_time(browser: Browser, demo: Site, tmp_path: Path, scheme: str) -> None:
    page = await opened(browser, demo, 390, scheme)
    await play(page, demo)
    for phone in ("sms", "whatsapp", "telegram", "worker", "mail"):
        await page.locator(f"[data-show={phone}]").click()
        await expect(page.locator("main > section:visible")).to_have_count(1)
        await judge(page, tmp_path / f"{phone}.png", 390)
    await page.context.close()


async def test_ticks_follow_the_message(browser: Browser, demo: Site) -> None:
    page = await opened(browser, demo, 1440)
    demo.program.refuses = True
    await say(page, "sms", "bonjour")
    await expect(page.locator("#sms .row.me .tick.failed")).to_have_count(1)
    demo.program.refuses = False
    await say(page, "sms", "bonjour")
    await expect(page.locator("#sms .row.me .tick.read")).to_have_count(1)
    await page.context.close()


async def test_buttons_go_through_the_channel(browser: Browser, demo: Site) -> None:
    page = await opened(browser, demo, 1440)
    await say(page, "telegram", "bonjour")
    await page.locator("#telegram .buttons .key").nth(1).click()
    await expect(page.locator("#telegram .row.us")).to_have_count(2)
    assert b"d7g3v5jf2s:2" in demo.program.heard[-1].raw
    await expect(page.locator("#telegram .row.us a")).to_have_attribute(
        "href", f"{demo.url}/a/Token-0123456789abcdefghij"
    )
    await page.context.close()


async def test_the_contact_button_shares_the_phones_number(browser: Browser, demo: Site) -> None:
    page = await opened(browser, demo, 1440)
    await say(page, "telegram", "contact")
    await page.locator("#telegram .keys .key").click()
    await expect(page.locator("#telegram .row.us")).to_have_count(2)
    await expect(page.locator("#telegram .keys .key")).to_have_count(0)
    await expect(page.locator("#telegram .row:focus")).to_have_count(1)  # the next Tab goes on from here
    assert b"33639980013" in demo.program.heard[-1].raw
    await page.context.close()


async def test_the_clock_moves_and_says_what_happened(browser: Browser, demo: Site) -> None:
    page = await opened(browser, demo, 1440)
    await page.get_by_role("button", name="Prochain rappel").click()
    await expect(page.get_by_role("status")).to_contain_text("Aucun rappel n'est à venir")
    demo.program.due = START + timedelta(days=2)
    await page.get_by_role("button", name="+ 1 jour").click()
    await expect(page.get_by_role("status")).to_contain_text("Rien de nouveau")
    await page.get_by_role("button", name="Prochain rappel").click()
    await expect(page.get_by_role("status")).to_contain_text("Nouveaux messages : 1 (SMS)")
    await expect(page.locator("#sms .row.us")).to_have_count(1)
    await expect(page.locator("#now")).to_contain_text("mercredi 25 novembre")
    await page.context.close()


async def test_the_clock_reads_as_the_messages_do(browser: Browser, demo: Site) -> None:
    """Not 10:00 AM above a message that says 10:00, whatever English the browser speaks."""
    demo.program.forward(timedelta(hours=5))
    page = await opened(browser, demo, 1440, locale="en-US")
    await say(page, "sms", "hello")
    await expect(page.locator("#sms .row.me .foot")).to_contain_text("15:00")
    await expect(page.locator("#now")).to_have_text("Monday 23 November at 15:00")
    await page.context.close()


async def test_everything_can_be_reached_by_keyboard(browser: Browser, demo: Site) -> None:
    page = await opened(browser, demo, 390)
    await play(page, demo)
    reached = set()
    for _ in range(60):
        await page.keyboard.press("Tab")
        reached.add(
            await page.evaluate(
                "(e => e.dataset.show || e.dataset.move || e.id || e.className)(document.activeElement)"
            )
        )
    assert {"copy", "10m", "1h", "1d", "next", "whatsapp", "mail", "telegram-text", "key"} <= reached
    await page.locator("[data-show=sms]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#sms")).to_be_visible()
    await page.context.close()


async def test_the_code_is_copied(browser: Browser, demo: Site) -> None:
    page = await opened(browser, demo, 1440)
    await page.get_by_role("button", name="Copier").click()
    await expect(page.get_by_role("status")).to_have_text("Code copié.")
    assert await page.evaluate("navigator.clipboard.readText()") == CODE
    await page.context.close()


async def test_what_people_write_is_shown_as_text(browser: Browser, demo: Site) -> None:
    page = await opened(browser, demo, 1440)
    await say(page, "whatsapp", "<img src=x onerror=alert(1)> javascript:alert(1)")
    await expect(page.locator("#whatsapp .row.me p")).to_have_text("<img src=x onerror=alert(1)> javascript:alert(1)")
    await expect(page.locator("#whatsapp .row.me a, #whatsapp .row.me img")).to_have_count(0)
    await page.context.close()


async def test_a_reloaded_page_shows_the_same(browser: Browser, demo: Site) -> None:
    page = await opened(browser, demo, 1440)
    await play(page, demo)
    before = await page.locator("main").inner_text()
    await page.reload()
    await expect(page.locator("#mail .letter")).to_have_count(1)
    assert await page.locator("main").inner_text() == before
    await page.context.close()
