"""Twenty messages a minute of one sender are heard, and no more (threat T22): those beyond are done without a turn, and
a kind word says so, once a minute. Danger and STOP are always heard, whatever came before (T31).

Counted in the inbox's own rows, by when each was sent: what an outage brings all at once was not written at once.
Fails open: news, signs of a provider, and what is set aside are no messages, and do not count.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from conversations.danger import danger
from conversations.model import Input, Words
from conversations.normal import fold
from conversations.text import t
from locales.words import words
from storage import inbox
from storage.contacts import ContactRow
from storage.db import Tx
from storage.inbox import InboxRow

MINUTE: Final = timedelta(minutes=1)
SLOW_DOWN: Final = t("flood.slow")


async def verdict(tx: Tx, who: ContactRow, row: InboxRow, came: Input, a_minute: int) -> inbox.Unheard | None:
    """None: it is heard. Else how it is done without a turn: with the kind word, or without."""
    if _always(came.text, words(who.lang)):
        return None
    since = written(row) - MINUTE
    if not await inbox.heard_since(tx, row, since, a_minute):
        return None
    return inbox.UNHEARD if await inbox.told_since(tx, row, since) else inbox.TOLD


def _always(text: str, listed: Words) -> bool:
    return danger(text, listed) is not None or fold(text) in listed("words.command.stop")


def written(row: InboxRow) -> datetime:
    """When they sent it, as far as the provider tells."""
    return row.sent_at or row.received_at
