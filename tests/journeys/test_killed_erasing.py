"""Killed by SIGKILL while somebody is erased, at each point where it hurts: another process takes it up; nothing of
them is left, nothing is said twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage.crypto import Vault
from tests.guards import guards
from tests.journeys.booking import LATER
from tests.journeys.processes import Launcher, MortalTown, mortal
from tests.journeys.town import SAM

POINTS = (  # in the order in which they are passed
    "rows gone, not committed",
    "rows gone, nothing else",
    "the last address gone, not committed",
    "their files gone",
    "the ledger told",
    "a copy claimed",
    "a copy deleted there, not said",
    "nothing is left, not said",
)
FIVE = timedelta(minutes=5)


@pytest.fixture
async def town(launching: Launcher, database_url: str, vault: Vault) -> AsyncIterator[MortalTown]:
    async with mortal(launching, database_url, vault) as town:
        yield town
        assert town.problems() == []
        assert await town.unsound() == []


async def say(town: MortalTown, text: str) -> None:
    await town.twilio.say(SAM, text)
    await town.settle()


async def erased(town: MortalTown) -> None:
    """As long as it takes, whoever dies over it."""
    for _ in range(60):
        if await town.ask("erase") is None:
            await town.revive()
        await town.settle()
        if not town.points and not await town.db.fetch("SELECT id FROM erasure WHERE done_at IS NULL"):
            return
        town.clock.now += FIVE
    raise AssertionError("somebody is never erased")


def told(town: MortalTown) -> list[str]:
    store = Path(str(town.settings["documents_url"]).removeprefix("file://"))
    return [path.read_text() for path in store.rglob("erasure0*") if path.is_file()]


@guards("G06", partly=True)
async def test_at_each_point(town: MortalTown) -> None:
    for text in LATER:
        await say(town, text)
    [person] = await town.db.fetch("SELECT id FROM person")
    [worker] = {bubble.to for bubble in town.twilio.ledger.delivered} - {SAM}
    for text in ("effacer mon compte", "1"):
        await say(town, text)
    code = town.texts(SAM)[-1].split("EFFACER ")[1][:6]
    await say(town, f"effacer {code}")
    await town.arm(*POINTS)
    await erased(town)
    assert (town.deaths, town.points) == (len(POINTS), [])
    assert [text.startswith("C'est fait : votre compte") for text in town.texts(SAM)[-2:]] == [False, True]
    gone = [text for text in town.texts(worker) if text.startswith("Rendez-vous annul\u00e9")]
    assert len(gone) == 1, "their worker hears it once"
    for table in ("person", "appointment", "message", "consent", "conversation", "provider_copy"):
        assert await town.db.fetch(f"SELECT * FROM {table}") == [], table
    assert [one for one in town.twilio.messages.values() if SAM in {one.sender, one.to}] == []
    [line] = await asyncio.to_thread(told, town)
    assert person["id"] in line
