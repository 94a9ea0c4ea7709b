"""Files that came with messages: what is to be fetched from its provider, and then deleted there.

    waiting -> here -> done        fetched and judged, then deleted at the provider; `left`: it could not be deleted

A file that nobody wants begins `here`: it is only deleted. `ref` is a provider's ids, forgotten at the end.

note(tx, new, now)                       in the transaction of the turn that its message was read in
take_due(db, now, until, limit) -> rows  for the caller alone until then; counted as tried at once
here(tx, id, now); later(db, row, error, at); gone(db, row, now); left(db, row, error, now)
awaited(tx, contact) -> bool             whether something is on its way that is not in trouble
untold(tx, contact, now) -> documents    that came to an end, told of from now on
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from storage.db import Sql, Tx, claim
from storage.sql import Row

Status: TypeAlias = Literal["waiting", "here", "done", "left"]


@dataclass(frozen=True, slots=True)
class NewMedia:
    """`document`: which one it becomes; None: nobody wants it."""

    id: str
    contact: str
    channel: str
    ref: str
    document: str | None


@dataclass(frozen=True, slots=True)
class MediaRow:
    """`attempts` were made in this status, with this one."""

    id: str
    contact_id: str
    channel: str
    ref: str
    document_id: str | None
    status: Status
    attempts: int
    came_at: datetime


async def note(tx: Tx, new: Sequence[NewMedia], now: datetime, at: datetime) -> None:
    """Due at `at`; what its contact sent just before, and nobody has begun with, waits for it."""
    for one in new:
        await tx.execute(
            "INSERT INTO media (id, contact_id, channel, ref, document_id, status, attempts, next_try_at, came_at) "
            "VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
            one.id,
            one.contact,
            one.channel,
            tx.vault.seal("media.ref", one.id, one.ref),
            one.document,
            "here" if one.document is None else "waiting",
            at,
            now,
        )
        await tx.execute(
            "UPDATE media SET next_try_at = ? WHERE contact_id = ? AND status = 'waiting' AND attempts = 0",
            at,
            one.contact,
        )


async def take_due(db: Sql, now: datetime, until: datetime, limit: int) -> list[MediaRow]:
    rows = await claim(
        db,
        "media",
        set_to="attempts = attempts + 1, next_try_at = ?",
        where="status IN ('waiting', 'here') AND next_try_at <= ?",
        order="next_try_at, id",
        limit=limit,
        args=(until, now),
        returning="id, contact_id, channel, ref, document_id, status, attempts, came_at",
    )
    return [_open(db, row) for row in sorted(rows, key=lambda row: row["id"])]


async def here(tx: Tx, id: str, now: datetime) -> bool:
    """It is not to be fetched any more. False: somebody else saw to it meanwhile."""
    return bool(
        await tx.execute(
            "UPDATE media SET status = 'here', attempts = 0, last_error = NULL, next_try_at = ? "
            "WHERE id = ? AND status = 'waiting'",
            now,
            id,
        )
    )


async def later(db: Sql, row: MediaRow, error: str, at: datetime) -> None:
    await db.execute(
        "UPDATE media SET next_try_at = ?, last_error = ? WHERE id = ? AND status = ?", at, error, row.id, row.status
    )


async def gone(db: Sql, row: MediaRow, now: datetime) -> None:
    """Nothing of it lies at the provider."""
    await _ends(db, row, "done", None, now)


async def left(db: Sql, row: MediaRow, error: str, now: datetime) -> None:
    """It could not be deleted there: a human has to."""
    await _ends(db, row, "left", error, now)


async def _ends(db: Sql, row: MediaRow, status: Status, error: str | None, now: datetime) -> None:
    await db.execute(
        "UPDATE media SET status = ?, ref = NULL, last_error = ?, settled_at = ? WHERE id = ? AND status = 'here'",
        status,
        error,
        now,
        row.id,
    )


async def awaited(tx: Tx, contact: str) -> bool:
    """Under the contact's lock. Whoever died over it has tried once; what was tried in vain is not waited for."""
    rows = await tx.fetch(
        "SELECT id FROM media WHERE contact_id = ? AND status = 'waiting' AND attempts <= 1 AND last_error IS NULL "
        "AND told_at IS NULL LIMIT 1",
        contact,
    )
    return bool(rows)


async def untold(tx: Tx, contact: str, now: datetime) -> list[str]:
    """Under the contact's lock."""
    rows = await tx.fetch(
        "UPDATE media SET told_at = ? WHERE contact_id = ? AND status <> 'waiting' AND told_at IS NULL "
        "AND document_id IS NOT NULL RETURNING document_id",
        now,
        contact,
    )
    return sorted(row["document_id"] for row in rows)


def _open(db: Sql, row: Row) -> MediaRow:
    return MediaRow(**{**row, "ref": db.vault.read("media.ref", row["id"], row["ref"])})
