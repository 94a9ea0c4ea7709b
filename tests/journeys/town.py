"""A town in one process: people with phones, stand-ins of their providers, and our program between them, on a real
database.

The clock moves only when told, and nothing happens by itself: `settle` works until there is nothing left to do.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from yarl import URL

from booking import loading
from bot.app import App, build
from bot.serve import listening
from bot.settings import read_settings
from bot.standins.ledger import Bubble
from bot.standins.telegram import TelegramStandIn
from bot.standins.telegram_chats import Person
from bot.standins.twilio import TwilioStandIn
from bot.standins.twilio_messages import Account
from bot.web import application
from bot.work import drain_all, fire
from handlers.channels.email import Kept
from handlers.delivery import deliver, settle_unknown
from handlers.documents.fetching import fetch_due
from handlers.parts import Parts
from storage import directory, oracle, timers
from tests.handlers.path.place import sample
from tests.standins import conformance
from tests.storage.conftest import empty

PUBLIC_URL = "https://chat.example.org"
TOKEN = "990000000000001:TEST-TOKEN-NOT-REAL"
SECRET = "tg-secret_Test-0123456789"
ACCOUNT = Account(
    sid="AC" + "1".zfill(32),
    auth_token="0123456789abcdef0123456789abcdef",
    messages_url=f"{PUBLIC_URL}/webhooks/twilio/messages#rc=3&rp=5xx,ct,rt",
    api_key="SK" + "1".zfill(32),
    api_secret="made-up",
    sms_number="+33199000001",
    whatsapp_number="+33199000002",
    voice_number="+33199000003",
)
CAMILLE, SAM, CLAIRE = "+33639980011", "+33639980012", "+33639980101"
CAMILLE_ON_TELEGRAM = Person(900000000000011, "Camille", phone=CAMILLE)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Paris


@dataclass
class Clock:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Town:
    app: App
    clock: Clock
    twilio: TwilioStandIn
    telegram: TelegramStandIn
    mail: Kept
    base: str  # where PUBLIC_URL is served
    seen: dict[str, int] = field(default_factory=dict)

    # ------------------------------------------------------------ what people do; each gives what their phone then
    # shows

    async def sms(self, number: str, text: str) -> list[str]:
        await self.twilio.say(number, text)
        await self.settle()
        return self.new(number)

    async def whatsapp(self, number: str, text: str) -> list[str]:
        return await self.sms(f"whatsapp:{number}", text)

    async def chat(self, person: Person, text: str) -> list[str]:
        await self.telegram.say(person.id, text)
        await self.settle()
        return self.new(str(person.id))

    async def tap(self, person: Person, label: str) -> list[str]:
        await self.telegram.tap(person.id, label)
        await self.settle()
        return self.new(str(person.id))

    async def share_contact(self, person: Person) -> list[str]:
        await self.telegram.share_contact(person.id)
        await self.settle()
        return self.new(str(person.id))

    # ------------------------------------------------------------ what happens

    @property
    def parts(self) -> Parts:
        return self.app.parts

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """These bytes to our own door, as they are; the answer's status."""
        async with (
            ClientSession() as session,
            session.post(URL(url.replace(PUBLIC_URL, self.base), encoded=True), data=body, headers=headers) as response,
        ):
            return response.status

    async def passes(self, **by: float) -> None:
        """Time goes by, and what was due happens."""
        self.clock.now += timedelta(**by)
        await self.settle()

    async def until_due(self) -> None:
        """To the next reminder."""
        due = await timers.next_due(self.parts.db)
        assert due is not None
        self.clock.now = due
        await self.settle()

    async def settle(self) -> None:
        parts = self.parts
        for _ in range(50):
            did = await drain_all(parts, "town")
            did += await fire(parts)
            did += await fetch_due(parts)
            did += await deliver(parts, "town")
            did += await settle_unknown(parts, "town")
            await self.twilio.settle()
            await self.telegram.settle()
            if not did:
                return
        raise AssertionError("the town does not come to rest")

    # ------------------------------------------------------------ what is seen

    def screen(self, address: str) -> list[Bubble]:
        ledger = self.telegram.ledger if address.isdecimal() else self.twilio.ledger
        return ledger.screen(address)

    def new(self, address: str) -> list[str]:
        """What came since one last looked."""
        texts = [bubble.text for bubble in self.screen(address)]
        seen, self.seen[address] = self.seen.get(address, 0), len(texts)
        return texts[seen:]

    def problems(self) -> list[str]:
        """Everything unlawful in our calls to the providers."""
        return [*self.twilio.ledger.problems(), *self.telegram.ledger.problems()]

    def alarms(self, code: str) -> int:
        """How often an alarm was raised."""
        found = self.parts.metrics.registry.get_sample_value("socialdirect_alarms_total", {"code": code})
        return int(found or 0)

    async def unsound(self) -> list[oracle.Broken]:
        """Every rule between rows that does not hold."""
        return await oracle.judge(self.parts.db, self.clock())


@asynccontextmanager
async def built(database_url: str, **more: object) -> AsyncIterator[Town]:
    """A town on a database, emptied, with the sample directory loaded. `more`: further settings."""
    async with AsyncExitStack() as stack:
        clock, ids = Clock(), itertools.count(1).__next__
        base = ""

        def reach(url: str) -> str:
            return url.replace(PUBLIC_URL, base)

        twilio = TwilioStandIn(ACCOUNT, clock, ids, check=conformance.twilio, reach=reach)
        telegram = TelegramStandIn(TOKEN, clock, ids, check=conformance.telegram, reach=reach)
        twilio_base = await served(stack, twilio.app)
        telegram_base = await served(stack, telegram.app)
        papers = {"documents_url": f"file://{stack.enter_context(TemporaryDirectory())}/papers"}
        named = {**papers, **given(database_url, twilio_base, telegram_base), **more}
        settings = read_settings(env_file=None, **named)
        mail = Kept()
        app = await stack.enter_async_context(build(settings, clock, post=mail))
        # The clock stands still while people talk, so all of it would be said within one minute.
        app = replace(app, parts=replace(app.parts, messages_a_minute=10_000))
        await empty(app.parts.db)
        await load_sample(app)
        base = f"http://127.0.0.1:{await stack.enter_async_context(listening(app, application(app), 0))}"
        telegram.webhook.set({"url": f"{PUBLIC_URL}/webhooks/telegram", "secret_token": SECRET})
        telegram.join(CAMILLE_ON_TELEGRAM)
        town = Town(app, clock, twilio, telegram, mail, base)
        yield town
        await twilio.settle()
        await telegram.settle()


def given(database_url: str, twilio: str, telegram: str) -> dict[str, object]:
    """The settings of a town: `twilio`, `telegram`, where their stand-ins are."""
    return {
        "database_url": database_url,
        "public_url": PUBLIC_URL,
        "secret_key": "a made-up secret of more than 32 characters",
        "encryption_keys": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "twilio_account_sid": ACCOUNT.sid,
        "twilio_auth_token": ACCOUNT.auth_token,
        "twilio_api_key": ACCOUNT.api_key,
        "twilio_api_secret": ACCOUNT.api_secret,
        "twilio_sms_from": ACCOUNT.sms_number,
        "twilio_whatsapp_from": ACCOUNT.whatsapp_number,
        "twilio_api_url": twilio,
        "twilio_whatsapp_api_url": twilio,
        "twilio_content_api_url": twilio,
        "telegram_bot_token": TOKEN,
        "telegram_webhook_secret": SECRET,
        "telegram_api_url": telegram,
        "switchboard_phone": "+33199000009",
    }


async def served(stack: AsyncExitStack, app: web.Application) -> str:
    server = await stack.enter_async_context(TestServer(app))
    return str(server.make_url("")).rstrip("/")


async def load_sample(app: App) -> None:
    """The demo's directory."""
    parts, now = app.parts, app.parts.clock()
    async with parts.db.transaction() as tx:
        standing = await directory.standing(tx, now)
        await directory.write(tx, loading.plan(sample(), standing, now, parts.new_id, lambda size: bytes(range(size))))
