"""The page by which somebody downloads a copy of their data, once.

    GET  /x/{token}          what it is, and that it opens once
    POST /x/{token}          the zip

A GET never acts: scanners of messages open every link. The file is written as it is made: it is never whole in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from handlers.privacy import exporting
from handlers.web.copy_core import CopyCore, CopyView
from handlers.web.guard import HEADERS as STRICT
from handlers.web.ports import Gone
from handlers.web.render import Renderer
from handlers.web.visitor import TOKEN, own_form, token_of
from locales.voice import Voice

HEADERS: Final = {  # they leave before anybody else could add any
    **STRICT,
    "Content-Type": "application/zip",
    "Content-Disposition": 'attachment; filename="data.zip"',
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True, kw_only=True)
class CopyPages:
    core: CopyCore
    renderer: Renderer

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(f"/x/{TOKEN}", self._page)
        app.router.add_post(f"/x/{TOKEN}", self._download)

    async def _page(self, request: web.Request) -> web.Response:
        view = await self.core.view(token_of(request))
        if not isinstance(view, CopyView):
            return self._no(request, view)
        return self.renderer.page("copy", view.reader, token=token_of(request))

    async def _download(self, request: web.Request) -> web.StreamResponse:
        await own_form(request, self.renderer.origin)
        view = await self.core.take(token_of(request))
        if not isinstance(view, CopyView):
            return self._no(request, view)
        gathered = await exporting.gather(self.core.parts, view.person)
        if gathered is None:
            return self._no(request, Gone("expired"))
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        async for piece in exporting.archive(self.core.parts, gathered, Voice(gathered.lang, gathered.zone)):
            await response.write(piece)
        await response.write_eof()
        return response

    def _no(self, request: web.Request, gone: Gone | None) -> web.Response:
        if gone is None:
            return self.renderer.no(request, None)
        return self.renderer.page("copy_gone", self.renderer.visitor(request), 410)
