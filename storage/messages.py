"""Rows of messages between people and workers, and of reports: a part of `storage.booking.RowStore`. What was written
is sealed; who wrote to whom, and when, is ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.messages import Last, Message, MessageId, Report, Side
from booking.model import PersonId, WorkerId
from storage.db import Sql
from storage.outbox import COLUMNS, OutboxRow, opened
from storage.sql import Row, marks

_MESSAGE = "id, series, person_id, worker_id, author, body, written_at, read_at"
_REPORT = "id, series, person_id, worker_id, message_id, made_at, settled_at, settled_by, verdict"


async def report(db: Sql, id: str) -> Report | None:
    """None: its lifetime is over."""
    rows = await db.fetch(f"SELECT {_REPORT} FROM report WHERE id = ?", id)
    return Report(*rows[0].values()) if rows else None


@dataclass(frozen=True, slots=True)
class Exchange:
    """How many messages a person and a worker wrote, when the first and the last, how many of them are unread."""

    worker: WorkerId
    theirs: int
    ours: int
    first: datetime
    last: datetime
    unread: int


async def counted(db: Sql, person: str) -> list[Exchange]:
    """Of a person with each worker, the latest first. Nothing that was written is read for it."""
    rows = await db.fetch(
        "SELECT worker_id AS worker, SUM(CASE WHEN author = 'person' THEN 1 ELSE 0 END) AS theirs, "
        "SUM(CASE WHEN author = 'person' THEN 0 ELSE 1 END) AS ours, MIN(written_at) AS first_at, "
        "MAX(written_at) AS last_at, SUM(CASE WHEN read_at IS NULL THEN 1 ELSE 0 END) AS unread "
        "FROM message WHERE person_id = ? GROUP BY worker_id ORDER BY MAX(written_at) DESC, worker_id",
        person,
    )
    return [
        Exchange(WorkerId(r["worker"]), r["theirs"], r["ours"], r["first_at"], r["last_at"], r["unread"]) for r in rows
    ]


async def around(db: Sql, report: Report, most: int) -> list[Message]:
    """The message that is reported, and so many of the two before it and after it; the oldest first. Nothing, where
    none was reported, or its lifetime is over."""
    found = await db.fetch(f"SELECT {_MESSAGE} FROM message WHERE id = ?", report.message or "")
    if not found:
        return []
    pair, at = (report.person, report.worker), (found[0]["written_at"], found[0]["written_at"], found[0]["id"])
    of_pair = f"SELECT {_MESSAGE} FROM message WHERE person_id = ? AND worker_id = ? AND"
    before = await db.fetch(
        f"{of_pair} (written_at < ? OR (written_at = ? AND id < ?)) ORDER BY written_at DESC, id DESC LIMIT {most}",
        *pair,
        *at,
    )
    after = await db.fetch(
        f"{of_pair} (written_at > ? OR (written_at = ? AND id > ?)) ORDER BY written_at, id LIMIT {most}", *pair, *at
    )
    return [_message(db, row) for row in (*reversed(before), *found, *after)]


async def get(db: Sql, id: MessageId) -> Message | None:
    """None: its lifetime is over."""
    rows = await db.fetch(f"SELECT {_MESSAGE} FROM message WHERE id = ?", id)
    return _message(db, rows[0]) if rows else None


async def is_read(db: Sql, message: str) -> bool:
    """Also of one that is gone."""
    return not await db.fetch("SELECT 1 AS one FROM message WHERE id = ? AND read_at IS NULL", message)


async def announced(db: Sql, row: OutboxRow) -> bool:
    """Whether this contact was told, since that notice was meant, that a message waits: the word for reading it shows
    all that do. Of two that leave side by side the later one counts the other.
    """
    return bool(
        await db.fetch(
            "SELECT 1 AS one FROM outbox WHERE contact_id = ? AND kind = 'message' AND NOT answer AND id <> ? AND "
            "status <> 'failed' AND "
            "(accepted_at >= ? OR (accepted_at IS NULL AND status IN ('sending', 'unknown') AND id < ?)) LIMIT 1",
            row.contact_id,
            int(row.id),
            row.created_at,
            int(row.id),
        )
    )


async def waits_told(db: Sql, row: OutboxRow, since: datetime) -> bool:
    """Whether this contact was told, since then, of another message of the same two that is still unread."""
    own = await get(db, MessageId((row.content or {})["message"]))
    told = await db.fetch(
        f"SELECT {COLUMNS} FROM outbox WHERE contact_id = ? AND kind = 'message' AND NOT answer AND id < ? "
        "AND status <> 'failed' AND accepted_at >= ? ORDER BY id DESC",
        row.contact_id,
        int(row.id),
        since,
    )
    for each in told:
        id = (opened(db, each).content or {}).get("message")
        other = await get(db, MessageId(id)) if id is not None else None
        if own is not None and other is not None and other.read_at is None and other.worker == own.worker:
            return True
    return False


class MessageRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def add_message(self, message: Message) -> None:
        await self._tx.execute(
            f"INSERT INTO message ({_MESSAGE}) VALUES ({marks(8)})",
            message.id,
            message.series,
            message.person,
            message.worker,
            message.author,
            self._tx.vault.seal("message.body", message.id, message.text),
            message.written_at,
            message.read_at,
        )

    async def messages(self, person: PersonId, worker: WorkerId, limit: int) -> Sequence[Message]:
        return await self._messages(
            "person_id = ? AND worker_id = ? ORDER BY written_at DESC, id DESC LIMIT ?", person, worker, limit
        )

    async def unread_messages(self, reader: Side, id: str) -> Sequence[Message]:
        return await self._messages(
            f"{reader}_id = ? AND author <> ? AND read_at IS NULL ORDER BY written_at, id", id, reader
        )

    async def read_messages(self, ids: Sequence[MessageId], now: datetime) -> None:
        if ids:
            await self._tx.execute(
                f"UPDATE message SET read_at = ? WHERE id IN ({marks(len(ids))}) AND read_at IS NULL", now, *ids
            )

    async def last_messages(self, side: Side, id: str, since: datetime) -> Sequence[Last]:
        rows = await self._tx.fetch(
            f"SELECT series, person_id, worker_id, author, written_at FROM message m WHERE {side}_id = ? "
            "AND written_at >= ? AND NOT EXISTS (SELECT 1 FROM message n WHERE n.person_id = m.person_id AND "
            "n.worker_id = m.worker_id AND (n.written_at > m.written_at OR (n.written_at = m.written_at AND "
            "n.id > m.id))) ORDER BY written_at DESC, id DESC",
            id,
            since,
        )
        return [Last(*row.values()) for row in rows]

    async def add_report(self, report: Report) -> None:
        await self._tx.execute(
            f"INSERT INTO report ({_REPORT}) VALUES ({marks(9)})",
            report.id,
            report.series,
            report.person,
            report.worker,
            report.message,
            report.made_at,
            report.settled_at,
            report.settled_by,
            report.verdict,
        )

    async def reports(self, worker: WorkerId, person: PersonId) -> Sequence[Report]:
        rows = await self._tx.fetch(
            f"SELECT {_REPORT} FROM report WHERE worker_id = ? AND person_id = ? ORDER BY made_at DESC, id DESC",
            worker,
            person,
        )
        return [Report(*row.values()) for row in rows]

    async def open_reports(self, person: PersonId) -> Sequence[Report]:
        rows = await self._tx.fetch(
            f"SELECT {_REPORT} FROM report WHERE person_id = ? AND settled_at IS NULL ORDER BY made_at, id", person
        )
        return [Report(*row.values()) for row in rows]

    async def save_report(self, report: Report) -> None:
        await self._tx.execute(
            "UPDATE report SET settled_at = ?, settled_by = ?, verdict = ? WHERE id = ?",
            report.settled_at,
            report.settled_by,
            report.verdict,
            report.id,
        )

    async def _messages(self, where: str, *args: object) -> list[Message]:
        rows = await self._tx.fetch(f"SELECT {_MESSAGE} FROM message WHERE {where}", *args)
        return [_message(self._tx, row) for row in rows]


def _message(db: Sql, row: Row) -> Message:
    return Message(
        id=row["id"],
        series=row["series"],
        person=row["person_id"],
        worker=row["worker_id"],
        author=row["author"],
        text=db.vault.read("message.body", row["id"], row["body"]),
        written_at=row["written_at"],
        read_at=row["read_at"],
    )
