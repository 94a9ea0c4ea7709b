"""The addresses of our pages. A token is derived from a secret, so a reminder prints the same link again; only its
hash is stored, when the link is first given out. What went to somebody else's telephone is revoked, and the next that
is printed is another (`storage.tokens.version`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from conversations.model import Link
from handlers import joining
from handlers.parts import Parts
from storage import tokens
from storage.db import Sql

PATHS: Final = {"appointment": "a", "worker": "w", "email": "e", "calendar": "calendar", "upload": "u", "handed": "d"}

# How long each is good for; afterwards it is answered 410. An appointment's: so long after the furthest start.
LASTS: Final = {
    "appointment": timedelta(days=60),
    "worker": timedelta(days=60),
    "email": timedelta(days=30),
    "calendar": timedelta(days=3650),
    "upload": timedelta(days=2),
    "handed": timedelta(days=14),
}


async def give(tx: Sql, parts: Parts, link: Link | None, now: datetime) -> None:
    """From now on the link's page answers."""
    if link is None:
        return
    if link.kind == "join":
        await joining.give(tx, link, now)
    elif link.kind in LASTS:
        ahead = parts.rules.horizon if link.kind in {"appointment", "worker"} else timedelta()
        version = await tokens.version(tx, link.kind, link.id)
        await tokens.give(tx, link.kind, link.id, now + ahead + LASTS[link.kind], version)


async def urls(db: Sql, parts: Parts, links: Iterable[Link | None]) -> Callable[[Link], str]:
    """What gives the addresses of these, each as it is good now."""
    versions = {link: await tokens.version(db, link.kind, link.id) for link in links if link and link.kind in LASTS}
    return lambda link: url(parts, link, versions.get(link, 0))


def url(parts: Parts, link: Link, version: int = 0) -> str:
    """The absolute address. A calendar's ends in .ics."""
    pages = parts.pages
    match link.kind:
        case "terms":
            return f"{pages.public_url}/legal"  # which leads to both, with their versions
        case "privacy":
            return f"{pages.public_url}/legal"  # which leads to the policy, and says the short of it
        case "join":
            return joining.url(parts, link)
    token = parts.db.vault.token(link.kind, link.id, version)
    suffix = ".ics" if link.kind == "calendar" else ""
    return f"{pages.public_url}/{PATHS[link.kind]}/{token}{suffix}"
