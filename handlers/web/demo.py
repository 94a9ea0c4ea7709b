"""The demo's page: phones side by side, fed live. Only where the demo runs; elsewhere these routes do not exist.

    GET /demo                the page             POST /demo/say      {"phone", "text"}
    GET /demo/events         what happens, as     POST /demo/press    {"phone", "message", "number"}
                             Server-Sent Events   POST /demo/contact  {"phone"}
                                                  POST /demo/clock    {"move"}, one of `bot.demo_hub`'s

The room in place of a video server: `handlers/web/demo_room.py`.
What is typed here goes to a stand-in of the provider, and from there through the same webhooks as everything else.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from conversations.text import Text, t
from handlers.web import body
from handlers.web.render import Renderer
from handlers.web.visitor import own_page
from locales import TAGS

LIMIT: Final = 16 * body.KIB
LONGEST: Final = 1600  # characters of a text
HEARTBEAT: Final = 15.0  # seconds: a connection that is gone is noticed
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})

# What the script says, by the name it uses. It fills the gaps itself, so each stands for itself here.
SCRIPT_WORDS: Final[Mapping[str, Text]] = {
    "us": t("demo.from_us"),
    "me": t("demo.from_me"),
    "sending": t("demo.tick.sending"),
    "sent": t("demo.tick.sent"),
    "delivered": t("demo.tick.delivered"),
    "read": t("demo.tick.read"),
    "failed": t("demo.tick.failed"),
    "copied": t("demo.copied"),
    "moved": t("demo.moved", now="{now}", count="{count}", where="{where}"),
    "nothing": t("demo.nothing", now="{now}"),
    "none_next": t("demo.no_next"),
    "none_before": t("demo.no_appointment"),
    "lost": t("demo.lost"),
    "to": t("demo.to", name="{name}"),
    "ringing": t("demo.call.ringing", number="{number}"),
    "listening": t("demo.call.listening"),
    "asked": t("demo.call.asked"),
    "talking": t("demo.call.talking"),
    "answer": t("demo.call.answer"),
    "refuse": t("demo.call.refuse"),
    "hang_up": t("demo.call.hang_up"),
    "key": t("demo.call.key", key="{key}"),
    "close": t("demo.close"),
}

Value = TypeVar("Value", str, int)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the page shows. `number` rises: a page that was away asks for what came since."""

    number: int
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone of the page. `name` is also its skin; `owner` whose it is."""

    name: str
    app: str
    owner: str
    number: str


class NotPossible(Exception):
    """There is no such phone, button or move: 400."""


class DemoHub(Protocol):
    """Written in `bot/demo_hub.py`. `epoch` tells one run of the demo from another."""

    epoch: str
    code: str
    phones: Sequence[Phone]

    async def events(self, after: int) -> Sequence[Event]:
        """What came after this number; waits until there is something."""

    async def say(self, phone: str, text: str) -> None: ...
    async def press(self, phone: str, message: str, number: int) -> None: ...
    async def contact(self, phone: str) -> None: ...
    async def call(self, phone: str, act: str) -> None: ...
    async def move_clock(self, move: str) -> None: ...


@dataclass(frozen=True, kw_only=True)
class DemoPages:
    hub: DemoHub
    renderer: Renderer
    streams: set["asyncio.Task[Any]"] = field(default_factory=set)

    def add_to(self, app: web.Application) -> None:
        app.on_shutdown.append(self._end_streams)
        add = app.router
        add.add_get("/", self._home)
        add.add_get("/demo", self._page)
        add.add_get("/demo/events", self._events)
        add.add_post("/demo/say", self._say)
        add.add_post("/demo/press", self._press)
        add.add_post("/demo/contact", self._contact)
        add.add_post("/demo/call", self._call)
        add.add_post("/demo/clock", self._clock)

    async def _home(self, _: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/demo")

    async def _page(self, request: web.Request) -> web.Response:
        only_here(request)
        reader = self.renderer.visitor(request)
        return self.renderer.page(
            "demo",
            reader,
            phones=self.hub.phones,
            code=self.hub.code,
            zone=reader.zone,
            tag=TAGS.get(reader.lang, reader.lang).replace("_", "-"),
            words=json.dumps(self.renderer.words(reader, SCRIPT_WORDS), ensure_ascii=False),
        )

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """https://html.spec.whatwg.org/multipage/server-sent-events.html"""
        only_here(request)
        epoch, _, number = request.headers.get("Last-Event-ID", "").partition("-")
        last = int(number) if epoch == self.hub.epoch and number.isascii() and number.isdecimal() else 0
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        if not last:
            await stream.write(b"event: start\ndata: {}\n\n")  # a page of an earlier run forgets what it shows
        task = asyncio.current_task()
        assert task
        self.streams.add(task)
        try:
            while True:
                last = await self._send(stream, last)
        except ConnectionError:
            return stream
        finally:
            self.streams.discard(task)

    async def _end_streams(self, _: web.Application) -> None:
        """Pages listen for ever: the server would wait a minute for them."""
        for task in list(self.streams):
            task.cancel()

    async def _send(self, stream: web.StreamResponse, last: int) -> int:
        try:
            async with asyncio.timeout(HEARTBEAT):
                events = await self.hub.events(last)
        except TimeoutError:
            await stream.write(b": still here\n\n")
            return last
        for event in events:
            data = json.dumps(event.data, ensure_ascii=False)
            await stream.write(f"id: {self.hub.epoch}-{event.number}\nevent: {event.kind}\ndata: {data}\n\n".encode())
            last = event.number
        return last

    async def _say(self, request: web.Request) -> web.Response:
        asked = await self._asked(request)
        text = _field(asked, "text", str)
        if not text.strip() or len(text) > LONGEST:
            raise web.HTTPBadRequest
        return await _done(self.hub.say(_field(asked, "phone", str), text))

    async def _press(self, request: web.Request) -> web.Response:
        asked = await self._asked(request)
        phone, message = _field(asked, "phone", str), _field(asked, "message", str)
        return await _done(self.hub.press(phone, message, _field(asked, "number", int)))

    async def _contact(self, request: web.Request) -> web.Response:
        asked = await self._asked(request)
        return await _done(self.hub.contact(_field(asked, "phone", str)))

    async def _call(self, request: web.Request) -> web.Response:
        asked = await self._asked(request)
        return await _done(self.hub.call(_field(asked, "phone", str), _field(asked, "act", str)))

    async def _clock(self, request: web.Request) -> web.Response:
        asked = await self._asked(request)
        return await _done(self.hub.move_clock(_field(asked, "move", str)))

    async def _asked(self, request: web.Request) -> Mapping[str, Any]:
        only_here(request)
        if not own_page(request, self.renderer.origin):
            raise web.HTTPForbidden
        raw = await body.read(request, LIMIT)
        try:
            asked = json.loads(raw.decode())
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        if not isinstance(asked, dict):
            raise web.HTTPBadRequest
        return asked


def only_here(request: web.Request) -> None:
    """Another site's name that was made to lead to this machine (DNS rebinding) sees nothing of the demo."""
    if urlsplit(f"//{request.host}").hostname not in LOOPBACK:
        raise web.HTTPNotFound


def _field(asked: Mapping[str, Any], name: str, kind: type[Value]) -> Value:
    value = asked.get(name)
    if type(value) is not kind:
        raise web.HTTPBadRequest
    return value


async def _done(work: Any) -> web.Response:
    try:
        await work
    except NotPossible:
        raise web.HTTPBadRequest from None
    return web.Response(status=204)
