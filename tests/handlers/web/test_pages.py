"""People's pages: what they say, what they never say, the join button, and what can be said around the hour."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booking.model import AppointmentId, Mode
from handlers.web.ports import Reader
from tests.handlers.web.site import APPOINTMENT, START, UNKNOWN, World
from tests.handlers.web.visits import PAGE, Client, get, post


async def test_says_what_when_and_with_whom(client: Client) -> None:
    text = await get(client, PAGE)
    assert '<html lang="fr">' in text
    for words in ("Votre rendez-vous", "jeudi 5 mars à 9 h", "Claire", "en vidéo"):
        assert words in text


async def test_the_desks_number_is_for_people_and_for_phones(client: Client) -> None:
    assert '<a href="tel:+33199000000">01 99 00 00 00</a>' in await get(client, PAGE)


async def test_never_says_the_subject_or_a_family_name(client: Client) -> None:
    pages = [await get(client, path) for path in (PAGE, f"{PAGE}.ics", f"{PAGE}/cancel", f"{PAGE}/move")]
    for text in pages:
        assert not re.search("finance|argent|dettes|Morel", text, re.IGNORECASE)


async def test_says_both_clocks_where_they_differ(client: Client, world: World) -> None:
    world.reader = Reader("fr", "Indian/Reunion")
    assert "jeudi 5 mars à 12 h chez vous (9 h à Paris)" in await get(client, PAGE)


async def test_speaks_the_persons_language_whatever_the_browser_asks(client: Client, world: World) -> None:
    world.reader = Reader("en", "Europe/Paris")
    assert "Thursday 5 March at 9:00" in await get(client, PAGE, 200, **{"Accept-Language": "fr"})


@pytest.mark.parametrize(
    ("accepts", "expected"),
    [
        ("en-GB,en;q=0.9,fr;q=0.5", "en"),
        ("de, fr;q=0.3, en;q=0.2", "fr"),
        ("*", "fr"),
        ("", "fr"),
        (";;q=x,\x80", "fr"),
    ],
)
async def test_speaks_a_strangers_language(client: Client, accepts: str, expected: str) -> None:
    assert f'<html lang="{expected}">' in await get(client, f"/a/{UNKNOWN}", 404, **{"Accept-Language": accepts})


@pytest.mark.parametrize(
    ("mode", "words"),
    [(Mode.PHONE, "Claire vous appelle"), (Mode.IN_PERSON, "1 place de la Mairie, 56000 Vannes")],
)
async def test_says_how_the_two_meet(client: Client, world: World, mode: Mode, words: str) -> None:
    world.appointment_row = replace(APPOINTMENT, mode=mode)
    text = await get(client, PAGE)
    assert words in text
    assert "/join" not in text


# The join button


@pytest.mark.parametrize(
    ("minutes", "door"), [(-11, "early"), (-10, "open"), (0, "open"), (89, "open"), (90, "over"), (600, "over")]
)
async def test_joins_from_10_minutes_before_to_30_after(client: Client, world: World, minutes: int, door: str) -> None:
    world.now = START + timedelta(minutes=minutes)
    text = await get(client, PAGE)
    assert (f'href="{PAGE}/join">Entrer</a>' in text) is (door == "open")
    assert ("jeudi 5 mars à 8 h 50" in text) is (door == "early")
    async with client.get(f"{PAGE}/join", allow_redirects=False) as response:
        assert response.status == (200 if door == "early" else 303)
        led = response.headers.get("Location", "")
        assert ("/demo/room/" in led) is (door == "open")
        assert led.endswith({"early": "", "open": "/person", "over": PAGE}[door])


async def test_who_is_early_waits_and_is_told_what_to_do(client: Client, world: World) -> None:
    world.now = START - timedelta(minutes=20)
    text = await get(client, f"{PAGE}/join")
    for words in ("pas encore ouverte", "jeudi 5 mars à 8 h 50", "rien à installer", 'data-left="601"'):
        assert words in text
    assert re.findall(r"<script ([^>]*)>", text) == ['src="/static/waiting.js" defer']


async def test_nobody_counts_down_days(client: Client) -> None:
    assert "data-left" not in await get(client, f"{PAGE}/join")


@pytest.mark.parametrize("mode", [Mode.PHONE, Mode.IN_PERSON])
async def test_there_is_no_room_but_for_a_video(client: Client, world: World, mode: Mode) -> None:
    world.appointment_row, world.now = replace(APPOINTMENT, mode=mode), START
    async with client.get(f"{PAGE}/join", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, PAGE)


async def test_a_moved_appointment_has_another_room(client: Client, world: World) -> None:
    world.now = START
    rooms = set()
    for id in ("one", "two"):
        world.appointment_row = replace(APPOINTMENT, id=AppointmentId(id))
        async with client.get(f"{PAGE}/join", allow_redirects=False) as response:
            rooms.add(response.headers["Location"])
    assert len(rooms) == 2


# Around the hour: late, there, the video does not work


@pytest.mark.parametrize(("minutes", "near"), [(-121, False), (-120, True), (59, True), (60, False)])
async def test_who_is_late_can_say_so_when_it_is_near(client: Client, world: World, minutes: int, near: bool) -> None:
    world.now = START + timedelta(minutes=minutes)
    assert (f'action="{PAGE}/late"' in await get(client, PAGE)) is near
    led = await post(client, f"{PAGE}/late", {"minutes": "15"}, 303)
    assert led.endswith("?said=late" if near else "?said=over")
    assert world.acts == (["late 15"] if near else [])


@pytest.mark.parametrize("asked", [{}, {"minutes": "999"}, {"minutes": "x"}])
async def test_minutes_that_were_not_offered_are_left_out(
    client: Client, world: World, asked: Mapping[str, str]
) -> None:
    world.now = START
    await post(client, f"{PAGE}/late", asked, 303)
    assert world.acts == ["late None"]


async def test_who_is_at_the_door_says_so_and_finds_it_on_a_map(client: Client, world: World) -> None:
    world.appointment_row, world.now = replace(APPOINTMENT, mode=Mode.IN_PERSON), START - timedelta(minutes=5)
    text = await get(client, PAGE)
    assert 'href="https://www.openstreetmap.org/search?query=1%20place%20de%20la%20Mairie%2C%2056000%20Vannes"' in text
    assert 'href="https://www.openstreetmap.org/directions?to=1%20place%20de%20la%20Mairie%2C%2056000%20Vannes"' in text
    assert 'rel="noreferrer noopener"' in text
    led = await post(client, f"{PAGE}/here", status=303)
    assert "sait que vous êtes là" in await get(client, led[led.index("/a/") :])
    assert world.acts == ["here"]


async def test_nobody_is_at_the_door_of_a_video(client: Client, world: World) -> None:
    world.now = START
    assert f"{PAGE}/here" not in await get(client, PAGE)


@pytest.mark.parametrize(("hours", "offered"), [(-25, False), (-24, True), (0, True), (1, False)])
async def test_a_video_that_fails_becomes_a_call(client: Client, world: World, hours: int, offered: bool) -> None:
    world.now = START + timedelta(hours=hours)
    assert (f'action="{PAGE}/phone"' in await get(client, PAGE)) is offered
    led = await post(client, f"{PAGE}/phone", status=303)
    text = await get(client, led[led.index("/a/") :])
    assert ("on vous appelle à la place" in text) is offered
    assert ("Claire vous appelle" in text) is offered
    assert world.acts == (["phone"] if offered else [])


async def test_it_can_be_said_where_one_waits(client: Client, world: World) -> None:
    world.now = START - timedelta(minutes=20)
    assert f'action="{PAGE}/phone"' in await get(client, f"{PAGE}/join")


@pytest.mark.parametrize(
    ("reason", "words"),
    [("no_phone", "nous vous le demandons"), ("not_offered", "ne téléphone pas"), ("early", "Rien n&#39;a changé")],
)
async def test_what_is_in_the_way_of_a_call_is_said(client: Client, world: World, reason: Any, words: str) -> None:
    world.now, world.no_call = START, reason
    led = await post(client, f"{PAGE}/phone", status=303)
    assert words in await get(client, led[led.index("/a/") :])
    assert world.acts == []


async def test_a_made_up_word_says_nothing(client: Client) -> None:
    assert 'role="status"' not in await get(client, f"{PAGE}?said=%3Cb%3E")
