"""The providers' doors: the bytes are stored, then answered. What a message says is looked at elsewhere, later.

    POST /webhooks/twilio/messages   200 and empty TwiML     POST /webhooks/twilio/status   200
    POST /webhooks/telegram          200           POST /webhooks/twilio/voice/{token}   200 and the TwiML of a step

403 when it is not from the provider, the same whatever was wrong; 503 when it could not be stored, or while too much
waits: the provider comes again. A repeat is answered like the first one. Right origin and not understood: stored and
parked, 200, since what is refused is sent again for ever, and others wait behind it.
"""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from aiohttp import web

from handlers.channels import twilio_voice
from handlers.channels.base import BadOrigin, Envelope, Provider, Receipt, Request
from handlers.channels.twilio_voice import Heard
from handlers.inbox import Crowded
from handlers.metrics import Metrics
from handlers.web import body
from handlers.web.background import Background

TWILIO_LIMIT: Final = 64 * body.KIB
TELEGRAM_LIMIT: Final = 256 * body.KIB
COMES_AGAIN: Final = "5"  # seconds; Telegram heeds it, Twilio has its own
# https://www.twilio.com/docs/messaging/twiml: nothing to say right now.
EMPTY_TWIML: Final = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


class Inbox(Protocol):
    """Where messages are stored."""

    async def __call__(self, envelope: Envelope) -> str | None:
        """The contact, once the message is committed; None for a repeat. Whatever it raises is answered 503."""


# What a provider says became of a message of ours.
Receipts = Callable[[Receipt], Awaitable[object]]
# A step of a call: the token of its address, what was heard; gives TwiML.
Voice = Callable[[str, Heard], Awaitable[str]]
# A button was pressed: the update's bytes. Answered at once, or it spins on the person's screen.
Pressed = Callable[[bytes], Coroutine[Any, Any, None]]


@dataclass(frozen=True, kw_only=True)
class Webhooks:
    """`add_to(app)` adds the routes of the providers that are set up."""

    public_url: str
    inbox: Inbox
    receipts: Receipts
    clock: Callable[[], datetime]
    metrics: Metrics
    background: Background
    twilio: Provider | None = None
    telegram: Provider | None = None
    pressed: Pressed | None = None
    voice: Voice | None = None
    patience: float = body.PATIENCE

    def add_to(self, app: web.Application) -> None:
        if self.twilio:
            app.router.add_post("/webhooks/twilio/messages", self._twilio_message)
            app.router.add_post("/webhooks/twilio/status", self._twilio_status)
            app.router.add_post("/webhooks/twilio/voice/{token}", self._twilio_voice)
        if self.telegram:
            app.router.add_post("/webhooks/telegram", self._telegram)

    async def _twilio_message(self, request: web.Request) -> web.Response:
        assert self.twilio
        await self._take(request, self.twilio, TWILIO_LIMIT)
        return web.Response(text=EMPTY_TWIML, content_type="text/xml")

    async def _twilio_status(self, request: web.Request) -> web.Response:
        assert self.twilio
        await self._take(request, self.twilio, TWILIO_LIMIT)
        return web.Response()

    async def _twilio_voice(self, request: web.Request) -> web.Response:
        """Of a call that is none of ours, or without its shape: hung up politely."""
        assert self.twilio
        heard = twilio_voice.heard(await self._take(request, self.twilio, TWILIO_LIMIT))
        text = EMPTY_TWIML
        if heard is not None and self.voice is not None:
            text = await self.voice(request.match_info["token"], heard)
        return web.Response(text=text, content_type="text/xml")

    async def _telegram(self, request: web.Request) -> web.Response:
        assert self.telegram
        call = await self._take(request, self.telegram, TELEGRAM_LIMIT)
        if self.pressed:
            self.background.start(self.pressed(call.body))
        return web.Response()

    async def _take(self, request: web.Request, provider: Provider, limit: int) -> Request:
        raw = await body.read(request, limit, self.patience)
        call = Request(request.method, self._url(request), _headers(request), raw)
        try:
            provider.verify(call)
        except BadOrigin:
            raise web.HTTPForbidden from None
        for found in provider.split(call, self.clock()):
            if isinstance(found, Receipt):
                await self.receipts(found)
            elif await self._stored(found):
                self.metrics.inbound_messages.labels(found.channel, "parked" if found.parked else "new").inc()
        return call

    async def _stored(self, found: Envelope) -> bool:
        """False for a repeat. 503 while too much waits: no failure of ours, so it is no line of the log."""
        try:
            return await self.inbox(found) is not None
        except Crowded:
            self.metrics.inbound_messages.labels(found.channel, "shed").inc()
            raise web.HTTPServiceUnavailable(headers={"Retry-After": COMES_AGAIN}) from None

    def _url(self, request: web.Request) -> str:
        """The address that Twilio signed: never from Host, and with the escapes as they came."""
        return self.public_url.rstrip("/") + request.raw_path


def _headers(request: web.Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}
