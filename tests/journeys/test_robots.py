"""Scanners of mail, previews of messengers: each link that we give out, fetched a hundred times, leaves all rows as
they were (threat T25). Only that a worker's link was looked at is noted, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import aiohttp
import pytest

from conversations.model import Link
from handlers import links
from storage import audit, backup
from tests.guards import guards
from tests.journeys.town import CAMILLE, CLAIRE, PUBLIC_URL, Town

pytestmark = pytest.mark.sampled

BOOK: Final = ("bonjour", "PORTS-7KQM-4XTD", "argent", "en vidéo", "choisir la personne", "Claire", "jeudi", "1", "1")
WHO: Final = ("Camille Dubois", "camille@example.org", "1")
ROBOT: Final = {"User-Agent": "WhatsApp/2.23.20.0", "Purpose": "prefetch"}
TIMES: Final = 100
LOOKED: Final = "audit"


async def rows(town: Town) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Everything that is kept, but for who looked at what."""
    return {
        table.name: await town.parts.db.fetch(
            f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {table.key}"
        )
        for table in backup.tables()
        if table.name != LOOKED
    }


async def given(town: Town) -> Mapping[str, str]:
    """The path of each kind of link, given out as a message gives it."""
    [row] = await town.parts.db.fetch(
        "SELECT a.id, a.worker_id, a.contact_id, a.series, e.id AS mail FROM appointment a "
        "JOIN email_proof e ON e.person_id = a.person_id"
    )
    objects = {"appointment": "id", "worker": "id", "email": "mail", "calendar": "worker_id"}
    objects |= {"upload": "contact_id", "handed": "series", "export": "series"}
    assert set(objects) == set(links.PATHS)
    paths = {}
    async with town.parts.db.transaction() as tx:
        for kind, column in objects.items():
            link = Link(kind, row[column])  # type: ignore[arg-type]  # each of PATHS
            await links.give(tx, town.parts, link, town.clock())
            paths[kind] = links.url(town.parts, link).removeprefix(PUBLIC_URL)
    return paths


async def fetched(town: Town, path: str, status: int, times: int = TIMES) -> None:
    async with aiohttp.ClientSession(headers=ROBOT) as http:
        for turn in range(times):
            method = "HEAD" if turn % 4 == 3 else "GET"
            async with http.request(method, town.base + path, allow_redirects=False) as response:
                assert response.status == status, path


@guards("T25")
async def test_links_that_robots_fetch_change_nothing(town: Town) -> None:
    for text in (*BOOK, *WHO):
        await town.sms(CAMILLE, text)
    paths = await given(town)
    pages = [paths["appointment"] + more for more in ("", ".ics", "/cancel", "/move", "?said=late", "?said=phone")]
    pages += [paths["worker"], paths["email"], paths["calendar"]]
    doors = [paths["appointment"] + "/join", paths["worker"] + "/join"]
    [row] = await town.parts.db.fetch("SELECT id, start_at FROM appointment")
    town.clock.now = row["start_at"] - timedelta(minutes=5)
    await town.settle()
    town.new(CAMILLE), town.new(CLAIRE)
    before = await rows(town)
    assert before["appointment"]
    for path in pages:
        await fetched(town, path, 200)
    for path in doors:
        await fetched(town, path, 303)
    await town.settle()
    assert await rows(town) == before
    assert town.new(CAMILLE) == town.new(CLAIRE) == []
    deeds = await audit.of(town.parts.db, f"appointment:{row['id']}")
    assert [deed.action for deed in deeds if deed.actor.startswith("worker:")] == ["see"]


@guards("T25")
async def test_links_of_an_hour_that_was_moved_are_old_to_robots_too(town: Town) -> None:
    for text in (*BOOK, *WHO):
        await town.sms(CAMILLE, text)
    paths = await given(town)
    for text in ("deplacer", "1", "1"):
        await town.sms(CAMILLE, text)
    states = {row["status"] for row in await town.parts.db.fetch("SELECT status FROM appointment")}
    assert states == {"moved", "booked"}
    before = await rows(town)
    for link in (paths["appointment"], paths["worker"]):
        for more in ("", "/join"):
            await fetched(town, link + more, 410)
    await town.settle()
    assert await rows(town) == before
