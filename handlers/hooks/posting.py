"""One call to a hook's address, signed as Standard Webhooks says
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).

The address was given by an operator and may lead anywhere all the same (threat T13): only https, only to public
addresses, judged when the connection is made; no redirect is followed, no cookie kept, nothing of the answer read but
its status. Neither the address nor what came of it is ever logged: errors have names of ours.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ssl import SSLContext
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import ThreadedResolver

from booking.calendar_address import checked
from handlers.calendars.fetching import PublicOnly, is_public

PATIENCE: Final = 15.0  # seconds; the specification asks for 15 to 30
SECRET: Final = "whsec_"  # noqa: S105 - how each begins


class Unsent(Exception):
    """It did not arrive, or not surely; `args[0]` is why: a word of ours, no address."""


def address(text: str) -> str | None:
    """As it may be called; None for anything but https to a name with a dot in it."""
    return checked(text) if text.startswith("https://") else None


def signed(secret: str, id: str, body: str, now: datetime) -> Mapping[str, str]:
    """The three headers by which a receiver knows us, and refuses what is old or came before."""
    key, at = base64.b64decode(secret.removeprefix(SECRET)), str(int(now.timestamp()))
    digest = hmac.digest(key, f"{id}.{at}.{body}".encode(), hashlib.sha256)
    return {
        "webhook-id": id,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


@dataclass(frozen=True, slots=True)
class Poster:
    """All but `patience` are for the tests, whose receiver is on this machine."""

    allowed: Callable[[str], bool] | None = None
    ssl: SSLContext | bool = True
    resolver: Callable[[], AbstractResolver] = ThreadedResolver
    port: int | None = None
    patience: float = PATIENCE

    async def __call__(self, url: str, headers: Mapping[str, str], body: str) -> int:
        """The status. Raises Unsent."""
        good = address(url)
        if good is None:
            raise Unsent("bad_address")
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
            headers={"Content-Type": "application/json", "User-Agent": "SocialDirect hooks"},
        )
        try:
            async with asyncio.timeout(self.patience), session:
                placed = self._placed(good)
                async with session.post(placed, data=body.encode(), headers=headers, allow_redirects=False) as response:
                    return response.status
        except TimeoutError:
            raise Unsent("slow") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise Unsent("unreached") from None  # their texts hold the address

    def _placed(self, url: str) -> str:
        if self.port is None:
            return url
        host, slash, rest = url.removeprefix("https://").partition("/")
        return f"https://{host}:{self.port}{slash}{rest}"
