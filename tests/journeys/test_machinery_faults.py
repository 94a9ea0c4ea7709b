"""Our own machinery goes away: without Redis all is as before; without the database nothing is said to be stored that
is not, and what came is answered once it is back.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from aiohttp import ClientSession

from bot.standins import twilio_forms as forms
from bot.work import work
from storage.crypto import Vault
from tests.journeys.booking import booked_by_sms
from tests.journeys.town import ACCOUNT, PUBLIC_URL, Town, built
from tests.servers.postgres import Postgres, postgres
from tests.storage.conftest import with_tables

MESSAGES = f"{PUBLIC_URL}/webhooks/twilio/messages"


async def test_redis_is_away(database_url: str) -> None:
    async with built(database_url, redis_url="redis://127.0.0.1:1") as town:
        assert "C'est réservé" in await booked_by_sms(town)
        async with ClientSession() as session, session.get(f"{town.base}/readyz") as answer:
            assert answer.status == 200
            assert "degraded" in await answer.text()


@pytest.fixture
async def cluster() -> AsyncIterator[Postgres]:
    """One of our own, to be killed."""
    with postgres() as server:
        yield server


async def backends(server: Postgres) -> list[int]:
    """The processes that serve us."""
    import asyncpg

    connection = await asyncpg.connect(server.address("postgres"))
    rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE application_name = 'socialdirect'")
    await connection.close()
    return [row["pid"] for row in rows]


async def arrive(town: Town, person: int, number: int) -> int:
    """A signed message, as Twilio posts it: the status of our answer."""
    fields = {
        "MessageSid": f"SM{number:032x}",
        "AccountSid": ACCOUNT.sid,
        "From": f"+3363998{person:04}",
        "To": ACCOUNT.sms_number,
        "Body": "bonjour",
        "NumMedia": "0",
    }
    signed = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": forms.signature(ACCOUNT.auth_token, MESSAGES, fields),
    }
    return await town.post(MESSAGES, signed, urlencode(fields).encode())


@pytest.mark.parametrize("how", ["one backend is killed", pytest.param("all are told to end", marks=pytest.mark.many)])
async def test_postgres_starts_again_while_messages_arrive(
    cluster: Postgres, vault: Vault, patient: None, how: str
) -> None:
    """The loss of a backend to SIGKILL makes the whole server start again, as after a power failure."""
    url = cluster.address(await with_tables(cluster, vault))
    async with built(url) as town:
        worker = asyncio.create_task(work(town.parts, "worker"))
        statuses: dict[int, int] = {}
        for number in range(60):
            if number in {15, 35}:
                while await arrive(town, 0, 1) != 200:  # it is up, also after the first time
                    pass
                pids = await backends(cluster)
                for pid in pids[:1] if how.startswith("one") else pids:
                    os.kill(pid, signal.SIGKILL if how.startswith("one") else signal.SIGTERM)
            statuses[number] = await arrive(town, number, number + 1)
        assert set(statuses.values()) <= {200, 503}
        refused = [number for number, status in statuses.items() if status == 503]
        while refused:  # Twilio comes again
            refused = [number for number in refused if await arrive(town, number, number + 1) != 200]
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        for _ in range(3):
            await town.passes(minutes=2, seconds=1)
        [came] = await town.parts.db.fetch("SELECT count(*) AS n FROM inbox WHERE status = 'done'")
        assert came["n"] == len(statuses)
        for number in statuses:
            assert len(town.screen(f"+3363998{number:04}")) == 1
        assert await town.unsound() == []
        assert town.problems() == []
