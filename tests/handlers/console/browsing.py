"""The console in a real browser: somebody logs in as people do, and each page is looked at by axe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from booking.operating import Role
from tests.handlers.console.site import PASSWORD, Site
from tests.servers.browser import photograph

LOOKS = [("light", 390), ("dark", 390), ("light", 1440)]


@asynccontextmanager
async def window(browser: Browser, scheme: str, width: int, *, script: bool = True) -> AsyncIterator[Page]:
    context = await browser.new_context(
        locale="fr-FR",
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 844},
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    context.set_default_timeout(30_000)
    yield await context.new_page()
    await context.close()


async def logged_in(page: Page, site: Site, role: Role, name: str = "camille") -> None:
    """By keyboard, from the login page."""
    await site.enrolled(name, role)
    await page.goto(f"{site.base}/console")
    for label, value in (
        ("Identifiant", name),
        ("Mot de passe", PASSWORD),
        ("Code à six chiffres", await site.code(name)),
    ):
        await page.get_by_label(label).fill(value)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Se déconnecter").wait_for()


async def menu(page: Page, name: str) -> None:
    """To a page of the menu, by keyboard; on a narrow screen it is folded away."""
    await page.wait_for_load_state()  # until the style sheet is there, both menus are
    summary = page.locator("summary", has_text="Menu")
    if await summary.is_visible():
        await summary.press("Enter")
    await page.get_by_role("navigation").get_by_role("link", name=name, exact=True).press("Enter")


async def judge(page: Page, picture: Path) -> None:
    """axe finds nothing, and nothing has to be scrolled sideways."""
    await photograph(page, picture)
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.viewport_size
    assert await page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
