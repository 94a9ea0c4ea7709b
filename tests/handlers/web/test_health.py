"""Health: alive, ready, degraded; the figures of the contract under their names."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from handlers.metrics import Figures, Metrics
from handlers.web.guard import middlewares
from handlers.web.health import Health


class Servers:
    """A database and a Redis that are well, away, or never answer."""

    def __init__(self) -> None:
        self.database: Exception | None = None
        self.redis: Exception | None = None

    async def ask_database(self) -> None:
        if self.database:
            raise self.database

    async def ask_redis(self) -> None:
        if self.redis:
            raise self.redis

    async def figures(self) -> Figures:
        await self.ask_database()
        return Figures(
            outbox_pending=3,
            outbox_oldest=timedelta(seconds=90),
            inbox_parked=1,
            inbox_oldest=timedelta(seconds=7),
            tickets_open=5,
            tickets_untaken=2,
            tickets_oldest=timedelta(minutes=1),
        )


@pytest.fixture
def servers() -> Servers:
    return Servers()


@pytest.fixture
async def client(servers: Servers) -> AsyncIterator[TestClient[Any, Any]]:
    app = web.Application(middlewares=middlewares())
    Health(metrics=Metrics(), database=servers.ask_database, redis=servers.ask_redis, figures=servers.figures).add_to(
        app
    )
    async with TestClient(TestServer(app)) as client:
        yield client


async def ask(client: TestClient[Any, Any], path: str) -> tuple[int, str]:
    async with client.get(path) as response:
        return response.status, await response.text()


async def test_alive_and_ready(client: TestClient[Any, Any]) -> None:
    assert (await ask(client, "/healthz"))[0] == 200
    assert await ask(client, "/readyz") == (200, '{"status": "ok"}')


async def test_without_its_database_it_is_alive_and_not_ready(client: TestClient[Any, Any], servers: Servers) -> None:
    servers.database = ConnectionRefusedError("postgres://user:secret@host")
    assert (await ask(client, "/healthz"))[0] == 200
    status, text = await ask(client, "/readyz")
    assert status == 503
    assert "secret" not in text


async def test_without_redis_it_is_ready_and_says_degraded(client: TestClient[Any, Any], servers: Servers) -> None:
    servers.redis = TimeoutError()
    status, text = await ask(client, "/readyz")
    assert status == 200
    assert "degraded" in text


async def test_metrics_have_the_names_that_others_rely_on(client: TestClient[Any, Any]) -> None:
    status, text = await ask(client, "/metrics")
    assert status == 200
    for line in (
        "socialdirect_outbox_pending 3.0",
        "socialdirect_outbox_oldest_seconds 90.0",
        "socialdirect_inbox_parked 1.0",
        "socialdirect_inbox_oldest_seconds 7.0",
        "socialdirect_tickets_open 5.0",
        "socialdirect_tickets_untaken 2.0",
        "socialdirect_tickets_oldest_untaken_seconds 60.0",
        "# TYPE socialdirect_inbound_to_reply_seconds histogram",
        "# TYPE socialdirect_inbound_messages_total counter",
        "# TYPE socialdirect_outbound_messages_total counter",
        "# TYPE socialdirect_outbound_segments_total counter",
        "# TYPE socialdirect_appointments_total counter",
        "# TYPE socialdirect_reminders_total counter",
        "# TYPE socialdirect_conversation_step_total counter",
        "# TYPE socialdirect_alarms_total counter",
    ):
        assert line in text.splitlines()


async def test_metrics_without_a_database_have_no_old_figures(client: TestClient[Any, Any], servers: Servers) -> None:
    await ask(client, "/metrics")
    servers.database = ConnectionRefusedError()
    status, text = await ask(client, "/metrics")
    assert status == 200
    assert "socialdirect_outbox_pending NaN" in text.splitlines()
    assert "socialdirect_tickets_oldest_untaken_seconds NaN" in text.splitlines()


def test_two_processes_in_one_do_not_share_figures() -> None:
    first, second = Metrics(), Metrics()
    first.alarms.labels("codes_guessed").inc()
    assert b"codes_guessed" in first.text()[0]
    assert b"codes_guessed" not in second.text()[0]
