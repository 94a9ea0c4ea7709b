"""The API served as in production, on the path's small world, with a key of every scope."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.web.api.document import DocumentPages
from handlers.web.api.operations import Scope
from handlers.web.api.problems import beside
from handlers.web.api.service import Service
from handlers.web.api.table import OPERATIONS
from handlers.web.guard import RUNNER, middlewares
from handlers.web.render import Renderer
from storage import api_keys
from storage.api_keys import ApiKeyRow
from storage.throttle import LocalThrottle, Rate
from tests.handlers.path.place import Place

PUBLIC = "https://chat.example.org"
FAST = Rate(10**6, per=timedelta(seconds=1), burst=10**6)  # the clock stands still
SECRET = "sd_0123456789abcdef0123456789abcdef"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        assert self.headers["Content-Type"].startswith("application/problem+json"), self
        assert self.json["status"] == self.status
        return str(self.json["code"])


@dataclass
class Site:
    place: Place
    url: str
    http: aiohttp.ClientSession
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def ask(self, method: str, path: str, key: str | None = SECRET, **more: Any) -> Answer:
        headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **more.pop("headers", {})}
        async with self.http.request(method, f"{self.url}{path}", headers=headers, **more) as response:
            return Answer(response.status, dict(response.headers), await response.text())

    async def get(self, path: str, **query: Any) -> Answer:
        return await self.ask("GET", f"/api/v1{path}", params=query)

    async def key(self, secret: str, *scopes: Scope) -> str:
        parts = self.place.parts
        row = ApiKeyRow(parts.new_id(), "somebody", frozenset(scopes), parts.clock())
        await api_keys.add(parts.db, row, secret)
        return row.id


@asynccontextmanager
async def served(place: Place, rate: Rate = FAST) -> AsyncIterator[Site]:
    app = application(place, rate)
    server = TestServer(app)
    await server.start_server(**RUNNER)
    try:
        async with aiohttp.ClientSession() as http:
            site = Site(place, str(server.make_url("")).rstrip("/"), http)
            await site.key(SECRET, *Scope)
            yield site
    finally:
        await server.close()


def application(place: Place, rate: Rate = FAST) -> web.Application:
    renderer = Renderer(PUBLIC, ("fr", "en"), "fr", "Europe/Paris")
    app = web.Application(middlewares=middlewares(beside(renderer.error_page, PUBLIC)))
    Service(parts=place.parts, operations=OPERATIONS, throttle=LocalThrottle(), rate=rate).add_to(app)
    DocumentPages(operations=OPERATIONS, renderer=renderer, public_url=PUBLIC, version="1").add_to(app)
    return app
