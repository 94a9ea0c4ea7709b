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
from aiohttp.typedefs import Middleware

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
from tests.handlers.path.place import CAMILLE, Place

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

    async def post(self, path: str, body: Any = None, once: str | None = None, **more: Any) -> Answer:
        """With an Idempotency-Key of its own, if none is given."""
        headers = {"Idempotency-Key": once or f"once-{next(self.numbers)}", **more.pop("headers", {})}
        return await self.ask("POST", f"/api/v1{path}", json=body, headers=headers, **more)

    async def joins(self, **changes: Any) -> str:
        """A new account; its address in the API."""
        answer = await self.post("/persons", person(**changes))
        assert answer.status == 201, answer
        return f"/persons/{answer.json['id']}"

    async def slot(self, number: int = 0, **wish: Any) -> str:
        """The id of a free hour of next week, so that nothing about it is late."""
        after = "2026-03-09T06:00:00Z"
        found = await self.get("/slots", motive="finance", mode="phone", after=after, **wish)
        return str(found.json["slots"][number]["slot"])

    async def books(self, person: str, number: int = 0) -> Any:
        booked = await self.post(f"{person}/appointments", hour(await self.slot(number)))
        assert booked.status == 201, booked
        return booked.json

    async def key(self, secret: str, *scopes: Scope) -> str:
        parts = self.place.parts
        row = ApiKeyRow(parts.new_id(), "somebody", frozenset(scopes), parts.clock())
        await api_keys.add(parts.db, row, secret)
        return row.id


def person(**changes: Any) -> dict[str, Any]:
    """Everything that an account is made of; `consent` may be changed in parts."""
    consent = {
        "terms_version": "2024-10-15",
        "language": "fr",
        "statement": "J'ai lu et j'accepte les conditions.",
        "accepted_at": "2026-03-02T08:59:00Z",
        "adult": True,
        "authorised": True,
        **changes.pop("consent", {}),
    }
    return {
        "code": "ports 7kqm 4xtd",
        "first_name": "Camille",
        "last_name": "Dubois",
        "email": "camille@example.org",
        "phone": CAMILLE,
        "phone_proven": True,
        "language": "fr",
        "consent": consent,
        **changes,
    }


def hour(slot: str, **changes: Any) -> dict[str, Any]:
    return {"slot": slot, "motive": "finance", "mode": "phone", **changes}


@asynccontextmanager
async def served(place: Place, rate: Rate = FAST, *planted: Middleware) -> AsyncIterator[Site]:
    """`planted`: faults that a test puts before the real program."""
    app = application(place, rate, *planted)
    server = TestServer(app)
    await server.start_server(**RUNNER)
    try:
        async with aiohttp.ClientSession() as http:
            site = Site(place, str(server.make_url("")).rstrip("/"), http)
            await site.key(SECRET, *Scope)
            yield site
    finally:
        await server.close()


def application(place: Place, rate: Rate = FAST, *planted: Middleware) -> web.Application:
    renderer = Renderer(PUBLIC, ("fr", "en"), "fr", "Europe/Paris")
    app = web.Application(middlewares=(*planted, *middlewares(beside(renderer.error_page, PUBLIC))))
    Service(parts=place.parts, operations=OPERATIONS, throttle=LocalThrottle(), rate=rate).add_to(app)
    renderer.add_to(app)
    DocumentPages(operations=OPERATIONS, renderer=renderer, public_url=PUBLIC, version="1").add_to(app)
    return app
