"""Calls to addresses that came from outside (threat T13: they may lead anywhere): a calendar, a hook;
or that a provider may send us on to: a file.

A name is judged by what it leads to when the connection is made, so that one that answers differently the second time
gains nothing. An address in digits is not looked up: the caller lets none through (`booking.calendar_address.checked`),
also none that a redirect names. No cookies, no proxy, nothing unpacked. How long it may take and how large it may be is
the caller's; so are aiohttp's errors, which hold the address and are never logged.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from ssl import SSLContext
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

# All that is given out of IPv6 (https://www.iana.org/assignments/ipv6-address-space): what carries an IPv4 address for
# somebody on the way to take out again, and a site's own, lie outside, but for 6to4 and Teredo, whose relay is below.
_GIVEN_OUT: Final = IPv6Network("2000::/3")
_NOT_OURS: Final = tuple(map(ip_network, ("2002::/16", "2001::/32", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")))


@dataclass(frozen=True, slots=True)
class PublicClient:
    """`own`: a name that the settings give, which may lead anywhere. The others are for the tests, whose server is on
    this machine.
    """

    allowed: Callable[[str], bool] | None = None
    ssl: SSLContext | bool = True
    resolver: Callable[[], AbstractResolver] = ThreadedResolver
    port: int | None = None
    own: str = field(default="", kw_only=True)

    def session(self, headers: Mapping[str, str]) -> aiohttp.ClientSession:
        """For one call and what it leads to: each connection is made, and judged, anew. The caller closes it."""
        connector = aiohttp.TCPConnector(
            resolver=PublicOnly(self.resolver(), self.allowed or is_public, self.own),
            use_dns_cache=False,
            ssl=self.ssl,
            force_close=True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            headers=headers,
        )

    def placed(self, url: str) -> str:
        """An https address, at the port where the tests' server listens."""
        if self.port is None:
            return url
        host, slash, rest = url.removeprefix("https://").partition("/")
        return f"https://{host}:{self.port}{slash}{rest}"


class PublicOnly(AbstractResolver):
    """What is looked up is what is connected to, so it is judged here, each time anew."""

    def __init__(self, inner: AbstractResolver, allowed: Callable[[str], bool], own: str = "") -> None:
        self._inner = inner
        self._allowed = allowed
        self._own = own

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if host == self._own:
            return found
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
    if "%" in address or found.is_multicast or any(found in network for network in _NOT_OURS):
        return False
    if isinstance(found, IPv6Address) and found not in _GIVEN_OUT:
        return False
    return found.is_global
