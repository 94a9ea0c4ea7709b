"""A file that somebody sent, fetched from its provider (threat T13: nobody may lead us elsewhere).

Its address is made of ids, on the address that the settings name. A redirect is followed to the places that the
provider is known to keep files at and to no other, without our credentials; each name is judged when the connection is
made (`handlers.public_client`). Bounded in time and size. No address is ever logged: errors have names of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from handlers.documents.verdict import MOST_BYTES
from handlers.public_client import PublicClient

PATIENCE: Final = 60.0  # seconds, redirects included
REDIRECTS: Final = 2
LONGEST: Final = 4096  # characters of an address that we are sent to; signed ones have about 600
AGAIN: Final = frozenset({301, 302, 303, 307, 308})
GONE: Final = frozenset({404, 410})
HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "SocialDirect"}


class Unfetched(Exception):
    """It is not here; `args[0]` is why: a word of ours, no address. `lost`: nor will it ever be."""

    def __init__(self, why: str, *, lost: bool = False, after: timedelta | None = None) -> None:
        super().__init__(why)
        self.lost = lost
        self.after = after


class TooLarge(Exception):
    """More than we take; the rest was not read."""


@dataclass(frozen=True, slots=True)
class Way:
    """`base`: the provider's address by the settings; `own`: it is none of the provider's, but a stand-in or a server
    of the operator's, which may be at any address, and keeps its files itself. `elsewhere`: host and beginning of the
    path of each place that redirects may lead to. The others are for the tests, whose servers are on this machine.
    """

    base: str
    own: bool = False
    elsewhere: tuple[str, ...] = ()
    client: PublicClient = field(default_factory=PublicClient)
    patience: float = PATIENCE

    async def __call__(self, path: str, headers: Mapping[str, str]) -> bytes:
        """`headers` go to `base` alone. Raises Unfetched, TooLarge."""
        try:
            async with asyncio.timeout(self.patience), self._session() as session:
                return await self._follow(session, self.base.rstrip("/") + path, headers)
        except TimeoutError:
            raise Unfetched("slow") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise Unfetched("unreached") from None  # their texts hold the address

    def _session(self) -> aiohttp.ClientSession:
        own = urlsplit(self.base).hostname if self.own else None
        return replace(self.client, own=own or "").session(HEADERS)

    async def _follow(self, session: aiohttp.ClientSession, url: str, headers: Mapping[str, str]) -> bytes:
        for _ in range(REDIRECTS + 1):
            placed = URL(self.client.placed(url), encoded=True)
            async with session.get(placed, headers=headers, allow_redirects=False) as response:
                if response.status not in AGAIN:
                    return await _read(response)
                url, headers = self._next(url, response.headers.get("Location", "")), {}
        raise Unfetched("redirects")

    def _next(self, url: str, location: str) -> str:
        """Where a redirect may lead; what is not clearly one of these places is none."""
        if len(location) > LONGEST or not location.isascii() or not location.isprintable() or "\\" in location:
            raise Unfetched("redirect")
        found = urljoin(url, location)
        parts = urlsplit(found)
        if self.own and found.startswith(self.base.rstrip("/") + "/"):
            return found
        plain = parts.username is None and parts.password is None and parts.port in {None, 443}
        crooked = ".." in parts.path or "%2e" in parts.path.lower()
        if parts.scheme != "https" or not plain or crooked:
            raise Unfetched("redirect")
        if not any(f"{parts.hostname}{parts.path}".startswith(place) for place in self.elsewhere):
            raise Unfetched("redirect")
        return found


async def _read(response: aiohttp.ClientResponse) -> bytes:
    if response.status != 200:
        raise Unfetched(f"status_{response.status}", lost=response.status in GONE, after=_after(response.headers))
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Unfetched("packed")
    if (response.content_length or 0) > MOST_BYTES:
        raise TooLarge
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > MOST_BYTES:
            raise TooLarge
    return bytes(body)


def _after(headers: Mapping[str, str]) -> timedelta | None:
    seconds = headers.get("Retry-After", "")
    return timedelta(seconds=int(seconds)) if seconds.isascii() and seconds.isdecimal() and len(seconds) < 6 else None
