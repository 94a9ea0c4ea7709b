"""What somebody did or looked at is remembered, of two at once too."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage import archives, audit
from storage.db import Database
from tests.storage.conftest import NOW

DAY = timedelta(days=1)


async def test_deeds_are_remembered(db: Database) -> None:
    await audit.add(db, "worker:claire", "read", "person:p1", NOW)
    assert await audit.of(db, "person:p1") == [audit.Deed("worker:claire", "read", "person:p1", NOW)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_of_two_who_look_at_an_archive_at_once_both_reasons_stay(db: Database) -> None:
    values = [db.vault.seal(f"archive.{column}", "p1", "x") for column in ("first_name", "last_name")]
    await db.execute(
        "INSERT INTO archive (id, first_name, last_name, consents, from_on, closed_at, closed_by, ends_at) "
        "VALUES ('p1', ?, ?, ?, ?, ?, 'operator:anna', ?)",
        *values,
        db.vault.seal("archive.consents", "p1", "[]"),
        NOW.date(),
        NOW,
        NOW + 5 * 365 * DAY,
    )
    looked = asyncio.Event()

    async def first() -> None:
        async with db.transaction() as tx:
            await archives.looked(tx, "p1", "operator:anna", "une réclamation", NOW)
            looked.set()
            for _ in range(2_000):  # until the other one waits for it
                if await tx.fetch("SELECT 1 AS one FROM pg_locks WHERE NOT granted LIMIT 1"):
                    break
                await asyncio.sleep(0.005)

    async def second() -> None:
        await looked.wait()
        async with db.transaction() as tx:
            await archives.looked(tx, "p1", "operator:ben", "un litige", NOW)

    await asyncio.gather(first(), second())
    kept = await archives.get(db, "p1")
    assert kept is not None
    assert [look["why"] for look in kept.looks] == ["une réclamation", "un litige"]
