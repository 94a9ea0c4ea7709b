"""A worker's way into the video: in its time, as its moderator; and out of it by one button."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from playwright.async_api import Browser

from booking.model import Mode
from booking.ports import TurnAnswer, Turned
from handlers.web.ports import Gone
from handlers.web.render import Renderer
from handlers.web.rooms import DemoRooms
from handlers.web.worker_video import WorkerVideo
from tests.handlers.web.site import APPOINTMENT, CLAIRE, PUBLIC, SECRET, START, TOKEN, UNKNOWN, started
from tests.handlers.web.test_worker_page import Desk
from tests.handlers.web.test_worker_page import application as pages
from tests.plain import plain
from tests.servers.looks import judge

PAGE: Final = f"/w/{TOKEN}"
OURS: Final = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class VideoDesk(Desk):
    """Implements `WorkersVideo` as well."""

    async def by_phone(self, token: str) -> TurnAnswer | Gone | None:
        if token != TOKEN or self.gone:
            return self.gone
        self.acts.append(("phone", 0))
        turned = replace(APPOINTMENT, mode=Mode.PHONE)
        self.change(appointment=turned, turnable=False)
        return Turned(turned, CLAIRE, Mode.VIDEO)


def application(desk: VideoDesk, public_url: str = PUBLIC) -> web.Application:
    app = pages(desk, public_url)
    renderer = Renderer(public_url, ("fr", "en"), "fr", "Europe/Paris")
    WorkerVideo(pages=desk, video=desk, renderer=renderer, rooms=DemoRooms(public_url, SECRET)).add_to(app)
    return app


@pytest.fixture
def desk() -> VideoDesk:
    desk = VideoDesk()
    desk.change(appointment=APPOINTMENT, worker="Claire", turnable=True)
    return desk


@pytest.fixture
async def client(desk: VideoDesk) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(await started(application(desk))) as client:
        yield client


async def get(client: TestClient[Any, Any], path: str, status: int) -> str:
    async with client.get(path, allow_redirects=False) as response:
        assert response.status == status
        return response.headers.get("Location") or plain(await response.text()).replace("&#39;", "'")


async def post(client: TestClient[Any, Any], path: str, status: int, headers: dict[str, str] | None = None) -> str:
    async with client.post(path, headers=headers or OURS, allow_redirects=False) as response:
        assert response.status == status
        return response.headers.get("Location") or plain(await response.text())


@pytest.mark.parametrize(
    ("minutes", "words", "opens"),
    [(-11, "apparaît ici", False), (-10, "l'hôte de la salle", True), (89, "l'hôte", True), (90, "est passé", False)],
)
async def test_the_way_in_is_there_in_its_time(
    client: TestClient[Any, Any], desk: VideoDesk, minutes: int, words: str, opens: bool
) -> None:
    desk.change(now=START + timedelta(minutes=minutes))
    assert words in await get(client, PAGE, 200)
    led = await get(client, f"{PAGE}/join", 303)
    assert led.endswith("/worker" if opens else PAGE)


async def test_there_is_no_room_but_for_a_video(client: TestClient[Any, Any], desk: VideoDesk) -> None:
    desk.change(appointment=replace(APPOINTMENT, mode=Mode.PHONE), now=START)
    assert await get(client, f"{PAGE}/join", 303) == PAGE


async def test_one_button_turns_it_into_a_call(client: TestClient[Any, Any], desk: VideoDesk) -> None:
    desk.change(now=START)
    assert "Appeler Camille à la place" in await get(client, PAGE, 200)
    assert await post(client, f"{PAGE}/phone", 303) == PAGE
    assert desk.acts == [("phone", 0)]
    assert 'id="call"' in await get(client, PAGE, 200)


async def test_only_our_own_form_acts(client: TestClient[Any, Any], desk: VideoDesk) -> None:
    await post(client, f"{PAGE}/phone", 403, {"Sec-Fetch-Site": "cross-site"})
    for _ in range(100):
        await get(client, f"{PAGE}/join", 303)
    assert desk.acts == []


async def test_links_that_never_were_and_those_of_no_more_use(client: TestClient[Any, Any], desk: VideoDesk) -> None:
    await get(client, f"/w/{UNKNOWN}/join", 404)
    await post(client, f"/w/{UNKNOWN}/phone", 404)
    desk.gone = Gone("moved")
    await get(client, f"{PAGE}/join", 410)
    await post(client, f"{PAGE}/phone", 410)


@pytest.mark.browser
async def test_the_page_is_accessible(browser: Browser, desk: VideoDesk, tmp_path: Path) -> None:
    server = await started(application(desk, "http://127.0.0.1"))
    context = await browser.new_context(locale="fr-FR", java_script_enabled=True)
    page = await context.new_page()
    await page.goto(str(server.make_url(PAGE)))
    await judge(page, tmp_path / "worker-video.png")
    await context.close()
    await server.close()
