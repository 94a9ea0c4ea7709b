"""The waiting list on rows: who is offered an hour, told of it once, and that two processes agree."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from booking import directory_file, loading
from booking.core import Booking
from booking.model import ContactId, Hold, HoldId, Mode, Motive, Wish
from booking.ports import Held
from handlers.parts import Parts
from handlers.turns import drain
from handlers.waiting import serve_waiting
from storage import contacts, directory
from storage.booking import Directories, RowStore
from storage.crypto import Vault
from storage.db import Database
from tests.handlers.path.place import CAMILLE, MONDAY, SAM, Place

pytestmark = pytest.mark.sampled

DIRECTORY = """
[[client]]
ref = "ports"
name = "Mutuelle des Ports"
kind = "insurer"
[[client.code]]
code = "PORTS-7KQM-4XTD"
[[worker]]
ref = "claire"
first_name = "Claire"
last_name = "Morel"
phone = "+33639980101"
email = "claire@example.org"
notify_by = "sms"
motives = ["finance"]
modes = ["phone"]
languages = ["fr"]
[[worker.hours]]
days = ["wed", "thu"]
from = 09:00:00
to = 10:00:00
"""
WEDNESDAY = MONDAY.replace(day=4, hour=8)
THURSDAY = MONDAY.replace(day=5, hour=8)
WISH = Wish(Motive.FINANCE, Mode.PHONE)
JOINS = ("PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois", "camille@example.org", "1")


@pytest.fixture
async def full(place: Place) -> Place:
    """One worker, two hours a week; Camille has the first one, somebody every other."""
    parts = place.parts
    async with parts.db.transaction() as tx:
        for table in ("worker", "client", "code", "directory_version"):
            await tx.execute(f"DELETE FROM {table}")
        standing = await directory.standing(tx, MONDAY)
        plan = loading.plan(directory_file.read(DIRECTORY), standing, MONDAY, parts.new_id, lambda n: bytes(range(n)))
        await directory.write(tx, plan)
    place.parts = replace(parts, directories=Directories())
    await place.says("sms", CAMILLE, *JOINS)
    async with parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        for slot in (await _core(place.parts, store).open_slots(WISH, 100)).slots:
            await store.take(HoldId(f"x{slot.start:%m%d}"), ["w:" + await _claire(tx)], slot.start, MONDAY)
    return place


def _core(parts: Parts, store: RowStore) -> Booking:
    return Booking(store, parts.rules, parts.clock(), parts.new_id)


async def _claire(db: Any) -> str:
    [row] = await db.fetch("SELECT id FROM worker")
    return str(row["id"])


async def frees(place: Place, start: datetime) -> None:
    async with place.parts.db.transaction() as tx:
        await RowStore(tx, place.parts.directories).free(HoldId(f"x{start:%m%d}"))


async def rows(place: Place) -> list[dict[str, Any]]:
    return await place.parts.db.fetch("SELECT contact_id, offers, status FROM waiting ORDER BY since_at, id")


# ------------------------------------------------------------ one after the other


async def test_a_cancelled_hour_goes_to_who_waits(full: Place) -> None:
    """From the cancellation by text to the booking by one reply of somebody else, who had no account."""
    [*_, asked] = await full.says("sms", SAM, "PORTS-7KQM-4XTD", "1", "1")
    assert "ATTENTE" in asked
    await full.says("sms", CAMILLE, "annuler", "2")
    [offer] = full.new("sms", SAM)
    assert "mercredi 4 mars à 9 h" in offer
    assert "1. Je la prends" in offer
    await full.passes(minutes=5)
    assert full.new("sms", SAM) == [], "told once"
    said = await full.says("sms", SAM, "1", "1", "Sam Petit", "sam@example.org", "1")
    assert "C'est réservé : mercredi 4 mars à 9 h" in said[-1]
    assert [row["status"] for row in await rows(full)] == ["served"]


async def test_what_was_not_answered_goes_on(full: Place) -> None:
    other = "+33639980013"
    for person in (SAM, other):
        await full.says("sms", person, "PORTS-7KQM-4XTD", "1", "1")
        await full.passes(minutes=1)
    await frees(full, THURSDAY)
    await full.settle()
    assert (len(full.new("sms", SAM)), full.new("sms", other)) == (1, [])
    await full.passes(hours=2)
    assert (full.new("sms", SAM), len(full.new("sms", other))) == ([], 1)
    [taken] = await full.says("sms", SAM, "1")
    assert "plus libre" in taken
    assert [row["offers"] for row in await rows(full)] == [1, 1]


async def test_nobody_is_woken(full: Place) -> None:
    await full.says("sms", SAM, "PORTS-7KQM-4XTD", "1", "1")
    full.clock.now = MONDAY.replace(hour=21)
    await frees(full, THURSDAY)
    await full.settle()
    assert full.new("sms", SAM) == []
    full.clock.now = MONDAY.replace(day=3, hour=7)
    await full.settle()
    assert len(full.new("sms", SAM)) == 1


async def test_who_said_stop_is_passed_over_and_keeps_their_place(full: Place) -> None:
    await full.says("sms", SAM, "PORTS-7KQM-4XTD", "1", "1", "stop")
    await frees(full, THURSDAY)
    await full.settle()
    assert full.new("sms", SAM) == []
    await full.says("sms", SAM, "start")
    await full.settle()
    [row] = await rows(full)
    assert row["offers"] == 1


async def test_an_offer_that_was_left_is_not_spoken_of(full: Place) -> None:
    """The news is in their inbox, and their own word comes before it."""
    await full.says("sms", SAM, "PORTS-7KQM-4XTD", "1", "1")
    await full.comes("sms", SAM, text="quitter la liste")
    await frees(full, THURSDAY)
    assert await serve_waiting(full.parts) == 1
    await full.settle()
    [left] = full.new("sms", SAM)
    assert "n'êtes plus sur la liste" in left
    assert await full.parts.db.fetch("SELECT id FROM hold") == []


async def test_the_wish_is_sealed(full: Place) -> None:
    await full.says("sms", SAM, "PORTS-7KQM-4XTD", "1", "1")
    [row] = await full.parts.db.fetch("SELECT wish FROM waiting")
    assert b"finance" not in bytes(row["wish"])


# ------------------------------------------------------------ two processes


@pytest.fixture
async def twins(full: Place, database_url: str, vault: Vault) -> AsyncIterator[tuple[Parts, Parts]]:
    """The same database, as two processes have it open."""
    other = await Database.open(database_url, vault)
    yield full.parts, replace(full.parts, db=other, directories=Directories())
    await other.close()


async def crowd(full: Place, count: int) -> list[str]:
    """So many more people wait, each a second longer than the next."""
    parts, made = full.parts, []
    for _ in range(count):
        async with parts.db.transaction() as tx:
            contact = await contacts.make(
                tx, "sms", f"+33639981{full.numbers.__next__():03}", MONDAY, parts.new_id, "fr", "Europe/Paris"
            )
            store = RowStore(tx, parts.directories)
            await _core(parts, store).wait(ContactId(contact), WISH)
            made.append(contact)
        full.clock.now += timedelta(seconds=1)
    return made


async def offered(full: Place) -> list[Hold]:
    found = await full.parts.db.fetch("SELECT id FROM hold WHERE kind = 'waiting'")
    store = RowStore(full.parts.db, full.parts.directories)
    holds = [await store.hold(row["id"]) for row in found]
    return [hold for hold in holds if hold is not None]


async def test_of_twenty_one_is_offered_the_hour(full: Place, twins: tuple[Parts, Parts]) -> None:
    """Two processes serve the list at the same moment, four times each, and find the same hour free."""
    people = await crowd(full, 20)
    for number, start in enumerate((THURSDAY, WEDNESDAY + timedelta(days=7))):
        await frees(full, start)
        await asyncio.gather(*(serve_waiting(parts) for parts in twins * 4))
        holds = await offered(full)
        assert [hold.contact for hold in sorted(holds, key=lambda hold: hold.start)] == people[: number + 1]
    assert Counter(row["offers"] for row in await rows(full)) == {1: 2, 0: 18}
    news = await full.parts.db.fetch("SELECT key FROM inbox WHERE kind = 'news' AND key LIKE 'news:waiting:%'")
    assert len(news) == 2


async def test_the_search_and_the_list_race_for_one_hour(full: Place, twins: tuple[Parts, Parts]) -> None:
    """It became free; whoever is quicker has it, and the other knows."""
    for week in range(6):
        await crowd(full, 1)
        await frees(full, THURSDAY + timedelta(days=7 * week))
        chosen, served = await asyncio.gather(chooses(twins[1], f"+336399813{week:02}"), serve_waiting(twins[0]))
        assert chosen + served == 1


async def chooses(parts: Parts, phone: str) -> bool:
    """Somebody who does not wait takes the soonest hour that they see."""
    async with parts.db.transaction() as tx:
        contact = ContactId(await contacts.make(tx, "sms", phone, MONDAY, parts.new_id, "fr", "Europe/Paris"))
        core = _core(parts, RowStore(tx, parts.directories))
        slots = (await core.open_slots(WISH, 1)).slots
        return bool(slots) and isinstance(await core.hold(slots[0].id, contact, WISH), Held)


async def test_leaving_and_serving_at_once(full: Place, twins: tuple[Parts, Parts]) -> None:
    """Whichever came first, nobody who left keeps an hour from others."""
    for _ in range(5):
        [contact] = await crowd(full, 1)
        await frees(full, THURSDAY)

        async def leaves(contact: str = contact) -> None:
            async with twins[1].db.transaction() as tx:
                await contacts.lock(tx, contact)
                store = RowStore(tx, twins[1].directories)
                await _core(twins[1], store).leave_waiting(ContactId(contact))

        await asyncio.gather(leaves(), serve_waiting(twins[0]))
        await drain(full.parts, contact)
        assert await offered(full) == []
