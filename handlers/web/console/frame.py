"""What holds for every page of the console: a session, a role that may, a form that is our own.

    frame.get("/people/{id}", Deed.SEE_PERSON, page)         frame.post(…) likewise

A handler is given a `Visit`. Before it runs: the session is looked up in the database, so one that was ended is out
at the next click; the one policy function is asked (`booking/operating.py`), and a refusal is kept in the audit trail;
a POST must come from a page of ours (Sec-Fetch-Site or Origin) and carry the session's own token. A GET never acts,
except that looking at somebody's data is noted.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hmac import compare_digest
from typing import Any, Final

from aiohttp import web

from booking.operating import Deed, may_operate
from booking.phones import spaced
from conversations.text import Text
from handlers.console.entry import actor
from handlers.parts import Parts
from handlers.web import uploaded
from handlers.web.console.cookie import Cookie
from handlers.web.console.menu import menu
from handlers.web.console.reason_words import reason_words
from handlers.web.console.words import WORDS
from handlers.web.ports import Reader
from handlers.web.render import Renderer
from handlers.web.visitor import FORM_LIMIT, MOST_FIELDS, form
from locales.typography import tied
from storage import audit, sessions
from storage.sessions import Live

ROOT: Final = "/console"
ID: Final = "{id:[A-Za-z0-9_-]{1,64}}"
SHOWN: Final[Mapping[str, Any]] = {"spaced": lambda phone: tied(spaced(phone)), "reason_words": reason_words}
NAMED: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")  # an id, or what the audit trail calls an actor or an object
INSIDE: Final = re.compile(rf"{ROOT}(?:/[A-Za-z0-9_-]+)*")  # where a login may lead on to


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request of an operator who may. `fields`: of the form that was sent; empty for a GET."""

    frame: Frame
    request: web.Request
    live: Live
    reader: Reader
    now: datetime
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        return actor(self.live.operator)

    def may(self, deed: Deed) -> bool:
        return may_operate(self.live.role, deed)

    def page(
        self, name: str, status: int = 200, *, said: Text | None = None, zone: str | None = None, **values: Any
    ) -> web.Response:
        """`said`: what was just done, or why it was not, above the page. `zone`: by whose clock times are told."""
        reader = self.reader if zone is None else replace(self.reader, zone=zone)
        return self.frame.draw(
            name, reader, status, visit=self, said=said, menu=menu(self.live.role), here=self.here, **values
        )

    def back(self, path: str) -> web.HTTPSeeOther:
        """To be raised after a deed: loading the page again does it once only."""
        return web.HTTPSeeOther(f"{self.frame.renderer.base}{ROOT}{path}")

    @property
    def here(self) -> str:
        """The path of the page, from the console's root."""
        return self.request.path.removeprefix(self.frame.renderer.base).removeprefix(ROOT)

    @property
    def csrf(self) -> str:
        return self.frame.csrf(self.live)

    @property
    def words(self) -> str:
        """What was written in a form's one large field. A browser ends lines as mail does."""
        return self.fields.get("words", "").replace("\r\n", "\n")

    @property
    def typed(self) -> Mapping[str, str]:
        """These words by the last part of the path that they were sent to: where that could not be done, they are shown
        again."""
        return {self.request.path.rpartition("/")[2]: self.words}

    def place(self, name: str) -> str:
        """What stands in the path where the route has a place of this name."""
        return self.request.match_info[name]


Handler = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    deed: Deed


@dataclass(frozen=True, kw_only=True)
class Frame:
    """`routes` is the list of all that needs a session: a test walks it with every role."""

    app: web.Application
    parts: Parts
    renderer: Renderer
    cookie: Cookie
    routes: list[Route] = field(default_factory=list)

    def get(self, path: str, deed: Deed, handler: Handler) -> None:
        self.routes.append(Route("GET", f"{ROOT}{path}", deed))

        async def look(request: web.Request) -> web.StreamResponse:
            return await handler(self._visit(request, await self._allowed(request, deed), {}))

        self.app.router.add_get(f"{ROOT}{path}", look)

    def post(
        self,
        path: str,
        deed: Deed,
        handler: Handler,
        *,
        limit: int = FORM_LIMIT,
        most: int = MOST_FIELDS,
        upload: bool = False,
    ) -> None:
        """`limit`: bytes; `most`: fields; `upload`: the form has a file in it."""
        self.routes.append(Route("POST", f"{ROOT}{path}", deed))

        async def act(request: web.Request) -> web.StreamResponse:
            if not self.own_page(request):
                raise web.HTTPForbidden
            live = await self._allowed(request, deed)  # before a body is read: much, only of who may
            sent = await (uploaded.fields(request, limit) if upload else form(request, limit, most))
            if not _same(sent.get("csrf", ""), self.csrf(live)):
                raise web.HTTPForbidden
            return await handler(self._visit(request, live, sent))

        self.app.router.add_post(f"{ROOT}{path}", act)

    def own_page(self, request: web.Request) -> bool:
        """Stricter than people's pages: our pages tell their origin here, so 'null' is somebody else's."""
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None and site != "same-origin":
            return False
        return request.headers.get("Origin") == self.renderer.origin

    def csrf(self, live: Live) -> str:
        return self.parts.db.vault.token("csrf", live.hash)

    def draw(self, name: str, reader: Reader, status: int = 200, **values: Any) -> web.Response:
        response = self.renderer.page(f"console/{name}", reader, status, deeds=Deed, **SHOWN, **WORDS, **values)
        # Our own forms are to tell where they come from; what leaves the console tells nothing.
        response.headers["Referrer-Policy"] = "same-origin"
        return response

    async def _allowed(self, request: web.Request, deed: Deed) -> Live:
        """Who asks, if they may."""
        now, token = self.parts.clock(), self.cookie.read(request)
        live = await sessions.find(self.parts.db, token, now) if token else None
        if live is None:
            raise self._to_login(request)
        if not may_operate(live.role, deed):
            await audit.add(self.parts.db, actor(live.operator), f"refused: {deed}", "console", now)
            raise web.HTTPForbidden
        return live

    def _visit(self, request: web.Request, live: Live, fields: Mapping[str, str]) -> Visit:
        reader = self.renderer.visitor(request)
        return Visit(frame=self, request=request, live=live, reader=reader, now=self.parts.clock(), fields=fields)

    def _to_login(self, request: web.Request) -> web.HTTPSeeOther:
        path = request.path.removeprefix(self.renderer.base)
        onwards = f"?next={path}" if request.method == "GET" and INSIDE.fullmatch(path) and path != ROOT else ""
        return web.HTTPSeeOther(f"{self.renderer.base}{ROOT}/login{onwards}")


def _same(given: str, wanted: str) -> bool:
    return compare_digest(given.encode("utf-8", "replace"), wanted.encode())
