"""The demo's own door to the console: in as one of the three roles, without password. Only where the demo runs.

GET   /demo/console    which role
POST  /demo/console    {"role"}: an operator of that role is made where there is none, and is in
GET   /console/login   leads here: a move of the clock ends every session, and nobody has a password
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from booking.operating import Role
from handlers.console.entry import TOKEN_BYTES, actor, base62
from handlers.console.second_factor import Chance, new_secret
from handlers.parts import Parts
from handlers.web.console.cookie import Cookie
from handlers.web.console.staff import ROLES
from handlers.web.demo import only_here
from handlers.web.render import Renderer
from handlers.web.visitor import own_form
from storage import audit, operators, sessions

NO_PASSWORD: Final = "none fits"  # noqa: S105 - no hash of anything, so nothing that is typed is right


@dataclass(frozen=True, kw_only=True)
class DemoConsole:
    parts: Parts
    renderer: Renderer
    cookie: Cookie
    chance: Chance

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/demo/console", self._ask)
        app.router.add_post("/demo/console", self._enter)
        app.middlewares.append(_without_password)

    async def _ask(self, request: web.Request) -> web.Response:
        only_here(request)
        return self.renderer.page("demo_console", self.renderer.visitor(request), roles=ROLES)

    async def _enter(self, request: web.Request) -> web.Response:
        only_here(request)
        fields = await own_form(request, self.renderer.origin)
        if fields.get("role") not in set(Role):
            raise web.HTTPBadRequest
        role, token, now = Role(fields["role"]), base62(self.chance(TOKEN_BYTES)), self.parts.clock()
        async with self.parts.db.transaction() as tx:
            operator = await operators.by_name(tx, role)
            id = operator.id if operator else self.parts.new_id()
            if operator is None:
                await operators.add(tx, id, role, role, new_secret(self.chance), now)
                await operators.enrol(tx, id, NO_PASSWORD, 0, ())
            await sessions.begin(tx, token, id, now)
            await audit.add(tx, actor(id), "log in", actor(id), now)
        response = web.Response(status=303, headers={"Location": f"{self.renderer.base}/console"})
        self.cookie.put(response, token)
        return response


@web.middleware
async def _without_password(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.method == "GET" and request.path == "/console/login":
        raise web.HTTPSeeOther("/demo/console")
    return await handler(request)
