"""A message between the two of an appointment that finally reaches nobody: the desk has it (`handlers/to_desk.py`), and
so has who wrote it, once, with what to do. Else they would wait for an answer that cannot come.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from booking import policy
from booking.messages import MessageId
from handlers.message_reactions import not_arrived
from handlers.parts import Parts
from handlers.writing import write
from storage import messages
from storage.booking import RowStore
from storage.db import Tx
from storage.outbox import OutboxRow

# What is said of a row that is given up: it has certainly not arrived, or nobody knows.
LOST: Final = frozenset({"nobody_reached", "notice_not_sent", "delivery_failed"})
UNSURE: Final = frozenset({"message_unknown"})


async def writer_is_told(tx: Tx, parts: Parts, code: str, row: OutboxRow, now: datetime) -> None:
    """Nothing is said of other rows, nor of a message that was read meanwhile."""
    id = (row.content or {}).get("message")
    if code not in LOST | UNSURE or row.kind != "message" or id is None:
        return
    message = await messages.get(tx, MessageId(id))
    if message is None or message.read_at is not None:
        return
    store = RowStore(tx, parts.directories)
    about = next(a for a in reversed(await store.series(message.series)) if a.worker == message.worker)
    person, worker = await store.person(message.person), (await store.directory()).worker(message.worker)
    other = worker if message.author == "person" else person
    name, near = other.first_name if other else "", policy.is_near(about, now)
    notice = not_arrived(message, about, name, sure=code in LOST, near=near)
    await write(tx, parts, store, [notice], f"undelivered:{message.id}", now)
