"""Who looks at a page, as far as a request tells: their language, and whether a form was sent from our own page."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from handlers.web import body

TOKEN: Final = "{token:[A-Za-z0-9_-]{16,128}}"  # noqa: S105 - a pattern
FORM_LIMIT: Final = 4 * body.KIB
MOST_FIELDS: Final = 20
RANGE: Final = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]{1,35})?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?\s*")


def token_of(request: web.Request) -> str:
    return request.match_info["token"]


def language(request: web.Request, offered: Sequence[str], default: str) -> str:
    """The one of Accept-Language (RFC 9110, 12.5.4) that we have and they like best."""
    best, weight = default, 0.0
    for part in request.headers.get("Accept-Language", "")[:500].split(","):
        found = RANGE.fullmatch(part)
        if found and found[1].lower() in offered and float(found[2] or 1) > weight:
            best, weight = found[1].lower(), float(found[2] or 1)
    return best


def instant(typed: str) -> datetime | None:
    """An instant as our addresses write it: 20260302T0900, in UTC."""
    try:
        return datetime.strptime(typed, "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def day(typed: str) -> date | None:
    """None for what is no day, and for days so far off that nobody means them."""
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def own_page(request: web.Request, origin: str) -> bool:
    """Whether a POST comes from a page of ours. The token in the path is the authority; this is a second bolt.

    Browsers tell Sec-Fetch-Site on https and on localhost. Elsewhere Origin, which our no-referrer makes 'null'.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin", "null") in {"null", origin}


async def form(request: web.Request, limit: int = FORM_LIMIT, most: int = MOST_FIELDS) -> Mapping[str, str]:
    """The fields of a form of ours; of a repeated one the last. 400 for what no browser sends."""
    raw = await body.read(request, limit)
    try:
        return dict(parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=most, errors="strict"))
    except ValueError:
        raise web.HTTPBadRequest from None


async def own_form(request: web.Request, origin: str) -> Mapping[str, str]:
    """The fields of a form that was sent from our own page; 403 for any other."""
    if not own_page(request, origin):
        raise web.HTTPForbidden
    return await form(request)
