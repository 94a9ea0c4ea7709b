"""New keys while people write; a new secret, and what becomes of links."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from handlers.links import PATHS
from storage import contacts, conversations, inbox, rotation, schema, tokens
from storage.crypto import Vault
from storage.db import Database
from storage.inbox import Arrival
from tests.guards import guards
from tests.storage.conftest import KEYS, NOW, SECRET

PEOPLE = 30
LATER = NOW + timedelta(days=1)
FAMILY = "famille@example.org"


async def met(db: Database, new_id: Callable[[], str], number: int) -> str:
    """A contact who wrote, and in whose talk something stands."""
    arrival = Arrival("sms", f"+336399802{number:02}", f"SM{number}", b"Body=bonjour")
    who = await inbox.accept(db, arrival, NOW, new_id, lang="fr", time_zone="Europe/Paris") or ""
    async with db.transaction() as tx:
        await conversations.save(tx, who, {"said": 0}, 0, NOW)
    return who


@guards("T27")
async def test_nothing_is_lost_of_what_is_written_meanwhile(
    db: Database, database_url: str, new_id: Callable[[], str]
) -> None:
    """A process that has the new settings already, one that has the former still, and the rotation between them."""
    people = [await met(db, new_id, number) for number in range(PEOPLE)]
    turned = Vault(SECRET, KEYS[::-1])
    places = [await Database.open(database_url, vault) for vault in (turned, turned, Vault(SECRET, KEYS))]
    rotating, anew, as_before = places
    said, writing, over = dict.fromkeys(people, 0), asyncio.Event(), asyncio.Event()

    async def writes(place: Database, whose: list[str]) -> None:
        while not over.is_set():
            for who in whose:
                async with place.transaction() as tx:
                    row = await conversations.load(tx, who)
                    assert row.state is not None
                    await conversations.save(tx, who, {"said": row.state["said"] + 1}, row.revision, NOW)
                said[who] += 1
                if min(said.values()):
                    writing.set()
                await asyncio.sleep(0)

    async def turns() -> rotation.Resealed:
        try:
            await writing.wait()
            return await rotation.reseal(rotating)
        finally:
            over.set()

    try:
        done, *_ = await asyncio.gather(turns(), writes(anew, people[::2]), writes(as_before, people[1::2]))
        assert done.done > PEOPLE
        assert done.shut == 0
        await as_before.close()  # it is started anew, with the new settings
        await rotation.reseal(rotating)
        first, _ = rotating.vault.key_ids
        assert set(await rotation.census(rotating)) == {first}
        alone = await Database.open(database_url, Vault(SECRET, KEYS[1:]))
        places.append(alone)
        for number, who in enumerate(people):
            assert (await conversations.load(alone, who)).state == {"said": said[who]}
            row = await contacts.get(alone, who)
            assert row is not None
            assert row.address == f"+336399802{number:02}"
    finally:
        for place in places:
            await place.close()


async def test_it_goes_on_where_it_was_interrupted(
    db: Database, database_url: str, new_id: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        await met(db, new_id, number)
    turned = await Database.open(database_url, Vault(SECRET, KEYS[::-1]))
    monkeypatch.setattr(rotation, "BATCH", 2)
    told: list[int] = []

    def stops(done: int) -> None:
        told.append(done)
        if done >= 4:
            raise KeyboardInterrupt

    try:
        _, old = turned.vault.key_ids
        before = (await rotation.census(turned))[old]
        with pytest.raises(KeyboardInterrupt):
            await rotation.reseal(turned, stops)
        left = (await rotation.census(turned))[old]
        assert left == before - told[-1]
        assert (await rotation.reseal(turned)).done == left
    finally:
        await turned.close()


async def test_what_opens_with_no_key_is_counted_and_left(
    db: Database, database_url: str, new_id: Callable[[], str]
) -> None:
    who, other = [await met(db, new_id, number) for number in range(2)]
    await db.execute(
        "UPDATE contact SET address = (SELECT c.address FROM contact c WHERE c.id = ?) WHERE id = ?", other, who
    )
    turned = await Database.open(database_url, Vault(SECRET, KEYS[::-1]))
    try:
        made = await rotation.reseal(turned)
        assert made.shut == 1
        assert made.done > 4
        assert (await rotation.census(turned))[turned.vault.key_ids[1]] == 1
    finally:
        await turned.close()


def test_every_blind_index_is_made_anew_with_a_new_secret() -> None:
    from tortoise.models import Model

    from storage import models

    classes = [m for m in vars(models).values() if isinstance(m, type) and issubclass(m, Model) and m is not Model]
    found = {(m._meta.db_table, name) for m in classes for name in m._meta.fields_map if name.endswith("_index")}
    assert {(table, index) for table, index, *_ in rotation._BLIND} == found


@pytest.mark.parametrize("end_links", [False, True])
async def test_links_under_a_new_secret(db: Database, database_url: str, *, end_links: bool) -> None:
    live = await tokens.give(db, "appointment", "a1", LATER)
    used = await tokens.give(db, "email", "p1", LATER)
    joins = await tokens.give(db, "join-telegram", "w1", LATER, 3)
    assert isinstance(await tokens.use(db, used, "email", NOW), tokens.Good)
    other = await Database.open(database_url, Vault(SECRET[::-1], KEYS))
    try:
        with pytest.raises(schema.OtherSecret, match="rotate --secret-key"):
            await schema.check(other)
        await rotation.reindex(other, NOW, PATHS, end_links=end_links)
        await schema.check(other)
        stands = tokens.Over(used=False) if end_links else tokens.Good("a1")
        assert await tokens.look(other, live, "appointment", NOW) == stands
        assert (await tokens.look(other, joins, "join-telegram", NOW) == tokens.Good("w1")) is not end_links
        assert await tokens.look(other, used, "email", NOW) == tokens.Over(used=True)
        # What a message that waits to be sent will print, nobody having given it under the new secret.
        version = await tokens.version(other, "appointment", "a1")
        printed = other.vault.token("appointment", "a1", version)
        assert printed != live
        assert await tokens.look(other, printed, "appointment", NOW) == tokens.Good("a1")
        assert await tokens.look(other, other.vault.token("email", "p1"), "email", NOW) == tokens.Over(used=True)
    finally:
        await other.close()
        await rotation.reindex(db, NOW, PATHS)


async def test_a_mailbox_of_two_people_is_found_for_each_of_them_under_a_new_secret(
    db: Database, database_url: str, new_id: Callable[[], str]
) -> None:
    async def found(where: Database) -> list[str]:
        async with where.transaction() as tx:
            shared = [await contacts.mailbox(tx, each, FAMILY, NOW, new_id, "fr", "Europe/Paris") for each in "ab"]
            return [*shared, await contacts.make(tx, "email", FAMILY, NOW, new_id, "fr", "Europe/Paris")]

    before = await found(db)
    assert len(set(before)) == 3
    other = await Database.open(database_url, Vault(SECRET[::-1], KEYS))
    try:
        await rotation.reindex(other, NOW, PATHS)
        assert await found(other) == before
    finally:
        await other.close()
        await rotation.reindex(db, NOW, PATHS)
