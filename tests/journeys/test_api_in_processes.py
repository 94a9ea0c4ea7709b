"""The API served by processes that run beside each other, and die: what was asked once is done once, and answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from handlers.web.api.operations import Scope
from storage import api_keys
from storage.api_keys import ApiKeyRow
from storage.crypto import Vault
from tests.handlers.api.site import SECRET, hour, person
from tests.journeys.processes import Launcher, MortalTown, mortal
from tests.journeys.town import MONDAY

PHONE = "+33639980011"
ROUNDS = 4


@pytest.fixture(scope="module")
def database_url(postgres_url: str) -> str:
    """SQLite is for one process."""
    return postgres_url


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    again: bool


@dataclass
class Caller:
    """A program that calls whichever process it is sent to."""

    town: MortalTown
    http: aiohttp.ClientSession

    async def post(self, path: str, body: Any, once: str, process: int = 0) -> Answer:
        headers = {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": once}
        url = f"http://127.0.0.1:{self.town.processes[process].port}/api/v1{path}"
        async with self.http.post(url, json=body, headers=headers) as response:
            return Answer(response.status, await response.text(), "Idempotent-Replayed" in response.headers)

    async def slots(self) -> list[str]:
        url = f"http://127.0.0.1:{self.town.processes[0].port}/api/v1/slots"
        query = {"motive": "finance", "mode": "phone", "after": "2026-03-09T06:00:00Z"}
        async with self.http.get(url, params=query, headers={"Authorization": f"Bearer {SECRET}"}) as response:
            return [each["slot"] for each in (await response.json())["slots"]]

    async def joins(self) -> str:
        made = await self.post("/persons", person(phone=PHONE), "join")
        assert made.status == 201, made
        [row] = await self.town.db.fetch("SELECT id FROM person")
        return f"/persons/{row['id']}"

    async def booked(self) -> int:
        return len(await self.town.db.fetch("SELECT id FROM appointment"))


@pytest.fixture
async def caller(launching: Launcher, database_url: str, vault: Vault) -> AsyncIterator[Caller]:
    async with mortal(launching, database_url, vault) as town, aiohttp.ClientSession() as http:
        await api_keys.add(town.db, ApiKeyRow("key", "platform", frozenset(Scope), MONDAY), SECRET)
        yield Caller(town, http)
        assert await town.unsound() == []


async def test_the_same_request_to_two_processes_at_once(caller: Caller) -> None:
    await caller.town.start()
    camille = await caller.joins()
    slots = await caller.slots()
    path = f"{camille}/holds"
    for number in range(ROUNDS):
        wanted = hour(slots[number])
        answers = await asyncio.gather(*(caller.post(path, wanted, f"same-{number}", n % 2) for n in range(8)))
        assert {(each.status, each.text) for each in answers} == {(201, answers[0].text)}
        assert [each.again for each in answers].count(False) == 1
    path = f"{camille}/appointments"
    answers = await asyncio.gather(*(caller.post(path, hour(slots[5]), "book", n % 2) for n in range(8)))
    assert {(each.status, each.text) for each in answers} == {(201, answers[0].text)}
    assert await caller.booked() == 1


async def test_one_key_for_two_requests_at_once_does_one_of_them(caller: Caller) -> None:
    await caller.town.start()
    camille = await caller.joins()
    slots = await caller.slots()
    path = f"{camille}/appointments"
    answers = await asyncio.gather(*(caller.post(path, hour(slots[n]), "book", n) for n in range(2)))
    assert sorted(each.status for each in answers) == [201, 422]
    assert await caller.booked() == 1


async def test_two_people_for_one_hour_in_two_processes(caller: Caller) -> None:
    await caller.town.start()
    camille = await caller.joins()
    made = await caller.post("/persons", person(phone="+33639980012", email="sam@example.org"), "sam", 1)
    sam = f"/persons/{json.loads(made.text)['id']}"
    [claire] = await caller.town.db.fetch("SELECT id FROM worker WHERE ref = 'claire'")
    slot = (await caller.slots())[0].replace("any", claire["id"])
    both = ((camille, 0), (sam, 1))
    answers = await asyncio.gather(
        *(caller.post(f"{who}/appointments", hour(slot), f"of-{where}", where) for who, where in both)
    )
    assert sorted(each.status for each in answers) == [201, 409]
    assert await caller.booked() == 1


@pytest.mark.parametrize(
    ("point", "done"),
    [("the API's answer kept, not committed", 0), ("the API's call committed, not answered", 1)],
)
async def test_whoever_got_no_answer_asks_again(caller: Caller, point: str, done: int) -> None:
    """The process dies over it; the next one does it, or answers as the dead one would have."""
    camille = await caller.joins()
    wanted = hour((await caller.slots())[0])
    await caller.town.arm(point)
    with pytest.raises(aiohttp.ClientError):
        await caller.post(f"{camille}/appointments", wanted, "book")
    await caller.town.revive()
    assert await caller.booked() == done
    again = await caller.post(f"{camille}/appointments", wanted, "book")
    assert (again.status, again.again) == (201, bool(done)), again
    assert await caller.booked() == 1
    third = await caller.post(f"{camille}/appointments", wanted, "book")
    assert (third.text, third.again) == (again.text, True)
    await caller.town.settle()
    assert caller.town.problems() == []
    assert len(caller.town.texts(PHONE)) == 1, caller.town.texts(PHONE)
