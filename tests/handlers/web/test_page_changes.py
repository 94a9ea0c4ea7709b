"""Cancelling and moving on a page: only after asking, by a form of our own pages."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from booking.ports import Refused
from tests.handlers.web.site import NEW_TOKEN, START, TOKEN, World
from tests.handlers.web.visits import OURS, PAGE, Client, get, post

# Cancelling


async def test_cancels_by_a_post_after_asking(client: Client, world: World) -> None:
    asked = await get(client, f"{PAGE}/cancel")
    assert "moins de 24 heures" not in asked
    assert world.acts == []
    assert "est annulé" in await post(client, f"{PAGE}/cancel")
    assert world.acts == ["cancel"]


async def test_late_is_said_before_the_yes(client: Client, world: World) -> None:
    world.now = START - timedelta(hours=23)
    asked = await get(client, f"{PAGE}/cancel")
    assert "moins de 24 heures" in asked
    assert 'name="late"' in asked
    assert "tardive" in await post(client, f"{PAGE}/cancel", {"late": "said"})
    assert world.acts == ["cancel"]


async def test_what_became_late_while_the_page_was_open_is_said_first(client: Client, world: World) -> None:
    await get(client, f"{PAGE}/cancel")
    world.now = START - timedelta(hours=23)
    assert "moins de 24 heures" in await post(client, f"{PAGE}/cancel")
    assert world.acts == []
    assert "moins de 24 heures" in await post(client, f"{PAGE}/move", {"slot": "x"})
    assert world.acts == []


async def test_what_has_begun_is_not_cancelled(client: Client, world: World) -> None:
    world.now = START + timedelta(minutes=1)
    await get(client, f"{PAGE}/cancel")
    await get(client, f"{PAGE}/move")
    await post(client, f"{PAGE}/cancel", {"late": "said"})
    assert world.acts == []


# Moving


async def test_moves_to_a_free_hour(client: Client, world: World) -> None:
    slots = re.findall(r'value="([^"]+)"', await get(client, f"{PAGE}/move"))
    assert len(slots) == 8
    assert f"/a/{NEW_TOKEN}" in await post(client, f"{PAGE}/move", {"slot": slots[3]}, 303)
    assert world.acts == [f"move {slots[3]}"]


async def test_shows_later_hours(client: Client, world: World) -> None:
    (later,) = re.findall(r'href="([^"]+\?after=[^"]+)"', await get(client, f"{PAGE}/move"))
    await get(client, later)
    assert world.asked_after == START + timedelta(hours=8)
    world.free = 3
    assert "?after=" not in await get(client, f"{PAGE}/move?after=%00nonsense")
    assert world.asked_after is None


async def test_an_hour_that_went_is_said_with_the_next_ones(client: Client, world: World) -> None:
    slots = re.findall(r'value="([^"]+)"', await get(client, f"{PAGE}/move"))
    world.gone_slots = set(slots[:1])
    text = await post(client, f"{PAGE}/move", {"slot": slots[0]})
    assert "vient d'être prise" in text.replace("&#39;", "'")
    assert 'type="radio"' in text
    assert world.acts == []


async def test_no_other_hour_keeps_the_appointment(client: Client, world: World) -> None:
    world.free = 0
    assert "Votre rendez-vous est gardé" in await get(client, f"{PAGE}/move")


@pytest.mark.parametrize("reason", ["overlap", "max_appointments", "suspended", "consent", "dispute"])
async def test_every_refusal_has_words(client: Client, world: World, reason: Any) -> None:
    world.refusal = Refused(reason)
    assert 'role="alert"' in await post(client, f"{PAGE}/move", {"slot": "x"})
    assert world.acts == []


async def test_moving_without_a_choice_asks_for_one(client: Client, world: World) -> None:
    assert "Choisissez d&#39;abord une heure" in await post(client, f"{PAGE}/move")
    assert world.acts == []


# Forms of others, and forms that no browser sends


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "https://chat.example.org"}, 200),
        ({"Origin": "null"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({}, 200),
    ],
)
async def test_only_forms_of_our_own_pages_act(
    client: Client, world: World, headers: Mapping[str, str], status: int
) -> None:
    await post(client, f"{PAGE}/cancel", status=status, headers=headers)
    assert world.acts == (["cancel"] if status == 200 else [])


@pytest.mark.parametrize(
    ("body", "status"), [(b"late=\xff", 400), (b"late=%ff", 400), (b"&" * 100, 400), (b"x" * 5000, 413)]
)
async def test_strange_forms_act_on_nothing(client: Client, world: World, body: bytes, status: int) -> None:
    async with client.post(f"{PAGE}/cancel", data=body, headers=OURS) as response:
        assert response.status == status
    assert world.acts == []


async def test_trouble_is_a_kind_page_and_the_log_has_no_token(
    client: Client, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.trouble = ConnectionRefusedError("camille@example.org")
    async with client.get(PAGE) as response:
        assert response.status == 503
        assert "Retry-After" in response.headers
        assert "Essayez encore" in await response.text()
    assert "ConnectionRefusedError" in caplog.text
    assert TOKEN not in caplog.text
    assert "camille" not in caplog.text
