"""Migrations forward and back, the indexes that keep promises, and two that migrate at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from tortoise.models import Model

from storage import backup, models, schema
from storage.crypto import Vault
from storage.db import APP, Database
from storage.faults import Refused
from storage.schema import INDEXES, NotMigrated
from tests.servers.postgres import Postgres
from tests.storage.conftest import NOW, table_names


@pytest.fixture(params=["sqlite", "postgres"])
async def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """An address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/blank.sqlite3"
        return
    server: Postgres = await asyncio.to_thread(lambda: request.getfixturevalue("postgres_server"))
    name = await server.create()
    yield server.address(name)
    await server.drop(name)


@pytest.fixture
async def blank(blank_url: str, vault: Vault) -> AsyncIterator[Database]:
    db = await Database.open(blank_url, vault)
    yield db
    await db.close()


async def test_back_and_forward_again(db: Database) -> None:
    """Forward, what each of these databases is a copy of has gone once."""
    await schema.check(db)
    assert await schema.pending_migrations(db) == []
    assert "outbox" in await table_names(db)
    await schema.migrate(db, "__first__")
    assert await table_names(db) == set()
    with pytest.raises(NotMigrated, match="migration"):
        await schema.check(db)
    await schema.migrate(db)
    await schema.check(db)


async def test_migrating_again_changes_nothing(db: Database) -> None:
    await db.execute("INSERT INTO flag (name, value, set_at) VALUES ('x', 'kept', ?)", NOW)
    await schema.migrate(db)
    await schema.ensure_invariants(db)
    assert await db.fetch("SELECT value FROM flag WHERE name = 'x'") == [{"value": "kept"}]


async def test_what_is_pending_is_what_tortoise_would_do(blank: Database) -> None:
    """We ask the names alone: Tortoise loads every migration to say the same."""
    from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

    async def planned() -> list[str]:
        with blank.context:
            executor = MigrationExecutor(blank.client, blank.apps)
            return [step.migration.name for step in await executor.plan([MigrationTarget(APP, "__latest__")])]

    every = await planned()
    assert await schema.pending_migrations(blank) == every != []
    await schema.migrate(blank, every[1])
    assert await schema.pending_migrations(blank) == await planned() == every[2:]
    # Also one in the middle that is not there, as after a merge of two branches.
    await blank.execute("DELETE FROM tortoise_migrations WHERE name = ?", every[0])
    assert await schema.pending_migrations(blank) == await planned() == [every[0], *every[2:]]


async def test_a_lost_index_is_noticed_and_made_again(db: Database) -> None:
    for index in INDEXES:
        await db.execute(f"DROP INDEX {index.name}")
    with pytest.raises(NotMigrated, match="busy_owner_quarter"):
        await schema.check(db)
    await schema.migrate(db)
    await schema.check(db)
    take = "INSERT INTO busy (owner, quarter, opens, holder_id) VALUES ('w:a', 1, TRUE, 'x')"
    await db.execute(take)
    with pytest.raises(Refused):
        await db.execute(take)


async def test_several_may_migrate_at_once(postgres_server: Postgres, vault: Vault) -> None:
    """Without the lock, one of four pairs failed. SQLite is for one machine, whose processes start one by one."""
    name = await postgres_server.create()
    opened = [await Database.open(postgres_server.address(name), vault) for _ in range(4)]
    try:
        await asyncio.gather(*(schema.migrate(db) for db in opened))
        await schema.check(opened[0])
    finally:
        for db in opened:
            await db.close()
        await postgres_server.drop(name)


def test_names_of_indexes_are_not_used_twice() -> None:
    names = [index.name for index in INDEXES]
    assert len(names) == len(set(names))
    assert not set(names) & set(schema.RETIRED)


async def test_each_table_is_found_once_where_tables_are_looked_for() -> None:
    from tortoise.context import TortoiseContext

    files = [import_module(f"storage.models.{found.name}") for found in iter_modules(models.__path__)]
    here = [each for file in files for each in vars(file).values() if isinstance(each, type)]
    tables = sorted(each._meta.db_table for each in here if issubclass(each, Model) and each is not Model)
    assert len(tables) == len(set(tables)) > 40
    assert sorted(table.name for table in backup.tables()) == tables
    context = TortoiseContext()
    with context:
        await context.init(config=schema.TORTOISE, init_connections=False)
        assert context.apps is not None
        assert sorted(each._meta.db_table for each in context.apps.get_models_iterable()) == tables


async def test_every_change_of_the_models_has_its_migration() -> None:
    from tortoise.context import TortoiseContext
    from tortoise.migrations.autodetector import MigrationAutodetector

    context = TortoiseContext()
    with context:
        await context.init(config=schema.TORTOISE, init_connections=False)
        assert context.apps is not None
        writers = await MigrationAutodetector(context.apps, schema.TORTOISE["apps"]).changes()
    assert [operation for writer in writers for operation in writer.operations] == []
