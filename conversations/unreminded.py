"""Whoever takes an hour and will get no reminder of it is told so in the same answer, and how to get one.

Nothing unasked goes where they stopped us, nor as an SMS to a foreign number (`handlers/judging.py`); a reminder then
goes to another channel of theirs, where there is one that takes it.
"""

from __future__ import annotations

from typing import Final

from booking import phones
from conversations.model import Context
from conversations.text import Text, t

TAKEN: Final = frozenset(
    {f"{said}.{mode}" for said in ("confirmed", "moved", "undo") for mode in ("phone", "video", "in_person")}
    | {"replaced.taken"}
)


def warned(texts: tuple[Text, ...], c: Context) -> tuple[Text, ...]:
    """Right after what was taken: how to change it stays last."""
    places = [place for place, text in enumerate(texts, 1) if text.msgid in TAKEN]
    why = _why(c)
    return (*texts[: places[0]], why, *texts[places[0] :]) if places and why is not None else texts


def _why(c: Context) -> Text | None:
    if c.elsewhere:
        return None
    sms = c.contact.channel == "sms"
    if c.contact.opted_out:
        # By SMS in few words. Whom Twilio itself has blocked does not get this answer at all, and knows of START by it.
        return t("unreminded.stopped_sms") if sms else t("unreminded.stopped")
    abroad = sms and c.contact.phone is not None and phones.abroad(c.contact.phone)
    return t("unreminded.abroad") if abroad else None
