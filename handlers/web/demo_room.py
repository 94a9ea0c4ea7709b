"""The demo's own room, where a video server would be: who has it open, and nothing else. No picture, no sound.

    GET  /demo/room/{name}/{seat}          the page; `seat` is worker or person, as the link that led here says
    POST /demo/room/{name}/{seat}          I am here: answers who is, as JSON; sent again every few seconds
    POST /demo/room/{name}/{seat}/leave    I am leaving

Kept in this process's memory: a demo is one process, and a room that is closed is forgotten.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from handlers.web.render import Renderer
from handlers.web.visitor import own_page

ROOM: Final = "/demo/room/{name:[a-z2-7]{32}}/{seat:worker|person}"
SEATS: Final = ("worker", "person")
GONE_AFTER: Final = 8.0  # seconds without a sign; the script gives one every three
MOST: Final = 100  # rooms that are remembered


@dataclass
class Presence:
    """Who gave a sign when, on the loop's clock: the demo's own clock jumps."""

    signs: dict[str, dict[str, float]] = field(default_factory=dict)

    def came(self, room: str, seat: str, now: float) -> None:
        self.signs.setdefault(room, {})[seat] = now
        while len(self.signs) > MOST:
            del self.signs[next(iter(self.signs))]

    def left(self, room: str, seat: str) -> None:
        self.signs.get(room, {}).pop(seat, None)

    def there(self, room: str, now: float) -> dict[str, bool]:
        seen = self.signs.get(room, {})
        return {seat: seat in seen and now - seen[seat] < GONE_AFTER for seat in SEATS}


@dataclass(frozen=True, kw_only=True)
class DemoRoomPages:
    renderer: Renderer
    presence: Presence = field(default_factory=Presence)

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(ROOM, self._room)
        app.router.add_post(ROOM, self._here)
        app.router.add_post(f"{ROOM}/leave", self._leave)

    async def _room(self, request: web.Request) -> web.Response:
        return self._page(request, left=False)

    async def _here(self, request: web.Request) -> web.Response:
        name, seat = self._own(request)
        now = asyncio.get_running_loop().time()
        self.presence.came(name, seat, now)
        return web.json_response(self.presence.there(name, now))

    async def _leave(self, request: web.Request) -> web.Response:
        name, seat = self._own(request)
        self.presence.left(name, seat)
        return self._page(request, left=True)

    def _page(self, request: web.Request, *, left: bool) -> web.Response:
        name, seat = request.match_info["name"], request.match_info["seat"]
        reader = self.renderer.visitor(request)
        return self.renderer.page("room", reader, address=f"/demo/room/{name}/{seat}", seat=seat, left=left)

    def _own(self, request: web.Request) -> tuple[str, str]:
        if not own_page(request, self.renderer.origin):
            raise web.HTTPForbidden
        return request.match_info["name"], request.match_info["seat"]
