"""One call to a hook's address, signed as Standard Webhooks says
(https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).

The address was given by an operator and may lead anywhere all the same (threat T13): only https, only to public
addresses (`handlers.public_client`); no redirect is followed, nothing of the answer read but its status. Neither the
address nor what came of it is ever logged: errors have names of ours.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import aiohttp

from booking.calendar_address import checked
from handlers.public_client import PublicClient

HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "SocialDirect hooks"}
PATIENCE: Final = 15.0  # seconds; the specification asks for 15 to 30
SECRET: Final = "whsec_"  # noqa: S105 - how each begins


class Unsent(Exception):
    """It did not arrive, or not surely; `args[0]` is why: a word of ours, no address."""


def address(text: str) -> str | None:
    """As it may be called; None for anything but https to a name with a dot in it."""
    return checked(text) if text.startswith("https://") else None


def signed(secrets: Sequence[str], id: str, body: str, now: datetime) -> Mapping[str, str]:
    """The three headers by which a receiver knows us, and refuses what is old or came before. A signature for each
    secret, apart by spaces: one that fits is enough.
    """
    at = str(int(now.timestamp()))
    signatures = [f"v1,{_signature(secret, f'{id}.{at}.{body}')}" for secret in secrets]
    return {"webhook-id": id, "webhook-timestamp": at, "webhook-signature": " ".join(signatures)}


def _signature(secret: str, text: str) -> str:
    key = base64.b64decode(secret.removeprefix(SECRET))
    return base64.b64encode(hmac.digest(key, text.encode(), hashlib.sha256)).decode()


@dataclass(frozen=True, slots=True)
class Poster(PublicClient):
    """One call at a time."""

    patience: float = PATIENCE  # another one is for the tests

    async def __call__(self, url: str, headers: Mapping[str, str], body: str) -> int:
        """The status. Raises Unsent."""
        good = address(url)
        if good is None:
            raise Unsent("bad_address")
        session = self.session(HEADERS)
        try:
            async with asyncio.timeout(self.patience), session:
                placed = self.placed(good)
                async with session.post(placed, data=body.encode(), headers=headers, allow_redirects=False) as response:
                    return response.status
        except TimeoutError:
            raise Unsent("slow") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise Unsent("unreached") from None  # their texts hold the address
