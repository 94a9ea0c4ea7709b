"""The demo's room: looking at it acts on nothing, each sign lasts a moment, and only its own page gives one."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from handlers.web.demo_room import GONE_AFTER, MOST, Presence
from tests.handlers.web.site import World, application, started

ROOM = f"/demo/room/{'a2' * 16}"
OURS = {"Sec-Fetch-Site": "same-origin"}
Client = TestClient[Any, Any]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with TestClient(await started(application(World()))) as client:
        yield client


async def here(client: Client, seat: str) -> dict[str, bool]:
    async with client.post(f"{ROOM}/{seat}", headers=OURS) as response:
        assert response.status == 200
        return dict(await response.json())


async def test_who_opens_the_page_is_in_the_room(client: Client) -> None:
    assert await here(client, "worker") == {"worker": True, "person": False}
    assert await here(client, "person") == {"worker": True, "person": True}
    async with client.post(f"{ROOM}/worker/leave", headers=OURS) as response:
        assert "Vous avez quitté la salle" in await response.text()
    assert await here(client, "person") == {"worker": False, "person": True}


async def test_looking_enters_nothing(client: Client) -> None:
    for _ in range(100):
        async with client.get(f"{ROOM}/worker") as response:
            assert "Rien n&#39;est enregistré" in await response.text()
    assert await here(client, "person") == {"worker": False, "person": True}


@pytest.mark.parametrize("path", ["/person", "/worker", "/person/leave"])
async def test_only_its_own_page_gives_a_sign(client: Client, path: str) -> None:
    async with client.post(ROOM + path, headers={"Sec-Fetch-Site": "cross-site"}) as response:
        assert response.status == 403


@pytest.mark.parametrize("path", ["/demo/room/short/person", f"{ROOM}/stranger", ROOM])
async def test_there_are_two_seats_in_a_room(client: Client, path: str) -> None:
    async with client.get(path) as response:
        assert response.status == 404


def test_a_sign_lasts_a_moment() -> None:
    presence = Presence()
    presence.came("room", "worker", 100.0)
    assert presence.there("room", 100.0 + GONE_AFTER - 1) == {"worker": True, "person": False}
    assert presence.there("room", 100.0 + GONE_AFTER) == {"worker": False, "person": False}
    presence.left("another", "worker")


def test_not_more_rooms_are_remembered_than_fit() -> None:
    presence = Presence()
    for number in range(MOST + 5):
        presence.came(f"room {number}", "person", 100.0)
    assert len(presence.signs) == MOST
    assert presence.there(f"room {MOST + 4}", 100.0)["person"]
