"""The files that came with messages to the Twilio stand-in: listed, given by way of a signed address, deleted.

    GET /2010-04-01/Accounts/AC…/Messages/MM…/Media/ME…    307 to /cdn/AC…/…?Expires=…, which knows no passwords

https://www.twilio.com/docs/messaging/api/media-resource. That the place it leads to refuses our credentials is Amazon's
way with addresses that are signed already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from aiohttp import web

from bot.standins.base import Said
from bot.standins.ledger import Call
from bot.standins.twilio_messages import API_VERSION, RefusedError

if TYPE_CHECKING:
    from bot.standins.twilio import TwilioStandIn

CDN: Final = "(cdn)"  # how a call of the place where the bytes lie is named in the ledger


@dataclass(frozen=True)
class File:
    """What somebody sent with a message."""

    message: str
    sid: str
    kind: str
    content: bytes


@dataclass
class Shelf:
    """`files`, by their sid, until they are deleted."""

    twilio: TwilioStandIn
    files: dict[str, File] = field(default_factory=dict)

    def add(self, message: str, sid: str, kind: str, content: bytes) -> None:
        self.files[sid] = File(message, sid, kind, content)

    def add_to(self, app: web.Application) -> None:
        base = f"/{API_VERSION}/Accounts/{{account}}/Messages/{{sid}}/Media"
        app.router.add_get(f"{base}.json", self._list)
        app.router.add_get(f"{base}/{{media:ME[0-9a-f]+}}", self._give)
        app.router.add_delete(f"{base}/{{media}}.json", self._delete)
        app.router.add_get("/cdn/{account}/{media}", self._content)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            found = [
                {"sid": one.sid, "parent_sid": one.message, "content_type": one.kind}
                for one in self.files.values()
                if one.message == request.match_info["sid"]
            ]
            return Said(200, {"media_list": found, "page": 0, "page_size": 50, "next_page_uri": None})

        return await self.twilio.judged(request, "ListMedia", dict(request.query), work)

    async def _give(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            file = self._known(request)
            place = f"{request.url.origin()}/cdn/{self.twilio.account.sid}/{file.sid}"
            return Said(307, None, {"Location": f"{place}?Expires=1&Signature=made~up-&Key-Pair-Id=K"})

        return await self.twilio.judged(request, "FetchMedia", {}, work)

    async def _content(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            file = self.files.get(request.match_info["media"])
            if "Authorization" in request.headers or "Signature" not in request.query:
                return Said(400, "<Error><Code>InvalidArgument</Code></Error>")
            return Said(403, "<Error/>") if file is None else Said(200, file.content, {"Content-Type": file.kind})

        return await self.twilio.take(request, CDN, {}, work, described=False)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        def work(_: Call) -> Said:
            del self.files[self._known(request).sid]
            return Said(204)

        return await self.twilio.judged(request, "DeleteMedia", {}, work)

    def _known(self, request: web.Request) -> File:
        file = self.files.get(request.match_info["media"])
        if file is None or file.message != request.match_info["sid"]:
            raise RefusedError(20404)
        return file
