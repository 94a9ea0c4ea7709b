"""The addresses of our pages. A token is derived from a secret, so a reminder prints the same link again; only its
hash is stored, when the link is first given out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from conversations.model import Link
from handlers.parts import Parts
from storage import tokens
from storage.db import Sql

PATHS: Final = {"appointment": "a", "email": "e", "calendar": "calendar"}

# How long each is good for; afterwards it is answered 410. An appointment lies 56 days ahead at most, by default.
LASTS: Final = {"appointment": timedelta(days=120), "email": timedelta(days=30), "calendar": timedelta(days=3650)}


async def give(tx: Sql, link: Link | None, now: datetime) -> None:
    """From now on the link's page answers."""
    if link is not None and link.kind in LASTS:
        await tokens.give(tx, link.kind, link.id, now + LASTS[link.kind])


def url(parts: Parts, link: Link) -> str:
    """The absolute address. A calendar's ends in .ics."""
    pages = parts.pages
    match link.kind:
        case "terms":
            return pages.terms_url
        case "privacy":
            return pages.privacy_url
    token = parts.db.vault.token(link.kind, link.id)
    suffix = ".ics" if link.kind == "calendar" else ""
    return f"{pages.public_url}/{PATHS[link.kind]}/{token}{suffix}"
