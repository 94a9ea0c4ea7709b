"""What a provider says became of a message of ours:

the row rises, never falls (I13), and a failure has its consequences.
"""

from __future__ import annotations

import structlog

from handlers.channels.base import Receipt
from handlers.channels.twilio_errors import meaning
from handlers.delivery import contact_refused
from handlers.parts import Parts
from handlers.rerouting import reroute
from storage import contacts, outbox

log = structlog.get_logger()


async def receive(parts: Parts, receipt: Receipt) -> None:
    """One status. Late, repeated and out-of-order ones change nothing."""
    now = parts.clock()
    risen = await outbox.receipt(
        parts.db,
        receipt.status,
        now,
        outbox_id=receipt.outbox_id,
        provider_id=receipt.provider_id,
        error=receipt.error,
    )
    if risen is None:
        return
    parts.metrics.outbound_messages.labels(risen.channel, risen.kind, receipt.status).inc()
    contact = await contacts.get(parts.db, risen.contact_id)
    if contact is None:
        return
    if receipt.status != "failed":
        if receipt.status in {"delivered", "read"}:
            await contacts.reached(parts.db, contact.id)
        return
    error = meaning(receipt.error or "").error(receipt.error or "")
    log.info("not delivered", outbox=risen.id, channel=risen.channel, code=error.code)
    if error.alarm:
        parts.alarm("not_delivered", outbox=risen.id, provider_code=error.code)
    await contact_refused(parts, contact, error, now)
    row = await outbox.get(parts.db, risen.id)
    if row is not None:
        await reroute(parts, row, contact, "window_closed" if error.window_closed else error.code, now)
