"""People's pages in a real browser: readable at 390 px, in the dark, by keyboard, and nothing that axe objects to."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from booking.model import Mode
from handlers.web.ports import Gone
from tests.handlers.web.site import APPOINTMENT, EMAIL_TOKEN, START, TOKEN, UNKNOWN, World, application, started

pytestmark = pytest.mark.browser

PAGE = f"/a/{TOKEN}"
PATHS = {
    "appointment": PAGE,
    "cancel": f"{PAGE}/cancel",
    "move": f"{PAGE}/move",
    "email": f"/e/{EMAIL_TOKEN}",
    "unknown": f"/a/{UNKNOWN}",
}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def site(world: World) -> AsyncIterator[TestServer]:
    server = await started(application(world, "http://127.0.0.1"))
    yield server
    await server.close()


@pytest.fixture(params=["light", "dark"])
async def page(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    context = await browser.new_context(
        locale="fr-FR", color_scheme=request.param, viewport={"width": 390, "height": 844}, java_script_enabled=True
    )
    yield await context.new_page()
    await context.close()


async def judge(page: Page, picture: Path) -> None:
    """axe finds nothing, and nothing has to be scrolled sideways."""
    await page.screenshot(path=picture, full_page=True)
    # axe is put in from outside: the page's own policy lets no other script in.
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", PATHS)
async def test_pages_are_accessible(site: TestServer, page: Page, tmp_path: Path, name: str) -> None:
    await page.goto(str(site.make_url(PATHS[name])))
    await judge(page, tmp_path / f"{name}.png")


@pytest.mark.parametrize("state", ["open", "late", "phone", "in_person", "gone", "none"])
async def test_states_are_accessible(site: TestServer, world: World, page: Page, tmp_path: Path, state: str) -> None:
    path = PAGE
    match state:
        case "open":
            world.now = START
        case "late":
            world.now, path = START - timedelta(hours=3), f"{PAGE}/cancel"
        case "phone" | "in_person":
            world.appointment_row = replace(APPOINTMENT, mode=Mode(state))
        case "gone":
            world.gone = Gone("moved")
        case "none":
            world.free, path = 0, f"{PAGE}/move"
    await page.goto(str(site.make_url(path)))
    await judge(page, tmp_path / f"{state}.png")


async def test_cancels_by_keyboard(site: TestServer, world: World, page: Page) -> None:
    await page.goto(str(site.make_url(PAGE)))
    await page.get_by_role("link", name="Annuler").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Oui, annuler").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Votre rendez-vous est annulé").wait_for()
    assert world.acts == ["cancel"]


async def test_moves_by_keyboard(site: TestServer, world: World, page: Page) -> None:
    await page.goto(str(site.make_url(f"{PAGE}/move")))
    await page.get_by_role("radio").first.focus()
    await page.keyboard.press("ArrowDown")
    async with page.expect_response(lambda response: response.request.method == "POST") as response:
        await page.keyboard.press("Enter")
    assert (await response.value).status == 303
    assert world.acts == ["move 2026-03-05T10:00Z/claire"]
