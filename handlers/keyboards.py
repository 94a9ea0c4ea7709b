"""What stands on a screen against what comes from it: which question a message can mean, and buttons that have served.

They go off the screen, however their question was answered, where a channel lets us (Telegram).

A press takes off its own at once (`TelegramChannel.pressed`); what is left over, after an answer that was typed or a
question that was put twice, goes once the next message has arrived. Of no consequence when it fails: an old button is
answered 'no longer valid'.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from conversations.model import Input, News, Prompt
from handlers.parts import Parts
from storage import outbox
from storage.contacts import ContactRow
from storage.outbox import OutboxRow

SAME_MOMENT: Final = timedelta(seconds=2)  # Telegram tells whole seconds, by another clock than ours
LOOKED_BACK: Final = 10  # messages: a question that was put more often than that has left the screen
SHARES: Final = "phone"  # the step, in whichever flow, whose question has the key that shares a number


def early(sent_at: datetime | None, prompt: Prompt | None, came: Input) -> bool:
    """Sent before the question on the screen was asked: a press overtook it, or it waited while we were away. Only
    Telegram tells the second at which a message was sent.
    """
    if prompt is None or sent_at is None or came.press is not None:
        return False
    return sent_at < prompt.asked_at - SAME_MOMENT


def superseded(before: Prompt | None, after: Prompt | None, came: Input | News) -> dict[str, Any]:
    """What a reply's row must know of the question that it takes the place of; nothing while that one is open."""
    if before is None or (after is not None and after.id == before.id):
        return {}
    pressed = isinstance(came, Input) and came.press is not None and came.press.prompt == before.id
    return {"over": before.id, "pressed": pressed, "key_up": before.step == SHARES}


async def clear(parts: Parts, row: OutboxRow, contact: ContactRow) -> None:
    """This row has arrived: the buttons of the question before it go. One was pressed: that message's went already."""
    told = row.content or {}
    take_off = getattr(parts.channels[row.channel], "clear_keyboard", None)
    if not told.get("over") or take_off is None:
        return
    rows = await outbox.history(parts.db, contacts=[contact.id], limit=LOOKED_BACK)
    asked = [each for each in rows if each.provider_id and _asks(each, told["over"])]
    for each in asked[1:] if told.get("pressed") else asked:
        await take_off(contact.address, each.provider_id)


def _asks(row: OutboxRow, prompt: str) -> bool:
    return row.content is not None and row.content.get("prompt") == prompt and bool(row.content.get("options"))
