"""The page by which people send documents to their worker: camera or files, what was received, then the yes.

    GET  /u/{token}          to whom, the two ways to choose files, what came so far
    POST /u/{token}          files (multipart); back to the page, which tells of each
    POST /u/{token}/send     all that came, to one worker
    POST /u/{token}/drop     none of it

A GET never acts. It works without JavaScript; with it, a bar shows how far the upload is. What is told after an upload
stands in the address as words of ours (`?got=2&no=broken`): a page that is loaded again sends nothing again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, get_args
from urllib.parse import urlencode

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from booking.documents import NobodyToSendTo, TooManyDocuments
from conversations.documents import REASONS
from conversations.text import Text, t
from handlers.documents.scanning import ScannerAway
from handlers.documents.stores import StoreAway
from handlers.documents.verdict import MOST_BYTES, Reason
from handlers.web.ports import Gone
from handlers.web.render import Renderer
from handlers.web.upload_core import UploadCore, UploadView
from handlers.web.visitor import TOKEN, own_form, own_page, token_of

MOST_FILES: Final = 10  # of one form
MOST: Final = MOST_FILES * (MOST_BYTES + 4096)
AT_ONCE: Final = 4  # forms that are read beside each other: each holds a file in memory
PATIENCE: Final = 600.0  # seconds for all of a form: a poor telephone line
KINDS: Final[Mapping[str, Text]] = {
    "pdf": t("page.upload.pdf"),
    "jpeg": t("page.upload.photo"),
    "png": t("page.upload.photo"),
}
OTHERWISE: Final[Mapping[str, Text]] = {  # besides the verdicts' reasons
    "many": t("documents.too_many"),
    "later": t("page.upload.later"),
    "none": t("page.upload.none"),
}


@dataclass(frozen=True, kw_only=True)
class UploadPages:
    core: UploadCore
    renderer: Renderer
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def add_to(self, app: web.Application) -> None:
        add = app.router
        add.add_get(f"/u/{TOKEN}", self._page)
        add.add_post(f"/u/{TOKEN}", self._upload)
        add.add_post(f"/u/{TOKEN}/send", self._send)
        add.add_post(f"/u/{TOKEN}/drop", self._drop)

    async def _page(self, request: web.Request) -> web.Response:
        view = await self.core.view(token_of(request))
        if not isinstance(view, UploadView):
            return self.renderer.no(request, view)
        got = request.query.get("got", "")
        return self.renderer.page(
            "upload",
            view.reader,
            token=token_of(request),
            view=view,
            kinds=KINDS,
            got=int(got) if got.isascii() and got.isdecimal() and len(got) < 3 else 0,
            sent="sent" in request.query,
            dropped="dropped" in request.query,
            refused=[TOLD[word] for word in request.query.getall("no", [])[:MOST_FILES] if word in TOLD],
        )

    # ------------------------------------------------------------ files

    async def _upload(self, request: web.Request) -> web.Response:
        if not own_page(request, self.renderer.origin):
            raise web.HTTPForbidden
        view = await self.core.view(token_of(request))
        if not isinstance(view, UploadView):
            return self.renderer.no(request, view)
        if (request.content_length or 0) > MOST:
            self._back(request, 0, ["too_big"])
        if not request.content_type == "multipart/form-data" or "Content-Encoding" in request.headers:
            raise web.HTTPUnsupportedMediaType
        if self.room.locked():
            self._back(request, 0, ["later"])
        got, refused = 0, []
        async with self.room, _bounded():
            async for data in _files(request):
                told = await self._take(token_of(request), data)
                got += told is None
                refused += [told] if told else []
        return self._back(request, got, refused if got or refused else ["none"])

    async def _take(self, token: str, data: bytes) -> str | None:
        """Why not, if so."""
        id = await self.core.expect(token)
        if isinstance(id, TooManyDocuments):
            return "many"
        if id is None or isinstance(id, Gone | NobodyToSendTo):
            return "none"  # it ended meanwhile: the page says so when it is shown
        try:
            return (await self.core.take(id, data)).reason
        except (StoreAway, ScannerAway):
            return "later"

    def _back(self, request: web.Request, got: int, refused: list[str]) -> web.Response:
        said = urlencode([("got", got), *(("no", word) for word in refused)])
        raise web.HTTPSeeOther(f"{self.renderer.base}/u/{token_of(request)}?{said}")

    # ------------------------------------------------------------ the yes, or the no

    async def _send(self, request: web.Request) -> web.Response:
        fields = await own_form(request, self.renderer.origin)
        done = await self.core.hand_over(token_of(request), fields.get("appointment", ""))
        if isinstance(done, Gone):
            return self.renderer.no(request, done)
        raise web.HTTPSeeOther(f"{self.renderer.base}/u/{token_of(request)}{'?sent' if done else ''}")

    async def _drop(self, request: web.Request) -> web.Response:
        await own_form(request, self.renderer.origin)
        gone = await self.core.drop(token_of(request))
        if gone is not None:
            return self.renderer.no(request, gone)
        raise web.HTTPSeeOther(f"{self.renderer.base}/u/{token_of(request)}?dropped")


TOLD: Final[Mapping[str, Text]] = {**{word: REASONS[word] for word in get_args(Reason)}, **OTHERWISE}


@asynccontextmanager
async def _bounded() -> AsyncIterator[None]:
    """Whatever a form may be, the answer says whose fault it is."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    # what aiohttp's multipart reader raises on what no browser sends, and a line that broke
    except (ValueError, AssertionError, KeyError, web.RequestPayloadError, HttpProcessingError, ConnectionError):
        raise web.HTTPBadRequest from None


async def _files(request: web.Request) -> AsyncIterator[bytes]:
    """One after the other, each to just above the limit; a field without a file chosen is none."""
    count = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name != "file":
            raise ValueError("not our form")
        data = bytearray()
        while len(data) <= MOST_BYTES and (piece := await part.read_chunk(65536)):
            data += piece
        if not part.filename and not data:
            continue
        count += 1
        if count > MOST_FILES:
            return
        yield bytes(data)
