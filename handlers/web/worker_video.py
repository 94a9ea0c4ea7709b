"""A worker's way into the video, as its moderator; and out of one that does not work.

GET  /w/{token}/join     in its time the room; else back to the page, which says when it opens
POST /w/{token}/phone    a call at the same hour: the person is told, and the page has the button to call
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from booking.model import Mode
from handlers.web.door import door
from handlers.web.ports import Gone, Rooms, Seat, WorkersPages, WorkersVideo, WorkerView
from handlers.web.render import Renderer
from handlers.web.visitor import TOKEN, own_form, token_of


@dataclass(frozen=True, kw_only=True)
class WorkerVideo:
    pages: WorkersPages
    video: WorkersVideo
    renderer: Renderer
    rooms: Rooms

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(f"/w/{TOKEN}/join", self._join)
        app.router.add_post(f"/w/{TOKEN}/phone", self._phone)

    async def _join(self, request: web.Request) -> web.Response:
        view = await self.pages.view(token_of(request))
        if not isinstance(view, WorkerView):
            return self._no(request, view)
        if view.appointment.mode is not Mode.VIDEO or door(view.appointment, view.now) != "open":
            raise web.HTTPSeeOther(self._page(request))
        raise web.HTTPSeeOther(self.rooms(view.appointment, Seat("worker", view.worker)))

    async def _phone(self, request: web.Request) -> web.Response:
        """Whatever became of it, the page shows how they meet now."""
        await own_form(request, self.renderer.origin)
        done = await self.video.by_phone(token_of(request))
        if done is None or isinstance(done, Gone):
            return self._no(request, done)
        raise web.HTTPSeeOther(self._page(request))

    def _page(self, request: web.Request) -> str:
        return f"{self.renderer.base}/w/{token_of(request)}"

    def _no(self, request: web.Request, gone: Gone | None) -> web.Response:
        if gone is None:
            return self.renderer.no(request, None)
        return self.renderer.page("worker_gone", gone.reader or self.renderer.visitor(request), 410, why=gone.why)
