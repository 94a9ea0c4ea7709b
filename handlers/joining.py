"""A worker joins a channel: a one-time link carries a token into their first message there (Telegram's /start, a
WhatsApp text). Whoever sends it is that worker's contact from then on.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from conversations.model import Input
from storage import tokens
from storage.db import Tx

PREFIX: Final = "join-"
LASTS: Final = timedelta(days=7)
_TOKEN: Final = re.compile(rf"(?:/start\s+)?{PREFIX}([0-9A-Za-z]{{22}})")


async def redeemed(tx: Tx, came: Input, now: datetime) -> str | None:
    """The worker whose link this is; None for anything else, a used one or an old one. Uses the token up."""
    found = _TOKEN.fullmatch(came.text.strip())
    if found is None:
        return None
    used = await tokens.use(tx, found[1], "join", now)
    return used.object if isinstance(used, tokens.Good) else None


def words(token: str) -> str:
    """What the link makes a worker send."""
    return f"{PREFIX}{token}"
