"""Rows of the outbox of which nobody knows whether they went out, and those that nothing takes: to a known end.

expire_leases(db, now) -> ids                      a crash between call and mark: 'unknown'
expire_stranded(db, now, channels) -> rows         of channels that are not set up, or held; too late now
claim_unknown(…) -> rows; of_nobody_else(…) -> ids; resend(db, row, now)
                                                   resolution: outbox.accepted(), settle() or one marked resend
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.db import Sql, claim
from storage.outbox import COLUMNS, UNSETTLED, OutboxRow, opened
from storage.sql import marks


@dataclass(frozen=True, slots=True)
class Stranded:
    """A row that no channel took, and that is of no more use."""

    id: str
    channel: str
    kind: str
    answer: bool
    reason: str


async def expire_leases(db: Sql, now: datetime, reason: str = "crashed") -> list[str]:
    """Rows whose claimer was lost between its call and its mark. Whether they went out is not known."""
    rows = await db.fetch(
        "UPDATE outbox SET status = 'unknown', reason = ?, next_try_at = ?, changed_at = ?, fence = fence + 1, "
        f"lease_owner = NULL, lease_ends_at = NULL WHERE {UNSETTLED} AND status = 'sending' AND lease_ends_at <= ? "
        "RETURNING id",
        reason,
        now,
        now,
        now,
    )
    return [str(row["id"]) for row in rows]


async def expire_stranded(db: Sql, now: datetime, channels: Sequence[str]) -> list[Stranded]:
    """Queued rows of channels that nobody serves, or whose sender is held, once they are of no use: they wait until
    then, as the channel may be set up again, or the sender freed.
    """
    off = f"channel NOT IN ({marks(len(channels))})" if channels else "TRUE"
    rows = await db.fetch(
        f"UPDATE outbox SET status = 'expired', reason = CASE WHEN {off} THEN 'channel_off' ELSE 'sender_held' END, "
        f"changed_at = ? WHERE status = 'queued' AND expires_at <= ? AND ({off} OR channel IN "
        "(SELECT channel FROM sender)) RETURNING id, channel, kind, answer, reason",
        *channels,
        now,
        now,
        *channels,
    )
    return [Stranded(**(row | {"id": str(row["id"]), "answer": bool(row["answer"])})) for row in rows]


async def claim_unknown(
    db: Sql, owner: str, now: datetime, lease_ends_at: datetime, limit: int, channels: Sequence[str] | None = None
) -> list[OutboxRow]:
    """Unknown rows to be looked up now; ours until the lease ends. `channels`: only these."""
    where = f"{UNSETTLED} AND status = 'unknown' AND next_try_at <= ?"
    if channels is not None:
        if not channels:
            return []
        where += f" AND channel IN ({marks(len(channels))})"
    rows = await claim(
        db,
        "outbox",
        set_to="lease_owner = ?, lease_ends_at = ?, next_try_at = ?, fence = fence + 1, changed_at = ?",
        where=where,
        order="next_try_at, id",
        limit=limit,
        args=(owner, lease_ends_at, lease_ends_at, now, now, *(channels or ())),
        returning=COLUMNS,
    )
    return [opened(db, row) for row in sorted(rows, key=lambda row: int(row["id"]))]


async def of_nobody_else(db: Sql, row: OutboxRow, provider_ids: Sequence[str]) -> list[str]:
    """Those of a provider's ids, in their order, that no other row bears: another row's message is not this one."""
    if not provider_ids:
        return []
    rows = await db.fetch(
        f"SELECT provider_id FROM outbox WHERE provider_id IN ({marks(len(provider_ids))}) AND id <> ?",
        *provider_ids,
        int(row.id),
    )
    taken = {row["provider_id"] for row in rows}
    return [id for id in provider_ids if id not in taken]


async def resend(db: Sql, row: OutboxRow, now: datetime) -> bool:
    """The one resend of an unknown row, marked. False: it was marked before, or is no longer ours."""
    changed = await db.execute(
        "UPDATE outbox SET status = 'queued', possible_duplicate = TRUE, next_try_at = ?, changed_at = ?, "
        "lease_owner = NULL, lease_ends_at = NULL "
        "WHERE id = ? AND fence = ? AND status = 'unknown' AND NOT possible_duplicate",
        now,
        now,
        int(row.id),
        row.fence,
    )
    return changed == 1
