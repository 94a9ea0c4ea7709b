"""The inbox: what happened to a talk, in order of arrival, each once for ever.

accept(db, arrival, now, new_id, …) -> contact id, or None for a repeat      a webhook's one transaction
add_news(tx, key, contact, event, data, now) -> bool                         what is not said by the person
seen(db, channel, ids) -> set of ids                                         those of them that came before
next_row(tx, contact) -> InboxRow | None           the oldest unread, under the contact's lock
read_before(tx, contact, row, limit) -> bodies     of the messages that they sent before, as long as they are kept
done(tx, row, now, reason)                         in the turn's transaction
heard_since(tx, row, since, most); told_since(…)   how much of a contact's was heard before this row: a flood is not
crowded(db, …) -> bool                             so much waits that what comes is to come again later
failed(db, row, error) -> Failures                 counted apart, as the turn was rolled back
park(db, row, reason, now); parked(db, limit); retry(db, row); figures(db)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from storage import contacts
from storage.db import Database, Sql, Tx
from storage.holds import KEPT
from storage.sql import marks

KEY_LENGTH = 255

# How a message of a flood was done without a turn: and they were told so; or told a moment ago.
Unheard: TypeAlias = Literal["flood: told", "flood"]
TOLD: Final[Unheard] = "flood: told"
UNHEARD: Final[Unheard] = "flood"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as its provider gave it, unopened. `parked`: the reason why no turn will look at it."""

    channel: str
    address: str
    external_id: str
    body: bytes
    sent_at: datetime | None = None
    parked: str | None = None
    alias: str | None = None  # the same person's other address on this channel


@dataclass(frozen=True, slots=True)
class InboxRow:
    """`body` is the message's bytes; for news, `event` and `data` are read instead."""

    id: int
    key: str
    contact_id: str
    channel: str
    external_id: str
    kind: Literal["message", "news"]
    body: bytes
    received_at: datetime
    sent_at: datetime | None
    attempts: int

    @property
    def news(self) -> tuple[str, dict[str, Any]]:
        told = json.loads(self.body)
        return told["event"], told["data"]


@dataclass(frozen=True, slots=True)
class Failures:
    """How often this row failed; `alike`, how often in a row with the same error."""

    attempts: int
    alike: int


@dataclass(frozen=True, slots=True)
class Parked:
    """A row that waits for a human. Without its body: ids and reasons only."""

    id: int
    contact_id: str
    channel: str
    kind: str
    received_at: datetime
    attempts: int
    reason: str | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    unread: int
    oldest_at: datetime | None
    parked: int


async def accept(
    db: Database, arrival: Arrival, now: datetime, new_id: Callable[[], str], *, lang: str, time_zone: str
) -> str | None:
    """Stores a message and its contact, committed when it returns. None: it was seen before, and nothing happens."""
    key = _key(arrival.channel, arrival.external_id)
    async with db.transaction() as tx:
        seen = "INSERT INTO ledger (key, seen_at) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING key"
        if not await tx.fetch(seen, key, now):
            return None
        contact = await contacts.make(tx, arrival.channel, arrival.address, now, new_id, lang, time_zone, arrival.alias)
        if not await contacts.pin(tx, contact):  # its person was erased at this moment: whoever writes is new to us
            contact = await contacts.make(
                tx, arrival.channel, arrival.address, now, new_id, lang, time_zone, arrival.alias
            )
        await tx.execute(
            "INSERT INTO inbox (key, contact_id, channel, external_id, kind, body, received_at, sent_at, status, "
            "reason, settled_at, attempts, alike) VALUES (?, ?, ?, ?, 'message', ?, ?, ?, ?, ?, ?, 0, 0)",
            key,
            contact,
            arrival.channel,
            arrival.external_id[:KEY_LENGTH],
            tx.vault.seal("inbox.body", key, arrival.body),
            now,
            arrival.sent_at,
            "parked" if arrival.parked else "new",
            arrival.parked,
            now if arrival.parked else None,
        )
    return contact


async def seen(db: Sql, channel: str, external_ids: Sequence[str]) -> set[str]:
    """Those of a provider's ids that came before, by whichever way."""
    if not external_ids:
        return set()
    keys = {_key(channel, one): one for one in external_ids}
    rows = await db.fetch(f"SELECT key FROM ledger WHERE key IN ({marks(len(keys))})", *keys)
    return {keys[row["key"]] for row in rows}


async def oldest_unread(db: Sql, channels: Sequence[str]) -> datetime | None:
    """Since when the oldest message or news of these channels' talks waits to be taken up."""
    rows = await db.fetch(
        "SELECT min(inbox.received_at) AS oldest_at FROM inbox JOIN contact ON contact.id = inbox.contact_id "
        f"WHERE inbox.status = 'new' AND contact.channel IN ({marks(len(channels))})",
        *channels,
    )
    oldest: datetime | None = rows[0]["oldest_at"]
    return oldest


async def add_news(tx: Tx, key: str, contact: str, event: str, data: Mapping[str, Any], now: datetime) -> bool:
    """News for a contact's talk. `key` is the cause and a number: told twice, it is one row. False: it was there."""
    key = _key("news", key)
    rows = await tx.fetch(
        "INSERT INTO inbox (key, contact_id, channel, external_id, kind, body, received_at, status, attempts, alike) "
        "VALUES (?, ?, 'news', ?, 'news', ?, ?, 'new', 0, 0) ON CONFLICT (key) DO NOTHING RETURNING id",
        key,
        contact,
        key,
        tx.vault.seal("inbox.body", key, json.dumps({"event": event, "data": dict(data)})),
        now,
    )
    return bool(rows)


async def next_row(tx: Sql, contact: str) -> InboxRow | None:
    rows = await tx.fetch(
        "SELECT id, key, contact_id, channel, external_id, kind, body, received_at, sent_at, attempts FROM inbox "
        "WHERE contact_id = ? AND status = 'new' ORDER BY id LIMIT 1",
        contact,
    )
    if not rows:
        return None
    row = rows[0]
    row["body"] = tx.vault.unseal("inbox.body", row["key"], row["body"])
    return InboxRow(**row)


async def read_before(tx: Sql, contact: str, row: int, limit: int) -> list[bytes]:
    """Newest first."""
    rows = await tx.fetch(
        "SELECT key, body FROM inbox WHERE contact_id = ? AND id < ? AND kind = 'message' AND status = 'done' "
        "AND body IS NOT NULL ORDER BY id DESC LIMIT ?",
        contact,
        row,
        limit,
    )
    return [tx.vault.unseal("inbox.body", each["key"], each["body"]) for each in rows]


async def bodies_since(tx: Sql, contact: str, since: datetime) -> list[bytes]:
    """Of the messages that came by a contact since then, read or not, as long as they are kept."""
    rows = await tx.fetch(
        "SELECT key, body FROM inbox WHERE contact_id = ? AND received_at >= ? AND kind = 'message' "
        "AND body IS NOT NULL ORDER BY id",
        contact,
        since,
    )
    return [tx.vault.unseal("inbox.body", each["key"], each["body"]) for each in rows]


async def news_of(tx: Sql, row: int) -> tuple[str, dict[str, Any]] | None:
    """What a row told, as long as it is kept; None for a message, or what is gone."""
    rows = await tx.fetch("SELECT key, body FROM inbox WHERE id = ? AND kind = 'news' AND body IS NOT NULL", row)
    if not rows:
        return None
    told = json.loads(tx.vault.unseal("inbox.body", rows[0]["key"], rows[0]["body"]))
    return told["event"], told["data"]


async def empty(db: Sql, contact: str, until: datetime) -> None:
    """What was read there goes, but for its row, and for what a legal hold keeps: that goes when it is lifted."""
    await db.execute(
        "UPDATE inbox SET body = NULL WHERE contact_id = ? AND status <> 'new' AND received_at <= ? "
        f"AND body IS NOT NULL AND NOT {KEPT['inbox']}",
        contact,
        until,
    )


async def unread(db: Sql, of: Sequence[str]) -> bool:
    """Whether something of these contacts waits for its turn."""
    found = await db.fetch(
        f"SELECT 1 AS one FROM inbox WHERE contact_id IN ({marks(len(of)) or 'NULL'}) AND status = 'new' LIMIT 1", *of
    )
    return bool(found)


async def came(db: Sql, contact: str) -> bool:
    """Whether somebody wrote there."""
    found = await db.fetch("SELECT 1 AS one FROM inbox WHERE contact_id = ? AND kind = 'message' LIMIT 1", contact)
    return bool(found)


async def hand_on(tx: Tx, row: int, contact: str) -> None:
    """Another contact reads it."""
    await tx.execute("UPDATE inbox SET contact_id = ? WHERE id = ? AND status = 'new'", contact, row)


async def done(tx: Tx, row: int, now: datetime, reason: Unheard | None = None) -> None:
    changed = await tx.execute(
        "UPDATE inbox SET status = 'done', settled_at = ?, reason = ? WHERE id = ? AND status = 'new'", now, reason, row
    )
    if changed != 1:
        raise LookupError(f"inbox row {row} was settled meanwhile: it must be taken under its contact's lock")


async def heard_since(tx: Sql, row: InboxRow, since: datetime, most: int) -> bool:
    """Whether as many messages of the contact, or more, were sent after that and heard before this one. One row is
    read, however many there are.
    """
    rows = await tx.fetch(
        "SELECT COALESCE(sent_at, received_at) AS sent_at FROM inbox WHERE contact_id = ? AND id < ? "
        "AND status = 'done' AND kind = 'message' AND reason IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?",
        row.contact_id,
        row.id,
        most - 1,
    )
    return bool(rows) and rows[0]["sent_at"] > since


async def told_since(tx: Sql, row: InboxRow, since: datetime) -> bool:
    """Whether they were told since that not all was heard."""
    rows = await tx.fetch(
        "SELECT COALESCE(sent_at, received_at) AS sent_at FROM inbox WHERE contact_id = ? AND id < ? "
        "AND reason = 'flood: told' ORDER BY id DESC LIMIT 1",
        row.contact_id,
        row.id,
    )
    return bool(rows) and rows[0]["sent_at"] > since


async def crowded(db: Sql, most: int, contact: str | None = None) -> bool:
    """Whether as many rows, or more, are unread: of this contact, or of all."""
    of_one = "contact_id = ? AND " if contact is not None else ""
    rows = await db.fetch(
        f"SELECT 1 AS one FROM inbox WHERE {of_one}status = 'new' ORDER BY contact_id, id LIMIT 1 OFFSET ?",
        *([contact] if contact is not None else []),
        most - 1,
    )
    return bool(rows)


async def failed(db: Sql, row: int, error: str) -> Failures:
    """Counts a failed attempt. `error` is a class name, never a text: texts hold values."""
    rows = await db.fetch(
        "UPDATE inbox SET attempts = attempts + 1, alike = CASE WHEN last_error = ? THEN alike + 1 ELSE 1 END, "
        "last_error = ? WHERE id = ? AND status = 'new' RETURNING attempts, alike",
        error[:128],
        error[:128],
        row,
    )
    return Failures(**rows[0]) if rows else Failures(0, 0)


async def park(db: Sql, row: int, reason: str, now: datetime) -> bool:
    """Sets a row aside for a human. False: it was settled meanwhile."""
    changed = await db.execute(
        "UPDATE inbox SET status = 'parked', reason = ?, settled_at = ? WHERE id = ? AND status = 'new'",
        reason[:128],
        now,
        row,
    )
    return changed == 1


async def parked(db: Sql, limit: int) -> list[Parked]:
    rows = await db.fetch(
        "SELECT id, contact_id, channel, kind, received_at, attempts, reason, last_error FROM inbox "
        "WHERE status = 'parked' ORDER BY id LIMIT ?",
        limit,
    )
    return [Parked(**row) for row in rows]


async def retry(db: Sql, row: int) -> bool:
    """Unread again. False: it is not parked, or its body is gone."""
    changed = await db.execute(
        "UPDATE inbox SET status = 'new', reason = NULL, settled_at = NULL, attempts = 0, alike = 0, last_error = NULL "
        "WHERE id = ? AND status = 'parked' AND body IS NOT NULL",
        row,
    )
    return changed == 1


async def figures(db: Sql) -> Figures:
    rows = await db.fetch(
        "SELECT (SELECT count(*) FROM inbox WHERE status = 'new') AS unread, "
        "(SELECT min(received_at) FROM inbox WHERE status = 'new') AS oldest_at, "
        "(SELECT count(*) FROM inbox WHERE status = 'parked') AS parked"
    )
    return Figures(**rows[0])


def _key(channel: str, external_id: str) -> str:
    """Unique for ever; a provider's id that is too long for the column stands as its hash."""
    key = f"{channel}:{external_id}"
    return key if len(key) <= KEY_LENGTH else f"{channel}:{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"
