"""A word to a person of what they did elsewhere than in a talk: on a page, through another program, or by telephone."""

from __future__ import annotations

from typing import Literal

from booking.core import Booking
from booking.model import AppointmentId, PersonId
from conversations.model import Link
from conversations.text import Text, t
from handlers.effects import Notice, ToPerson


async def receipt(
    core: Booking,
    person: PersonId,
    kind: Literal["cancelled", "moved"],
    text: Text,
    subject: AppointmentId | None = None,
    link: Link | None = None,
) -> Notice:
    """At once, whatever the hour: the word against it helps for minutes only, also whoever did not do it (threat
    T2)."""
    last = await core.undoable(person)
    texts = (text, t("undo.hint", until=last.until)) if last else (text,)
    return Notice(ToPerson(person), kind, texts, subject, link, urgent=True)
