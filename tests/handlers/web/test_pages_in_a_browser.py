"""People's pages in a real browser: readable at 390 px, in the dark, by keyboard, and nothing that axe objects to."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from booking.model import Mode
from handlers.web.ports import Gone
from handlers.web.rooms import room_name
from tests.handlers.web.site import APPOINTMENT, EMAIL_TOKEN, SECRET, START, TOKEN, UNKNOWN, World, application, started
from tests.servers.looks import NARROW, judge

pytestmark = pytest.mark.browser

PAGE = f"/a/{TOKEN}"
ROOM = f"/demo/room/{room_name(SECRET, APPOINTMENT)}/person"
PATHS = {
    "appointment": PAGE,
    "cancel": f"{PAGE}/cancel",
    "move": f"{PAGE}/move",
    "waiting": f"{PAGE}/join",
    "room": ROOM,
    "unknown": f"/a/{UNKNOWN}",
    "legal": "/legal",
    "accessibility": "/accessibility",
}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def site(world: World) -> AsyncIterator[TestServer]:
    server = await started(application(world, "http://127.0.0.1"))
    yield server
    await server.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(
        locale="fr-FR", color_scheme="light", viewport={"width": NARROW, "height": 844}, java_script_enabled=True
    )
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize("name", PATHS)
async def test_pages_are_accessible(site: TestServer, page: Page, tmp_path: Path, name: str) -> None:
    await page.goto(str(site.make_url(PATHS[name])))
    await judge(page, tmp_path / f"{name}.png")


async def test_a_password_by_keyboard(site: TestServer, world: World, page: Page, tmp_path: Path) -> None:
    """From the mailed link on; what is wrong is said, and read out, where it is typed again."""
    await page.goto(str(site.make_url(f"/e/{EMAIL_TOKEN}")))
    await judge(page, tmp_path / "email.png")
    await page.get_by_role("button", name="Oui, c'est mon adresse").press("Enter")
    await page.get_by_label("Mot de passe").fill("Azerty123!")
    await page.get_by_label("Encore une fois").fill("Azerty123!")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("trop de gens")
    await judge(page, tmp_path / "password.png")
    await page.get_by_label("Mot de passe").fill("Deux-Vélos7")
    await page.get_by_label("Encore une fois").fill("Deux-Vélos7")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Mot de passe enregistré").wait_for()
    assert world.acts == ["confirm", "password True"]


STATES = ("open", "late", "phone", "in_person", "moved", "cancelled", "expired", "over", "none", "soon", "door", "said")


@pytest.mark.parametrize("state", STATES)
async def test_states_are_accessible(site: TestServer, world: World, page: Page, tmp_path: Path, state: str) -> None:
    path = PAGE
    match state:
        case "open":
            world.now = START
        case "late":
            world.now, path = START - timedelta(hours=3), f"{PAGE}/cancel"
        case "phone" | "in_person":
            world.appointment_row = replace(APPOINTMENT, mode=Mode(state))
        case "moved" | "cancelled" | "expired":
            world.gone = Gone(state)
        case "over":
            world.now = START + timedelta(hours=2)
        case "soon":
            world.now, path = START - timedelta(minutes=15), f"{PAGE}/join"
        case "door":
            world.appointment_row, world.now = replace(APPOINTMENT, mode=Mode.IN_PERSON), START
        case "said":
            world.now, path = START, f"{PAGE}?said=late"
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


async def test_the_way_in_appears_when_it_is_time(site: TestServer, world: World, page: Page) -> None:
    """The page that waits counts down, and offers the room without walking in."""
    world.now = START - timedelta(minutes=10, seconds=2)
    await page.goto(str(site.make_url(f"{PAGE}/join")))
    await expect(page.get_by_role("timer")).to_contain_text("Ouverture dans 0:0")
    world.now = START - timedelta(minutes=10)
    await page.get_by_text("La salle est ouverte.").wait_for()
    await expect(page.get_by_role("timer")).to_be_hidden()
    assert page.url.endswith("/join")
    async with page.expect_response(lambda response: response.url.endswith("/join")) as response:
        await page.get_by_role("link", name="Entrer").click(no_wait_after=True)
    assert (await response.value).headers["location"].endswith(ROOM)


async def test_an_hour_that_was_moved_is_said_to_who_waits(site: TestServer, world: World, page: Page) -> None:
    world.now = START - timedelta(minutes=10, seconds=1)
    await page.goto(str(site.make_url(f"{PAGE}/join")))
    world.gone = Gone("moved")
    await page.get_by_role("heading", name="changé d'heure").wait_for()


async def test_both_see_each_other_in_the_demos_room(site: TestServer, page: Page, tmp_path: Path) -> None:
    """Each as long as their page is open."""
    await page.goto(str(site.make_url(ROOM)))
    await page.get_by_text("Vous êtes seul(e) dans la salle").wait_for()
    worker = await page.context.new_page()
    await worker.goto(str(site.make_url(ROOM.replace("/person", "/worker"))))
    await worker.get_by_text("Tout le monde est là.").wait_for()
    await page.get_by_text("Tout le monde est là.").wait_for()
    await judge(page, tmp_path / "both.png")
    await worker.get_by_role("button", name="Quitter la salle").click()
    await worker.get_by_role("link", name="Entrer à nouveau").wait_for()
    await page.get_by_text("Vous êtes seul(e) dans la salle").wait_for()


async def test_a_call_instead_by_keyboard(site: TestServer, world: World, page: Page) -> None:
    world.now = START
    await page.goto(str(site.make_url(PAGE)))
    await page.get_by_role("button", name="Recevoir un appel à la place").focus()
    async with page.expect_response(lambda response: response.request.method == "POST") as response:
        await page.keyboard.press("Enter")
    assert (await response.value).status == 303
    assert world.acts == ["phone"]
