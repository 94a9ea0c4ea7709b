"""People's pages on the real core: looking does nothing, a hundred times; what is done there, both sides hear."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from icalendar import Calendar

from tests.guards import guards
from tests.journeys.town import CAMILLE, CLAIRE, PUBLIC_URL, Town
from tests.plain import plain

pytestmark = pytest.mark.sampled

BOOK = ("bonjour", "PORTS-7KQM-4XTD", "argent", "choisir la personne", "Claire", "jeudi", "1", "1", "Camille Dubois")
OURS = {"Sec-Fetch-Site": "same-origin"}


class Visitor:
    """Somebody with a browser."""

    def __init__(self, town: Town, http: aiohttp.ClientSession) -> None:
        self._base, self._http = town.base, http

    async def get(self, path: str, status: int = 200) -> str:
        async with self._http.get(self._base + path, allow_redirects=False) as response:
            assert response.status == status
            return plain(await response.text())

    async def post(self, path: str, status: int = 200, form: Mapping[str, str] | None = None) -> str:
        """What the page says, or where it leads."""
        async with self._http.post(self._base + path, data=form, headers=OURS, allow_redirects=False) as response:
            assert response.status == status
            return response.headers.get("Location") or plain(await response.text())


@pytest.fixture
async def visitor(town: Town) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession() as http:
        yield Visitor(town, http)


async def booked(town: Town) -> str:
    """The path of the page of an hour with Claire on Thursday."""
    for text in (*BOOK, "camille@example.org"):
        await town.sms(CAMILLE, text)
    [confirmation] = await town.sms(CAMILLE, "1")
    assert town.new(CLAIRE)
    return linked(confirmation)


def linked(text: str) -> str:
    found = re.search(rf"{re.escape(PUBLIC_URL)}(/[ae]/\w+)", text)
    assert found, text
    return found[1]


def event(file: str) -> Any:
    (only,) = Calendar.from_ical(file).walk("VEVENT")
    return only


async def test_looking_does_nothing(town: Town, visitor: Visitor) -> None:
    page = await booked(town)
    for _ in range(100):
        for path in (page, f"{page}.ics", f"{page}/cancel", f"{page}/move"):
            await visitor.get(path)
        await visitor.get(f"{page}/join", 303)
    await town.settle()
    assert town.new(CAMILLE) == town.new(CLAIRE) == []
    assert "jeudi 5 mars à 9 h" in await visitor.get(page)


async def test_cancels(town: Town, visitor: Visitor) -> None:
    page = await booked(town)
    assert "est annulé" in await visitor.post(f"{page}/cancel")
    await town.settle()
    assert len(town.new(CLAIRE)) == 1
    assert len(town.new(CAMILLE)) == 1
    assert "annulé" in await visitor.get(page, 410)
    await visitor.post(f"{page}/cancel", 410)
    await visitor.get(f"{page}.ics", 410)
    await town.passes(days=4)
    assert town.new(CLAIRE) == town.new(CAMILLE) == []  # neither told twice nor reminded


async def test_moves_and_the_old_link_says_so(town: Town, visitor: Visitor) -> None:
    page = await booked(town)
    old = event(await visitor.get(f"{page}.ics"))
    slots = re.findall(r'name="slot" value="([^"]+)"', await visitor.get(f"{page}/move"))
    assert slots
    new_page = await visitor.post(f"{page}/move", 303, {"slot": slots[-1]})
    await town.settle()
    assert len(town.new(CLAIRE)) == 1
    [told] = town.new(CAMILLE)
    assert linked(told) == new_page
    assert "changé d&#39;heure" in await visitor.get(page, 410)
    assert "jeudi 5 mars à 9 h" not in await visitor.get(new_page)
    new = event(await visitor.get(f"{new_page}.ics"))
    assert new["UID"] == old["UID"]
    assert new["SEQUENCE"] > old["SEQUENCE"]
    assert new["DTSTART"] != old["DTSTART"]


async def test_what_is_late_is_said_before_the_yes(town: Town, visitor: Visitor) -> None:
    page = await booked(town)
    await town.passes(days=2)
    assert "moins de 24 heures" in await visitor.get(f"{page}/cancel")
    assert "moins de 24 heures" in await visitor.post(f"{page}/cancel")  # not yet said: asked again
    assert "tardive" in await visitor.post(f"{page}/cancel", form={"late": "said"})
    await visitor.get(page, 410)


async def test_another_persons_hour_cannot_be_taken(town: Town, visitor: Visitor) -> None:
    page = await booked(town)
    assert "vient d&#39;être prise" in await visitor.post(f"{page}/move", form={"slot": "2026-03-08T03:00Z/any"})
    assert "vient d&#39;être prise" in await visitor.post(f"{page}/move", form={"slot": "nonsense"})
    await town.settle()
    assert town.new(CLAIRE) == town.new(CAMILLE) == []
    await visitor.get(page)


async def test_confirms_the_address_once(town: Town, visitor: Visitor) -> None:
    await booked(town)
    [mail] = [message for message in town.mail.messages if message["To"] == "camille@example.org"]
    body = mail.get_body(("plain",))
    assert body
    page = linked(body.get_content())
    for _ in range(100):
        assert "ca•••@example.org" in await visitor.get(page)
    assert "Adresse confirmée" in await visitor.post(page)
    await visitor.post(page, 410)
    assert "déjà confirmé" in await visitor.get(page, 410)


@guards("T29")
async def test_there_is_no_demo_here(visitor: Visitor) -> None:
    """Its pages are no part of this program (threat T29); `demo` serves one of its own."""
    for path in ("/demo", "/demo/", "/demo/events", "/demo/say", "/demo/room/x", "/Demo"):
        await visitor.get(path, 404)
        await visitor.post(path, 404)


async def test_links_that_never_were(visitor: Visitor) -> None:
    for path in ("/a/", "/e/"):
        await visitor.get(path + "0" * 22, 404)
    await visitor.get("/calendar/" + "0" * 22 + ".ics", 404)
