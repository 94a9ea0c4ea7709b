"""What holds for every route: no 500 to any input, strict headers, nothing personal in the log."""

import logging
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

log = logging.getLogger(__name__)

WEBHOOKS: Final = "/webhooks/"
RETRY_AFTER: Final = "5"  # seconds: about what a database needs to restart

# https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html. Addresses of pages hold tokens: no
# referrer carries them on, no cache keeps them.
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def _without_content(record: logging.LogRecord) -> bool:
    """aiohttp tells who sent what it could not read, and the bytes themselves; its class is enough."""
    kind = record.exc_info[0] if record.exc_info else None
    record.msg, record.args = "a request could not be read: %s", (kind.__name__ if kind else "no exception",)
    record.exc_info = record.exc_text = None
    return True


unreadable = logging.getLogger(f"{__name__}.unreadable")
unreadable.addFilter(_without_content)

# For `AppRunner(app, **RUNNER)`. Bodies stay as they came: a compressed one is refused before it is unpacked. No
# access log, since paths hold tokens.
RUNNER: Final[Mapping[str, Any]] = {
    "auto_decompress": False,
    "access_log": None,
    "logger": unreadable,
    "keepalive_timeout": 75.0,  # seconds; aiohttp's own is an hour, and an idle connection costs memory
}

# Draws a kind page for a status, in the visitor's language.
ErrorPage = Callable[[web.Request, int], web.Response]


def plain_page(request: web.Request, status: int) -> web.Response:  # noqa: ARG001 - an ErrorPage
    """For a server that has no pages: a worker's figures."""
    return web.Response(status=status, text=str(status))


def middlewares(page: ErrorPage = plain_page) -> tuple[Middleware, ...]:
    """In the order in which aiohttp is to be given them."""
    return (_headers(), _no_500(page))


def _headers() -> Middleware:
    @web.middleware
    async def headers(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            _add_headers(error)
            raise
        if not response.prepared:
            _add_headers(response)
        return response

    return headers


def _add_headers(response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _no_500(page: ErrorPage) -> Middleware:
    @web.middleware
    async def no_500(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if request.path.startswith(WEBHOOKS) or error.status < 400:
                raise
            return _with(page(request, error.status), error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is no 500
            _tell(request, error)
            return _sorry(request, page)

    return no_500


def _with(response: web.Response, error: web.HTTPException) -> web.Response:
    if "Allow" in error.headers:  # of a 405
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _tell(request: web.Request, error: Exception) -> None:
    """The class and the place, never the text: it may hold a value. The route, never the path: it may hold a token."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    route = request.match_info.route.resource
    where = route.canonical if route else "no route"
    log.error("a request failed: %s at %s:%s in %s", type(error).__name__, place.name, place.lineno, where)


def _sorry(request: web.Request, page: ErrorPage) -> web.Response:
    """The provider comes again after a 503, and so can a person."""
    sorry = web.Response(status=503) if request.path.startswith(WEBHOOKS) else page(request, 503)
    sorry.headers["Retry-After"] = RETRY_AFTER
    return sorry
