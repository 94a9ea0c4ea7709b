"""`socialdirect demo`: everything in one process on this machine, played in a browser page that looks like the phones.

Stand-ins take the providers' places, on ports of their own; the rest is the program as it runs in service: the same
webhooks, channels, turns and deliveries. Only the clock can be moved forward.
"""

import asyncio
import itertools
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from aiohttp import web

from booking import directory_file, loading
from bot import demo_people, demo_settings, logs
from bot.app import App, Chance, Clock, build
from bot.clock import system_clock
from bot.demo_hub import Hub
from bot.demo_machine import Engine, MovingClock
from bot.serve import cancelled, listening, told_to_stop
from bot.settings import read_settings
from bot.standins.telegram import TelegramStandIn
from bot.standins.twilio import TwilioStandIn
from bot.standins.twilio_content import Content
from bot.web import application
from handlers.channels.whatsapp_setup import wanted
from handlers.web.console.cookie import Cookie
from handlers.web.demo import DemoPages
from handlers.web.demo_console import DemoConsole
from handlers.web.demo_room import DemoRoomPages
from handlers.web.render import Renderer
from storage import directory

SAMPLE: Final = Path(__file__).parent / "sample_directory.toml"


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: the page's address, the code to type, and what stands behind."""

    url: str
    code: str
    app: App
    hub: Hub
    engine: Engine
    twilio: TwilioStandIn
    telegram: TelegramStandIn


@dataclass(slots=True)
class ShownMail:
    """Takes mail away like a server, and shows it on the page."""

    listeners: list[Callable[[EmailMessage], None]] = field(default_factory=list)

    async def deliver(self, message: EmailMessage) -> None:
        for listener in self.listeners:
            listener(message)

    async def greet(self) -> None:
        """Always there."""


def run() -> int:
    """Play all the roles in a browser page; `PORT=8081 socialdirect demo` where 8080 is taken."""
    asyncio.run(main(Path(sys.argv[0]).absolute()))
    return 0


async def main(program: Path) -> None:
    async with running() as demo:
        print(f"The demo is at  {demo.url}/demo", flush=True)
        print(f"A code to type: {demo.code}", flush=True)
        print(f"The console:    {demo.url}/demo/console  (in as desk, administrator or auditor)", flush=True)
        print(f"Commands on it: cd {demo_settings.FOLDER} && {program} tickets", flush=True)
        print(f"Ctrl+C ends it; what was said is kept under {demo_settings.FOLDER}.", flush=True)
        await told_to_stop()


@asynccontextmanager
async def running(
    folder: Path = demo_settings.FOLDER, real: Clock = system_clock, chance: Chance = secrets.randbits
) -> AsyncIterator[Demo]:
    """Everything up, until it is left. Commands that are run in `folder` work on this demo."""
    environment = demo_settings.given()
    demo_settings.check(environment)
    kept = demo_settings.keep(folder)
    clock = MovingClock(real, folder / "clock.json")
    host, port = environment.get("HOST", "127.0.0.1"), environment.get("PORT", "8080")
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    # The inbox knows the ids of earlier runs, and takes nothing twice: each run begins elsewhere.
    ids = itertools.count(chance(40)).__next__
    twilio = TwilioStandIn(demo_people.account(kept["twilio_account_sid"], kept["twilio_auth_token"], url), clock, ids)
    telegram = TelegramStandIn(demo_people.BOT_TOKEN, clock, ids)
    async with AsyncExitStack() as stack:
        twilio_url = await stack.enter_async_context(serving(twilio.app))
        telegram_url = await stack.enter_async_context(serving(telegram.app))
        named = demo_settings.own(kept, environment, twilio_url, telegram_url, folder)
        settings = read_settings(**named)
        demo_settings.leave(named, folder)
        logs.configure(settings.log_level)
        mail = ShownMail()
        app = await stack.enter_async_context(build(settings, clock, chance, post=mail))
        lay_contents(twilio, ids, settings.locales)
        code = await load_sample(app)
        telegram.join(demo_people.CAMILLE).started = True  # so an earlier run's reminders reach her
        telegram.webhook.set({"url": f"{url}/webhooks/telegram", "secret_token": kept["telegram_webhook_secret"]})
        workers = {worker.phone: worker.first_name for worker in await directory.workers(app.parts.db)}
        engine = Engine(app.parts, clock)
        screens = demo_people.screens(workers, str(telegram.me["username"]))
        hub = Hub(screens, twilio, telegram, engine, epoch=secrets.token_hex(4), code=code)
        hub.rings(demo_people.telephones(workers))
        mail.listeners.append(hub.mail)
        await listen(stack, app, hub)
        stack.push_async_callback(cancelled, asyncio.create_task(engine.run()))
        yield Demo(url, code, app, hub, engine, twilio, telegram)


async def listen(stack: AsyncExitStack, app: App, hub: Hub) -> None:
    served, settings = application(app), app.settings
    renderer = Renderer(settings.public_url, settings.locales, settings.default_locale, str(settings.time_zone))
    DemoPages(hub=hub, renderer=renderer).add_to(served)
    DemoRoomPages(renderer=renderer).add_to(served)
    console = DemoConsole(parts=app.parts, renderer=renderer, cookie=Cookie(secure=False), chance=secrets.token_bytes)
    console.add_to(served)
    await stack.enter_async_context(listening(app, served))


@asynccontextmanager
async def serving(standin: web.Application) -> AsyncIterator[str]:
    """A stand-in on a port that the system picks, reachable from this machine only."""
    runner = web.AppRunner(standin, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def lay_contents(twilio: TwilioStandIn, ids: Callable[[], int], languages: Sequence[str]) -> None:
    """What `channels setup` makes at the real Twilio, and Meta approves within days."""
    for one in itertools.chain(*wanted(languages)):
        sid, approval = f"HX{ids():032x}", "approved" if one.approved else "unsubmitted"
        twilio.contents[sid] = Content(sid, one.name, one.language, one.types, one.variables, approval)


async def load_sample(app: App) -> str:
    """The sample's clients, codes and workers, as `load` would load them. Gives a code that works."""
    parts, now = app.parts, app.parts.clock()
    file = directory_file.read(SAMPLE.read_text("utf-8"))
    async with parts.db.transaction() as tx:
        standing = await directory.standing(tx, now)
        await directory.write(tx, loading.plan(file, standing, now, parts.new_id, secrets.token_bytes))
    return file.clients[0].codes[0].letters
