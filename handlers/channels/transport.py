"""One call to a provider: an answer, or a SendError that says whether it may have been processed.

Neither Twilio nor Telegram knows an idempotency key. What was never connected may be repeated; whatever happened after
the request left may have been a message on somebody's phone, and is 'unknown'.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from handlers.channels.outcomes import of_line


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


async def call(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    timeout: float,  # noqa: ASYNC109 - aiohttp's own, which tells connecting from waiting
    headers: Mapping[str, str] | None = None,
    **body: Any,
) -> Answer:
    """`body`: `data=`, `json=` or `params=`, as aiohttp takes them."""
    limits = aiohttp.ClientTimeout(total=timeout, connect=timeout / 2, sock_connect=timeout / 2)
    try:
        async with session.request(
            method, url, headers=headers, timeout=limits, allow_redirects=False, **body
        ) as response:
            return Answer(response.status, await response.read(), response.headers)
    # `from None` throughout: the address in their texts may hold a token.
    except (aiohttp.InvalidURL, aiohttp.ClientSSLError):
        raise of_line("unreachable") from None
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise of_line("unreached") from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise of_line("no_answer") from None
