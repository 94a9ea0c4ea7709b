"""A copy of somebody's data: a zip with a page to read, a file for programs, and the documents that are still here. Of
the person alone: what others wrote of them for themselves, and who of our people acted, stays out (`storage/given.py`).

    gathered = await gather(parts, person)                everything but the files; None: there is nobody
    async for piece in archive(parts, gathered, voice)    bytes, as they come: one document at a time is in memory

Nothing is kept of it, and its names say nothing of the person.
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from booking.model import PersonId
from conversations.model import Input
from conversations.text import Text
from handlers import content
from handlers.channels.base import Undecodable
from handlers.documents import sealing
from handlers.documents.stores import StoreAway
from handlers.parts import Parts
from handlers.privacy.copy_page import page
from locales.voice import Voice
from storage import documents, given
from storage.booking import RowStore
from storage.theirs import gather as gathered_ids

DATA, PAGE, FOLDER = "data.json", "data.html", "documents"
SUFFIX: Final[Mapping[str, str]] = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Gathered:
    """`tables`: of `given.GIVEN`, those that have rows. `files`: ids of documents and their kinds."""

    at: datetime
    lang: str
    zone: str
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    files: Sequence[tuple[str, str]]


async def gather(parts: Parts, person: str) -> Gathered | None:
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        found = await store.person(PersonId(person))
        if found is None:
            return None
        theirs = await gathered_ids(tx, person)
        tables = {table: await given.rows(tx, table, theirs) for table in given.GIVEN}
        await _named(store, tables)
        kinds = await tx.fetch("SELECT id, kind FROM document WHERE person_id = ? AND key IS NOT NULL", person)
        files = [(row["id"], row["kind"]) for row in kinds if row["kind"] in SUFFIX]
    voice = Voice(found.language, found.time_zone)
    for row in tables["outbox"]:
        row["content"] = _said(row["content"], voice)
    for row in tables["inbox"]:
        row["body"] = _wrote(parts, row)
    kept = {table: rows for table, rows in tables.items() if rows}
    return Gathered(parts.clock(), found.language, found.time_zone, kept, files)


async def archive(parts: Parts, copy: Gathered, voice: Voice) -> AsyncIterator[bytes]:
    """A document that cannot be had (the store is away, or it is damaged there) is named in its place: the copy, whose
    link works once, is not held back for it."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as zip_:
        zip_.writestr(_entry(DATA, copy.at), _json(copy), ZIP_DEFLATED)
        zip_.writestr(_entry(PAGE, copy.at), page(copy.tables, copy.at, voice), ZIP_DEFLATED)
        yield pipe.taken()
        for number, (id, kind) in enumerate(copy.files, 1):
            data = await _file(parts, id)
            name = f"{FOLDER}/{number}.{SUFFIX[kind]}" if data is not None else f"{FOLDER}/{number}.missing"
            zip_.writestr(_entry(name, copy.at), data or b"", ZIP_STORED)
            yield pipe.taken()
    yield pipe.taken()


class _Pipe(io.RawIOBase):
    """Where a zip is written to, and taken away from as it grows."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held


def _entry(name: str, at: datetime) -> ZipInfo:
    return ZipInfo(name, at.timetuple()[:6])


def _json(copy: Gathered) -> str:
    data = {"format": FORMAT, "made_at": copy.at, "tables": copy.tables}
    return json.dumps(data, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


async def _named(store: RowStore, tables: Mapping[str, Sequence[dict[str, Any]]]) -> None:
    """Workers by their first names, as people see them; the client by the name of who gave them the code."""
    directory = await store.directory()
    clients: dict[str, str] = {}
    for rows in tables.values():
        for row in rows:
            if "worker_id" in row:
                worker = directory.worker(row.pop("worker_id"))
                row["worker"] = worker.first_name if worker is not None else None
            if "client_id" in row:
                id = row.pop("client_id")
                if id not in clients:
                    client = await store.client(id)
                    clients[id] = client.name if client is not None else ""
                row["client"] = clients[id]


def _said(sent: Any, voice: Voice) -> str | None:
    """What we wrote, as far as it is still here."""
    if sent is None:
        return None
    texts: Sequence[Text] = content.from_json(sent).texts
    return "\n".join(voice(text) for text in texts)


def _wrote(parts: Parts, row: Mapping[str, Any]) -> str | None:
    """What they wrote, out of what the provider brought; that itself where it cannot be read."""
    brought: str | None = row["body"]
    provider = parts.channels.get(row["channel"])
    if brought is None or provider is None:
        return brought
    try:
        came = provider.decode(brought.encode())
    except Undecodable:
        return brought
    return came.text if isinstance(came, Input) else brought


async def _file(parts: Parts, id: str) -> bytes | None:
    async with parts.db.transaction() as tx:
        key = await documents.key_of(tx, id)
    if parts.documents is None or key is None:
        return None
    try:
        sealed = await parts.documents.store.get(id)
    except StoreAway:
        return None
    try:
        return sealing.unseal(id, key, sealed) if sealed is not None else None
    except sealing.Damaged:
        return None
