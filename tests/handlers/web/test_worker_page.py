"""A worker's page of an appointment: what it shows when, what its buttons post, and how it looks in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, Page

from booking.model import Mode
from handlers.web.guard import middlewares
from handlers.web.ports import Gone, Reader, WorkerView
from handlers.web.render import Renderer
from handlers.web.worker_pages import WorkerPages
from storage.calls import CallRow, Outcome, State
from tests.handlers.web.site import APPOINTMENT, START, TOKEN, UNKNOWN, started
from tests.plain import plain
from tests.servers.looks import NARROW, judge

PAGE: Final = f"/w/{TOKEN}"
NOW: Final = START - timedelta(minutes=5)
OURS: Final = {"Sec-Fetch-Site": "same-origin"}
NUMBER: Final = "+33639980011"


def call(status: State = "ended", outcome: Outcome | None = None, seconds: int | None = None) -> CallRow:
    return CallRow("call", "appointment-1", 1, status, outcome, None, NOW, NOW, None, seconds)


@dataclass
class Desk:
    """Implements `WorkersPages`. `acts`: what the buttons did."""

    view_: WorkerView = field(
        default_factory=lambda: WorkerView(
            replace(APPOINTMENT, mode=Mode.PHONE), "Camille", Reader("fr", "Europe/Paris"), NOW, callable=True
        )
    )
    gone: Gone | None = None
    acts: list[tuple[str, int]] = field(default_factory=list)
    looks: int = 0

    async def view(self, token: str) -> WorkerView | Gone | None:
        self.looks += 1
        return (self.gone or self.view_) if token == TOKEN else None

    async def call(self, token: str, seen: int) -> Gone | None:
        self.acts.append(("call", seen))
        self.change(call=call("ringing"), calls=1, live=True)
        return self.gone

    async def voicemail(self, token: str, attempt: int) -> Gone | None:
        self.acts.append(("voicemail", attempt))
        return self.gone

    async def unanswered(self, token: str, seen: int) -> Gone | None:
        self.acts.append(("unanswered", seen))
        return self.gone

    def change(self, **values: Any) -> None:
        self.view_ = replace(self.view_, **values)


def application(desk: Desk, public_url: str = "https://chat.example.org") -> web.Application:
    renderer = Renderer(public_url, ("fr", "en"), "fr", "Europe/Paris", desk="+33199000000")
    app = web.Application(middlewares=middlewares(renderer.error_page))
    renderer.add_to(app)
    WorkerPages(pages=desk, renderer=renderer).add_to(app)
    return app


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(application(desk))) as client:
        yield client


async def shown(client: TestClient[Any, Any], status: int = 200) -> str:
    async with client.get(PAGE) as response:
        assert response.status == status
        assert response.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        return plain(await response.text()).replace("&#39;", "'")


async def test_says_who_when_and_how_and_not_what_about(client: TestClient[Any, Any], desk: Desk) -> None:
    page = await shown(client)
    assert "Rendez-vous avec Camille" in page
    assert "jeudi 5 mars à 9 h" in page
    assert "Appeler Camille</button>" in page
    assert "Argent" not in page
    assert desk.acts == []


@pytest.mark.parametrize(
    ("status", "outcome", "words"),
    [
        ("asked", None, "Votre téléphone va sonner"),
        ("unknown", None, "Votre téléphone va sonner"),
        ("placed", None, "Votre téléphone va sonner"),
        ("ringing", None, "Votre téléphone va sonner"),
        ("answered", None, "appuyez sur 1 pour appeler Camille"),
        ("dialling", None, "Le téléphone de Camille sonne"),
        ("talking", None, "en ligne avec Camille"),
        ("ended", "not_placed", "n'est pas parti"),
        ("ended", "worker_no_answer", "n'a pas répondu"),
        ("ended", "worker_busy", "occupée"),
        ("ended", "worker_failed", "joindre votre téléphone"),
        ("ended", "no_key", "n'a pas sonné"),
        ("ended", "worker_left", "Vous avez raccroché"),
        ("ended", "person_no_answer", "ne répond pas"),
        ("ended", "person_busy", "occupée"),
        ("ended", "person_failed", "ne peut pas être joint"),
        ("ended", "person_voicemail", "le répondeur de Camille"),
        ("ended", "talked", "L'appel est terminé"),
    ],
)
async def test_shows_where_the_call_stands(
    client: TestClient[Any, Any], desk: Desk, status: State, outcome: Outcome | None, words: str
) -> None:
    desk.change(call=call(status, outcome), calls=1, live=status != "ended")
    page = await shown(client)
    assert words in page
    assert ("Rappeler Camille" in page) is (status == "ended")
    assert ("Nous lui demandons par message" in page) is (outcome or "").startswith("person_")


async def test_a_call_whose_end_was_never_told_can_be_made_again(client: TestClient[Any, Any], desk: Desk) -> None:
    desk.change(call=call("ringing"), calls=1, live=False)
    page = await shown(client)
    assert "Nous ne savons pas" in page
    assert "Rappeler Camille" in page


@pytest.mark.parametrize(("seconds", "asked"), [(12, True), (89, True), (90, False), (2400, False), (None, True)])
async def test_a_short_talk_may_have_been_a_voicemail(
    client: TestClient[Any, Any], desk: Desk, seconds: int | None, asked: bool
) -> None:
    desk.change(call=call("ended", "talked", seconds), calls=1)
    assert ("C'était le répondeur" in await shown(client)) is asked


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (timedelta(minutes=-11), "Le bouton pour appeler apparaît ici"),
        (timedelta(minutes=91), "passé"),
    ],
)
async def test_outside_its_time(client: TestClient[Any, Any], desk: Desk, by: timedelta, words: str) -> None:
    desk.change(now=START + by, callable=False)
    page = await shown(client)
    assert words in page
    assert "</button>" not in page


async def test_without_our_number_theirs_is_shown_while_it_is_given(client: TestClient[Any, Any], desk: Desk) -> None:
    desk.change(masked=False, phone=NUMBER)
    assert f'href="tel:{NUMBER}"' in await shown(client)
    desk.change(phone=None, now=START + timedelta(minutes=70))
    assert "tel:+336" not in await shown(client)


async def test_without_any_number_the_desk_is_asked(client: TestClient[Any, Any], desk: Desk) -> None:
    desk.change(reachable=False, callable=False)
    assert "Nous n'avons pas de numéro" in await shown(client)


@pytest.mark.parametrize("mode", [Mode.VIDEO, Mode.IN_PERSON])
async def test_who_meets_otherwise_does_not_call(client: TestClient[Any, Any], desk: Desk, mode: Mode) -> None:
    desk.change(appointment=replace(APPOINTMENT, mode=mode), callable=False)
    assert "Appeler" not in await shown(client)


@pytest.mark.parametrize(("why", "words"), [("moved", "changé d'heure"), ("cancelled", "annulé"), ("expired", "lien")])
async def test_gone(client: TestClient[Any, Any], desk: Desk, why: Any, words: str) -> None:
    desk.gone = Gone(why, Reader("fr", "Europe/Paris"))
    assert words in await shown(client, 410)


async def test_unknown(client: TestClient[Any, Any]) -> None:
    async with client.get(f"/w/{UNKNOWN}") as response:
        assert response.status == 404


@pytest.mark.parametrize(("what", "field_"), [("call", "calls"), ("voicemail", "call"), ("unanswered", "calls")])
async def test_buttons_post_once_and_lead_back(
    client: TestClient[Any, Any], desk: Desk, what: str, field_: str
) -> None:
    async with client.post(f"{PAGE}/{what}", data={field_: "1"}, headers=OURS, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, PAGE)
    assert desk.acts == [(what, 1)]
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    async with client.post(f"{PAGE}/{what}", data={field_: "1"}, headers=elsewhere) as response:
        assert response.status == 403
    async with client.get(f"{PAGE}/{what}") as response:
        assert response.status == 405
    assert len(desk.acts) == 1


# ------------------------------------------------------------ in a browser

LOOKS: Final[dict[str, dict[str, Any]]] = {
    "ready": {},
    "early": {"now": START - timedelta(hours=1), "callable": False},
    "ringing": {"call": call("ringing"), "calls": 1, "live": True},
    "talking": {"call": call("talking"), "calls": 1, "live": True},
    "missed": {"call": call("ended", "person_no_answer"), "calls": 1},
    "voicemail": {"call": call("ended", "talked", 12), "calls": 1},
    "over": {"now": START + timedelta(hours=2), "callable": False},
    "own number": {"masked": False, "phone": NUMBER},
    "video": {"appointment": APPOINTMENT, "callable": False},
}


@pytest.fixture
async def site(desk: Desk) -> AsyncIterator[TestServer]:
    server = await started(application(desk, "http://127.0.0.1"))
    yield server
    await server.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(locale="fr-FR", color_scheme="light", viewport={"width": NARROW, "height": 844})
    yield await context.new_page()
    await context.close()


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
async def test_is_accessible(site: TestServer, desk: Desk, page: Page, tmp_path: Path, look: str) -> None:
    desk.change(**LOOKS[look])
    await page.goto(str(site.make_url(PAGE)))
    await judge(page, tmp_path / f"{look}.png")


@pytest.mark.browser
async def test_calls_by_keyboard_and_follows_the_call(site: TestServer, desk: Desk, page: Page) -> None:
    """Without loading the page again, and without a word of it lost to a screen reader."""
    await page.goto(str(site.make_url(PAGE)))
    await page.get_by_role("button", name="Appeler Camille").focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Votre téléphone va sonner").wait_for()
    assert desk.acts == [("call", 0)]
    await page.evaluate("window.same = true")
    for status, words in (("answered", "appuyez sur 1"), ("dialling", "Camille sonne"), ("talking", "en ligne")):
        desk.change(call=call(status))  # type: ignore[arg-type]  # of the tuple
        await page.get_by_role("status").get_by_text(words).wait_for()
    desk.change(call=call("ended", "talked", 1800), live=False)
    await page.get_by_role("button", name="Rappeler Camille").wait_for()
    assert await page.evaluate("window.same") is True
    looks = desk.looks
    assert looks >= 5
