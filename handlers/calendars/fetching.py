"""A worker's calendar, fetched from the address that they gave (threat T13: it may lead anywhere).

Only https, only to public addresses (`handlers.public_client`); at most two redirects, each judged alike; bounded in
time and size. Neither the address nor what came of it is ever logged: errors have names of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import aiohttp

from booking.calendar_address import checked
from handlers.public_client import PublicClient

LARGEST: Final = 2 << 20  # bytes
PATIENCE: Final = 10.0  # seconds, redirects included
REDIRECTS: Final = 2
HEADERS: Final = {
    "Accept": "text/calendar",
    "Accept-Encoding": "identity",
    "User-Agent": "SocialDirect calendar",
}
TAG: Final = 200  # characters of an ETag that are kept


class Unfetched(Exception):
    """It could not be fetched; `args[0]` is why: a word of ours, no address."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """`tag` is what to ask with the next time: the server's ETag or date, with the letter that tells which."""

    body: bytes
    tag: str | None


class Unchanged:
    """As it was at the last time."""


@dataclass(frozen=True, slots=True)
class Fetcher(PublicClient):
    """One calendar at a time."""

    async def __call__(self, address: str, tag: str | None) -> Fetched | Unchanged:
        """Raises Unfetched."""
        session = self.session(HEADERS)
        try:
            async with asyncio.timeout(PATIENCE), session:
                return await self._follow(session, address, tag)
        except TimeoutError:
            raise Unfetched("slow") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise Unfetched("unreached") from None  # their texts hold the address

    async def _follow(self, session: aiohttp.ClientSession, address: str, tag: str | None) -> Fetched | Unchanged:
        for _ in range(REDIRECTS + 1):
            url = checked(address)
            if url is None:
                raise Unfetched("bad_address")
            async with session.get(self.placed(url), headers=_asking(tag), allow_redirects=False) as response:
                if response.status in {301, 302, 303, 307, 308}:
                    address = urljoin(url, response.headers.get("Location", ""))
                    continue
                return await _read(response)
        raise Unfetched("redirects")


async def _read(response: aiohttp.ClientResponse) -> Fetched | Unchanged:
    if response.status == 304:
        return Unchanged()
    if response.status != 200:
        raise Unfetched(f"status_{response.status}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Unfetched("packed")
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise Unfetched("too_large")
    return Fetched(bytes(body), _tag(response.headers))


def _tag(headers: Mapping[str, str]) -> str | None:
    for letter, name in (("E", "ETag"), ("M", "Last-Modified")):
        value = headers.get(name, "")
        if 0 < len(value) <= TAG and value.isascii() and value.isprintable():
            return letter + value
    return None


def _asking(tag: str | None) -> Mapping[str, str]:
    names = {"E": "If-None-Match", "M": "If-Modified-Since"}
    return {names[tag[0]]: tag[1:]} if tag and tag[0] in names else {}
