"""A document's bytes, from wherever they came: looked at, sealed, laid down; only then is it said that we have it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from booking.documents import DocumentId, DocumentStatus
from handlers.acting import Acting
from handlers.documents import sealing
from handlers.documents.keeping import Keeping
from handlers.documents.verdict import Outcome, Verdict
from handlers.parts import Parts
from storage import documents
from storage.booking import RowStore
from storage.db import Tx

STATUS: Final[dict[Outcome, DocumentStatus]] = {"clean": "kept", "refused": "refused", "set_aside": "set_aside"}


@dataclass(frozen=True, slots=True)
class Taken:
    """What is to be said of it. `key` opens what was laid down; empty where nothing was."""

    status: DocumentStatus
    reason: str | None = None
    kind: str | None = None
    pages: int = 1
    key: bytes = field(default=b"", repr=False)


async def take(parts: Parts, keeping: Keeping, id: DocumentId, data: bytes) -> Taken:
    """It is in the row, too. Raises StoreAway and ScannerAway: the row still waits for its file then."""
    taken = await take_in(keeping, id, data, sealing.new_key())
    async with parts.db.transaction() as tx:
        await record(tx, parts, id, taken)
    return taken


async def take_in(keeping: Keeping, id: str, data: bytes, key: bytes) -> Taken:
    """Nothing is kept of what is refused; of what is set aside the file as it came, for as long as one that nobody
    sends on (threat T12). Again, it lies where it lay before.
    """
    verdict = await keeping.judge(data)
    if verdict.outcome == "clean" and keeping.scan is not None and not await keeping.scan(data):
        verdict = Verdict("set_aside", reason="virus")
    if verdict.outcome == "refused":
        return Taken("refused", verdict.reason)
    laid = verdict.data if verdict.outcome == "clean" else data
    await keeping.store.put(id, sealing.seal(id, key, laid))
    return Taken(STATUS[verdict.outcome], verdict.reason, verdict.kind, verdict.pages, key)


async def record(tx: Tx, parts: Parts, id: str, taken: Taken) -> None:
    core = Acting(tx, RowStore(tx, parts.directories), parts.rules, parts.clock(), parts.new_id)
    await core.document_judged(DocumentId(id), taken.status, taken.reason, taken.kind, taken.pages)
    await (documents.keep_key(tx, id, taken.key) if taken.key else documents.forget_key(tx, id))
