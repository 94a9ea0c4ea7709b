"""Timers: something due later, as rows. They survive restarts, act once, and not after they stopped being useful (I14).

add(tx, timer, now) -> bool                        False: this key was set before
take_due(tx, now, limit) -> rows                   done when the transaction commits: act in the same one
drop_useless(db, now) -> rows                      too late to be of use; dropped, for the metric
failed(db, id, error, next_try_at, now)            the transaction was rolled back; parked after five alike
cancel(tx, subject, reason, now, before_version)   what it belonged to has changed
merge(tx, subject, kind, into, now)                another's message says it
ended(tx, id, status, reason, now)                 what came of one that fell due
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.db import Sql, Tx, claim
from storage.sql import marks

ATTEMPTS = 5  # then parked (invariant I16)

_COLUMNS = "id, key, contact_id, kind, due_at, expires_at, subject, subject_version, data, attempts"


@dataclass(frozen=True, slots=True)
class NewTimer:
    """`subject` is what it belongs to, at `subject_version`: an appointment's series, say."""

    key: str
    contact: str
    kind: str
    due_at: datetime
    expires_at: datetime | None = None
    subject: str | None = None
    subject_version: int = 0
    news: tuple[str, Mapping[str, Any]] | None = None  # an event and its data (ids only), told when it is due
    skipped: tuple[str, datetime] | None = None  # it is not to be: why, and since when that is known


@dataclass(frozen=True, slots=True)
class TimerRow:
    id: int
    key: str
    contact_id: str
    kind: str
    due_at: datetime
    expires_at: datetime | None
    subject: str | None
    subject_version: int
    data: str | None
    attempts: int

    @property
    def news(self) -> tuple[str, dict[str, Any]]:
        """What the contact is told: the news that was put off, else that a reminder is due."""
        if self.data is None:
            return "remind", {"kind": self.kind, "subject": self.subject, "timer": self.id}
        told = json.loads(self.data)
        return told["event"], told["data"]


async def add(tx: Tx, timer: NewTimer) -> bool:
    rows = await tx.fetch(
        "INSERT INTO timer (key, contact_id, kind, due_at, next_try_at, expires_at, subject, subject_version, data, "
        "status, reason, settled_at, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0) "
        "ON CONFLICT (key) DO NOTHING RETURNING id",
        timer.key,
        timer.contact,
        timer.kind,
        timer.due_at,
        timer.due_at,
        timer.expires_at,
        timer.subject,
        timer.subject_version,
        json.dumps({"event": timer.news[0], "data": dict(timer.news[1])}) if timer.news else None,
        "skipped" if timer.skipped else "waiting",
        timer.skipped[0] if timer.skipped else None,
        timer.skipped[1] if timer.skipped else None,
    )
    return bool(rows)


async def take_due(tx: Tx, now: datetime, limit: int) -> list[TimerRow]:
    """Due timers, the earliest first. What they cause must be written in this transaction."""
    rows = await claim(
        tx,
        "timer",
        set_to="status = 'done', settled_at = ?",
        where="status = 'waiting' AND next_try_at <= ? AND (expires_at IS NULL OR expires_at > ?)",
        order="next_try_at, id",
        limit=limit,
        args=(now, now, now),
        returning=_COLUMNS,
    )
    return [TimerRow(**row) for row in sorted(rows, key=lambda row: (row["due_at"], row["id"]))]


async def drop_useless(db: Sql, now: datetime) -> list[TimerRow]:
    rows = await db.fetch(
        "UPDATE timer SET status = 'dropped', reason = 'useless', settled_at = ? "
        f"WHERE status = 'waiting' AND next_try_at <= ? AND expires_at <= ? RETURNING {_COLUMNS}",
        now,
        now,
        now,
    )
    return [TimerRow(**row) for row in rows]


async def failed(db: Sql, timer: int, error: str, next_try_at: datetime, now: datetime) -> bool:
    """Counts a failed attempt. True: that was the last one, and it is parked."""
    rows = await db.fetch(
        "UPDATE timer SET attempts = attempts + 1, last_error = ?, next_try_at = ?, "
        f"status = CASE WHEN attempts + 1 >= {ATTEMPTS} THEN 'parked' ELSE status END, "
        f"settled_at = CASE WHEN attempts + 1 >= {ATTEMPTS} THEN ? ELSE settled_at END "
        "WHERE id = ? AND status = 'waiting' RETURNING status",
        error[:128],
        next_try_at,
        now,
        timer,
    )
    return bool(rows) and rows[0]["status"] == "parked"


async def cancel(
    tx: Sql,
    subject: str,
    reason: str,
    now: datetime,
    before_version: int | None = None,
    kinds: Sequence[str] = (),
) -> int:
    """Drops the waiting timers of a subject; only those of its older versions, or of some kinds."""
    some = "" if before_version is None else " AND subject_version < ?"
    if kinds:
        some += f" AND kind IN ({marks(len(kinds))})"
    return await tx.execute(
        "UPDATE timer SET status = 'dropped', reason = ?, settled_at = ? "
        f"WHERE subject = ? AND status = 'waiting'{some}",
        reason[:128],
        now,
        subject,
        *([] if before_version is None else [before_version]),
        *kinds,
    )


async def merge(tx: Tx, subject: str, kind: str, into: str, now: datetime) -> int:
    """What waits to be said of a subject by this kind is said by another's."""
    return await tx.execute(
        "UPDATE timer SET status = 'merged', reason = ?, settled_at = ? "
        "WHERE subject = ? AND kind = ? AND status = 'waiting'",
        into[:128],
        now,
        subject,
        kind,
    )


async def ended(tx: Tx, timer: int, status: str, reason: str, now: datetime) -> None:
    """What came of one that fell due, where it was not what it was made for: dropped, skipped or merged."""
    await tx.execute(
        "UPDATE timer SET status = ?, reason = ?, settled_at = ? WHERE id = ? AND status = 'done'",
        status,
        reason[:128],
        now,
        timer,
    )


async def next_due(db: Sql) -> datetime | None:
    """When the next one is due, so that a worker knows how long it may sleep."""
    rows = await db.fetch("SELECT min(next_try_at) AS due_at FROM timer WHERE status = 'waiting'")
    due: datetime | None = rows[0]["due_at"]
    return due
