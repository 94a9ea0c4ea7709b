"""The bytes of a request, bounded in size and in time. Nothing here guesses a charset or a form.

aiohttp's own `request.post()` and `.json()` answer 500 to a bad charset, a broken multipart or a deep JSON.
"""

import asyncio
from typing import Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

KIB: Final = 1024
PATIENCE: Final = 10.0  # seconds for a whole body


async def read(request: web.Request, limit: int, patience: float = PATIENCE) -> bytes:
    """The whole body, or an HTTP error: 413 too long, 408 too slow, 415 compressed, 400 broken off."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise web.HTTPUnsupportedMediaType  # a few bytes could unpack to gigabytes
    if (request.content_length or 0) > limit:
        raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=request.content_length or 0)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(patience):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if size > limit:
                    raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=size)
                chunks.append(chunk)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.RequestPayloadError, HttpProcessingError, ConnectionError):
        raise web.HTTPBadRequest from None  # wrong chunks, or gone meanwhile
    return b"".join(chunks)
