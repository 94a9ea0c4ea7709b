"""Each way a database is away, produced for real, is told from each way a statement is wrong."""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from storage import contacts
from storage.crypto import Vault
from storage.db import Database
from storage.faults import is_transient
from tests.guards import guards
from tests.storage.conftest import NOW


@pytest.fixture
async def pg(postgres_url: str, vault: Vault) -> AsyncIterator[Database]:
    db = await Database.open(f"{postgres_url}&minsize=1&maxsize=4", vault)
    yield db
    await db.close()


@pytest.fixture
async def killer(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def caught(coroutine: object) -> Exception:
    with pytest.raises(Exception) as error:  # noqa: PT011 - its class is what is tested
        await coroutine  # type: ignore[misc]
    return error.value


KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


@guards("L09")
async def test_a_backend_killed_in_a_transaction(pg: Database, killer: asyncpg.Connection) -> None:
    async def work() -> None:
        async with pg.transaction() as tx:
            await tx.execute("INSERT INTO flag (name, value) VALUES ('x', '')")
            await killer.execute(KILL)
            await tx.execute("INSERT INTO flag (name, value) VALUES ('y', '')")

    assert is_transient(await caught(work()))
    assert await pg.fetch("SELECT name FROM flag WHERE name IN ('x', 'y')") == [], "and the next one connects again"


async def test_a_backend_killed_before_the_commit(pg: Database, killer: asyncpg.Connection) -> None:
    async def work() -> None:
        async with pg.transaction() as tx:
            await tx.execute("INSERT INTO flag (name, value) VALUES ('x', '')")
            await killer.execute(KILL)

    assert is_transient(await caught(work()))
    assert await pg.fetch("SELECT name FROM flag WHERE name = 'x'") == []


async def test_idle_connections_that_were_cut_are_replaced(pg: Database, killer: asyncpg.Connection) -> None:
    await asyncio.gather(*(pg.fetch("SELECT 1") for _ in range(4)))
    await killer.execute(KILL)
    ended = await asyncio.gather(*(pg.fetch("SELECT 1") for _ in range(4)), return_exceptions=True)
    assert all(is_transient(each) for each in ended if isinstance(each, BaseException)), ended
    assert await pg.fetch("SELECT 1 AS one") == [{"one": 1}]


async def test_a_frozen_transaction_is_ended_by_the_server(pg: Database) -> None:
    async def zombie() -> None:
        async with pg.transaction() as tx:
            await tx.execute("SET LOCAL idle_in_transaction_session_timeout = '1ms'")
            await asyncio.sleep(0.05)  # a real freeze, as short as it can be shown
            await tx.execute("INSERT INTO flag (name, value) VALUES ('x', '')")

    assert is_transient(await caught(zombie()))
    assert await pg.fetch("SELECT name FROM flag WHERE name = 'x'") == []


async def test_a_lock_that_is_not_given(pg: Database) -> None:
    async with pg.transaction() as tx:
        await contacts.make(tx, "sms", "+33639980201", NOW, lambda: "c1", "fr", "Europe/Paris")

    async def impatient() -> None:
        async with pg.transaction() as tx:
            await tx.execute("SET LOCAL lock_timeout = '1ms'")
            await contacts.lock(tx, "c1")

    async with pg.transaction() as tx:
        await contacts.lock(tx, "c1")
        waiting = asyncio.create_task(caught(impatient()), context=contextvars.Context())  # another task
        assert is_transient(await waiting)


@guards("L09")
async def test_a_deadlock_has_a_victim(pg: Database) -> None:
    await pg.execute("INSERT INTO flag (name, value) VALUES ('a', ''), ('b', '')")
    both = asyncio.Barrier(2)

    async def cross(first: str, second: str) -> None:
        async with pg.transaction() as tx:
            await tx.execute("SET LOCAL deadlock_timeout = '1ms'")
            await tx.execute("UPDATE flag SET value = 'x' WHERE name = ?", first)
            await both.wait()
            await tx.execute("UPDATE flag SET value = 'x' WHERE name = ?", second)

    ended = await asyncio.gather(cross("a", "b"), cross("b", "a"), return_exceptions=True)
    victims = [each for each in ended if each is not None]
    assert len(victims) == 1
    assert is_transient(victims[0])


async def test_a_statement_that_takes_too_long(pg: Database) -> None:
    async def slow() -> None:
        async with pg.transaction() as tx:
            await tx.execute("SET LOCAL statement_timeout = '1ms'")
            await tx.fetch("SELECT pg_sleep(1)")

    assert is_transient(await caught(slow()))


@guards("L09")
async def test_nobody_listens(vault: Vault, tmp_path: Path) -> None:
    assert is_transient(await caught(Database.open(f"postgres://u@/x?host={tmp_path}", vault)))
    assert is_transient(await caught(Database.open("postgres://u@127.0.0.1:1/x", vault)))


@guards("L09")
async def test_a_closed_pool(pg: Database) -> None:
    await pg.client._pool.close()
    assert is_transient(await caught(pg.fetch("SELECT 1")))


@guards("L09")
async def test_wrong_statements_do_not_pass_by_themselves(db: Database) -> None:
    wrong = [
        db.fetch("SELECT nothing FROM nowhere"),
        db.fetch("SELEC 1"),
        db.fetch("SELECT 1 AS one WHERE 1 = ?"),
        db.execute("INSERT INTO flag (name, value) VALUES ('x', NULL)"),
    ]
    for each in wrong:
        assert not is_transient(await caught(each))
    assert not is_transient(KeyError("x"))


@guards("L09")
@pytest.mark.parametrize(
    "kind", [asyncpg.ConnectionDoesNotExistError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError]
)
def test_what_hangs_on_the_moment_of_a_restart_passes_too(kind: type[Exception]) -> None:
    """Which of them comes depends on when the server goes; also where another library told it in its own words."""
    told = RuntimeError("x")
    told.__cause__ = kind("x")
    assert is_transient(kind("x"))
    assert is_transient(told)


async def test_sqlite_that_another_process_keeps(sqlite_url: str, vault: Vault) -> None:
    db = await Database.open(f"{sqlite_url}&busy_timeout=1", vault)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite://").partition("?")[0], isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        error = await caught(db.execute("DELETE FROM flag WHERE name = 'x'"))
        assert "locked" in str(error)
        assert is_transient(error)
        other.execute("ROLLBACK")
        await db.execute("DELETE FROM flag WHERE name = 'x'")
    finally:
        other.close()
        await db.close()


async def test_sqlite_on_a_full_disk(tmp_path: Path, vault: Vault) -> None:
    db = await Database.open(f"sqlite://{tmp_path}/x.sqlite3", vault)
    try:
        await db.execute("CREATE TABLE t (x TEXT)")
        await db.fetch("PRAGMA max_page_count = 3")
        error = await caught(db.execute("INSERT INTO t VALUES (?)", "x" * 100_000))
        assert "full" in str(error)
        assert is_transient(error)
    finally:
        await db.close()


async def test_sqlite_where_no_file_can_be(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert is_transient(await caught(Database.open(f"sqlite://{tmp_path}/folder", vault)))


async def test_another_kind_of_database_is_refused(vault: Vault) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL"):
        await Database.open("mysql://x", vault)
