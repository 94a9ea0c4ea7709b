"""The audit trail: who did what to whose data. Ids only; added to, read, never changed (invariant I11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage.db import Sql
from storage.sql import marks

AT_ONCE: Final = 200  # rows of one statement
LOOK: Final = timedelta(minutes=10)  # a page that is looked at all the time is one look in the audit trail


@dataclass(frozen=True, slots=True)
class Deed:
    """`actor` and `object` are a kind and an id: `worker:claire`, `appointment:a1`."""

    actor: str
    action: str
    object: str
    done_at: datetime


async def add(db: Sql, actor: str, action: str, object_: str, now: datetime) -> None:
    await db.execute(
        "INSERT INTO audit (actor, action, object, done_at) VALUES (?, ?, ?, ?)", actor, action, object_, now
    )


async def add_all(db: Sql, actor: str, action: str, objects: Sequence[str], now: datetime) -> None:
    """The same deed on many."""
    for n in range(0, len(objects), AT_ONCE):
        some = objects[n : n + AT_ONCE]
        rows = ", ".join("(?, ?, ?, ?)" for _ in some)
        values = [value for object_ in some for value in (actor, action, object_, now)]
        await db.execute(f"INSERT INTO audit (actor, action, object, done_at) VALUES {rows}", *values)


async def done(db: Sql, actor: str, action: str, object_: str, since: datetime) -> bool:
    """Whether they did it since then."""
    rows = await db.fetch(
        "SELECT 1 AS one FROM audit WHERE object = ? AND done_at > ? AND actor = ? AND action = ? LIMIT 1",
        object_,
        since,
        actor,
        action,
    )
    return bool(rows)


async def first(db: Sql, action: str, object_: str) -> str | None:
    """Who did it first."""
    rows = await db.fetch(
        "SELECT actor FROM audit WHERE object = ? AND action = ? ORDER BY id LIMIT 1", object_, action
    )
    return rows[0]["actor"] if rows else None


async def looked(db: Sql, actor: str, object_: str, now: datetime, action: str = "see") -> None:
    """That they looked at it; once in a while, however often they do."""
    if not await done(db, actor, action, object_, now - LOOK):
        await add(db, actor, action, object_, now)


async def looked_at_each(db: Sql, actor: str, objects: Sequence[str], now: datetime, action: str) -> None:
    """The same for many that were shown at once."""
    for n in range(0, len(objects), AT_ONCE):
        some = objects[n : n + AT_ONCE]
        rows = await db.fetch(
            f"SELECT object FROM audit WHERE object IN ({marks(len(some))}) "
            "AND done_at > ? AND actor = ? AND action = ?",
            *some,
            now - LOOK,
            actor,
            action,
        )
        known = {row["object"] for row in rows}
        await add_all(db, actor, action, [object_ for object_ in some if object_ not in known], now)


async def of(db: Sql, object_: str, limit: int = 100) -> list[Deed]:
    """What was done to an object, the latest first."""
    rows = await db.fetch(
        "SELECT actor, action, object, done_at FROM audit WHERE object = ? ORDER BY done_at DESC, id DESC LIMIT ?",
        object_,
        limit,
    )
    return [Deed(**row) for row in rows]


async def latest(db: Sql, limit: int, *, of: str = "", by: str = "") -> list[Deed]:
    """What was done last, of one object or by one actor where they are named."""
    named = {"object": of, "actor": by}
    named = {column: value for column, value in named.items() if value}
    where = f"WHERE {' AND '.join(f'{column} = ?' for column in named)}" if named else ""
    rows = await db.fetch(
        f"SELECT actor, action, object, done_at FROM audit {where} ORDER BY id DESC LIMIT ?",
        *named.values(),
        limit,
    )
    return [Deed(**row) for row in rows]


async def between(db: Sql, by: str, since: datetime, until: datetime) -> list[Deed]:
    """What an actor did, the first first. `since` counts, `until` does not."""
    rows = await db.fetch(
        "SELECT actor, action, object, done_at FROM audit WHERE actor = ? AND done_at >= ? AND done_at < ? "
        "ORDER BY done_at, id",
        by,
        since,
        until,
    )
    return [Deed(**row) for row in rows]
