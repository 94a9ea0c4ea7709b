"""The end of documents: whose time is over is unreadable at once, and its file goes as soon as the store lets it."""

from __future__ import annotations

from booking.authority import AFTERWARDS
from booking.model import HOUR
from handlers.parts import Parts
from storage import documents

BATCH = 100


async def end_documents(parts: Parts) -> int:
    """How many files went. Raises StoreAway: what is left is tried at the next look."""
    keeping = parts.documents
    if keeping is None:
        return 0
    now, count = parts.clock(), 0
    async with parts.db.transaction() as tx:
        await documents.put_off(tx, now, HOUR + AFTERWARDS)
    while True:
        async with parts.db.transaction() as tx:
            ids = await documents.begin_to_end(tx, now, BATCH)
        for id in ids:
            await keeping.store.drop(id)
            await documents.ended(parts.db, id)
        count += len(ids)
        if len(ids) < BATCH:
            return count
