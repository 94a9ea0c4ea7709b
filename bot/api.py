"""The HTTP API, put together: its operations, and the document that tells of them."""

from __future__ import annotations

from aiohttp import web

from bot import __version__
from handlers.parts import Parts
from handlers.web.api.document import DocumentPages
from handlers.web.api.service import Service
from handlers.web.api.table import OPERATIONS
from handlers.web.render import Renderer


def add_api(app: web.Application, parts: Parts, renderer: Renderer) -> None:
    """Without a key that an operator made, all of it but the document answers 401."""
    Service(parts=parts, operations=OPERATIONS, throttle=parts.throttle).add_to(app)
    pages = DocumentPages(
        operations=OPERATIONS, renderer=renderer, public_url=parts.pages.public_url, version=__version__
    )
    pages.add_to(app)
