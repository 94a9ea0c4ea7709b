"""Documents that were set aside, as the console handles them: nobody opens one, an administrator may end it at once,
unless a legal hold keeps it (safety G17).
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from handlers.parts import Parts
from storage import audit, documents

ACTION: Final = "delete document"

Deleted: TypeAlias = Literal["deleted", "gone", "held"]


async def delete(parts: Parts, id: str, by: str) -> Deleted:
    """`deleted`: unreadable from now on; its file goes with a worker's next look. `gone`: there is none set aside, any
    more. `held`: a dispute is open about whose it is; that it was tried is noted.
    """
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if await documents.end_aside(tx, id, now):
            await audit.add(tx, by, ACTION, f"document:{id}", now)
            return "deleted"
        if not await documents.is_aside(tx, id):
            return "gone"
        await audit.add(tx, by, f"{ACTION} refused", f"document:{id}", now)
        return "held"
