"""Around the hour, on the real server and both databases: the room's tokens, a call instead of a video, late, there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import jwt
import pytest
from icalendar import Calendar

from conversations.model import Link
from handlers import links
from tests.journeys.town import CAMILLE, CAMILLE_ON_TELEGRAM, CLAIRE, PUBLIC_URL, Town, built
from tests.plain import plain

pytestmark = pytest.mark.sampled

OURS = {"Sec-Fetch-Site": "same-origin"}
APP_SECRET = "another made-up secret of more than 32 characters"
BOOK = ("bonjour", "PORTS-7KQM-4XTD", "argent", "en vidéo", "choisir la personne", "Claire", "jeudi", "1", "1")
WHO = ("Camille Dubois", "camille@example.org", "1")


@dataclass
class Visit:
    """Camille has a video with Claire on Thursday at 9 in Paris; `person` and `worker` are their pages' paths."""

    town: Town
    http: aiohttp.ClientSession
    appointment: str
    person: str = ""
    worker: str = ""

    async def get(self, path: str, status: int = 200) -> str:
        """What the page says, or where it leads."""
        async with self.http.get(self.town.base + path, allow_redirects=False) as response:
            assert response.status == status
            return response.headers.get("Location") or plain(await response.text())

    async def post(self, path: str, form: Mapping[str, str] | None = None, status: int = 303) -> str:
        async with self.http.post(self.town.base + path, data=form, headers=OURS, allow_redirects=False) as response:
            assert response.status == status
            led = response.headers.get("Location") or plain(await response.text())
        await self.town.settle()
        return led

    async def row(self) -> Mapping[str, Any]:
        [row] = await self.town.parts.db.fetch(
            "SELECT mode, version, start_at FROM appointment WHERE id = ?", self.appointment
        )
        return row

    async def at(self, **before: float) -> None:
        """So long before the hour; what was said until then has been read."""
        self.town.clock.now = (await self.row())["start_at"] - timedelta(**before)
        await self.town.settle()
        for address in (CAMILLE, CLAIRE, str(CAMILLE_ON_TELEGRAM.id)):
            self.town.new(address)

    async def link(self, kind: Any) -> str:
        link = Link(kind, self.appointment)
        async with self.town.parts.db.transaction() as tx:
            await links.give(tx, self.town.parts, link, self.town.clock())
        return links.url(self.town.parts, link).removeprefix(PUBLIC_URL)


@pytest.fixture
async def visited(database_url: str) -> AsyncIterator[Visit]:
    """With a video server; nobody has booked yet."""
    video = {"video_url": "https://visio.example.org", "video_app_id": "social", "video_secret": APP_SECRET}
    async with built(database_url, **video) as town, aiohttp.ClientSession() as http:
        yield Visit(town, http, "")
        assert town.problems() == []
        assert await town.unsound() == []


@pytest.fixture
async def visit(visited: Visit) -> Visit:
    for text in (*BOOK, *WHO):
        await visited.town.sms(CAMILLE, text)
    return await _known(visited)


async def _known(visit: Visit) -> Visit:
    [row] = await visit.town.parts.db.fetch("SELECT id, mode FROM appointment")
    assert row["mode"] == "video"
    visit.appointment = row["id"]
    visit.person, visit.worker = await visit.link("appointment"), await visit.link("worker")
    return visit


def event(file: str) -> Any:
    (only,) = Calendar.from_ical(file).walk("VEVENT")
    return only


def claims(address: str) -> Mapping[str, Any]:
    token = re.search(r"\?jwt=([^#]+)", address)
    assert token
    never: Any = {
        "verify_exp": False,
        "verify_nbf": False,
        "verify_iat": False,
    }  # the town's clock is not the machine's
    return dict(jwt.decode(token[1], APP_SECRET, ["HS256"], audience="social", options=never))


# ------------------------------------------------------------ the room


async def test_both_enter_the_same_room_each_with_a_token_of_their_own(visit: Visit) -> None:
    await visit.at(minutes=10)
    person, worker = await visit.get(f"{visit.person}/join", 303), await visit.get(f"{visit.worker}/join", 303)
    assert person.partition("?")[0] == worker.partition("?")[0]
    assert person.startswith("https://visio.example.org/")
    told = [claims(address)["context"]["user"] for address in (person, worker)]
    assert [user["affiliation"] for user in told] == ["member", "owner"]
    assert [user["name"] for user in told] == ["Participant", "Claire"]
    sent = [bubble.text for number in (CAMILLE, CLAIRE) for bubble in visit.town.screen(number)]
    assert sent
    assert not any("jwt" in text or "visio" in text or "eyJ" in text for text in sent)


async def test_ten_minutes_before_the_link_comes_again(visit: Visit) -> None:
    await visit.at(minutes=11)
    await visit.town.passes(minutes=1)
    [told] = visit.town.new(CAMILLE)
    assert visit.person in told
    assert "La salle vidéo est ouverte" in told


async def test_looking_does_nothing(visit: Visit) -> None:
    await visit.at(minutes=5)
    for path in (visit.person, f"{visit.person}?said=late", visit.worker):
        for _ in range(100):
            await visit.get(path)
    for path in (f"{visit.person}/join", f"{visit.worker}/join"):
        for _ in range(100):
            await visit.get(path, 303)
    await visit.town.settle()
    assert visit.town.new(CAMILLE) == visit.town.new(CLAIRE) == []
    assert (await visit.row())["mode"] == "video"


# ------------------------------------------------------------ a call in its place


async def test_by_text_the_video_becomes_a_call(visit: Visit) -> None:
    await visit.at(minutes=5)
    before = event(await visit.get(f"{visit.person}.ics"))
    [answer] = await visit.town.sms(CAMILLE, "la vidéo ne marche pas")
    assert "Claire vous appelle" in answer
    assert "sur ce téléphone" in answer
    assert "39 98" not in answer
    [told] = visit.town.new(CLAIRE)
    assert visit.worker in told
    row = await visit.row()
    assert (row["mode"], row["version"]) == ("phone", 1)
    after = event(await visit.get(f"{visit.person}.ics"))
    assert (after["UID"], after["DTSTART"]) == (before["UID"], before["DTSTART"])
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert "Claire vous appelle" in await visit.get(visit.person)
    assert "Appeler" in await visit.get(visit.worker)


async def test_by_the_page_both_are_told_once(visit: Visit) -> None:
    await visit.at(minutes=15)
    assert "/phone" in await visit.get(f"{visit.person}/join")
    for _ in range(2):
        assert (await visit.post(f"{visit.person}/phone")).endswith("?said=phone")
    [theirs] = visit.town.new(CAMILLE)
    assert "se fait par téléphone" in theirs
    [workers] = visit.town.new(CLAIRE)
    assert visit.worker in workers
    assert (await visit.row())["version"] == 1


async def test_the_worker_turns_it_too_and_the_person_is_told(visit: Visit) -> None:
    await visit.at(minutes=-5)
    await visit.post(f"{visit.worker}/phone")
    [told] = visit.town.new(CAMILLE)
    assert "se fait par téléphone" in told
    assert visit.town.new(CLAIRE) == []
    assert (await visit.row())["mode"] == "phone"


async def test_on_telegram_the_page_begins_a_talk_for_the_number(visited: Visit) -> None:
    """Shared once while booking, it is known; forgotten, it is asked for again where they write."""
    town, person = visited.town, CAMILLE_ON_TELEGRAM
    for text in BOOK:
        await town.chat(person, text)
    await town.share_contact(person)
    for text in WHO:
        await town.chat(person, text)
    visit = await _known(visited)
    await town.parts.db.execute("UPDATE person SET phone = NULL, phone_index = NULL")
    await town.parts.db.execute("UPDATE contact SET phone = NULL, phone_index = NULL WHERE channel = 'telegram'")
    await town.parts.db.execute("DELETE FROM conversation")
    await visit.at(minutes=5)
    for _ in range(3):
        assert (await visit.post(f"{visit.person}/phone")).endswith("?said=number")
    assert [("numéro" in text) for text in town.new(str(person.id))] == [True]
    [answer] = await town.share_contact(person)
    assert "au numéro qui finit par 11" in answer
    assert visit.worker in town.new(CLAIRE)[0]
    assert (await visit.row())["mode"] == "phone"


# ------------------------------------------------------------ late, and there


async def test_late_and_there_reach_the_worker_at_once(visit: Visit) -> None:
    await visit.at(minutes=9)
    [answer] = await visit.town.sms(CAMILLE, "j'ai 10 min de retard")
    assert "nous prévenons Claire" in answer
    assert "10 min de retard" in visit.town.new(CLAIRE)[0]
    assert (await visit.post(f"{visit.person}/late", {"minutes": "15"})).endswith("?said=late")
    assert "15 min de retard" in visit.town.new(CLAIRE)[0]
    await visit.town.sms(CAMILLE, "je suis là")
    assert "Camille est là" in visit.town.new(CLAIRE)[0]


async def test_the_rent_is_late_not_the_person(visit: Visit) -> None:
    await visit.at(minutes=9)
    await visit.town.sms(CAMILLE, "j'ai 2 mois de retard de loyer")
    assert visit.town.new(CLAIRE) == []
