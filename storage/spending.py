"""What text messages of a day cost, in segments: of those that the provider accepted, and of those that are under way.
Counted in the outbox itself, so there is no figure of its own that could be wrong.

alone(tx)                                          nobody else decides until the transaction ends
used(db, since, besides) -> segments               of all, but for one row
reserve(tx, row, segments) -> bool                 from now on they count as under way; False: somebody else has the row
is_first(db, row) -> bool                          whether nothing was ever sent to this contact
"""

from __future__ import annotations

from datetime import datetime

from storage import counters
from storage.db import Sql, Tx
from storage.outbox import OutboxRow

PAID = "sms"  # by the segment; nobody earns by having us write on the other channels


async def alone(tx: Tx) -> None:
    await counters.alone(tx, "segments")


async def used(db: Sql, since: datetime, besides: str = "0") -> int:
    rows = await db.fetch(
        "SELECT (SELECT COALESCE(SUM(segments), 0) FROM outbox WHERE channel = 'sms' AND accepted_at >= ? AND id <> ?) "
        "+ (SELECT COALESCE(SUM(segments), 0) FROM outbox WHERE status IN ('sending', 'unknown') "
        "AND channel = 'sms' AND accepted_at IS NULL AND id <> ?) AS n",
        since,
        int(besides),
        int(besides),
    )
    return int(rows[0]["n"])


async def reserve(tx: Sql, row: OutboxRow, segments: int) -> bool:
    changed = await tx.execute(
        "UPDATE outbox SET segments = ? WHERE id = ? AND fence = ? AND status = 'sending'",
        segments,
        int(row.id),
        row.fence,
    )
    return changed == 1


async def is_first(db: Sql, row: OutboxRow) -> bool:
    found = await db.fetch(
        "SELECT 1 AS one FROM outbox WHERE contact_id = ? AND id < ? AND (accepted_at IS NOT NULL OR "
        "status IN ('sending', 'unknown')) LIMIT 1",
        row.contact_id,
        int(row.id),
    )
    return not found
