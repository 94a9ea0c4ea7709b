"""Hooks: addresses of other programs that are told of what happens, and what each is still to be told.

add(tx, row); rotate(db, id, secret, until) -> bool; end(db, id, reason, now) -> bool
every(db) -> rows; wanting(tx) -> ids and kinds
tell(tx, id, hook, kind, body, now)                in the transaction of what happened
take_due(db, now, until, limit, each) -> rows      for the caller alone until then, of each hook so many
sent(db, id, now); later(db, id, error, at); given_up(db, id, error, now)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from storage.db import Sql, Tx, claim
from storage.sql import Row, marks

_COLUMNS = "id, url, secret, kinds, made_at, ended_at, end_reason, former_secret, former_ends_at"


@dataclass(frozen=True, slots=True)
class HookRow:
    """`secret` signs what goes there, until then `former_secret` too; `kinds`: what is told."""

    id: str
    url: str = field(repr=False)
    secret: str = field(repr=False)
    kinds: frozenset[str]
    made_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None
    former_secret: str | None = field(default=None, repr=False)
    former_ends_at: datetime | None = None

    def secrets(self, now: datetime) -> list[str]:
        """Those that are in force, the newest first."""
        former = self.former_secret if self.former_ends_at is not None and now < self.former_ends_at else None
        return [self.secret, former] if former is not None else [self.secret]


@dataclass(frozen=True, slots=True)
class NewsRow:
    """One thing to be told to one hook; `attempts` were made, with this one. `id` stays the same for all of them."""

    id: str
    hook_id: str
    kind: str
    body: str
    attempts: int


async def add(db: Sql, row: HookRow) -> None:
    await db.execute(
        "INSERT INTO hook (id, url, secret, kinds, made_at) VALUES (?, ?, ?, ?, ?)",
        row.id,
        db.vault.seal("hook.url", row.id, row.url),
        db.vault.seal("hook.secret", row.id, row.secret),
        " ".join(sorted(row.kinds)),
        row.made_at,
    )


async def rotate(db: Sql, id: str, secret: str, until: datetime) -> bool:
    """The old one stays beside it until then. False: there is no such hook in force."""
    found = (await live(db, [id])).get(id)
    if found is None:
        return False
    await db.execute(
        "UPDATE hook SET secret = ?, former_secret = ?, former_ends_at = ? WHERE id = ?",
        db.vault.seal("hook.secret", id, secret),
        db.vault.seal("hook.former_secret", id, found.secret),
        until,
        id,
    )
    return True


async def end(tx: Tx, id: str, reason: str, now: datetime) -> bool:
    """It is told nothing more, nor what waits for it. False: there is none, or it has ended before."""
    ended = await tx.execute(
        "UPDATE hook SET ended_at = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL", now, reason, id
    )
    await tx.execute(
        "UPDATE hook_news SET status = 'dropped', settled_at = ? WHERE hook_id = ? AND status = 'queued'", now, id
    )
    return ended > 0


async def every(db: Sql) -> list[HookRow]:
    """The oldest first."""
    return [_open(db, row) for row in await db.fetch(f"SELECT {_COLUMNS} FROM hook ORDER BY made_at, id")]


async def live(db: Sql, ids: list[str]) -> dict[str, HookRow]:
    if not ids:
        return {}
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM hook WHERE ended_at IS NULL AND id IN ({marks(len(ids))})", *ids)
    return {row["id"]: _open(db, row) for row in rows}


async def wanting(db: Sql) -> list[tuple[str, frozenset[str]]]:
    """Who is to be told, and of what kinds."""
    rows = await db.fetch("SELECT id, kinds FROM hook WHERE ended_at IS NULL ORDER BY id")
    return [(row["id"], frozenset(row["kinds"].split())) for row in rows]


async def waiting(db: Sql) -> dict[str, tuple[int, str | None]]:
    """How much each hook is still to be told, and what went wrong at its last try."""
    rows = await db.fetch(
        "SELECT hook_id, count(*) AS n, max(last_error) AS error FROM hook_news WHERE status = 'queued' "
        "GROUP BY hook_id"
    )
    return {row["hook_id"]: (row["n"], row["error"]) for row in rows}


# ------------------------------------------------------------ what is told


async def tell(tx: Tx, id: str, hook: str, kind: str, body: str, now: datetime) -> None:
    await tx.execute(
        "INSERT INTO hook_news (id, hook_id, kind, body, made_at, next_try_at, attempts, status) "
        "VALUES (?, ?, ?, ?, ?, ?, 0, 'queued')",
        id,
        hook,
        kind,
        body,
        now,
        now,
    )


async def take_due(db: Sql, now: datetime, until: datetime, limit: int, each: int) -> list[NewsRow]:
    """Counted as tried at once: who dies meanwhile has tried. `each`: at most of one hook, so that none keeps another
    waiting.
    """
    ranked = (
        "SELECT id, row_number() OVER (PARTITION BY hook_id ORDER BY next_try_at, id) AS place FROM hook_news "
        "WHERE status = 'queued' AND next_try_at <= ?"
    )
    rows = await claim(
        db,
        "hook_news",
        set_to="attempts = attempts + 1, next_try_at = ?",
        where="status = 'queued' AND next_try_at <= ? "
        f"AND id IN (SELECT id FROM ({ranked}) AS found WHERE place <= {int(each)})",
        order="next_try_at, id",
        limit=limit,
        args=(until, now, now),
        returning="id, hook_id, kind, body, attempts",
    )
    return [NewsRow(**row) for row in sorted(rows, key=lambda row: row["id"])]


async def sent(db: Sql, id: str, now: datetime) -> None:
    await db.execute(
        "UPDATE hook_news SET status = 'sent', settled_at = ?, last_error = NULL WHERE id = ? AND status = 'queued'",
        now,
        id,
    )


async def later(db: Sql, id: str, error: str, at: datetime) -> None:
    await db.execute(
        "UPDATE hook_news SET next_try_at = ?, last_error = ? WHERE id = ? AND status = 'queued'", at, error, id
    )


async def given_up(db: Sql, id: str, error: str, now: datetime) -> None:
    await db.execute(
        "UPDATE hook_news SET status = 'failed', settled_at = ?, last_error = ? WHERE id = ? AND status = 'queued'",
        now,
        error,
        id,
    )


def _open(db: Sql, row: Row) -> HookRow:
    id, vault = row["id"], db.vault
    sealed = {
        "url": vault.read("hook.url", id, row["url"]),
        "secret": vault.read("hook.secret", id, row["secret"]),
        "former_secret": vault.read_if("hook.former_secret", id, row["former_secret"]),
    }
    return HookRow(**{**row, **sealed, "kinds": frozenset(row["kinds"].split())})
