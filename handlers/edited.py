"""Whether a person changed a text of theirs that we have read (Telegram): it is not taken twice, but they are told so.

Telegram announces an edit for more than new words, such as the preview of a link, and for messages that never reached
us: the version that was read last must be at hand, and must say something else.
"""

from __future__ import annotations

from typing import Final

from conversations.model import Input
from handlers.channels import telegram_updates
from handlers.parts import Parts
from storage import inbox
from storage.contacts import ContactRow
from storage.db import Tx
from storage.inbox import InboxRow

LOOKED_BACK: Final = 50  # messages: what was written longer ago is no answer to anything that is open


async def reworded(tx: Tx, parts: Parts, who: ContactRow, row: InboxRow, came: Input) -> bool:
    channel = parts.channels[row.channel]
    for body in await inbox.read_before(tx, who.id, row.id, LOOKED_BACK):
        before = telegram_updates.read(body)
        if before is not None and telegram_updates.message_id(before) == came.edited:
            heard = channel.decode(body)
            return isinstance(heard, Input) and heard.text != came.text
    return False
