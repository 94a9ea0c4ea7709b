"""What a provider tells of a message that it has: a row of the outbox rises by it, never falls (invariant I13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.db import Sql
from storage.outbox import RANKS

Told = Literal["accepted", "sent", "delivered", "read", "failed"]

_RANK = f"CASE status {' '.join(f'WHEN {status!r} THEN {rank}' for status, rank in RANKS.items())} END"


@dataclass(frozen=True, slots=True)
class Risen:
    """A row that a receipt has raised."""

    id: str
    contact_id: str
    channel: str
    kind: str
    answer: bool
    status: str


async def receipt(
    db: Sql, status: Told, now: datetime, *, outbox_id: str | None, provider_id: str, error: str | None = None
) -> Risen | None:
    """What a provider says became of a row, by our id, else by theirs.

    None: no such row, or it stands as high already.
    """
    if outbox_id is not None and outbox_id.isascii() and outbox_id.isdecimal() and len(outbox_id) <= 18:
        match, by = (
            # Of one that was sent twice, the other copy may tell that it arrived; not that it did not.
            "id = ? AND (provider_id IS NULL OR provider_id = ? OR (possible_duplicate AND ? <> 'failed'))",
            [int(outbox_id), provider_id, status],
        )
    else:
        match, by = "provider_id = ?", [provider_id]
    rows = await db.fetch(
        "UPDATE outbox SET status = ?, reason = ?, changed_at = ?, provider_id = COALESCE(provider_id, ?), "
        "accepted_at = CASE WHEN ? = 'failed' THEN accepted_at ELSE COALESCE(accepted_at, ?) END "
        f"WHERE {match} AND {_RANK} < ? RETURNING id, contact_id, channel, kind, answer, status",
        status,
        error[:128] if error else None,
        now,
        provider_id[:255],
        status,
        now,
        *by,
        RANKS[status],
    )
    if not rows:
        return None
    return Risen(**(rows[0] | {"id": str(rows[0]["id"]), "answer": bool(rows[0]["answer"])}))


async def taken_back(db: Sql, outbox_id: str, provider_id: str, now: datetime) -> int:
    """A state names the row that a provider's message is of. Who was given that message by the provider's log, for its
    equal words, has lost it again: of unknown fate as before.
    """
    if not (outbox_id.isascii() and outbox_id.isdecimal() and len(outbox_id) <= 18):
        return 0
    return await db.execute(
        "UPDATE outbox SET status = 'unknown', reason = 'taken_back', provider_id = NULL, accepted_at = NULL, "
        "next_try_at = ?, changed_at = ? WHERE provider_id = ? AND id <> ? AND status = 'accepted'",
        now,
        now,
        provider_id,
        int(outbox_id),
    )
