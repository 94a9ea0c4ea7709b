"""What the API answered, by the caller's Idempotency-Key: the same request again does nothing, and is answered alike.

claim(tx, key, fingerprint, now) -> Answered | None      None: it is new, and this transaction does it
keep(tx, key, status, body); forget(tx, key)             in the same transaction as the deed

Of two at once the second waits at the unique key until the first one's transaction ends, and then reads its answer; so
none is ever 'under way'. What was rolled back was never claimed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from storage.db import Tx


@dataclass(frozen=True, slots=True)
class Answered:
    """`fingerprint`: of the request that it was the answer to."""

    fingerprint: str
    status: int
    body: str


def digest(*parts: str | bytes) -> str:
    """64 hexadecimal digits. Each part counts for itself: what is cut elsewhere is something else."""
    made = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        made.update(len(raw).to_bytes(8, "big") + raw)
    return made.hexdigest()


async def claim(tx: Tx, key: str, fingerprint: str, now: datetime) -> Answered | None:
    made = await tx.fetch(
        "INSERT INTO api_answer (id, fingerprint, status, made_at) VALUES (?, ?, 0, ?) ON CONFLICT (id) DO NOTHING "
        "RETURNING id",
        key,
        fingerprint,
        now,
    )
    if made:
        return None
    (row,) = await tx.fetch("SELECT fingerprint, status, body FROM api_answer WHERE id = ?", key)
    return Answered(row["fingerprint"], row["status"], tx.vault.read_if("api_answer.body", key, row["body"]) or "")


async def keep(tx: Tx, key: str, status: int, body: str) -> None:
    sealed = tx.vault.seal("api_answer.body", key, body)
    await tx.execute("UPDATE api_answer SET status = ?, body = ? WHERE id = ?", status, sealed, key)


async def forget(tx: Tx, key: str) -> None:
    await tx.execute("DELETE FROM api_answer WHERE id = ?", key)
