"""The API's page in a real browser: at 390 px, in the dark, by axe; each anchor leads somewhere, nothing is fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from handlers.web.api.problems import KINDS
from handlers.web.api.table import OPERATIONS
from tests.handlers.api.site import Site
from tests.handlers.console.browsing import window
from tests.servers.looks import judge

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def database_url(sqlite_url: str) -> str:
    """The page is made from the operations alone."""
    return sqlite_url


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    async with window(browser) as page:
        yield page


async def test_it_is_accessible_and_fits(site: Site, page: Page, tmp_path: Path) -> None:
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    await page.goto(f"{site.url}/api")
    await judge(page, tmp_path / "api.png")
    assert {url.removeprefix(site.url).partition("?")[0] for url in asked} <= {
        "/api",
        "/static/page.css",
        "/static/api.css",
        "/static/icon.svg",
    }
    assert wrong == []


async def test_what_it_names_can_be_reached_by_keyboard(site: Site, page: Page) -> None:
    await page.goto(f"{site.url}/api")
    nowhere = await page.evaluate(
        """() => [...document.querySelectorAll("a[href^='#']")]
             .map(it => decodeURIComponent(it.hash.slice(1))).filter(id => !document.getElementById(id))"""
    )
    assert nowhere == []
    twice = await page.evaluate(
        """() => [...document.querySelectorAll("[id]")].map(it => it.id).filter((id, n, all) => all.indexOf(id) != n)"""
    )
    assert twice == []
    for name in ("book_appointment", "move_appointment"):
        operation = next(each for each in OPERATIONS if each.id == name)
        await page.get_by_role("listitem").get_by_role("link", name=operation.path, exact=False).first.press("Enter")
    section = page.locator("#move_appointment")
    await expect(section).to_be_in_viewport()
    await section.get_by_role("link", name="already_over").press("Enter")
    await expect(page.locator("#already_over")).to_be_in_viewport()
    await expect(page.locator("#already_over")).to_contain_text(str(KINDS["already_over"].status))


async def test_a_word_of_code_is_shown_as_one(site: Site, page: Page) -> None:
    await page.goto(f"{site.url}/api")
    assert "`" not in await page.locator("main").inner_text()
