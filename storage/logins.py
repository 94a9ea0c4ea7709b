"""Tries to log in, counted by name before anything is compared, where Redis cannot forget them (invariant I9).

    until = await try_once(tx, name, now)        None: go on. Else nothing may be compared before this instant
    await forget(tx, name)                       they are in: the count begins again

The name need not be anybody's: a row is kept, and the wait is the same, for those who do not exist (invariant I12). The
row is locked by its first statement, so of many tries at once each is counted before the next is judged. It fails
closed: without a database nobody logs in.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from storage.db import Tx

FREE: Final = 5  # tries before the first wait
WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15))
FORGOTTEN: Final = timedelta(days=1)  # after the last try


async def try_once(tx: Tx, name: str, now: datetime) -> datetime | None:
    """Who must wait is not counted: hammering does not lengthen the wait."""
    key = _key(tx, name)
    rows = await tx.fetch(
        "INSERT INTO login (key, tries, tried_at, free_at) VALUES (?, 0, ?, ?) "
        "ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING tries, tried_at, free_at",
        key,
        now,
        now,
    )
    row = rows[0]
    if row["free_at"] > now:
        free_at: datetime = row["free_at"]
        return free_at
    tries = 1 if now - row["tried_at"] >= FORGOTTEN else row["tries"] + 1
    await tx.execute(
        "UPDATE login SET tries = ?, tried_at = ?, free_at = ? WHERE key = ?", tries, now, now + wait(tries), key
    )
    return None


def wait(tries: int) -> timedelta:
    """Between this try and the next."""
    return timedelta() if tries < FREE else WAITS[min(tries - FREE, len(WAITS) - 1)]


async def forget(tx: Tx, name: str) -> None:
    await tx.execute("DELETE FROM login WHERE key = ?", _key(tx, name))


async def lately(tx: Tx, since: datetime, most: int) -> int:
    """Names that were tried since then and are not in, counted no further than `most`."""
    rows = await tx.fetch(
        "SELECT count(*) AS n FROM (SELECT 1 AS one FROM login WHERE tried_at > ? LIMIT ?) AS recent", since, most
    )
    return int(rows[0]["n"])


def _key(tx: Tx, name: str) -> str:
    return tx.vault.index("login", name).hex()
