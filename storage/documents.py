"""Rows of documents: those of the core (`DocumentRows`, a part of `storage.booking.RowStore`), and what handlers alone
know of a file: the key that it is sealed with, its end.

A row is there before its file, and is gone after it: no file is ever without one. `ending` has forgotten the key, so
nothing can read the file any more, wherever a copy of it lies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.documents import Document, DocumentId
from booking.model import AppointmentId, ContactId, PersonId, WorkerId
from storage.db import Sql, Tx
from storage.holds import KEPT
from storage.sql import Row, marks

_COLUMNS = "id, contact_id, person_id, status, reason, kind, pages, batch, series, worker_id, came_at, read_at, ends_at"
_KEPT = ("contact_id", "person_id", "came_at")  # by whatever is saved afterwards


class DocumentRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def document(self, id: DocumentId) -> Document | None:
        return next(iter(await self._documents("id = ?", id)), None)

    async def documents(self, person: PersonId, since: datetime) -> Sequence[Document]:
        return await self._documents("person_id = ? AND came_at >= ? ORDER BY came_at, id", person, since)

    async def sent_to(self, worker: WorkerId, now: datetime) -> Mapping[str, Sequence[Document]]:
        """What a worker has to read, by what was handed over together."""
        found: dict[str, list[Document]] = {}
        where = "worker_id = ? AND status = 'sent' AND batch IS NOT NULL AND ends_at > ? ORDER BY came_at, id"
        for document in await self._documents(where, worker, now):
            found.setdefault(str(document.batch), []).append(document)
        return found

    async def handed_over(self, batch: str) -> Sequence[Document]:
        return await self._documents("batch = ? ORDER BY came_at, id", batch)

    async def save_document(self, document: Document) -> None:
        changed = [name for name in _COLUMNS.split(", ") if name not in {"id", *_KEPT}]
        await self._tx.execute(
            f"INSERT INTO document ({_COLUMNS}) VALUES ({marks(13)}) "
            "ON CONFLICT (id) DO UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in changed),
            document.id,
            document.contact,
            document.person,
            document.status,
            document.reason,
            document.kind,
            document.pages,
            document.batch,
            document.series,
            document.worker,
            document.came,
            document.read,
            document.ends,
        )

    async def _documents(self, where: str, *args: object) -> list[Document]:
        rows = await self._tx.fetch(f"SELECT {_COLUMNS} FROM document WHERE {where}", *args)
        return [_document(row) for row in rows]


def _document(row: Row) -> Document:
    return Document(
        id=row["id"],
        contact=ContactId(row["contact_id"]),
        person=PersonId(row["person_id"]),
        came=row["came_at"],
        ends=row["ends_at"],
        status=row["status"],
        reason=row["reason"],
        kind=row["kind"],
        pages=row["pages"],
        batch=row["batch"],
        series=row["series"],
        worker=WorkerId(row["worker_id"]) if row["worker_id"] else None,
        read=row["read_at"],
    )


# ------------------------------------------------------------ the file's key


async def keep_key(db: Sql, id: str, key: bytes) -> None:
    """With it the file can be opened. In the transaction that says that it is there."""
    sealed = db.vault.seal("document.key", id, key)
    await db.execute("UPDATE document SET key = ? WHERE id = ? AND status IN ('kept', 'set_aside')", sealed, id)


async def key_to_be(tx: Tx, id: str, fresh: bytes) -> bytes:
    """Of a document that is coming: the one that was meant for it before, else this fresh one."""
    sealed = tx.vault.seal("document.key", id, fresh)
    await tx.execute("UPDATE document SET key = ? WHERE id = ? AND status = 'coming' AND key IS NULL", sealed, id)
    return await key_of(tx, id) or fresh


async def forget_key(db: Sql, id: str) -> None:
    """Nothing was laid down for it."""
    await db.execute("UPDATE document SET key = NULL WHERE id = ? AND status = 'refused'", id)


async def key_of(db: Sql, id: str) -> bytes | None:
    """None: there is no file that could be opened."""
    rows = await db.fetch("SELECT key FROM document WHERE id = ? AND key IS NOT NULL", id)
    return db.vault.unseal("document.key", id, rows[0]["key"]) if rows else None


async def read_once(db: Sql, id: str, now: datetime) -> bool:
    """One statement decides: of two that download at once, one does."""
    return bool(
        await db.execute(
            "UPDATE document SET read_at = ? WHERE id = ? AND status = 'sent' AND read_at IS NULL", now, id
        )
    )


# ------------------------------------------------------------ what was set aside


@dataclass(frozen=True, slots=True)
class Aside:
    """A file in which something acts: whose it is, and why; never what it is called or holds. `held`: a legal hold
    keeps it, also after `ends_at`.
    """

    id: str
    person_id: str
    reason: str
    came_at: datetime
    ends_at: datetime
    held: bool


async def set_aside(db: Sql, limit: int) -> list[Aside]:
    """The latest first, as long as they are there."""
    rows = await db.fetch(
        f"SELECT id, person_id, reason, came_at, ends_at, {KEPT['document']} AS held FROM document "
        "WHERE status = 'set_aside' ORDER BY came_at DESC, id DESC LIMIT ?",
        limit,
    )
    return [Aside(**(row | {"held": bool(row["held"])})) for row in rows]


async def is_aside(db: Sql, id: str) -> bool:
    return bool(await db.fetch("SELECT 1 AS one FROM document WHERE id = ? AND status = 'set_aside'", id))


async def end_aside(db: Sql, id: str, now: datetime) -> bool:
    """Before its time: unreadable at once, as its key goes; its file with the next that are ended. False: it was not
    set aside, or is not any more, or a legal hold keeps it.
    """
    return bool(
        await db.execute(
            "UPDATE document SET status = 'ending', key = NULL, ends_at = ? WHERE id = ? AND status = 'set_aside' "
            f"AND NOT {KEPT['document']}",
            now,
            id,
        )
    )


# ------------------------------------------------------------ the end


async def begin_to_end(db: Sql, now: datetime, limit: int) -> list[str]:
    """Forgets the keys of those whose time is over. Their ids, and of those whose file was not deleted yet."""
    await db.execute(
        "UPDATE document SET status = 'ending', key = NULL WHERE status NOT IN ('ending', 'gone') AND ends_at <= ? "
        f"AND NOT {KEPT['document']}",
        now,
    )
    await db.execute("UPDATE document SET key = NULL WHERE status = 'ending' AND key IS NOT NULL")
    rows = await db.fetch(f"SELECT id FROM document WHERE status = 'ending' ORDER BY id LIMIT {int(limit)}")
    return [row["id"] for row in rows]


async def ended(db: Sql, id: str) -> None:
    await db.execute("UPDATE document SET status = 'gone' WHERE id = ? AND status = 'ending'", id)


async def put_off(db: Sql, now: datetime, after: timedelta) -> int:
    """What was handed over is kept as long as its worker may read it: an appointment that moved takes it along."""
    rows = await db.fetch(
        "SELECT series, max(start_at) AS start_at FROM appointment WHERE status IN ('booked', 'done', 'missed') AND "
        "series IN (SELECT series FROM document WHERE status = 'sent' AND ends_at <= ?) GROUP BY series",
        now,
    )
    count = 0
    for row in rows:
        ends = row["start_at"] + after
        if ends > now:
            count += await db.execute(
                "UPDATE document SET ends_at = ? WHERE series = ? AND status = 'sent'",
                ends,
                AppointmentId(row["series"]),
            )
    return count
