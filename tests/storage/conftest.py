"""One suite for both databases:

`db` is a migrated, empty SQLite file, then a PostgreSQL database. `places` opens more of them.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import storage.db
from storage import schema
from storage.crypto import Vault
from storage.db import Database
from storage.models import PERSONAL
from tests.servers.postgres import Postgres
from tests.storage import templates

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "a made-up secret of more than 32 characters"
KEYS = ("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database may take its time: where a crowd queues for it, or it starts anew, a busy machine is no fault."""
    for wait in ("BUSY_TIMEOUT", "ACQUIRE_TIMEOUT", "CONNECT_TIMEOUT", "COMMAND_TIMEOUT"):
        monkeypatch.setattr(storage.db, wait, timedelta(minutes=2))
    for wait in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
        monkeypatch.setitem(storage.db.SERVER_SETTINGS, wait, "2min")


@pytest.fixture(scope="session")
def vault() -> Vault:
    return Vault(SECRET, KEYS)


@pytest.fixture(scope="session")
async def postgres_template(postgres_server: Postgres, vault: Vault) -> str:
    """Migrated once; each module's database is a copy."""
    return await with_tables(postgres_server, vault)


async def with_tables(server: Postgres, vault: Vault) -> str:
    """A new database, migrated, of any server."""
    name, place = await server.create(), templates.kept("postgres.sql")
    if place.is_file():
        await templates.filled(server, name, place.read_bytes())
    else:
        await _migrated(server.address(name), vault)
        templates.keep(templates.dumped(server, name), place)
    return name


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory: pytest.TempPathFactory, vault: Vault) -> Path:
    place = templates.kept("tables.sqlite3")
    if not place.is_file():
        made = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
        await _migrated(f"sqlite://{made}", vault)
        templates.keep(made.read_bytes(), place)
    return place


async def _migrated(url: str, vault: Vault) -> None:
    db = await Database.open(url, vault)
    await schema.migrate(db)
    await db.close()


@pytest.fixture(scope="module")
def sqlite_url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("sqlite") / "module.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite://{path}?synchronous=OFF"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="module")
async def opened(database_url: str, vault: Vault) -> AsyncIterator[Database]:
    db = await Database.open(database_url, vault)
    yield db
    await db.close()


@pytest.fixture
async def db(opened: Database) -> Database:
    """Empty at each test's start."""
    await empty(opened)
    return opened


@pytest.fixture
async def another(database_url: str, db: Database, vault: Vault) -> AsyncIterator[Database]:
    """The same database, as another process would open it."""
    other = await Database.open(database_url, vault)
    yield other
    await other.close()


@pytest.fixture
def new_id() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"id{next(numbers)}"


async def empty(db: Database) -> None:
    """One question tells what there is to delete: of the many tables, a test writes into few."""
    tables = sorted(set(PERSONAL) | await table_names(db))
    full = await db.fetch(" UNION ALL ".join(f"SELECT '{table}' AS name WHERE {_full(table)}" for table in tables))
    if not full:
        return
    async with db.transaction() as tx:
        for row in full:
            await tx.execute(f"DELETE FROM {row['name']}{_left(row['name'])}")


def _full(table: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table}{_left(table)})"


def _left(table: str) -> str:
    return " WHERE name <> 'index_key'" if table == "flag" else ""


async def table_names(db: Database) -> set[str]:
    if db.dialect == "sqlite":
        rows = await db.fetch(
            "SELECT name FROM sqlite_master WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'tortoise_%'"
        )
    else:
        rows = await db.fetch(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'tortoise_%'"
        )
    return {row["name"] for row in rows}
