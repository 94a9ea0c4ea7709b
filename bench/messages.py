"""How many messages a second go from webhook to turn to delivery, on SQLite and on PostgreSQL in one run.

    python -m bench.messages [how many]

Printed, never asserted. The stand-ins of the providers, the callers and the program share one process, so what counts
is the ratio between databases and stages on one machine, and not the figure.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

import aiohttp

from bot.standins import twilio_forms as forms
from bot.work import drain_all
from handlers.delivery import deliver
from storage import schema
from storage.crypto import Vault
from storage.db import Database
from tests.journeys.town import ACCOUNT, PUBLIC_URL, Town, built
from tests.servers.postgres import postgres
from tests.storage.conftest import KEYS, SECRET

MESSAGES = f"{PUBLIC_URL}/webhooks/twilio/messages"
CALLERS = 16


def request(number: int) -> tuple[bytes, dict[str, str]]:
    """A first message of somebody new, as Twilio signs it."""
    fields = {
        "MessageSid": f"SM{number:032x}",
        "AccountSid": ACCOUNT.sid,
        "From": f"+3363998{number % 10_000:04}",
        "To": ACCOUNT.sms_number,
        "Body": "PORTS-7KQM-4XTD",
        "NumMedia": "0",
    }
    signature = forms.signature(ACCOUNT.auth_token, MESSAGES, fields)
    return urlencode(fields).encode(), {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature,
    }


async def arrive(town: Town, many: int) -> None:
    """So many callers at once, each over one connection."""
    numbers, address = iter(range(1, many + 1)), MESSAGES.replace(PUBLIC_URL, town.base)

    async def caller(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            body, headers = request(number)
            async with session.post(address, data=body, headers=headers) as answer:
                assert answer.status == 200

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(caller(session) for _ in range(CALLERS)))


async def until_done(step: Callable[[], Awaitable[int]]) -> None:
    while await step():
        pass


@asynccontextmanager
async def migrated(url: str) -> AsyncIterator[Town]:
    db = await Database.open(url, Vault(SECRET, KEYS))
    await schema.migrate(db)
    await db.close()
    async with built(url) as town:
        yield town


async def measured(url: str, many: int) -> dict[str, float]:
    """Messages a second, by stage."""
    figures = {}
    async with migrated(url) as town:
        stages: dict[str, Callable[[], Awaitable[None]]] = {
            "webhook": lambda: arrive(town, many),
            "turn": lambda: until_done(lambda: drain_all(town.parts, "bench")),
            "delivery": lambda: until_done(lambda: deliver(town.parts, "bench")),
        }
        began = perf_counter()
        for name, stage in stages.items():
            since = perf_counter()
            await stage()
            figures[name] = many / (perf_counter() - since)
        figures["all three"] = many / (perf_counter() - began)
        await town.twilio.settle()
        sent = len(town.twilio.ledger.of("CreateMessage"))
        assert sent == many, f"{sent} of {many} left"
    return figures


async def main(many: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        on_file = await measured(f"sqlite://{Path(folder) / 'bench.sqlite3'}", many)
    with postgres() as server:
        on_server = await measured(server.address(await server.create()), many)
    print(f"{many} messages, messages a second\n{'':12}{'SQLite':>8}{'PostgreSQL':>12}{'ratio':>8}")
    for name, figure in on_file.items():
        print(f"{name:12}{figure:8.0f}{on_server[name]:12.0f}{figure / on_server[name]:8.2f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500))
