"""Rows of files that lie at a provider: who takes them, in which order they end, what is told once."""

from __future__ import annotations

from datetime import timedelta

from storage import media, purge
from storage.db import Database
from storage.media import NewMedia
from tests.storage.conftest import NOW

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def new(id: str, document: str | None = "d") -> NewMedia:
    return NewMedia(id, "c1", "whatsapp", f"MM/{id}", document and f"{document}-{id}")


async def noted(db: Database, *found: NewMedia, at: timedelta = SECOND) -> None:
    async with db.transaction() as tx:
        await media.note(tx, found, NOW, NOW + at)


async def statuses(db: Database) -> list[str]:
    return [row["status"] for row in await db.fetch("SELECT status FROM media ORDER BY id")]


async def test_one_takes_it_until_its_lease_is_over(db: Database) -> None:
    await noted(db, new("m1"))
    assert await media.take_due(db, NOW, NOW + DAY, 9) == []
    [row] = await media.take_due(db, NOW + SECOND, NOW + 5 * SECOND, 9)
    assert (row.ref, row.document_id, row.status, row.attempts) == ("MM/m1", "d-m1", "waiting", 1)
    assert await media.take_due(db, NOW + 4 * SECOND, NOW + DAY, 9) == []
    [again] = await media.take_due(db, NOW + 5 * SECOND, NOW + DAY, 9)
    assert again.attempts == 2


async def test_the_first_waits_for_what_comes_with_it(db: Database) -> None:
    await noted(db, new("m1"))
    await noted(db, new("m2"), at=3 * SECOND)
    assert await media.take_due(db, NOW + 2 * SECOND, NOW + DAY, 9) == []
    assert len(await media.take_due(db, NOW + 3 * SECOND, NOW + DAY, 9)) == 2


async def test_what_was_begun_with_does_not_wait(db: Database) -> None:
    await noted(db, new("m1"))
    await media.take_due(db, NOW + SECOND, NOW + 2 * SECOND, 9)
    await noted(db, new("m2"), at=9 * SECOND)
    assert [row.id for row in await media.take_due(db, NOW + 2 * SECOND, NOW + DAY, 9)] == ["m1"]


async def test_it_is_here_then_gone_there(db: Database) -> None:
    await noted(db, new("m1"), new("m2", document=None))
    assert await statuses(db) == ["waiting", "here"]
    rows = await media.take_due(db, NOW + SECOND, NOW + DAY, 9)
    async with db.transaction() as tx:
        assert await media.here(tx, "m1", NOW)
        assert not await media.here(tx, "m1", NOW), "who comes second has nothing to say of it"
    for row in rows:
        await media.gone(db, row, NOW)
    assert await statuses(db) == ["done", "done"]
    assert [row["ref"] for row in await db.fetch("SELECT ref FROM media")] == [None, None]
    assert await purge.purge(db, NOW + 30 * DAY) == {}
    assert await purge.purge(db, NOW + 30 * DAY + SECOND) == {"fetched media": 2}


async def test_told_once_and_not_before_all_are_there(db: Database) -> None:
    await noted(db, new("m1"), new("m2"), new("m3", document=None))
    [one, two] = [row for row in await media.take_due(db, NOW + SECOND, NOW + DAY, 9) if row.document_id]
    async with db.transaction() as tx:
        await media.here(tx, one.id, NOW)
        assert await media.awaited(tx, "c1")
        await media.later(tx, two, "slow", NOW + DAY)
        assert not await media.awaited(tx, "c1"), "nobody waits for what is in trouble"
        assert await media.untold(tx, "c1", NOW) == ["d-m1"]
        assert await media.untold(tx, "c1", NOW) == []
        await media.here(tx, two.id, NOW)
        assert await media.untold(tx, "c2", NOW) == []
        assert await media.untold(tx, "c1", NOW) == ["d-m2"]


async def test_no_address_and_no_id_stands_open(db: Database) -> None:
    await noted(db, new("m1"))
    [row] = await db.fetch("SELECT * FROM media")
    assert all(b"MM/m1" not in bytes(value) for value in row.values() if isinstance(value, bytes | memoryview))
    assert "MM/m1" not in str({name: value for name, value in row.items() if name != "ref"})
