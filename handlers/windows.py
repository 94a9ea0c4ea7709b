"""WhatsApp's 24 hours, and its better forms: what passes now, and what is tried once more on WhatsApp before a message
goes another way.

    within the hours      buttons, a list, numbered text
    afterwards            the notice's template, if it has one; else another channel
    63016 all the same    the hours are over for WhatsApp: marked so, and once by the template, else another channel
    content refused       once as numbered text, within the hours; a human is told

Called by `sending.handle` (`shut`), `sending.drawn` (`is_open`, `PLAIN`) and `rerouting` (`once_more`, `passes`).
https://www.twilio.com/docs/whatsapp/key-concepts#customer-service-windows
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from handlers import content
from handlers.channels.base import Draw
from handlers.discretion import said
from handlers.links import url
from handlers.parts import Parts
from handlers.writing import window_open
from locales.voice import Voice
from storage import contacts, outbox
from storage.contacts import ContactRow
from storage.db import Tx
from storage.outbox import OutboxRow

DAY: Final = timedelta(hours=24)
PLAIN: Final = "plain"  # in a row's content: as numbered text
AGAIN: Final = "again"  # as it passes now
# Twilio's codes of a content that is not taken: its id, its variables, its form, or a template's state.
CONTENT_REFUSED: Final = frozenset(
    {"21654", "21655", "21656", "63005", "63021", "63027", "63028", "63030", "63041", "63042"}
)


def is_open(row: OutboxRow, contact: ContactRow, now: datetime) -> bool:
    """Whether free text may go: always, but for WhatsApp."""
    return row.channel != "whatsapp" or window_open(contact, now)


def shut(parts: Parts, row: OutboxRow, contact: ContactRow, now: datetime) -> bool:
    """Whether nothing that we have passes: the hours are over, and no template says it."""
    return row.channel == "whatsapp" and not passes(parts, row, contact, now)


def passes(parts: Parts, row: OutboxRow, contact: ContactRow, now: datetime) -> bool:
    """Whether what a row says may go to this WhatsApp contact, whichever channel it was written for: freely, or by a
    template. Whether Meta has approved that one is seen when it is sent.
    """
    return window_open(contact, now) or _has_template(parts, row, contact)


def _has_template(parts: Parts, row: OutboxRow, contact: ContactRow) -> bool:
    if row.content is None or "whatsapp" not in parts.channels:
        return False
    draw = Draw(Voice(contact.lang, contact.time_zone), lambda link: url(parts, link), contact.lang, window_open=False)
    return bool(parts.channels["whatsapp"].render(content.from_json(said(row)), draw).fields)


async def once_more(tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, reason: str, now: datetime) -> bool:
    """Whether the same message is tried in another form, to the same WhatsApp. Each form once: the key tells."""
    if row.channel != "whatsapp" or row.content is None or (row.expires_at is not None and row.expires_at <= now):
        return False
    form = await _other_form(tx, parts, row, contact, reason, now)
    if form is None:
        return False
    again = {**row.content, PLAIN: True} if form == PLAIN else row.content
    added = await outbox.add(tx, row.again(f"{row.key}>{form}", now, content=again), now)
    tx.after_commit(partial(parts.bell.ring, "outbox"))
    return added is not None


async def _other_form(
    tx: Tx, parts: Parts, row: OutboxRow, contact: ContactRow, reason: str, now: datetime
) -> str | None:
    tried = row.key.split(">")[1:]
    believed_open = window_open(contact, now)
    if reason == "window_closed":
        told = believed_open or row.provider_id is not None  # by WhatsApp, not by ourselves
        await contacts.close_window(tx, contact.id, row.created_at, now - DAY)
        fresh = await contacts.get(tx, contact.id)
        if not told or fresh is None or AGAIN in tried:
            return None
        return AGAIN if window_open(fresh, now) or _has_template(parts, row, contact) else None
    better = bool(row.content and row.content.get("options"))
    return PLAIN if reason in CONTENT_REFUSED and believed_open and better and PLAIN not in tried else None
