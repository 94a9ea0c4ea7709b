"""What became of messages, taken together: of which nobody knows that they arrived, how often a reason comes, what came
after. Questions to the outbox; its rows' own steps are in `outbox.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import outbox
from storage.db import Sql, Tx, claim
from storage.outbox import COLUMNS, UNSETTLED, OutboxRow, opened
from storage.sql import marks


@dataclass(frozen=True, slots=True)
class Waited:
    """A message of which nobody knows that it arrived, and since when it might have."""

    row: OutboxRow
    since: datetime


@dataclass(frozen=True, slots=True)
class Unheard:
    """A message that the provider has, and whose fate it has not told."""

    id: str
    channel: str
    provider_id: str
    accepted_at: datetime


async def unheard_of(
    db: Sql, now: datetime, before: datetime, reminders: Sequence[str], others: Sequence[str]
) -> list[Waited]:
    """Reminders that are of use, might have arrived before then, and of which there is no word: not sent, of unknown
    fate, or accepted where earlier messages to the same address were told to have arrived. Of the other kinds, only
    what waits for a sender that is held.
    """
    rows = await db.fetch(
        "SELECT id, COALESCE(accepted_at, due_at) AS since_at FROM outbox "
        "WHERE status IN ('queued', 'unknown', 'accepted', 'sent') AND NOT answer AND elsewhere_at IS NULL "
        "AND due_at <= ? AND (expires_at IS NULL OR expires_at > ?) "
        "AND NOT EXISTS (SELECT 1 FROM flag WHERE name = 'paused') AND ("
        f"(kind IN ({marks(len(reminders))}) AND (status IN ('queued', 'unknown') OR EXISTS "
        "(SELECT 1 FROM outbox d WHERE d.contact_id = outbox.contact_id AND d.status IN ('delivered', 'read') "
        "AND d.id < outbox.id))) OR "
        f"(kind IN ({marks(len(others))}) AND status = 'queued' AND channel IN (SELECT channel FROM sender)))",
        before,
        now,
        *reminders,
        *others,
    )
    found = [(await outbox.get(db, str(row["id"])), row["since_at"]) for row in rows]
    return [Waited(row, since) for row, since in found if row is not None]


async def elsewhere(tx: Tx, row: OutboxRow, reason: str | None, now: datetime) -> bool:
    """Said on another channel besides, or instead; without `reason`, there is none. Once: False if it was, or if a word
    has come meanwhile.
    """
    changed = await tx.execute(
        "UPDATE outbox SET elsewhere_at = ?, changed_at = ?, reason = COALESCE(?, reason), "
        "status = CASE WHEN ? AND status IN ('queued', 'unknown') THEN 'failed' ELSE status END "
        "WHERE id = ? AND status = ? AND fence = ? AND elsewhere_at IS NULL",
        now,
        now,
        reason and reason[:128],
        reason is not None,
        int(row.id),
        row.status,
        row.fence,
    )
    return changed == 1


async def take_unheard(
    db: Sql, now: datetime, first: timedelta, longest: timedelta, limit: int, channels: Sequence[str]
) -> list[Unheard]:
    """Messages that were accepted, of these channels, of which nothing final was told: since `first`, and not longer
    than `longest`. Each for this caller alone, and again after `first` unless it is put off.
    """
    if not channels:
        return []
    rows = await claim(
        db,
        "outbox",
        set_to="next_try_at = ?",
        where=f"status IN ('accepted', 'sent') AND channel IN ({marks(len(channels))}) AND provider_id IS NOT NULL "
        "AND next_try_at > ? AND next_try_at <= ? AND accepted_at > ?",
        order="next_try_at, id",
        limit=limit,
        args=(now, *channels, now - longest, now - first, now - longest),
        returning="id, channel, provider_id, accepted_at",
    )
    return [Unheard(**(row | {"id": str(row["id"])})) for row in rows]


async def ask_later(db: Sql, outbox_id: str, at: datetime) -> None:
    await db.execute(
        "UPDATE outbox SET next_try_at = ? WHERE id = ? AND status IN ('accepted', 'sent')", at, int(outbox_id)
    )


async def share_of(db: Sql, channel: str, reason: str, since: datetime) -> tuple[int, int]:
    """How many of a channel's messages since then failed for this reason; and how many were accepted at all."""
    rows = await db.fetch(
        "SELECT count(*) AS n, sum(CASE WHEN status = 'failed' AND reason = ? THEN 1 ELSE 0 END) AS failed "
        "FROM outbox WHERE channel = ? AND changed_at >= ? AND provider_id IS NOT NULL",
        reason,
        channel,
        since,
    )
    return int(rows[0]["failed"] or 0), int(rows[0]["n"])


async def chats_that_wait(db: Sql, row: OutboxRow, reason: str, now: datetime) -> int:
    """How many others of this channel wait for this same reason."""
    rows = await db.fetch(
        "SELECT count(DISTINCT contact_id) AS n FROM outbox "
        "WHERE status = 'queued' AND channel = ? AND reason = ? AND next_try_at > ? AND contact_id <> ?",
        row.channel,
        reason,
        now,
        row.contact_id,
    )
    return int(rows[0]["n"])


async def later_answer(db: Sql, row: OutboxRow) -> bool:
    """Whether this contact was answered once more since."""
    rows = await db.fetch(
        "SELECT 1 AS one FROM outbox WHERE contact_id = ? AND answer AND id > ? LIMIT 1", row.contact_id, int(row.id)
    )
    return bool(rows)


async def unasked(db: Sql, row: OutboxRow, contacts: Sequence[str], since: datetime) -> int:
    """Messages before this one that nobody asked for, sent since then or under way: the daily cap counts them.

    Of two that leave side by side only the later one counts the other, so one of them goes.
    """
    rows = await db.fetch(
        f"SELECT count(*) AS n FROM outbox WHERE contact_id IN ({marks(len(contacts))}) AND NOT answer AND id <> ? AND "
        "(accepted_at >= ? OR (accepted_at IS NULL AND status IN ('sending', 'unknown') AND id < ?))",
        *contacts,
        int(row.id),
        since,
        int(row.id),
    )
    return int(rows[0]["n"])


async def reminded(db: Sql, contacts: Sequence[str], since: datetime) -> list[tuple[str, datetime]]:
    """Of which appointments these contacts were reminded, and when last; the latest first."""
    rows = await db.fetch(
        f"SELECT {COLUMNS}, accepted_at FROM outbox WHERE contact_id IN ({marks(len(contacts))}) "
        "AND NOT answer AND kind IN ('reminder', 'soon') AND accepted_at >= ? AND appointment_id IS NOT NULL "
        "ORDER BY accepted_at DESC, id DESC",
        *contacts,
        since,
    )
    said: dict[str, datetime] = {}
    for row in rows:
        at = row.pop("accepted_at")
        told = opened(db, row)
        for id in told.of or (str(told.appointment_id),):
            said.setdefault(id, at)
    return list(said.items())


async def overdue(db: Sql, before: datetime, now: datetime, kinds: Sequence[str]) -> list[OutboxRow]:
    """Rows of these kinds that might have left before then, and of which nobody knows that they did.

    Each is given once: `alarmed_at` remembers (invariant I8).
    """
    rows = await db.fetch(
        "UPDATE outbox SET alarmed_at = ? WHERE id IN (SELECT id FROM outbox WHERE status = 'queued' AND due_at <= ? "
        f"UNION ALL SELECT id FROM outbox WHERE {UNSETTLED} AND due_at <= ?) "
        "AND alarmed_at IS NULL AND NOT EXISTS (SELECT 1 FROM flag WHERE name = 'paused') "
        f"AND (kind IN ({marks(len(kinds))}) OR (answer AND appointment_id IS NOT NULL)) RETURNING {COLUMNS}",
        now,
        before,
        before,
        *kinds,
    )
    return [opened(db, row) for row in rows]


async def contacts_of(db: Sql, keys: Sequence[str]) -> set[str]:
    """To whom the rows of these keys were written."""
    rows = await db.fetch(f"SELECT contact_id FROM outbox WHERE key IN ({marks(len(keys))})", *keys)
    return {row["contact_id"] for row in rows}


async def not_arrived(db: Sql, since: datetime, limit: int) -> list[OutboxRow]:
    """Messages that failed, of which nobody knows, or that came too late to be sent; the latest change first."""
    return await _rows(
        db,
        "status IN ('failed', 'unknown', 'expired') AND changed_at > ? ORDER BY changed_at DESC, id DESC LIMIT ?",
        since,
        limit,
    )


async def delayed(db: Sql, before: datetime, limit: int) -> list[OutboxRow]:
    """Messages that might have gone by then and have not; the oldest first."""
    return await _rows(
        db, "status IN ('queued', 'sending') AND next_try_at < ? ORDER BY next_try_at, id LIMIT ?", before, limit
    )


async def _rows(db: Sql, where: str, *args: object) -> list[OutboxRow]:
    return [opened(db, row) for row in await db.fetch(f"SELECT {COLUMNS} FROM outbox WHERE {where}", *args)]
