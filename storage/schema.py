"""The shape of the database: migrations, then the indexes that keep promises, then a look whether they stand.

Tables and columns come from Tortoise's migrations (`tortoise makemigrations` after a change of `models/`). Unique
keys and partial indexes do not: Tortoise drops `Meta.constraints` of a new model silently, and on SQLite an altered
column loses every index of its table. So they stand here, in one table, made again after every migration and checked at
each start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pkgutil import iter_modules
from typing import Any

from storage import migrations
from storage.db import APP, Database, tortoise_config

MIGRATION_LOCK = 0x50C1A1  # any number, the same for all of us

# What `tortoise makemigrations` reads (pyproject.toml, [tool.tortoise]).
TORTOISE = tortoise_config("sqlite://:memory:", "default")


class NotMigrated(Exception):
    """The database is not as this version needs it. The text says what is missing and what to do."""


class OtherSecret(NotMigrated):
    """All is as it should be, but for SECRET_KEY, which was changed."""


@dataclass(frozen=True, slots=True)
class Index:
    """One index. `columns` and `where` are SQL that both databases read alike."""

    name: str
    table: str
    columns: str
    unique: bool = False
    where: str = ""

    @property
    def sql(self) -> str:
        unique = "UNIQUE " if self.unique else ""
        where = f" WHERE {self.where}" if self.where else ""
        return f"CREATE {unique}INDEX IF NOT EXISTS {self.name} ON {self.table} ({self.columns}){where}"


# A changed index gets a new name, and its old one a line in RETIRED: 'IF NOT EXISTS' looks at names only.
INDEXES = (
    # promises
    Index("busy_owner_quarter", "busy", "owner, quarter", unique=True),  # I5: no overlap, on any path
    Index("outbox_key", "outbox", "key", unique=True),  # I6: a row run again cannot speak twice
    Index("inbox_key", "inbox", "key", unique=True),  # I2
    Index("timer_key", "timer", "key", unique=True),  # I14
    Index("contact_address", "contact", "channel, address_index", unique=True),
    Index("alias_address", "alias", "channel, address_index", unique=True),
    Index("hold_chosen", "hold", "contact_id", unique=True, where="kind = 'chosen'"),  # one a contact
    Index("call_attempt", "call", "appointment_id, attempt", unique=True),
    Index("waiting_contact", "waiting", "contact_id", unique=True, where="status IN ('waiting', 'offered')"),
    Index("ticket_entry_once", "ticket_entry", "ticket_id, once", unique=True, where="once IS NOT NULL"),
    Index("ticket_open", "ticket", "contact_id, kind", unique=True, where="status IN ('open', 'taken')"),
    Index("decision_stands", "decision", "person_id", unique=True, where="kind = 'suspension' AND ended_at IS NULL"),
    Index("client_ref", "client", "ref", unique=True),
    Index("worker_ref", "worker", "ref", unique=True),
    Index("code_letters", "code", "letters_index", unique=True),
    Index("operator_name", "operator", "name_index", unique=True),
    Index("api_key_hash", "api_key", "hash", unique=True),
    Index("appointment_series", "appointment", "series, version", unique=True),
    # the message's path
    Index("inbox_new", "inbox", "contact_id, id", where="status = 'new'"),
    Index("inbox_heard", "inbox", "contact_id, id", where="status = 'done' AND kind = 'message' AND reason IS NULL"),
    Index("inbox_slowed", "inbox", "contact_id, id", where="reason = 'flood: told'"),
    Index("inbox_contact", "inbox", "contact_id, id"),  # of all kinds and states: what goes when somebody is erased
    Index("inbox_parked", "inbox", "id", where="status = 'parked'"),
    Index("inbox_settled", "inbox", "settled_at", where="status <> 'new'"),
    Index("outbox_due", "outbox", "next_try_at", where="status = 'queued'"),
    Index("outbox_unsettled", "outbox", "next_try_at", where="status IN ('sending', 'unknown')"),
    Index("outbox_unheard", "outbox", "channel, next_try_at", where="status IN ('accepted', 'sent')"),
    Index("outbox_open_answers", "outbox", "contact_id, id", where="answer AND status IN ('queued', 'sending')"),
    Index("outbox_unasked", "outbox", "contact_id, accepted_at", where="NOT answer"),
    Index("outbox_spent", "outbox", "accepted_at", where="channel = 'sms'"),
    Index("outbox_contact", "outbox", "contact_id, id"),
    Index("outbox_hushed", "outbox", "contact_id", where="hushed_at IS NOT NULL"),
    Index("outbox_provider", "outbox", "provider_id", where="provider_id IS NOT NULL"),
    Index("outbox_appointment", "outbox", "appointment_id", where="appointment_id IS NOT NULL"),
    Index("outbox_changed", "outbox", "changed_at"),
    Index("timer_due", "timer", "next_try_at", where="status = 'waiting'"),
    Index("timer_subject", "timer", "subject", where="status = 'waiting'"),
    Index("timer_settled", "timer", "settled_at", where="settled_at IS NOT NULL"),
    Index("busy_opens", "busy", "quarter, owner", where="opens"),
    Index("busy_holder", "busy", "holder_id"),
    Index("busy_lapsing", "busy", "lapses_at", where="lapses_at IS NOT NULL"),
    # look-ups
    Index("contact_person", "contact", "person_id", where="person_id IS NOT NULL"),
    Index("contact_heir", "contact", "heir_id", where="heir_id IS NOT NULL"),
    Index("contact_forget", "contact", "forget_at", where="forget_at IS NOT NULL"),
    Index("alias_contact", "alias", "contact_id"),
    Index("contact_worker", "contact", "worker_id", where="worker_id IS NOT NULL"),
    Index("contact_phone", "contact", "phone_index", where="phone_index IS NOT NULL"),
    Index("worker_phone", "worker", "phone_index"),
    Index("person_phone", "person", "phone_index", where="phone_index IS NOT NULL"),
    Index("person_email", "person", "email_index", where="email_index IS NOT NULL"),
    Index("email_proof_person", "email_proof", "person_id, made_at"),
    Index("person_code", "person", "code_id"),
    Index("code_client", "code", "client_id"),
    Index("consent_person", "consent", "person_id, terms_version"),
    Index("appointment_person", "appointment", "person_id, start_at"),
    Index("appointment_worker", "appointment", "worker_id, start_at"),
    Index("tries_key", "tries", "key, tried_at"),
    Index("tries_at", "tries", "tried_at"),
    Index("hold_lapses", "hold", "lapses_at"),
    Index("hold_of_contact", "hold", "contact_id"),
    Index("hold_about", "hold", "about", where="about IS NOT NULL"),
    Index("refusal_person", "refusal", "person_id, lapses_at"),
    Index("span_worker", "span", "worker_id, end_at"),
    Index("waiting_since", "waiting", "since_at", where="status IN ('waiting', 'offered')"),
    Index("call_provider", "call", "provider_id", where="provider_id IS NOT NULL"),
    Index("ticket_person", "ticket", "person_id", where="person_id IS NOT NULL"),
    Index("ticket_closed", "ticket", "closed_at", where="closed_at IS NOT NULL"),
    Index("ticket_entries", "ticket_entry", "ticket_id, id"),
    Index("conversation_asked", "conversation", "asked_at", where="asked_at IS NOT NULL"),
    Index("message_person", "message", "person_id, worker_id, written_at"),
    Index("message_worker", "message", "worker_id, written_at"),
    Index("message_unread", "message", "person_id, worker_id", where="read_at IS NULL"),
    Index("message_written", "message", "written_at"),
    Index("report_pair", "report", "worker_id, person_id"),
    Index("report_open", "report", "person_id", where="settled_at IS NULL"),
    Index("export_asked", "export", "asked_at"),
    Index("decision_person", "decision", "person_id, decided_at"),
    Index("decision_until", "decision", "until_at", where="ended_at IS NULL AND until_at IS NOT NULL"),
    Index("legal_hold_person", "legal_hold", "person_id", where="lifted_at IS NULL"),
    Index(
        "instruction_stands", "instruction", "person_id", unique=True, where="revoked_at IS NULL AND done_at IS NULL"
    ),
    Index("data_copy_person", "data_copy", "person_id"),
    Index("ticket_due", "ticket", "due_at", where="due_at IS NOT NULL AND closed_at IS NULL"),
    Index("erasure_open", "erasure", "person_id", unique=True, where="done_at IS NULL"),
    Index("archive_phone", "archive", "phone_index", where="phone_index IS NOT NULL"),
    Index("archive_ends", "archive", "ends_at"),
    Index("past_hour_month", "past_hour", "month_on"),
    Index("proof_open", "proof", "contact_id, purpose", unique=True, where="settled_at IS NULL"),
    Index("proof_made", "proof", "made_at"),
    Index("proof_person", "proof", "person_id", where="person_id IS NOT NULL"),
    Index("document_person", "document", "person_id, came_at"),
    Index("document_batch", "document", "batch", where="batch IS NOT NULL"),
    Index("document_ends", "document", "ends_at"),
    Index("inbox_copy", "inbox", "channel, settled_at", where="copy_at IS NULL AND kind = 'message'"),
    Index(
        "outbox_copy",
        "outbox",
        "channel, (COALESCE(accepted_at, changed_at))",
        where="copy_at IS NULL AND provider_id IS NOT NULL",
    ),
    Index("provider_copy_due", "provider_copy", "next_try_at"),
    Index("provider_copy_erasure", "provider_copy", "erasure_id", where="erasure_id IS NOT NULL"),
    Index("media_due", "media", "next_try_at", where="status IN ('waiting', 'here')"),
    Index("media_contact", "media", "contact_id, id", where="told_at IS NULL"),
    Index("media_settled", "media", "settled_at", where="settled_at IS NOT NULL"),
    Index("token_object", "token", "purpose, object"),
    Index("token_expires", "token", "expires_at"),
    Index("api_answer_made", "api_answer", "made_at"),
    Index("hook_news_due", "hook_news", "next_try_at", where="status = 'queued'"),
    Index("hook_news_hook", "hook_news", "hook_id", where="status = 'queued'"),
    Index("audit_object", "audit", "object, done_at"),
    Index("audit_actor", "audit", "actor, done_at"),
    Index("recovery_code_operator", "recovery_code", "operator_id"),
    Index("session_operator", "session", "operator_id"),
    Index("step_count_day", "step_count", "day_on, client_id, flow, step, outcome"),
    Index("ledger_seen", "ledger", "seen_at"),
)
RETIRED: tuple[str, ...] = ("hold_contact",)


async def migrate(db: Database, target: str = "__latest__") -> None:
    """Brings the tables to `target` (a migration's name, `__first__` for none, or the latest), then makes the indexes.

    Several processes may start at once: PostgreSQL holds an advisory lock meanwhile, SQLite has one writer.
    """
    async with _alone(db):
        if target != "__latest__" or await pending_migrations(db):
            await _execute(db, target)
        if target == "__latest__":
            await ensure_invariants(db)
            await _remember_index_key(db)


async def _execute(db: Database, target: str) -> None:
    """What Tortoise does: it loads every migration, which alone takes longer than all else that a start does."""
    from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

    with db.context:
        executor = MigrationExecutor(db.client, db.apps)
        await executor.migrate([MigrationTarget(APP, target)])


async def ensure_invariants(db: Database) -> None:
    """Makes every index that is missing. May be run at any time, by anybody, again."""
    there = await _indexes(db)
    if there.issuperset(index.name for index in INDEXES) and there.isdisjoint(RETIRED):
        return
    async with db.transaction() as tx:
        for name in RETIRED:
            await tx.execute(f"DROP INDEX IF EXISTS {name}")
        for index in INDEXES:
            await tx.execute(index.sql)


async def check(db: Database) -> None:
    """Refuses to go on with a database that could not keep its promises. For every start that does not migrate."""
    pending = await pending_migrations(db)
    if pending:
        raise NotMigrated(
            f"the database lacks migration {pending[0]}: start `socialdirect serve` once, it migrates first"
        )
    missing = sorted({index.name for index in INDEXES} - await _indexes(db))
    if missing:
        raise NotMigrated(
            f"the database lacks index {', '.join(missing)}: start `socialdirect serve` once, it makes them"
        )
    await _check_index_key(db)


async def pending_migrations(db: Database) -> list[str]:
    """The names of ours that the database has not had, in their order: by number, each upon the one before."""
    if not await is_there(db, "tortoise_migrations"):
        return _names()
    rows = await db.fetch("SELECT name FROM tortoise_migrations WHERE app = ?", APP)
    had = {row["name"] for row in rows}
    return [name for name in _names() if name not in had]


def _names() -> list[str]:
    """Of the files, as Tortoise finds them."""
    return sorted(found.name for found in iter_modules(migrations.__path__) if not found.name.startswith(("_", "~")))


async def latest(db: Database) -> str:
    """The name of the last migration that was applied; `__first__` for none."""
    rows = await db.fetch("SELECT name FROM tortoise_migrations WHERE app = ? ORDER BY name DESC LIMIT 1", APP)
    return rows[0]["name"] if rows else "__first__"


async def is_there(db: Database, table: str) -> bool:
    """Whether the database has a table of this name."""
    if db.dialect == "sqlite":
        return bool(await db.fetch("SELECT 1 AS one FROM sqlite_master WHERE type = 'table' AND name = ?", table))
    return bool(await db.fetch("SELECT 1 AS one FROM pg_tables WHERE tablename = ?", table))


async def _indexes(db: Database) -> set[str]:
    if db.dialect == "sqlite":
        rows = await db.fetch("SELECT name FROM sqlite_master WHERE type = 'index'")
    else:
        # an index whose creation failed half-way is there, but guards nothing
        rows = await db.fetch(
            "SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE i.indisvalid AND pg_table_is_visible(c.oid)"
        )
    return {row["name"] for row in rows}


# ------------------------------------------------------------ the key of the blind indexes


async def _remember_index_key(db: Database) -> None:
    await db.execute(
        "INSERT INTO flag (name, value) VALUES ('index_key', ?) ON CONFLICT DO NOTHING", db.vault.index_fingerprint
    )
    await _check_index_key(db)


async def _check_index_key(db: Database) -> None:
    rows = await db.fetch("SELECT value FROM flag WHERE name = 'index_key'")
    if rows and rows[0]["value"] != db.vault.index_fingerprint:
        raise OtherSecret(
            "SECRET_KEY is not the one that this database's addresses were indexed with: set the former one, or end "
            "every process and run `socialdirect rotate --secret-key`"
        )


# ------------------------------------------------------------ one migrator at a time


def _alone(db: Database) -> AbstractAsyncContextManager[Any]:
    return _advisory_lock(db) if db.dialect == "postgres" else nullcontext()


@asynccontextmanager
async def _advisory_lock(db: Database) -> AsyncIterator[None]:
    """Held by a connection of its own, without a time limit: a long migration elsewhere is waited for."""
    async with db._connection() as connection:  # noqa: SLF001
        await connection.execute("SET lock_timeout = 0")
        await connection.execute("SET statement_timeout = 0")
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK, timeout=3600)
        try:
            yield
        finally:
            await connection.execute("SELECT pg_advisory_unlock($1)", MIGRATION_LOCK)
