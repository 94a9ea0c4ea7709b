"""Which message of ours somebody answers, where the channel tells: they quoted it, or tapped its button.

A quoted question is known by its prompt, so a "2" to an older one is not taken for an answer to the last. What tells of
an appointment binds the words to that one. A template's button carries our message's id instead of a question's: its
title counts as typed. Only a message to this very contact is looked at: whoever forges an id finds nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from booking.model import AppointmentId
from conversations.model import Input, Reminded
from handlers.channels.whatsapp_content import outbox_id
from storage import outbox
from storage.contacts import ContactRow
from storage.db import Sql
from storage.outbox import OutboxRow


async def opened(db: Sql, who: ContactRow, came: Input, now: datetime) -> tuple[Input, tuple[Reminded, ...]]:
    """What came, with the question that it quotes; and the appointments that it is about."""
    row = await _tapped(db, who, came)
    if row is not None:
        came = replace(came, press=None)  # the button's title is the answer
    elif came.replied:
        row = await outbox.of_provider(db, who.id, came.replied)
    if row is None:
        return came, ()
    ids = row.of or ([row.appointment_id] if row.appointment_id else [])
    said = row.content or {}
    came = replace(came, quotes=said.get("prompt", ""), to=said.get("exchange", ""))
    return came, tuple(Reminded(AppointmentId(id), now, meant=True) for id in ids)


async def _tapped(db: Sql, who: ContactRow, came: Input) -> OutboxRow | None:
    """The notice whose button it is; None for a question's, which the talk knows by itself."""
    id = outbox_id(came.press.prompt) if came.press is not None else None
    row = await outbox.get(db, id) if id is not None else None
    return row if row is not None and row.contact_id == who.id else None
