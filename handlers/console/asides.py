"""Documents that were set aside, as the console handles them: nobody opens one, an administrator may end it at once."""

from __future__ import annotations

from handlers.parts import Parts
from storage import audit, documents


async def delete(parts: Parts, id: str, by: str) -> bool:
    """Unreadable from now on; its file goes with a worker's next look. False: there is none set aside, any more."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if not await documents.end_aside(tx, id, now):
            return False
        await audit.add(tx, by, "delete document", f"document:{id}", now)
        return True
