"""Calendar files of people's pages, and the worker's feed."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from icalendar import Calendar

from booking.model import Mode
from tests.handlers.web.site import APPOINTMENT, FEED_TOKEN, NOW, START, TOKEN, World
from tests.handlers.web.visits import ELSEWHERE, PAGE, Client, get


def events(text: str) -> list[Any]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


async def test_the_calendar_file_is_neutral_and_follows_the_series(client: Client) -> None:
    text = await get(client, f"{PAGE}.ics")
    assert "METHOD:PUBLISH" in text
    (event,) = events(text)
    assert event["UID"] == "appointment-0@chat.example.org"
    assert event["SEQUENCE"] == 4
    assert event["SUMMARY"] == "Rendez-vous"
    assert event["CLASS"] == "PRIVATE"
    assert event["URL"] == f"https://chat.example.org{PAGE}"
    assert (event.start, event.end) == (START, START + timedelta(hours=1))
    assert event["DTSTAMP"].dt == NOW


async def test_the_page_leads_to_two_calendars_of_others_by_a_tap_alone(client: Client) -> None:
    links = ELSEWHERE.findall(text := await get(client, PAGE))
    assert links == ["calendar.google.com", "outlook.live.com"]
    assert not any(TOKEN in link or "Claire" in link for link in re.findall(r'href="(https://[^"]*)"', text))


async def test_the_calendar_file_is_one(client: Client, world: World) -> None:
    world.appointment_row = replace(APPOINTMENT, mode=Mode.IN_PERSON)
    async with client.get(f"{PAGE}.ics") as response:
        assert response.content_type == "text/calendar"
        (event,) = events(await response.text())
    assert event["LOCATION"] == "1 place de la Mairie, 56000 Vannes"


async def test_the_workers_feed_tells_the_first_name_inside_alone(client: Client) -> None:
    text = await get(client, f"/calendar/{FEED_TOKEN}.ics")
    assert {str(event["DESCRIPTION"]) for event in events(text)} == {"Camille"}
    summaries = [str(event["SUMMARY"]) for event in events(text)]
    assert summaries == ["Consultation en vidéo", "Consultation par téléphone"]
    assert not re.search("Claire|finance|/a/", text)


async def test_the_workers_feed_has_a_name_and_is_read_again(client: Client) -> None:
    text = await get(client, f"/calendar/{FEED_TOKEN}.ics")
    for line in ("NAME:Rendez-vous", "X-WR-CALNAME:Rendez-vous", "REFRESH-INTERVAL;VALUE=DURATION:PT15M"):
        assert f"{line}\r\n" in text
    assert "X-PUBLISHED-TTL:PT15M" in text
    assert "REFRESH" not in await get(client, f"{PAGE}.ics")
