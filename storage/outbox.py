"""The outbox: what is to be said, named before it is sent, and what became of it.

    add(tx, outgoing, now) -> id, or None when this cause has spoken already
    claim_due(db, owner, now, lease_ends_at, limit, channels) -> rows, now 'sending', each with its `fence`
    accepted / retry / stays / postpone / unknown / settle (db, row, …) -> bool    by the claimer; False: somebody
                                                       else has it
    suppress(tx, appointment, …) -> count; queued(db, contact); figures; history
    of_provider(db, contact, provider_id) -> row       which one they answer

Order: an answer waits for earlier answers of its contact that are queued or being sent; a notice waits for nobody and
holds up nobody. A claim, a lease and a fence: correctness comes from the fence (a counter), never from the clock
(invariant I14).

Over 300 lines: the life of a row, each step beside the others. What may have arrived is in `unsettled.py`, what
providers say of it in `told.py`, what is asked of all rows together in `fates.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from storage.db import Sql, Tx, claim
from storage.holds import KEPT
from storage.sql import Row, marks

Final = Literal["failed", "suppressed", "merged", "expired"]

# A row only ever rises (invariant I13). 'failed' stands over 'sent', but a late 'delivered' wins over it. What we
# ourselves
# decided not to send is above all of them.
RANKS = {
    "queued": 0,
    "sending": 1,
    "unknown": 1,
    "accepted": 2,
    "sent": 3,
    "failed": 4,
    "delivered": 5,
    "read": 6,
    "suppressed": 9,
    "merged": 9,
    "expired": 9,
}

COLUMNS = (
    "id, key, contact_id, channel, kind, answer, content, due_at, expires_at, status, reason, fence, attempts, "
    "provider_id, appointment_id, appointment_version, possible_duplicate, received_at, hushed_at, created_at"
)

# Word for word the condition of an index: SQLite takes it for nothing less, and would read all messages of a year.
UNSETTLED = "status IN ('sending', 'unknown')"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be. `key` is its cause and a number; `answer`: they asked, so nothing holds it back.

    `received_at` is when the message came that it answers, for the metric. Content is JSON data: a reply, without
    words.
    """

    key: str
    contact: str
    kind: str
    content: Mapping[str, Any]
    due_at: datetime
    answer: bool = False
    expires_at: datetime | None = None
    appointment: str | None = None
    appointment_version: int | None = None
    received_at: datetime | None = None
    possible_duplicate: bool = False  # the same was said elsewhere, and may have arrived


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """`content` is None once its lifetime is over."""

    id: str
    key: str
    contact_id: str
    channel: str
    kind: str
    answer: bool
    content: dict[str, Any] | None
    due_at: datetime
    expires_at: datetime | None
    status: str
    reason: str | None
    fence: int
    attempts: int
    provider_id: str | None
    appointment_id: str | None
    appointment_version: int | None
    possible_duplicate: bool
    received_at: datetime | None
    hushed_at: datetime | None  # since when they know only that there is a message (`handlers.discretion`)
    created_at: datetime

    def again(self, key: str, due_at: datetime, **changes: Any) -> Outgoing:
        """The same message under another key: later, elsewhere, or in another form. `changes`: fields of `Outgoing`."""
        same = Outgoing(
            key=key,
            contact=self.contact_id,
            kind=self.kind,
            content=self.content or {},
            due_at=due_at,
            answer=self.answer,
            expires_at=self.expires_at,
            appointment=self.appointment_id,
            appointment_version=self.appointment_version,
            received_at=self.received_at,
        )
        return replace(same, **changes)

    @property
    def reminder(self) -> str | None:
        """Which reminder it is, by its timer's name."""
        return (self.content or {}).get("reminder")

    @property
    def of(self) -> dict[str, int]:
        """The appointments that a reminder tells of, each with the version that it was written for."""
        told: dict[str, int] = (self.content or {}).get("of", {})
        return told


@dataclass(frozen=True, slots=True)
class Figures:
    pending: int  # due and not yet sent
    oldest_at: datetime | None
    unknown: int


async def add(tx: Tx, out: Outgoing, now: datetime) -> str | None:
    rows = await tx.fetch(
        "INSERT INTO outbox (key, contact_id, channel, kind, answer, content, due_at, next_try_at, "
        "expires_at, status, fence, attempts, appointment_id, appointment_version, possible_duplicate, received_at, "
        "created_at, changed_at) "
        "VALUES (?, ?, (SELECT channel FROM contact WHERE id = ?), ?, ?, ?, ?, ?, ?, "
        "'queued', 0, 0, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (key) DO NOTHING RETURNING id",
        out.key,
        out.contact,
        out.contact,
        out.kind,
        out.answer,
        tx.vault.seal("outbox.content", out.key, json.dumps(dict(out.content), separators=(",", ":"))),
        out.due_at,
        out.due_at,
        out.expires_at,
        out.appointment,
        out.appointment_version,
        out.possible_duplicate,
        out.received_at,
        now,
        now,
    )
    return str(rows[0]["id"]) if rows else None


async def merge(tx: Tx, row: OutboxRow, into: str, now: datetime) -> None:
    """What it would have said is said by another message."""
    await leave(tx, row.id, "merged", into, now)


async def leave(tx: Tx, outbox_id: str, status: Final, reason: str, now: datetime) -> bool:
    """A row that waits, and that will not be sent: kept for its reason. False: it does not wait any more."""
    changed = await tx.execute(
        "UPDATE outbox SET status = ?, reason = ?, changed_at = ? WHERE id = ? AND status = 'queued'",
        status,
        reason[:128],
        now,
        int(outbox_id),
    )
    return changed == 1


# ------------------------------------------------------------ delivery


async def claim_due(
    db: Sql, owner: str, now: datetime, lease_ends_at: datetime, limit: int, channels: Sequence[str] | None = None
) -> list[OutboxRow]:
    """Due rows, now ours, answers first.

    None while sending is paused. `channels`: only these (a throttled one is left out).
    """
    where = (
        "status = 'queued' AND next_try_at <= ? AND NOT EXISTS (SELECT 1 FROM flag WHERE name = 'paused') "
        "AND (NOT answer OR NOT EXISTS (SELECT 1 FROM outbox e WHERE e.contact_id = outbox.contact_id AND e.answer "
        "AND e.status IN ('queued', 'sending') AND e.id < outbox.id))"
    )
    if channels is not None:
        if not channels:
            return []
        where += f" AND channel IN ({marks(len(channels))})"
    rows = await claim(
        db,
        "outbox",
        set_to="status = 'sending', lease_owner = ?, lease_ends_at = ?, next_try_at = ?, fence = fence + 1, "
        "attempts = attempts + 1, changed_at = ?",
        where=where,
        order="answer DESC, next_try_at, id",
        limit=limit,
        args=(owner, lease_ends_at, lease_ends_at, now, now, *(channels or ())),
        returning=COLUMNS,
    )
    return [opened(db, row) for row in sorted(rows, key=lambda row: (not row["answer"], row["id"]))]


async def accepted(db: Sql, row: OutboxRow, provider_id: str, now: datetime, segments: int = 1) -> bool:
    """The provider has it. A receipt that came before this mark is kept."""
    changed = await db.execute(
        "UPDATE outbox SET provider_id = ?, segments = ?, accepted_at = COALESCE(accepted_at, ?), changed_at = ?, "
        "status = CASE WHEN status IN ('sending', 'unknown') THEN 'accepted' ELSE status END, "
        "reason = CASE WHEN status IN ('sending', 'unknown') THEN NULL ELSE reason END, "
        "lease_owner = NULL, lease_ends_at = NULL WHERE id = ? AND fence = ?",
        provider_id[:255],
        segments,
        now,
        now,
        int(row.id),
        row.fence,
    )
    return changed == 1


async def next_due(db: Sql, now: datetime) -> datetime | None:
    """When the next one that waits may leave."""
    rows = await db.fetch(
        "SELECT min(next_try_at) AS due_at FROM outbox WHERE status = 'queued' AND next_try_at > ?", now
    )
    due: datetime | None = rows[0]["due_at"]
    return due


async def retry(db: Sql, row: OutboxRow, next_try_at: datetime, reason: str, now: datetime) -> bool:
    """It was certainly not processed: queued again."""
    return await _mark(db, row, "queued", reason, now, next_try_at)


async def stays(db: Sql, row: OutboxRow, reason: str, now: datetime, until: datetime | None = None) -> bool:
    """Nothing is sent there at the moment: queued where it stood, before whatever was due later. No try is used up."""
    changed = await db.execute(
        "UPDATE outbox SET status = 'queued', reason = ?, changed_at = ?, next_try_at = COALESCE(?, due_at), "
        "attempts = attempts - 1, lease_owner = NULL, lease_ends_at = NULL "
        "WHERE id = ? AND fence = ? AND status = 'sending'",
        reason[:128],
        now,
        until,
        int(row.id),
        row.fence,
    )
    return changed == 1


async def postpone(db: Sql, row: OutboxRow, until: datetime, reason: str, now: datetime) -> bool:
    """It may not go out yet, so nothing was tried, and it is due only then: it is not late meanwhile."""
    changed = await db.execute(
        "UPDATE outbox SET status = 'queued', reason = ?, changed_at = ?, next_try_at = ?, due_at = ?, "
        "attempts = attempts - 1, lease_owner = NULL, lease_ends_at = NULL "
        "WHERE id = ? AND fence = ? AND status = 'sending'",
        reason[:128],
        now,
        until,
        until,
        int(row.id),
        row.fence,
    )
    return changed == 1


async def unknown(db: Sql, row: OutboxRow, next_try_at: datetime, reason: str, now: datetime) -> bool:
    """It may have arrived: looked up from `next_try_at` on, never sent again blindly (invariant I7)."""
    return await _mark(db, row, "unknown", reason, now, next_try_at)


async def settle(db: Sql, row: OutboxRow, status: Final, reason: str, now: datetime) -> bool:
    """It will not be sent. The reason is for `why`."""
    return await _mark(db, row, status, reason, now, None)


async def _mark(db: Sql, row: OutboxRow, status: str, reason: str, now: datetime, next_try_at: datetime | None) -> bool:
    changed = await db.execute(
        "UPDATE outbox SET status = ?, reason = ?, changed_at = ?, next_try_at = COALESCE(?, next_try_at), "
        "lease_owner = NULL, lease_ends_at = NULL WHERE id = ? AND fence = ? AND status IN ('sending', 'unknown')",
        status,
        reason[:128],
        now,
        next_try_at,
        int(row.id),
        row.fence,
    )
    return changed == 1


# ------------------------------------------------------------ what was decided elsewhere


async def emptied(tx: Sql, contact: str, kind: str) -> int:
    """What was said there of this kind, once it has left or never will."""
    return await tx.execute(
        "UPDATE outbox SET content = NULL WHERE contact_id = ? AND kind = ? AND content IS NOT NULL "
        "AND status NOT IN ('queued', 'sending', 'unknown')",
        contact,
        kind,
    )


async def suppress(
    tx: Sql,
    appointment: str,
    reason: str,
    now: datetime,
    *,
    before_version: int | None = None,
    kinds: Sequence[str] = (),
) -> int:
    """Queued notices that speak of an appointment that changed. An answer was asked for, and stays.

    `before_version`: only of older versions; `kinds`: only these.
    """
    where, args = "appointment_id = ? AND status = 'queued' AND NOT answer", [appointment]
    values: list[Any] = [reason[:128], now, *args]
    if before_version is not None:
        where += " AND appointment_version < ?"
        values.append(before_version)
    if kinds:
        where += f" AND kind IN ({marks(len(kinds))})"
        values += kinds
    return await tx.execute(
        f"UPDATE outbox SET status = 'suppressed', reason = ?, changed_at = ? WHERE {where}", *values
    )


async def hush(db: Sql, row: OutboxRow, now: datetime) -> None:
    """Only that there is a message leaves. What it is stays here until it is asked for."""
    await db.execute("UPDATE outbox SET hushed_at = ? WHERE id = ? AND fence = ?", now, int(row.id), row.fence)


async def hushed(db: Sql, person: str) -> list[OutboxRow]:
    """What was kept back from a person on any of their channels, and not read yet, in order."""
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM outbox WHERE hushed_at IS NOT NULL "
        "AND contact_id IN (SELECT c.id FROM contact c WHERE c.person_id = ?) ORDER BY id",
        person,
    )
    return [opened(db, row) for row in rows]


async def unhush(db: Sql, ids: Sequence[str]) -> None:
    """They have read it, or it is of no use any more."""
    if ids:
        await db.execute(
            f"UPDATE outbox SET hushed_at = NULL WHERE id IN ({marks(len(ids))})", *(int(id) for id in ids)
        )


async def queued(db: Sql, contact: str, since_id: str = "0") -> list[OutboxRow]:
    """What else waits for this contact, in order: a row that a newer one also says is merged into it."""
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM outbox WHERE contact_id = ? AND id > ? AND status = 'queued' ORDER BY id",
        contact,
        int(since_id),
    )
    return [opened(db, row) for row in rows]


async def figures(db: Sql, now: datetime) -> Figures:
    """What waits until morning is not late; nor is what waits for somebody to sit down at a terminal."""
    rows = await db.fetch(
        "SELECT count(*) AS pending, min(due_at) AS oldest_at, "
        f"(SELECT count(*) FROM outbox WHERE {UNSETTLED} AND status = 'unknown') AS unknown "
        "FROM outbox WHERE status = 'queued' AND due_at <= ? AND channel <> 'terminal'",
        now,
    )
    return Figures(**rows[0])


async def by_cause(db: Sql, cause: str) -> list[OutboxRow]:
    """What was written by one cause, in order; put in order here, as SQLite would look through all messages for it."""
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM outbox WHERE substr(key, 1, ?) = ? AND status = 'queued'",
        len(cause) + 1,
        f"{cause}:",
    )
    return [opened(db, row) for row in sorted(rows, key=lambda row: int(row["id"]))]


async def rewrite(tx: Tx, row: OutboxRow, content: Mapping[str, Any], contact: str | None = None) -> None:
    """Before it leaves; `contact`: it is for that one from now on."""
    await tx.execute(
        "UPDATE outbox SET content = ?, contact_id = ? WHERE id = ? AND status = 'queued'",
        tx.vault.seal("outbox.content", row.key, json.dumps(dict(content), separators=(",", ":"))),
        contact or row.contact_id,
        int(row.id),
    )


async def empty(db: Sql, contact: str, until: datetime) -> None:
    """What was said there goes, but for its row, and for what a legal hold keeps: that goes when it is lifted."""
    await db.execute(
        "UPDATE outbox SET content = NULL WHERE contact_id = ? AND created_at <= ? AND content IS NOT NULL "
        f"AND status NOT IN ('queued', 'sending', 'unknown') AND NOT {KEPT['outbox']}",
        contact,
        until,
    )


async def waits(db: Sql, contact: str, until: datetime) -> bool:
    """Whether something that was written until then is still to be sent there, or of unknown fate."""
    found = await db.fetch(
        "SELECT 1 AS one FROM outbox WHERE contact_id = ? AND created_at <= ? "
        "AND status IN ('queued', 'sending', 'unknown') LIMIT 1",
        contact,
        until,
    )
    return bool(found)


async def get(db: Sql, outbox_id: str) -> OutboxRow | None:
    rows = await db.fetch(f"SELECT {COLUMNS} FROM outbox WHERE id = ?", int(outbox_id))
    return opened(db, rows[0]) if rows else None


async def of_provider(db: Sql, contact: str, provider_id: str) -> OutboxRow | None:
    """The message to this contact that the provider calls so."""
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM outbox WHERE provider_id = ? AND contact_id = ? ORDER BY id DESC LIMIT 1",
        provider_id,
        contact,
    )
    return opened(db, rows[0]) if rows else None


async def history(
    db: Sql, *, contacts: Sequence[str] = (), appointment: str | None = None, limit: int = 200
) -> list[OutboxRow]:
    """Each message that was meant to go out, the latest first, for `why`."""
    where = [f"contact_id IN ({marks(len(contacts))})"] if contacts else []
    where += ["appointment_id = ?"] if appointment else []
    if not where:
        return []
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM outbox WHERE {' OR '.join(where)} ORDER BY id DESC LIMIT ?",
        *contacts,
        *([appointment] if appointment else []),
        limit,
    )
    return [opened(db, row) for row in rows]


def opened(db: Sql, row: Row) -> OutboxRow:
    sealed = row["content"]
    row["content"] = None if sealed is None else json.loads(db.vault.unseal("outbox.content", row["key"], sealed))
    row["id"] = str(row["id"])
    row["answer"] = bool(row["answer"])
    row["possible_duplicate"] = bool(row["possible_duplicate"])
    return OutboxRow(**row)
