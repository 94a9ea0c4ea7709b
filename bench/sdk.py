"""What the providers' SDKs cost a sent message, and what a signature costs: the SDK, the SDK over our session, neither.

    python -m bench.sdk [how many]

Printed, never asserted. The provider is another process that always says yes, so what is counted is ours: processor
time. One call at a time: of two at once, the transport that comes with Twilio's SDK 9.13 may give each the other's
answer (it keeps the last one in an attribute and returns that). Compare within one run, not between machines.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
import warnings
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import aiohttp
from aiohttp import web
from multidict import MultiDict
from telegram import Bot
from telegram.request import HTTPXRequest
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.logs import quieten
from handlers.channels.base import Request
from handlers.channels.telegram_bot import TelegramBot
from handlers.channels.twilio_client import TwilioClient
from handlers.channels.twilio_signature import genuine

DATA: Final = Path(__file__).parents[1] / "tests" / "handlers" / "channels" / "data"
ACCOUNT, KEY, TOKEN = "AC" + "1" * 32, "SK" + "1" * 32, "1:TEST-TOKEN-NOT-REAL"
TEXT: Final = "Rappel : votre rendez-vous est mardi 3 mars à 9 h."
FORM: Final = {"to": "+33639980011", "from_": "+33199000001", "body": TEXT}
ANSWERS: Final[Mapping[str, str]] = {"/2010-04-01": "twilio_message_created_from", "/bot": "telegram_send_ok"}
WARM: Final = 20  # calls before it counts

Call = Callable[[], Awaitable[object]]
Figures = Mapping[str, tuple[float, float]]  # processor and wall time of one, in milliseconds


# ------------------------------------------------------------ the provider


def serve(told: Connection) -> None:
    """In a process of its own: says yes to everything, in the words of the samples."""
    asyncio.run(_serve(told))


async def _serve(told: Connection) -> None:
    bodies = {path: json.loads((DATA / "api" / f"{name}.json").read_text("utf-8")) for path, name in ANSWERS.items()}

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        said = next(said for path, said in bodies.items() if request.path.startswith(path))
        return web.json_response(said["body"], status=said["status"])

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.send(runner.addresses[0][1])
    await asyncio.Event().wait()


# ------------------------------------------------------------ the callers


@asynccontextmanager
async def callers(base: str) -> AsyncIterator[Mapping[str, Mapping[str, Call]]]:
    """By provider, the same message sent in different ways."""
    async with aiohttp.ClientSession() as session:
        twilio = TwilioClient(session, ACCOUNT, (KEY, "made-up"), base_url=base)
        telegram = TelegramBot(session, TOKEN, base_url=base)
        pooled, unpooled = AsyncTwilioHttpClient(), AsyncTwilioHttpClient(pool_connections=False)
        by_pool, by_none = (_shipped(transport, base) for transport in (pooled, unpooled))
        bot = Bot(TOKEN, base_url=f"{base}/bot", request=HTTPXRequest())
        await bot.request.initialize()
        yield {
            "Twilio": {
                "bare aiohttp": lambda: bare_twilio(session, base),
                "SDK over our session": lambda: twilio.send(FORM),
                "SDK, its own transport": lambda: by_pool.messages.create_async(**FORM),
                "SDK, a connection a call": lambda: by_none.messages.create_async(**FORM),
            },
            "Telegram": {
                "bare aiohttp": lambda: bare_telegram(session, base),
                "SDK over our session": lambda: telegram.send(900, {"text": TEXT}),
                "SDK, its own transport": lambda: bot.send_message(900, TEXT),
            },
        }
        await bot.request.shutdown()
        await pooled.close()


def _shipped(transport: AsyncTwilioHttpClient, base: str) -> Any:
    """Twilio's SDK as it comes, but for the address."""
    client = Client(KEY, "made-up", account_sid=ACCOUNT, http_client=transport)
    client.api.base_url = base
    return client


async def bare_twilio(session: aiohttp.ClientSession, base: str) -> object:
    form = urlencode({"To": FORM["to"], "From": FORM["from_"], "Body": TEXT}).encode()
    headers = {
        "Authorization": "Basic " + b64encode(f"{KEY}:made-up".encode()).decode(),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    async with session.post(f"{base}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", data=form, headers=headers) as said:
        return (await said.json())["sid"]


async def bare_telegram(session: aiohttp.ClientSession, base: str) -> object:
    async with session.post(f"{base}/bot{TOKEN}/sendMessage", json={"chat_id": 900, "text": TEXT}) as said:
        return (await said.json())["result"]["message_id"]


async def timed(call: Call, many: int) -> tuple[float, float]:
    """Milliseconds of processor and of the clock for one."""
    for _ in range(WARM):
        await call()
    processor, clock = process_time(), perf_counter()
    for _ in range(many):
        await call()
    return (process_time() - processor) / many * 1000, (perf_counter() - clock) / many * 1000


# ------------------------------------------------------------ a signature


def signatures(many: int) -> Figures:
    """The first sample of a text, from its bytes to yes, by our check and by the library's."""
    index = json.loads((DATA / "twilio" / "index.json").read_text("utf-8"))
    row = next(row for row in index["requests"] if row["verdict"] == "turn")
    token, body = index["settings"]["TWILIO_AUTH_TOKEN"], (DATA / row["file"]).read_bytes()
    headers = {name.lower(): value for name, value in row["headers"].items()}
    request, validator = Request("POST", row["url"], headers, body), RequestValidator(token)

    def theirs() -> bool:
        fields = MultiDict(parse_qsl(body.decode(), keep_blank_values=True))
        return bool(validator.validate(row["url"], fields, headers["x-twilio-signature"]))

    ways: Mapping[str, Callable[[], bool]] = {
        "the library's validator": theirs,
        "ours": lambda: genuine(request, [token]),
    }
    return {name: _repeated(way, many) for name, way in ways.items()}


def _repeated(check: Callable[[], bool], many: int) -> tuple[float, float]:
    assert check()
    processor, clock = process_time(), perf_counter()
    for _ in range(many):
        check()
    return (process_time() - processor) / many * 1000, (perf_counter() - clock) / many * 1000


# ------------------------------------------------------------


def shown(title: str, figures: Figures) -> None:
    """Against the first line."""
    first = next(iter(figures.values()))[0]
    print(f"\n{title:26}{'processor ms':>14}{'clock ms':>10}{'ratio':>8}")
    for name, (processor, clock) in figures.items():
        print(f"{name:26}{processor:14.3f}{clock:10.3f}{processor / first:8.2f}")


async def main(base: str, many: int) -> None:
    async with callers(base) as found:
        for provider, ways in found.items():
            shown(provider, {name: await timed(call, many) for name, call in ways.items()})
    shown("A signature", signatures(many * 10))


if __name__ == "__main__":
    quieten()
    warnings.simplefilter("ignore")  # the SDK's own transport warns twice a call
    processes = multiprocessing.get_context("spawn")
    ours, theirs = processes.Pipe()
    provider = processes.Process(target=serve, args=(theirs,), daemon=True)
    provider.start()
    try:
        asyncio.run(main(f"http://127.0.0.1:{ours.recv()}", int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
    finally:
        provider.terminate()
