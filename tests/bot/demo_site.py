"""The demo's page over the real stand-ins and channels, with a small program in between that always answers alike."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import demo_people
from bot.demo_hub import Hub
from bot.demo_machine import MovingClock
from bot.standins.telegram import TelegramStandIn
from bot.standins.twilio import TwilioStandIn
from conversations.model import Link, Option, Reply
from conversations.text import t
from handlers.channels.base import Channel, Draw, Envelope, Receipt
from handlers.channels.sms import SmsChannel
from handlers.channels.telegram import TelegramChannel, TelegramProvider
from handlers.channels.telegram_bot import TelegramBot
from handlers.channels.twilio import TwilioProvider
from handlers.channels.twilio_client import TwilioClient
from handlers.channels.whatsapp import WhatsAppChannel
from handlers.metrics import Metrics
from handlers.web.background import Background
from handlers.web.demo import DemoPages
from handlers.web.guard import RUNNER, middlewares
from handlers.web.render import Renderer
from handlers.web.webhooks import Webhooks
from locales.voice import Voice
from tests.servers.ports import unused_port
from tests.standins import conformance

SID, AUTH, SECRET = "AC" + "1".zfill(32), "0123456789abcdef0123456789abcdef", "demo-secret-0123456789"
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CODE = "PORTS-7KQM-4XTD"
CLAIRE, ALI = "+33639980101", "+33639980102"

WELCOME = Reply(
    (t("welcome.chat"), t("motive.ask")),
    (
        Option("finance", t("motive.finance")),
        Option("housing", t("motive.housing")),
        Option("other", t("motive.other")),
    ),
    prompt="d7g3v5jf2s",
)
LINK = Reply((t("thanks.reply"),), link=Link("appointment", "a"))
CONTACT = Reply((t("phone.ask_button"),), contact=True, prompt="d7g3v5jf2t")


@dataclass
class Program:
    """Answers every message: a number or a button with a link, 'contact' with the contact button, else with a menu."""

    channels: dict[str, Channel]
    public_url: str
    clock: MovingClock
    heard: list[Envelope] = field(default_factory=list)
    due: datetime | None = None  # when a reminder goes to the SMS phone
    refuses: bool = False
    background: Background = field(default_factory=Background)
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def accept(self, envelope: Envelope) -> str | None:
        if self.refuses:
            raise ConnectionRefusedError
        self.heard.append(envelope)
        self.background.start(self._answer(envelope))
        return "contact"

    async def _answer(self, envelope: Envelope) -> None:
        came = self.channels[envelope.channel].decode(envelope.raw)
        if isinstance(came, str):
            return
        if came.press or came.phone or came.text == "1":
            await self.send(envelope.channel, envelope.address, LINK)
        else:
            await self.send(envelope.channel, envelope.address, CONTACT if came.text == "contact" else WELCOME)

    async def send(self, name: str, address: str, reply: Reply) -> None:
        channel = self.channels[name]
        draw = Draw(Voice("fr"), lambda link: f"{self.public_url}/a/Token-0123456789abcdefghij", "fr")
        await channel.send(channel.render(reply, draw), address, f"outbox{next(self.ids)}")

    # Machine

    def now(self) -> datetime:
        return self.clock()

    def forward(self, by: timedelta) -> None:
        self.clock.forward(by)

    async def settle(self) -> None:
        if self.due and self.clock() >= self.due:
            self.due = None
            await self.send("sms", demo_people.CAMILLES_SMS, LINK)
        await self.background.settle()

    async def next_due(self) -> datetime | None:
        return self.due

    async def moment(self, name: str) -> datetime | None:
        if name == "before":
            return self.due and self.due - timedelta(minutes=10)
        return self.clock() + timedelta(days=1) if name == "morning" else self.due


@dataclass
class Site:
    url: str
    program: Program
    hub: Hub
    twilio: TwilioStandIn
    telegram: TelegramStandIn

    async def settle(self) -> None:
        """Until nothing is under way, here or at the providers."""
        for _ in range(3):
            await self.program.background.settle()
            await self.twilio.settle()
            await self.telegram.settle()


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    port = unused_port()
    url = f"http://127.0.0.1:{port}"
    clock = MovingClock(lambda: START, folder / "clock.json")
    numbers = itertools.count(1)
    twilio = TwilioStandIn(demo_people.account(SID, AUTH, url), clock, lambda: next(numbers), check=conformance.twilio)
    telegram = TelegramStandIn(demo_people.BOT_TOKEN, clock, lambda: next(numbers), check=conformance.telegram)
    telegram.join(demo_people.CAMILLE)
    async with aiohttp.ClientSession() as session, TestServer(twilio.app) as one, TestServer(telegram.app) as two:
        sender = TwilioClient(session, SID, (SID, AUTH), base_url=str(one.make_url("")))
        bot = TelegramBot(session, demo_people.BOT_TOKEN, base_url=str(two.make_url("")))
        telegram.webhook.set({"url": f"{url}/webhooks/telegram", "secret_token": SECRET})
        program = Program(
            {
                "sms": SmsChannel(sender, url, clock, sender=demo_people.SMS_NUMBER),
                "whatsapp": WhatsAppChannel(sender, url, demo_people.WHATSAPP_NUMBER),
                "telegram": TelegramChannel(bot, url),
            },
            url,
            clock,
        )
        screens = demo_people.screens({CLAIRE: "Claire", ALI: "Ali"}, "social_direct_bot")
        hub = Hub(screens, twilio, telegram, program, epoch="e1", code=CODE)
        server = TestServer(_application(hub, program, url), port=port)
        await server.start_server(**RUNNER)
        running = Site(url, program, hub, twilio, telegram)
        try:
            yield running
            await running.settle()
        finally:
            await program.background.close()
            await server.close()


def _application(hub: Hub, program: Program, url: str) -> web.Application:
    renderer = Renderer(url, ("fr", "en"), "fr", "Europe/Paris")
    app = web.Application(middlewares=middlewares(renderer.error_page))
    renderer.add_to(app)
    DemoPages(hub=hub, renderer=renderer).add_to(app)

    async def receive(_: Receipt) -> None:
        """What became of a message is of no consequence here."""

    Webhooks(
        public_url=url,
        inbox=program.accept,
        receipts=receive,
        clock=program.clock,
        metrics=Metrics(),
        background=program.background,
        twilio=TwilioProvider(SID, [AUTH], sms_from=demo_people.SMS_NUMBER, whatsapp_from=demo_people.WHATSAPP_NUMBER),
        telegram=TelegramProvider([SECRET]),
    ).add_to(app)
    return app
