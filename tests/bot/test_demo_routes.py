"""The demo's routes: only from its own page and machine, no 500 to any input, a stream that picks up again."""

import json
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.bot.demo_site import START, Site, site
from tests.guards import guards

OURS = {"Sec-Fetch-Site": "same-origin"}
POSTS: Mapping[str, Mapping[str, Any]] = {
    "say": {"phone": "sms", "text": "bonjour"},
    "press": {"phone": "telegram", "message": "1", "number": 1},
    "contact": {"phone": "telegram"},
    "clock": {"move": "10m"},
    "call": {"phone": "sms", "act": "answer"},
}


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def post(http: aiohttp.ClientSession, demo: Site, what: str, body: Any, headers: Mapping[str, str] = OURS) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with http.post(f"{demo.url}/demo/{what}", data=data, headers=headers) as response:
        return response.status


async def events(http: aiohttp.ClientSession, demo: Site, until: str, last: str = "") -> list[tuple[str, str]]:
    """(id, kind) of each event, up to the first of a kind."""
    found: list[tuple[str, str]] = []
    number = ""
    async with http.get(f"{demo.url}/demo/events", headers={"Last-Event-ID": last} if last else {}) as response:
        assert response.content_type == "text/event-stream"
        async for line in response.content:
            name, _, value = line.decode().strip().partition(": ")
            if name == "id":
                number = value
            if name == "event":
                found.append((number, value))
                if value == until:
                    return found
    raise AssertionError("the stream ended")


async def test_a_page_that_is_opened_later_shows_the_present_time(demo: Site) -> None:
    demo.program.forward(timedelta(minutes=7))  # nobody touched the clock: it went by itself
    [clock, *_] = await demo.hub.events(0)
    assert (clock.kind, clock.data["now"]) == ("clock", (START + timedelta(minutes=7)).isoformat())


async def test_what_is_typed_arrives_as_a_message(http: aiohttp.ClientSession, demo: Site) -> None:
    assert await post(http, demo, "say", POSTS["say"]) == 204
    assert [envelope.channel for envelope in demo.program.heard] == ["sms"]
    assert await post(http, demo, "say", {"phone": "telegram", "text": "bonjour"}) == 204
    assert await post(http, demo, "say", {"phone": "whatsapp", "text": "bonjour"}) == 204
    assert {envelope.channel for envelope in demo.program.heard} == {"sms", "telegram", "whatsapp"}


async def test_the_worker_answers_from_the_phone_that_was_written_to(http: aiohttp.ClientSession, demo: Site) -> None:
    from tests.bot.demo_site import ALI, LINK

    await demo.program.send("sms", ALI, LINK)
    await demo.settle()
    assert await post(http, demo, "say", {"phone": "worker", "text": "agenda"}) == 204
    assert demo.program.heard[-1].address == ALI


async def test_the_stream_begins_anew_or_goes_on(http: aiohttp.ClientSession, demo: Site) -> None:
    await post(http, demo, "say", POSTS["say"])
    await demo.settle()
    first = await events(http, demo, "bubble")
    assert first[:2] == [("", "start"), ("e1-1", "clock")]
    assert (await events(http, demo, "bubble", "e1-1"))[0] == ("e1-2", "bubble")
    for other_run in ("e0-7", "nonsense", "e1-", "e1-²", "e1--1"):
        assert (await events(http, demo, "clock", other_run))[0] == ("", "start")


@pytest.mark.parametrize("what", POSTS)
@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
async def test_another_site_can_do_nothing(
    http: aiohttp.ClientSession, demo: Site, what: str, headers: Mapping[str, str]
) -> None:
    assert await post(http, demo, what, POSTS[what], headers) == 403
    assert demo.program.heard == []


@guards("T29")
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "10.0.0.7", "[::2]", "127.0.0.1.evil.example"])
async def test_another_name_for_this_machine_sees_nothing(http: aiohttp.ClientSession, demo: Site, host: str) -> None:
    for path in ("demo", "demo/events"):
        async with http.get(f"{demo.url}/{path}", headers={"Host": host}) as response:
            assert response.status == 404
    assert await post(http, demo, "say", POSTS["say"], {**OURS, "Host": host}) == 404
    assert demo.program.heard == []


@pytest.mark.parametrize("what", POSTS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[" * 15_000,
        b"9" * 5_000,
        [],
        None,
        {},
        {"phone": 1, "text": 2, "message": 3, "number": "4", "move": 5},
        {"phone": "nobody", "text": "x", "message": "x", "number": 1, "move": "back"},
        {"phone": "sms", "text": "", "message": "x", "number": True, "move": ""},
        {"phone": "sms", "text": "x" * 1601, "message": "SM1", "number": 99, "move": "-1d"},
    ],
)
async def test_strange_posts_are_400(http: aiohttp.ClientSession, demo: Site, what: str, body: Any) -> None:
    assert await post(http, demo, what, body) == 400
    assert demo.program.heard == []


async def test_a_long_post_is_413(http: aiohttp.ClientSession, demo: Site) -> None:
    assert await post(http, demo, "say", b"x" * 20_000) == 413


async def test_the_home_leads_to_the_page(http: aiohttp.ClientSession, demo: Site) -> None:
    async with http.get(demo.url) as response:
        assert response.url.path == "/demo"
        assert "PORTS-7KQM-4XTD" in await response.text()
