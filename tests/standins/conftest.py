"""A stand-in of each provider on a port of its own, our webhooks as a server that writes down, and a clock in hand."""

import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.standins.telegram import TelegramStandIn
from bot.standins.twilio import TwilioStandIn
from bot.standins.twilio_messages import Account
from tests.standins import conformance

PUBLIC_URL = "https://chat.example.org"
ACCOUNT = Account(
    sid="AC" + "1".zfill(32),
    auth_token="0123456789abcdef0123456789abcdef",
    messages_url=f"{PUBLIC_URL}/webhooks/twilio/messages#rc=3&rp=5xx,ct,rt",
    api_key="SK" + "1".zfill(32),
    api_secret="made-up",
    sms_number="+33199000001",
    service_sid="MG" + "1".zfill(32),
    notice_sender="SocialDir",
    whatsapp_number="+33199000002",
    voice_number="+33199000003",
)

TOKEN = "990000000000001:TEST-TOKEN-NOT-REAL"
SECRET = "tg-secret_Test-0123456789"


@dataclass
class Clock:
    now: datetime = datetime(2026, 5, 14, 7, 15, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Ours:
    """Our side of the webhooks: writes down what comes, answers with the next of `answers`, else 200."""

    heard: list[Heard] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    twiml: dict[str, str] = field(default_factory=dict)  # by path and query; elsewhere an empty one
    base: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.heard.append(Heard(request.raw_path, dict(request.headers), await request.read()))
        status = self.answers.pop(0) if self.answers else 200
        return web.Response(status=status, text=self.twiml.get(request.raw_path, "<Response/>"))

    def reach(self, url: str) -> str:
        return url.replace(PUBLIC_URL, self.base)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ids() -> Callable[[], int]:
    return itertools.count(1).__next__


@pytest.fixture
async def ours() -> AsyncIterator[Ours]:
    ours = Ours()
    app = web.Application()
    app.router.add_post("/{path:.*}", ours.handle)
    async with TestServer(app) as server:
        ours.base = str(server.make_url("")).rstrip("/")
        yield ours


class LocalClient(AsyncTwilioHttpClient):  # type: ignore[misc]  # their types are not published
    """The SDK's client, sent to a server of ours."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    async def request(self, method: str, url: str, **given: Any) -> Response:
        # Their way to pass the password is one that aiohttp warns about.
        headers = {**(given.pop("headers") or {}), "Authorization": aiohttp.encode_basic_auth(*given.pop("auth"))}
        return await super().request(method, url.replace("https://api.twilio.com", self.base), headers=headers, **given)


@dataclass
class Running:
    """A stand-in that serves, and where."""

    standin: TwilioStandIn
    base: str


@pytest.fixture
async def twilio(clock: Clock, ids: Callable[[], int], ours: Ours) -> AsyncIterator[Running]:
    standin = TwilioStandIn(ACCOUNT, clock, ids, check=conformance.twilio, reach=ours.reach)
    async with TestServer(standin.app) as server:
        yield Running(standin, str(server.make_url("")).rstrip("/"))
        await standin.settle()


@pytest.fixture
async def client(twilio: Running) -> AsyncIterator[Client]:
    http = LocalClient(twilio.base)
    yield Client(ACCOUNT.sid, ACCOUNT.auth_token, http_client=http)
    await http.close()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def telegram(clock: Clock, ids: Callable[[], int], ours: Ours) -> TelegramStandIn:
    return TelegramStandIn(TOKEN, clock, ids, check=conformance.telegram, reach=ours.reach)


@pytest.fixture
async def telegram_base(telegram: TelegramStandIn) -> AsyncIterator[str]:
    async with TestServer(telegram.app) as server:
        yield str(server.make_url("")).rstrip("/")
        await telegram.settle()


@pytest.fixture
async def bot(telegram_base: str, telegram: TelegramStandIn) -> AsyncIterator[Bot]:
    """The official library, with our webhook set."""
    async with Bot(TOKEN, base_url=f"{telegram_base}/bot", base_file_url=f"{telegram_base}/file/bot") as bot:
        await bot.set_webhook(f"{PUBLIC_URL}/webhooks/telegram", secret_token=SECRET)
        yield bot
