"""A worker's calendar, fetched from the address that they gave (threat T13: it may lead anywhere).

Only https, only to public addresses, judged when the connection is made, so that a name that answers differently the
second time gains nothing; at most two redirects, each judged alike; no cookies, no proxy, nothing unpacked; bounded in
time and size. Neither the address nor what came of it is ever logged: errors have names of ours.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from ssl import SSLContext
from typing import Final
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from booking.calendar_address import checked

LARGEST: Final = 2 << 20  # bytes
PATIENCE: Final = 10.0  # seconds, redirects included
REDIRECTS: Final = 2
TAG: Final = 200  # characters of an ETag that are kept

# IPv6 addresses that carry an IPv4 one, which somebody on the way would take out again.
_CARRIERS: Final = tuple(
    map(ip_network, ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
)


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
class Fetcher:
    """`allowed`, `ssl` and `port` are for the tests, whose server is on this machine."""

    allowed: Callable[[str], bool] | None = None
    ssl: SSLContext | bool = True
    resolver: Callable[[], AbstractResolver] = ThreadedResolver
    port: int | None = None

    async def __call__(self, address: str, tag: str | None) -> Fetched | Unchanged:
        """Raises Unfetched."""
        connector = aiohttp.TCPConnector(
            resolver=PublicOnly(self.resolver(), self.allowed or is_public),
            use_dns_cache=False,
            ssl=self.ssl,
            force_close=True,
        )
        session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            headers={"Accept": "text/calendar", "Accept-Encoding": "identity", "User-Agent": "SocialDirect calendar"},
        )
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
            async with session.get(self._placed(url), headers=_asking(tag), allow_redirects=False) as response:
                if response.status in {301, 302, 303, 307, 308}:
                    address = urljoin(url, response.headers.get("Location", ""))
                    continue
                return await _read(response)
        raise Unfetched("redirects")

    def _placed(self, url: str) -> str:
        if self.port is None:
            return url
        host, slash, rest = url.removeprefix("https://").partition("/")
        return f"https://{host}:{self.port}{slash}{rest}"


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


class PublicOnly(AbstractResolver):
    """What is looked up is what is connected to, so it is judged here, each time anew."""

    def __init__(self, inner: AbstractResolver, allowed: Callable[[str], bool]) -> None:
        self._inner = inner
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found or not all(self._allowed(each["host"]) for each in found):
            raise OSError("not a public address")  # one of several is enough: that name is not what it should be
        return found

    async def close(self) -> None:
        await self._inner.close()


def is_public(address: str) -> bool:
    """An address of the Internet: of no private, local or reserved network, and carrying no other address in it."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if "%" in address or found.is_multicast or any(found in network for network in _CARRIERS):
        return False
    return found.is_global
