"""A worker's page of the documents that a person handed over: each is downloaded once.

    GET  /d/{token}          whose, for when, what
    POST /d/{token}          `document`, counted from 1: the file, always as an attachment
    POST /d/{token}/again    a new link, by the worker's own channel

A GET never acts. What is downloaded is no page: it opens nothing here, whatever its bytes are (threat T12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from conversations.text import Text, t
from handlers.documents.verdict import MEDIA
from handlers.web.handed_core import AlreadyRead, File, HandedCore, HandedView
from handlers.web.ports import Gone
from handlers.web.render import Renderer
from handlers.web.visitor import TOKEN, own_form, token_of

KINDS: Final[Mapping[str, Text]] = {
    "pdf": t("page.upload.pdf"),
    "jpeg": t("page.upload.photo"),
    "png": t("page.upload.photo"),
}
SUFFIX: Final[Mapping[str, str]] = {"pdf": "pdf", "jpeg": "jpg", "png": "png"}


@dataclass(frozen=True, kw_only=True)
class HandedPages:
    core: HandedCore
    renderer: Renderer

    def add_to(self, app: web.Application) -> None:
        add = app.router
        add.add_get(f"/d/{TOKEN}", self._page)
        add.add_post(f"/d/{TOKEN}", self._download)
        add.add_post(f"/d/{TOKEN}/again", self._again)

    async def _page(self, request: web.Request) -> web.Response:
        view = await self.core.view(token_of(request))
        if not isinstance(view, HandedView):
            return self._no(request, view)
        read = any(one.read is not None for one in view.documents)
        return self.renderer.page("handed", view.reader, token=token_of(request), view=view, kinds=KINDS, read=read)

    async def _download(self, request: web.Request) -> web.Response:
        fields = await own_form(request, self.renderer.origin)
        number = fields.get("document", "")
        chosen = int(number) if number.isascii() and number.isdecimal() and len(number) < 3 else 0
        done = await self.core.read(token_of(request), chosen)
        if isinstance(done, File):
            return _attachment(done)
        if isinstance(done, AlreadyRead):
            raise web.HTTPSeeOther(f"{self.renderer.base}/d/{token_of(request)}")
        return self._no(request, done)

    async def _again(self, request: web.Request) -> web.Response:
        await own_form(request, self.renderer.origin)
        gone = await self.core.again(token_of(request))
        if gone is not None:
            return self._no(request, gone)
        raise web.HTTPSeeOther(f"{self.renderer.base}/d/{token_of(request)}")

    def _no(self, request: web.Request, gone: Gone | None) -> web.Response:
        if gone is None:
            return self.renderer.no(request, None)
        return self.renderer.page("handed_gone", gone.reader or self.renderer.visitor(request), 410, why=gone.why)


def _attachment(file: File) -> web.Response:
    headers = {
        "Content-Disposition": f'attachment; filename="document-{file.number}.{SUFFIX[file.kind]}"',
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    kind = MEDIA[file.kind]  # type: ignore[index]  # the column holds nothing else
    return web.Response(body=file.data, content_type=kind, headers=headers)
