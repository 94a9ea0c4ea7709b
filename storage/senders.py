"""Senders that are held: by channel, for all processes. No row means that a channel sends freely.

    hold(db, channel, reason, now, stopped=, told=, after=) -> True if that is new    a call of ours was answered so
    held(db) -> {channel: Held}
    take_probe(db, channel, now, lease_ends_at, …) -> bool   whether it is our turn to try one message
    not_yet(db, channel, reason, now, most, after)           the probe was answered like that, too: the next one later
    give_back(db, channel, now)                              nothing was called after all
    calm(db, channel, now, since) -> bool                    nothing was tried since then; said once
    release(db, channel) -> bool; delivered(db, channel, outbox_id) -> bool     a probe was accepted, or arrived
    release_all(db) -> channels                              an operator has mended what it was

The turn is taken before the call and for a time, so a process that dies with it only costs a wait (invariant I14).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from storage.db import Sql

FIRST: Final = timedelta(seconds=1)  # from the failure to the first probe: at most one a second (fault F5)


@dataclass(frozen=True, slots=True)
class Held:
    """`stopped`: until somebody mends our side. `probe_at`: when one message may be tried. `wait`: seconds before the
    last try; 1: none was made yet.
    """

    channel: str
    reason: str
    stopped: bool
    since_at: datetime
    probe_at: datetime
    wait: int

    @property
    def storm(self) -> bool:
        """More than one call failed."""
        return self.wait > 1


async def held(db: Sql) -> dict[str, Held]:
    rows = await db.fetch("SELECT channel, reason, stopped, since_at, probe_at, wait FROM sender")
    return {row["channel"]: Held(**(row | {"stopped": bool(row["stopped"])})) for row in rows}


async def hold(
    db: Sql,
    channel: str,
    reason: str,
    now: datetime,
    *,
    stopped: bool,
    told: bool = False,
    after: timedelta | None = None,
) -> bool:
    """True: it was free until now, or only slow and is stopped from now on. Calls that were under way together and are
    answered alike change nothing more, but for a longer wait that is asked for.
    """
    until = now + max(after or FIRST, FIRST)
    made = await db.execute(
        "INSERT INTO sender (channel, reason, stopped, told, since_at, probe_at, wait) VALUES (?, ?, ?, ?, ?, ?, 1) "
        "ON CONFLICT (channel) DO NOTHING",
        channel,
        reason[:128],
        stopped,
        told,
        now,
        until,
    )
    if made:
        return True
    if after is not None:
        await db.execute("UPDATE sender SET probe_at = ? WHERE channel = ? AND probe_at < ?", until, channel, until)
    if not stopped:
        return False
    changed = await db.execute(
        "UPDATE sender SET stopped = TRUE, told = ?, reason = ?, since_at = ? WHERE channel = ? AND NOT stopped",
        told,
        reason[:128],
        now,
        channel,
    )
    return changed == 1


async def take_probe(db: Sql, channel: str, now: datetime, lease_ends_at: datetime, *, unknown: bool = False) -> bool:
    """One process's, and only where something waits. `unknown`: or something of unknown fate."""
    waits = "status IN ('queued', 'unknown')" if unknown else "status = 'queued'"
    changed = await db.execute(
        "UPDATE sender SET probe_at = ? WHERE channel = ? AND probe_at <= ? AND EXISTS "
        f"(SELECT 1 FROM outbox WHERE {waits} AND channel = ? AND next_try_at <= ?)",
        lease_ends_at,
        channel,
        now,
        channel,
        now,
    )
    return changed == 1


async def not_yet(
    db: Sql, channel: str, reason: str | None, now: datetime, most: timedelta, after: timedelta | None = None
) -> None:
    """Each wait is twice the one before, `most` at most; or as long as the provider asks for."""
    rows = await db.fetch("SELECT wait FROM sender WHERE channel = ?", channel)
    if not rows:
        return
    wait = min(2 * int(rows[0]["wait"]), int(most.total_seconds()))
    await db.execute(
        "UPDATE sender SET reason = COALESCE(?, reason), wait = ?, probe_at = ? WHERE channel = ?",
        reason and reason[:128],
        wait,
        now + max(timedelta(seconds=wait), after or FIRST),
        channel,
    )


async def give_back(db: Sql, channel: str, now: datetime) -> None:
    await db.execute("UPDATE sender SET probe_at = ? WHERE channel = ? AND probe_at > ?", now, channel, now)


async def calm(db: Sql, channel: str, now: datetime, since: datetime) -> bool:
    """Whether no try was due since then, as nothing waited that could be one. Whoever is told so makes one now."""
    changed = await db.execute(
        "UPDATE sender SET probe_at = ? WHERE channel = ? AND probe_at <= ?", now, channel, since
    )
    return changed == 1


async def release(db: Sql, channel: str) -> bool:
    """A probe was accepted. False: it is free already, or accepted means nothing there and only `delivered` does."""
    return await db.execute("DELETE FROM sender WHERE channel = ? AND NOT told", channel) == 1


async def delivered(db: Sql, channel: str, outbox_id: str) -> bool:
    """A message got through that left after delivery states had the sender held, not before. Of a sender that is held
    for how calls are answered it says nothing: they may be lost though each message arrives.
    """
    changed = await db.execute(
        "DELETE FROM sender WHERE channel = ? AND told AND since_at < (SELECT accepted_at FROM outbox WHERE id = ?)",
        channel,
        int(outbox_id),
    )
    return changed == 1


async def release_all(db: Sql) -> list[str]:
    """Whoever mended them says so. Which channels they were."""
    return sorted(row["channel"] for row in await db.fetch("DELETE FROM sender RETURNING channel"))
