"""A document's bytes, from wherever they came: looked at, sealed, laid down; only then is it said that we have it."""

from __future__ import annotations

from booking.documents import DocumentId, DocumentStatus
from handlers.acting import Acting
from handlers.documents import sealing
from handlers.documents.keeping import Keeping
from handlers.documents.verdict import Outcome, Verdict
from handlers.parts import Parts
from storage import documents
from storage.booking import RowStore

STATUS: dict[Outcome, DocumentStatus] = {"clean": "kept", "refused": "refused", "set_aside": "set_aside"}


async def take(parts: Parts, keeping: Keeping, id: DocumentId, data: bytes) -> Verdict:
    """The verdict; it is in the row, too. Raises StoreAway and ScannerAway: the row still waits for its file then.

    Nothing is kept of what is refused or set aside.
    """
    verdict = await keeping.judge(data)
    if verdict.outcome == "clean" and keeping.scan is not None and not await keeping.scan(data):
        verdict = Verdict("set_aside", reason="virus")
    key = b""
    if verdict.outcome == "clean":
        key, sealed = sealing.seal(id, verdict.data)
        await keeping.store.put(id, sealed)
    await _said(parts, id, verdict, key)
    return verdict


async def _said(parts: Parts, id: DocumentId, verdict: Verdict, key: bytes) -> None:
    async with parts.db.transaction() as tx:
        core = Acting(tx, RowStore(tx, parts.directories), parts.rules, parts.clock(), parts.new_id)
        await core.document_judged(id, STATUS[verdict.outcome], verdict.reason, verdict.kind, verdict.pages)
        if key:
            await documents.keep_key(tx, id, key)
