"""Copies of messages that lie at their provider, and their end there: 48 hours after we handled them (safety G20), and
at once when somebody is erased (G6). A row of `provider_copy` says what is to be done, so whoever dies takes nothing
along; a second time does no harm.

collect(db, channel, until, now, limit) -> count           handled and final until then: to be emptied
of_contacts(tx, contacts, now, erasure)                    all of theirs: to be deleted
of_appointments(tx, appointments, now, erasure)            what was said of them to others: emptied
of_other(tx, contact, until, now, erasure)                 what was said there, as far as its words are kept: emptied
due(db, channel, ref, act, at, erasure)                    one of them
take_due(db, now, until, limit, channels) -> copies        for the caller alone until then; counted as tried at once
gone(db, copy); later(db, copy, error, at); waiting(db) -> by channel; left(db, erasure) -> count

A message of unknown fate is never emptied: it is looked up by its words. What a legal hold keeps stays there, too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from storage.db import Database, Sql, Tx, claim
from storage.holds import KEPT
from storage.sql import Row, marks

Act: TypeAlias = Literal["empty", "delete", "find"]
TEXTED: Final = ("sms", "whatsapp")  # whose provider keeps a log, with ids of its own for each message
UNSURE: Final = timedelta(minutes=15)  # longer than a message is being sent for, and than its provider's log lags
_FINAL: Final = "status NOT IN ('queued', 'sending', 'unknown')"


@dataclass(frozen=True, slots=True)
class Copy:
    """`ref`: a provider's id; `chat:id` on Telegram; of one to be found, JSON with `to` and `since`."""

    id: str
    channel: str
    ref: str
    act: Act
    erasure: int | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """`oldest_at`: since when one should be gone."""

    count: int
    oldest_at: datetime


async def collect(db: Database, channel: str, until: datetime, now: datetime, limit: int) -> int:
    """At most `limit` of what came in, and of what went out."""
    async with db.transaction() as tx:
        came = await claim(
            tx,
            "inbox",
            set_to="copy_at = ?",
            where="channel = ? AND copy_at IS NULL AND kind = 'message' AND status <> 'new' AND settled_at <= ? "
            f"AND NOT {KEPT['inbox']}",
            order="settled_at",
            limit=limit,
            args=(now, channel, until),
            returning="external_id AS ref",
        )
        went = await claim(
            tx,
            "outbox",
            set_to="copy_at = ?",
            where="channel = ? AND copy_at IS NULL AND provider_id IS NOT NULL "
            f"AND COALESCE(accepted_at, changed_at) <= ? AND {_FINAL} AND NOT {KEPT['outbox']}",
            order="COALESCE(accepted_at, changed_at)",
            limit=limit,
            args=(now, channel, until),
            returning="provider_id AS ref",
        )
        for row in (*came, *went):
            await due(tx, channel, row["ref"], "empty", now)
    return len(came) + len(went)


async def of_contacts(tx: Tx, contacts: Sequence[tuple[str, str]], now: datetime, erasure: int | None = None) -> None:
    """`contacts`: their ids, each with its address. Before their rows go. What is being sent at this moment, or of
    unknown fate, has no id yet: it is looked for by its address."""
    for contact, address in contacts:
        for channel in TEXTED:
            for ref in await _refs(tx, contact, channel):
                await due(tx, channel, ref, "delete", now, erasure)
            rows = await tx.fetch(
                "SELECT min(created_at) AS since_at FROM outbox WHERE contact_id = ? AND channel = ? "
                "AND status IN ('sending', 'unknown')",
                contact,
                channel,
            )
            if (since := rows[0]["since_at"]) is not None:
                await look_for(tx, channel, address, since, now, erasure)


async def _refs(tx: Tx, contact: str, channel: str) -> list[str]:
    rows = await tx.fetch(
        "SELECT external_id AS ref FROM inbox WHERE contact_id = ? AND channel = ? AND kind = 'message' UNION "
        "SELECT provider_id AS ref FROM outbox WHERE contact_id = ? AND channel = ? AND provider_id IS NOT NULL",
        contact,
        channel,
        contact,
        channel,
    )
    return sorted(row["ref"] for row in rows)


async def of_appointments(
    tx: Tx, appointments: Sequence[str], now: datetime, erasure: int | None = None
) -> dict[str, datetime]:
    """What was said of them to whomever, which is emptied; deleted what went to their number and is at no account of
    theirs (`handlers/unjoined.py`). Before their rows go. Since when something of it is being
    sent, or of unknown fate, by contact."""
    if not appointments:
        return {}
    rows = await tx.fetch(
        "SELECT o.channel, o.contact_id, o.status, o.provider_id, o.created_at, "
        "CASE WHEN c.person_id IS NULL AND c.worker_id IS NULL THEN 1 ELSE 0 END AS theirs "
        "FROM outbox o LEFT JOIN contact c ON c.id = o.contact_id "
        f"WHERE o.appointment_id IN ({marks(len(appointments))}) AND o.channel IN ({marks(len(TEXTED))}) ORDER BY o.id",
        *appointments,
        *TEXTED,
    )
    unsure: dict[str, datetime] = {}
    for row in rows:
        if row["provider_id"] is not None:
            await due(tx, row["channel"], row["provider_id"], "delete" if row["theirs"] else "empty", now, erasure)
        elif row["status"] in {"sending", "unknown"}:
            unsure.setdefault(row["contact_id"], row["created_at"])
    return unsure


async def look_for(
    tx: Tx, channel: str, address: str, since: datetime, now: datetime, erasure: int | None = None
) -> None:
    """What went to an address since then, and has no id here: once it has certainly arrived there."""
    what = json.dumps({"to": address, "since": since.isoformat()})
    await due(tx, channel, what, "find", now + UNSURE, erasure)


async def of_chat(tx: Tx, contact: str, since: datetime) -> list[str]:
    """Ids of what we wrote to a contact since then."""
    rows = await tx.fetch(
        "SELECT provider_id FROM outbox WHERE contact_id = ? AND accepted_at >= ? AND provider_id IS NOT NULL "
        "ORDER BY id",
        contact,
        since,
    )
    return [row["provider_id"] for row in rows]


async def of_other(tx: Tx, contact: str, until: datetime, now: datetime, erasure: int | None = None) -> None:
    """Before the words go that are kept here of what somebody else read and wrote until then."""
    for table, ref, words, at in (
        ("inbox", "external_id", "body IS NOT NULL AND kind = 'message' AND status <> 'new'", "received_at"),
        ("outbox", "provider_id", f"content IS NOT NULL AND provider_id IS NOT NULL AND {_FINAL}", "created_at"),
    ):
        rows = await tx.fetch(
            f"UPDATE {table} SET copy_at = ? WHERE contact_id = ? AND {at} <= ? AND copy_at IS NULL AND {words} "
            f"AND NOT {KEPT[table]} AND channel IN ({marks(len(TEXTED))}) RETURNING channel, {ref} AS ref",
            now,
            contact,
            until,
            *TEXTED,
        )
        for row in rows:
            await due(tx, row["channel"], row["ref"], "empty", now, erasure)


async def due(db: Sql, channel: str, ref: str, act: Act, at: datetime, erasure: int | None = None) -> None:
    """Once for each message; what is to be deleted is not only emptied."""
    id = db.vault.index(f"copy:{channel}", f"{act == 'find'}:{ref}").hex()
    await db.execute(
        "INSERT INTO provider_copy (id, channel, ref, act, erasure_id, due_at, next_try_at, attempts) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (id) DO UPDATE SET "
        "act = CASE WHEN excluded.act = 'delete' THEN excluded.act ELSE provider_copy.act END, "
        "erasure_id = COALESCE(excluded.erasure_id, provider_copy.erasure_id), next_try_at = excluded.next_try_at",
        id,
        channel,
        db.vault.seal("provider_copy.ref", id, ref),
        act,
        erasure,
        at,
        at,
    )


# ------------------------------------------------------------ their end


async def take_due(db: Sql, now: datetime, until: datetime, limit: int, channels: Sequence[str]) -> list[Copy]:
    if not channels:
        return []
    rows = await claim(
        db,
        "provider_copy",
        set_to="attempts = attempts + 1, next_try_at = ?",
        where=f"next_try_at <= ? AND channel IN ({marks(len(channels))})",
        order="next_try_at, id",
        limit=limit,
        args=(until, now, *channels),
        returning="id, channel, ref, act, erasure_id AS erasure, attempts",
    )
    return [_open(db, row) for row in rows]


async def gone(db: Sql, copy: Copy) -> None:
    """Unless more is to be done with it by now: emptied, and then to be deleted."""
    await db.execute("DELETE FROM provider_copy WHERE id = ? AND act = ?", copy.id, copy.act)


async def later(db: Sql, copy: Copy, error: str, at: datetime) -> None:
    await db.execute("UPDATE provider_copy SET next_try_at = ?, last_error = ? WHERE id = ?", at, error[:128], copy.id)


async def waiting(db: Sql) -> dict[str, Waiting]:
    rows = await db.fetch(
        "SELECT channel, count(*) AS n, min(due_at) AS oldest_at FROM provider_copy GROUP BY channel ORDER BY channel"
    )
    return {row["channel"]: Waiting(int(row["n"]), row["oldest_at"]) for row in rows}


async def left(db: Sql, erasure: int) -> int:
    """What of somebody who is erased still lies at providers."""
    rows = await db.fetch("SELECT count(*) AS n FROM provider_copy WHERE erasure_id = ?", erasure)
    return int(rows[0]["n"])


async def unknown_to_us(db: Sql, refs: Sequence[str]) -> list[str]:
    """Those that no message of ours bears."""
    if not refs:
        return []
    rows = await db.fetch(f"SELECT provider_id FROM outbox WHERE provider_id IN ({marks(len(refs))})", *refs)
    ours = {row["provider_id"] for row in rows}
    return [ref for ref in refs if ref not in ours]


def _open(db: Sql, row: Row) -> Copy:
    return Copy(**{**row, "ref": db.vault.read("provider_copy.ref", row["id"], row["ref"])})
