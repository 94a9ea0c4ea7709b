"""What a provider says became of a message of ours:

the row rises, never falls (I13), and a failure has its consequences.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog

from handlers import holding
from handlers.channels.base import Receipt
from handlers.channels.twilio_errors import meaning
from handlers.parts import Parts
from handlers.refusing import not_delivered
from storage import contacts, outbox, told
from storage.db import Tx
from storage.told import Risen

log = structlog.get_logger()


async def receive(parts: Parts, receipt: Receipt) -> None:
    """One status. Late, repeated and out-of-order ones change nothing. A failure and what follows from it are one
    transaction: the provider tells it once.
    """
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if receipt.outbox_id is not None and await told.taken_back(tx, receipt.outbox_id, receipt.provider_id, now):
            tx.after_commit(partial(parts.bell.ring, "unknown"))
        risen = await told.receipt(
            tx,
            receipt.status,
            now,
            outbox_id=receipt.outbox_id,
            provider_id=receipt.provider_id,
            error=receipt.error,
        )
        if risen is None:
            return
        labels = (risen.channel, risen.kind, receipt.status)
        tx.after_commit(parts.metrics.outbound_messages.labels(*labels).inc)
        if receipt.status == "failed":
            await _failed(tx, parts, risen, receipt.error or "", now)
        elif receipt.status in {"delivered", "read"}:
            await contacts.reached(tx, risen.contact_id)
        if receipt.status in {"sent", "delivered", "read"}:
            await holding.arrived(tx, parts, risen.channel, risen.id)


async def _failed(tx: Tx, parts: Parts, risen: Risen, code: str, now: datetime) -> None:
    error = meaning(code).error(code)
    log.info("not delivered", outbox=risen.id, channel=risen.channel, code=error.code)
    contact, row = await contacts.get(tx, risen.contact_id), await outbox.get(tx, risen.id)
    if contact is not None and row is not None:
        await not_delivered(tx, parts, row, contact, error, now)
