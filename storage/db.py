"""The database: open, close, one transaction, one statement, one batched claim. SQLite and PostgreSQL alike.

    db = await Database.open("sqlite://var/x.sqlite3", vault)     # or postgres://…
    async with db.transaction() as tx:                            # BEGIN IMMEDIATE on SQLite; rolled back on any error
        await tx.execute("UPDATE contact SET turns = turns + 1 WHERE id = ?", contact)     # -> rows changed
        rows = await tx.fetch("SELECT id FROM inbox WHERE contact_id = ?", contact)        # -> list of dicts
    await db.fetch("SELECT 1 AS one")                             # one statement by itself, committed

Stores take a `Sql`: a `Tx`, or the `Database` itself where one statement is a whole transaction. Instants come back
aware, in UTC. A constraint that says no is a `faults.Refused`; anything else is the driver's own error, judged by
`faults.is_transient`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from storage import sql as texts
from storage.crypto import Vault
from storage.faults import Nested, without_values
from storage.sql import Row

if TYPE_CHECKING:
    from tortoise.backends.base.client import BaseDBAsyncClient
    from tortoise.context import TortoiseContext

Dialect = Literal["sqlite", "postgres"]

APP = "storage"
BUSY_TIMEOUT = timedelta(seconds=5)  # another process writes to the same SQLite file
ACQUIRE_TIMEOUT = timedelta(seconds=10)  # every connection of the pool is in use
CONNECT_TIMEOUT = timedelta(seconds=5)
COMMAND_TIMEOUT = timedelta(seconds=40)  # a half-open link: later than the server's own limits
# A transaction of a process that was frozen must not come back to life: the server ends it (safety: 'the zombie
# writes nothing').
# And answered means on disk (invariant I1), whatever a server was told for its other databases.
SERVER_SETTINGS = {
    "timezone": "UTC",
    "synchronous_commit": "on",
    "application_name": "socialdirect",
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "15s",
}

_names = count(1)  # Tortoise caches SQL by connection name: two databases in one process must not share one
_current: ContextVar[Tx | None] = ContextVar("storage_tx", default=None)


class Sql(Protocol):
    """What a store needs: statements with `?`, on either database."""

    @property
    def dialect(self) -> Dialect: ...
    @property
    def vault(self) -> Vault: ...
    async def execute(self, sql: str, *args: Any) -> int: ...
    async def fetch(self, sql: str, *args: Any) -> list[Row]: ...


class Tx:
    """One open transaction. `client` is Tortoise's, for `Model.filter(...).using_db(tx.client)`."""

    def __init__(self, dialect: Dialect, vault: Vault, connection: Any, client: Any) -> None:
        self.dialect: Dialect = dialect
        self.vault = vault
        self.client = client
        self.is_open = True
        self._connection = connection
        self._afterwards: list[Callable[[], object]] = []

    def after_commit(self, act: Callable[[], object]) -> None:
        """What is counted, logged or rung only if all of this comes true; forgotten when it is rolled back."""
        self._afterwards.append(act)

    def committed(self) -> None:
        """By `Database.transaction`, once."""
        for act in self._afterwards:
            act()

    async def execute(self, sql: str, *args: Any) -> int:
        """Rows changed."""
        return await _execute(self.dialect, self._connection, sql, args)

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        return await _fetch(self.dialect, self._connection, sql, args)


class Database:
    """One open database."""

    def __init__(
        self, url: str, vault: Vault, client: BaseDBAsyncClient, context: TortoiseContext, apps: dict[str, Any]
    ) -> None:
        self.dialect: Dialect = "sqlite" if url.startswith("sqlite:") else "postgres"
        self.vault = vault
        self.client: Any = client
        self.context = context
        self.apps = apps  # what Tortoise's migrations go by

    @classmethod
    async def open(cls, url: str, vault: Vault) -> Database:
        """Connects.

        Raises ValueError for an address that cannot be used; what is_transient() for a database that is away.
        """
        from tortoise.context import TortoiseContext

        name = f"storage{next(_names)}"
        context = TortoiseContext()
        config = tortoise_config(url, name)
        with context:  # Tortoise looks for the current one while it sets up
            await context.init(config=config, timezone="UTC", use_tz=True)
        db = cls(url, vault, context.connections.get(name), context, config["apps"])
        if db.dialect == "postgres":
            from storage.postgres_connection import Kept

            db.client.connection_class = Kept
        try:
            await db.client.create_connection(with_db=True)
        except BaseException:
            await db.close()
            raise
        return db

    async def close(self) -> None:
        # An aiosqlite connection left open keeps the process alive for ever.
        await self.client.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """One transaction: committed at the end, rolled back by any exception. Not nested; no network call inside."""
        _refuse_nested()
        opened = self._sqlite_transaction() if self.dialect == "sqlite" else self._postgres_transaction()
        async with opened as tx:
            token = _current.set(tx)
            try:
                yield tx
            finally:
                tx.is_open = False
                _current.reset(token)
        tx.committed()

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Tx]:
        """Reads that all see one instant, and that no writer waits for. For backups."""
        _refuse_nested()
        async with self._connection() as connection:
            if self.dialect == "postgres":
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    yield Tx("postgres", self.vault, connection, self.client)
            else:
                await connection.execute("BEGIN")  # deferred: a reader of the write-ahead log
                try:
                    yield Tx("sqlite", self.vault, connection, self.client)
                finally:
                    await connection.rollback()

    async def execute(self, sql: str, *args: Any) -> int:
        _refuse_nested()
        async with self._connection() as connection:
            return await _execute(self.dialect, connection, sql, args)

    async def fetch(self, sql: str, *args: Any) -> list[Row]:
        _refuse_nested()
        async with self._connection() as connection:
            return await _fetch(self.dialect, connection, sql, args)

    async def leave_no_trace(self, tables: Sequence[str]) -> None:
        """What was deleted from these tables is in no file of the database any more, as far as it is ours to say:
        SQLite's write-ahead log is emptied (its pages are written over at once), PostgreSQL reuses the room. Raises
        TimeoutError where somebody reads that log for longer than we wait."""
        _refuse_nested()
        async with self._connection() as connection:
            if self.dialect == "sqlite":
                ((busy, _, _),) = await connection.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
                if busy:
                    raise TimeoutError("the write-ahead log is being read")
                return
            await connection.execute("SET statement_timeout = 0")
            try:
                await connection.execute(f"VACUUM (SKIP_LOCKED) {', '.join(tables)}", timeout=3600)
            finally:
                await connection.execute(f"SET statement_timeout = '{SERVER_SETTINGS['statement_timeout']}'")

    # ------------------------------------------------------------ connections

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        if self.dialect == "sqlite":
            async with self.client.acquire_connection() as connection:
                yield connection
        else:
            async with self.client._pool.acquire(timeout=ACQUIRE_TIMEOUT.total_seconds()) as connection:  # noqa: SLF001
                yield connection

    @asynccontextmanager
    async def _sqlite_transaction(self) -> AsyncIterator[Tx]:
        from storage.sqlite_client import ImmediateTransaction

        async with self._connection() as connection:
            try:
                await connection.execute("BEGIN IMMEDIATE")
                yield Tx("sqlite", self.vault, connection, ImmediateTransaction(self.client))
                await connection.commit()
            except BaseException:  # a cancelled BEGIN or COMMIT may have happened: nothing may stay open behind us
                await connection.rollback()
                raise

    @asynccontextmanager
    async def _postgres_transaction(self) -> AsyncIterator[Tx]:
        from tortoise.backends.asyncpg.client import TransactionWrapper

        async with self._connection() as connection, connection.transaction():
            client = TransactionWrapper(self.client)
            client._connection = connection  # noqa: SLF001
            yield Tx("postgres", self.vault, connection, client)


async def claim(
    db: Sql, table: str, *, set_to: str, where: str, order: str, limit: int, args: Sequence[Any], returning: str = "*"
) -> list[Row]:
    """Takes up to `limit` rows for the caller alone, in one statement. `args` are those of `set_to`, then of `where`.

    Two claimers never wait for each other: PostgreSQL skips rows that another is taking, SQLite has one writer. The ids
    go through an array, as a subquery with LIMIT may be run more than once by the planner and then takes too many.
    """
    chosen = f"SELECT id FROM {table} WHERE {where} ORDER BY {order} LIMIT {int(limit)}"
    ids = f"= ANY(ARRAY({chosen} FOR UPDATE SKIP LOCKED))" if db.dialect == "postgres" else f"IN ({chosen})"
    return await db.fetch(f"UPDATE {table} SET {set_to} WHERE id {ids} RETURNING {returning}", *args)


def tortoise_config(url: str, name: str) -> dict[str, Any]:
    """Tortoise's configuration for an address: our SQLite client, limits on every wait."""
    from tortoise.backends.base.config_generator import expand_db_url

    if not url.startswith(("sqlite://", "postgres://", "postgresql://", "asyncpg://")):
        raise ValueError("DATABASE_URL: sqlite://… or postgres://…")
    info = expand_db_url(url.replace("postgresql://", "postgres://", 1))
    given = info["credentials"]
    if url.startswith("sqlite:"):
        info["engine"] = "storage.sqlite_client"
        if given["file_path"] != ":memory:":
            Path(given["file_path"]).parent.mkdir(parents=True, exist_ok=True)
        # FULL: 'answered means on disk' also holds when the power fails (invariant I1). And what is deleted is written
        # over: nobody finds it in the file (safety G6).
        ours = {"busy_timeout": _milliseconds(BUSY_TIMEOUT), "synchronous": "FULL", "secure_delete": "ON"}
        info["credentials"] = ours | given
    else:
        info["credentials"] = {
            "minsize": 2,
            "maxsize": 20,
            "timeout": CONNECT_TIMEOUT.total_seconds(),
            "command_timeout": COMMAND_TIMEOUT.total_seconds(),
            "server_settings": SERVER_SETTINGS,
        } | given
    app = {"models": ["storage.models"], "migrations": "storage.migrations", "default_connection": name}
    return {"connections": {name: info}, "apps": {APP: app}}


def _milliseconds(time: timedelta) -> int:
    return int(time / timedelta(milliseconds=1))


def _refuse_nested() -> None:
    tx = _current.get()
    if tx is not None and tx.is_open:
        raise Nested("use the open transaction, or wait for its end")


async def _execute(dialect: Dialect, connection: Any, sql: str, args: Sequence[Any]) -> int:
    try:
        if dialect == "sqlite":
            cursor = await connection.execute(sql, [texts.to_sqlite(arg) for arg in args])
            changed = int(cursor.rowcount)
            await cursor.close()
            return changed
        done: str = await connection.execute(texts.numbered(sql), *map(texts.to_postgres, args))
        return int(done.rpartition(" ")[2]) if done[-1:].isdigit() else 0
    except Exception as error:  # noqa: BLE001  (raised again, without the values it holds)
        raise _judged(error) from None


async def _fetch(dialect: Dialect, connection: Any, sql: str, args: Sequence[Any]) -> list[Row]:
    try:
        if dialect == "sqlite":
            rows = await connection.execute_fetchall(sql, [texts.to_sqlite(arg) for arg in args])
            return [texts.from_sqlite(row) for row in rows]
        return texts.from_postgres(await connection.fetch(texts.numbered(sql), *map(texts.to_postgres, args)))
    except Exception as error:  # noqa: BLE001  (raised again, without the values it holds)
        raise _judged(error) from None


def _judged(error: Exception) -> Exception:
    return without_values(error) or error
