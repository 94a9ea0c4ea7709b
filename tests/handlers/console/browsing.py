"""The console in a real browser: somebody logs in as people do, and each page is looked at by axe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, Page

from booking.operating import Role
from tests.handlers.console.site import PASSWORD, Site
from tests.servers.looks import NARROW


@asynccontextmanager
async def window(
    browser: Browser, scheme: Literal["light", "dark"] = "light", width: int = NARROW, *, script: bool = True
) -> AsyncIterator[Page]:
    context = await browser.new_context(
        locale="fr-FR",
        color_scheme=scheme,
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
    async with page.expect_event("load"):
        await page.get_by_role("navigation").get_by_role("link", name=name, exact=True).press("Enter")
