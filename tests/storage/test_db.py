"""Transactions, values, waits: the same on both databases."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

import storage.db
from storage.crypto import Vault
from storage.db import Database, claim
from storage.faults import Nested, Refused
from tests.guards import guards
from tests.storage.conftest import NOW


async def test_values_come_back_as_they_went_in(db: Database) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=11)))
    await db.execute("INSERT INTO flag (name, value, set_at) VALUES (?, ?, ?)", "x", "é€\N{PILE OF POO}", elsewhere)
    rows = await db.fetch("SELECT value, set_at FROM flag WHERE name = ?", "x")
    assert rows == [{"value": "é€\N{PILE OF POO}", "set_at": NOW}]
    assert rows[0]["set_at"].utcoffset() == timedelta(0)


async def test_instants_compare_as_time_does(db: Database) -> None:
    instants = [NOW, NOW + timedelta(microseconds=1), NOW + timedelta(seconds=1), NOW - timedelta(microseconds=1)]
    for n, at in enumerate(instants):
        await db.execute("INSERT INTO flag (name, value, set_at) VALUES (?, '', ?)", f"n{n}", at)
    rows = await db.fetch("SELECT set_at FROM flag WHERE set_at >= ? ORDER BY set_at", NOW)
    assert [row["set_at"] for row in rows] == sorted(instants)[1:]


async def test_a_naive_instant_is_refused(db: Database) -> None:
    with pytest.raises(ValueError, match="naive"):
        await db.execute("INSERT INTO flag (name, value, set_at) VALUES ('x', '', ?)", NOW.replace(tzinfo=None))


@guards("L10")
@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\udfff"])
async def test_what_cannot_be_stored_is_replaced(db: Database, text: str) -> None:
    await db.execute("INSERT INTO flag (name, value) VALUES ('x', ?)", text)
    (row,) = await db.fetch("SELECT value FROM flag WHERE name = 'x'")
    assert "\N{REPLACEMENT CHARACTER}" in row["value"]
    assert len(row["value"]) == len(text)


async def test_an_exception_rolls_back(db: Database) -> None:
    async def broken() -> None:
        async with db.transaction() as tx:
            await tx.execute("INSERT INTO flag (name, value) VALUES ('x', '')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()
    assert await db.fetch("SELECT name FROM flag WHERE name = 'x'") == []


async def test_a_cancelled_transaction_leaves_nothing_open(db: Database) -> None:
    inside, never = asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        async with db.transaction() as tx:
            await tx.execute("INSERT INTO flag (name, value) VALUES ('x', '')")
            inside.set()
            await never.wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await db.fetch("SELECT name FROM flag WHERE name = 'x'") == []
    await db.execute("INSERT INTO flag (name, value) VALUES ('x', '')")


async def test_cancelling_at_any_await_leaves_the_database_usable(db: Database) -> None:
    async def write() -> None:
        async with db.transaction() as tx:
            await tx.execute("INSERT INTO flag (name, value) VALUES ('x', '')")
            await tx.execute("DELETE FROM flag WHERE name = 'x'")

    for steps in range(12):
        task = asyncio.create_task(write())
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert await db.fetch("SELECT 1 AS one") == [{"one": 1}]
    await write()


async def test_nesting_is_refused_not_waited_for(db: Database) -> None:
    async with db.transaction():
        with pytest.raises(Nested):
            await db.fetch("SELECT 1")
        with pytest.raises(Nested):
            await asyncio.create_task(db.execute("DELETE FROM flag"))
    assert await db.fetch("SELECT 1 AS one") == [{"one": 1}]


@guards("L03")
async def test_a_refusal_names_the_constraint_and_no_value(db: Database) -> None:
    await db.execute("INSERT INTO client (id, ref, name, kind, suspended) VALUES ('a', 'secret-ref', '', '', FALSE)")
    with pytest.raises(Refused) as refused:
        await db.execute(
            "INSERT INTO client (id, ref, name, kind, suspended) VALUES ('b', 'secret-ref', '', '', FALSE)"
        )
    assert "ref" in refused.value.constraint
    assert "secret-ref" not in repr(refused.value)
    assert refused.value.__cause__ is None


async def test_rows_changed_are_counted(db: Database) -> None:
    assert await db.execute("INSERT INTO flag (name, value) VALUES ('x', ''), ('y', '')") == 2
    assert await db.execute("UPDATE flag SET value = 'z' WHERE name = ?", "x") == 1
    assert await db.execute("DELETE FROM flag WHERE name = 'nobody'") == 0


async def test_claimers_never_take_the_same_row(db: Database, another: Database) -> None:
    for n in range(60):
        await db.execute("INSERT INTO tries (key, tried_at) VALUES (?, ?)", "free", NOW + timedelta(seconds=n))

    async def take(where: Database, name: str) -> list[int]:
        mine: list[int] = []
        while rows := await claim(
            where,
            "tries",
            set_to="key = ?",
            where="key = 'free' AND tried_at < ?",
            order="tried_at",
            limit=4,
            args=(name, datetime(2030, 1, 1, tzinfo=UTC)),
            returning="id",
        ):
            assert len(rows) <= 4
            mine += [row["id"] for row in rows]
        return mine

    taken = await asyncio.gather(*(take(where, f"{n}") for n, where in enumerate([db, another] * 3)))
    everything = [row for mine in taken for row in mine]
    assert len(everything) == len(set(everything)) == 60


async def test_writers_in_two_processes_wait_for_each_other(db: Database, another: Database) -> None:
    """Read, then write: with a deferred BEGIN one of two fails at once on SQLite."""
    await db.execute("INSERT INTO flag (name, value) VALUES ('n', '0')")

    async def add(where: Database) -> None:
        for _ in range(10):
            async with where.transaction() as tx:
                await tx.execute("UPDATE flag SET set_at = set_at WHERE name = 'n'")
                (row,) = await tx.fetch("SELECT value FROM flag WHERE name = 'n'")
                await asyncio.sleep(0)
                await tx.execute("UPDATE flag SET value = ? WHERE name = 'n'", str(int(row["value"]) + 1))

    await asyncio.gather(add(db), add(another), add(db), add(another))
    assert await db.fetch("SELECT value FROM flag WHERE name = 'n'") == [{"value": "40"}]


async def test_what_was_deleted_is_said_to_be_gone_when_nobody_reads_it_any_more(
    sqlite_template: Path, tmp_path: Path, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite answers that it could not, and raises nothing."""
    shutil.copy(sqlite_template, tmp_path / "read.sqlite3")
    monkeypatch.setattr(storage.db, "BUSY_TIMEOUT", timedelta(milliseconds=20))
    db, reader = [await Database.open(f"sqlite://{tmp_path / 'read.sqlite3'}", vault) for _ in range(2)]
    async with reader.snapshot() as tx:
        await tx.fetch("SELECT name FROM flag")
        await db.execute("INSERT INTO flag (name, value, set_at) VALUES ('n', 'canary', ?)", NOW)
        await db.execute("DELETE FROM flag WHERE name = 'n'")
        with pytest.raises(TimeoutError, match="is being read"):
            await db.leave_no_trace(["flag"])
    await db.leave_no_trace(["flag"])
    assert (tmp_path / "read.sqlite3-wal").stat().st_size == 0
    for each in (db, reader):
        await each.close()


async def test_a_statement_is_one_way_there_and_back(db: Database) -> None:
    """A connection goes back to the pool as it is: what it was lent for left nothing to be put back."""
    if db.dialect != "postgres":
        return
    connection = await db.client._pool.acquire()
    try:
        assert connection.get_reset_query() == ""
    finally:
        await db.client._pool.release(connection)
    async with db.transaction() as tx:
        before = await tx.fetch("SELECT name, setting FROM pg_settings ORDER BY name")
    await db.leave_no_trace(["contact"])
    async with db.transaction() as tx:
        assert await tx.fetch("SELECT name, setting FROM pg_settings ORDER BY name") == before
