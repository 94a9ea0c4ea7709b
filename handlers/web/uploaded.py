"""A form with a file (multipart/form-data, RFC 7578), from bounded bytes. aiohttp's own reader answers 500 to some."""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message
from typing import Final

from aiohttp import web

from handlers.web import body

MOST_PARTS: Final = 20


async def fields(request: web.Request, limit: int) -> Mapping[str, str]:
    """Its fields, and its files as texts, by name; 400 for what no browser sends.

    A file is UTF-8, or what Excel writes where it is not asked: Windows-1252.
    """
    kind = request.headers.get("Content-Type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise web.HTTPBadRequest
    raw = await body.read(request, limit)
    try:
        found = message_from_bytes(b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n" + raw)
        parts = found.get_payload() if found.is_multipart() else []
        if not isinstance(parts, list) or len(parts) > MOST_PARTS:
            raise web.HTTPBadRequest
        return dict(_field(part) for part in parts if isinstance(part, Message))
    except (ValueError, LookupError, AttributeError, TypeError):
        raise web.HTTPBadRequest from None


def _field(part: Message) -> tuple[str, str]:
    name = part.get_param("name", "", "content-disposition")
    data = part.get_payload(decode=True)
    return str(name), _text(data if isinstance(data, bytes) else b"")


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("windows-1252", "replace")
