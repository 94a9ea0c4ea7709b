"""Five hundred callers at once who send their body so slowly that it never ends (threat T11)."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import tracemalloc
from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from handlers.metrics import Metrics
from handlers.web.background import Background
from handlers.web.guard import RUNNER, middlewares
from handlers.web.webhooks import Webhooks
from tests.guards import guards
from tests.handlers.channels import samples
from tests.handlers.channels.samples import NOW, TWILIO_SAMPLES
from tests.handlers.web.test_webhooks import PUBLIC, Stored

MANY = 500
EACH = 100 * 1024  # bytes that a caller who waits may cost
KEPT = 64 * 1024  # and all of them together, once they are gone


@pytest.fixture
async def server() -> AsyncIterator[TestServer]:
    app, stored = web.Application(middlewares=middlewares()), Stored()
    Webhooks(
        public_url=PUBLIC,
        inbox=stored.accept,
        receipts=stored.receive,
        clock=lambda: NOW,
        metrics=Metrics(),
        background=Background(),
        twilio=samples.twilio_provider(),
        telegram=samples.telegram_provider(),
        patience=1,
    ).add_to(app)
    running = TestServer(app)
    await running.start_server(**RUNNER)
    yield running
    await running.close()


@pytest.fixture
def measured() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


async def slow(server: TestServer, number: int, all_here: asyncio.Barrier) -> bytes:
    """Two bytes of a thousand, or a chunk that is not the last; then only waiting. What the door says."""
    path = ("/webhooks/twilio/messages", "/webhooks/twilio/status", "/webhooks/telegram")[number % 3]
    length = "Content-Length: 1000\r\n\r\nab" if number % 2 else "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\n{length}".encode())
    await writer.drain()
    await all_here.wait()
    line = await reader.readline()
    await closed(writer)
    return line


async def closed(writer: asyncio.StreamWriter) -> None:
    """And not only about to be: what is measured afterwards would depend on chance. The server may have been first."""
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def a_round(server: TestServer) -> tuple[set[bytes], bytes]:
    """The answers to the slow ones; and to somebody who comes meanwhile."""
    all_here = asyncio.Barrier(MANY + 1)
    waiting = [asyncio.create_task(slow(server, number, all_here)) for number in range(MANY)]
    await all_here.wait()
    sample = next(one for one in TWILIO_SAMPLES if "sms_in_plain" in str(one)).request
    head = "".join(f"{name}: {value}\r\n" for name, value in sample.headers.items() if name != "content-length")
    reader, writer = await asyncio.open_connection(server.host, server.port)
    path = sample.url.removeprefix(PUBLIC)
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {len(sample.body)}\r\n\r\n".encode() + sample.body
    )
    quick = await reader.readline()
    await closed(writer)
    said = set(await asyncio.gather(*waiting))
    return said, quick


@pytest.mark.slow
@guards("T11")
async def test_they_are_let_go_and_nobody_waits_for_them(server: TestServer, measured: None) -> None:
    tasks, standing = len(asyncio.all_tasks()), []
    assert server.runner is not None
    served = server.runner.server
    assert served is not None
    for _ in range(2):
        gc.collect()
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        said, quick = await a_round(server)
        assert {line.split()[1] for line in said} == {b"408"}
        assert quick.split()[1] == b"200"
        assert tracemalloc.get_traced_memory()[1] - before < MANY * EACH
        for _ in range(100_000):
            if len(asyncio.all_tasks()) == tasks and not served.connections:
                break
            await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == tasks
        assert not served.connections, "no connection is still served"
        gc.collect()
        standing.append(tracemalloc.get_traced_memory()[0])
    assert standing[-1] - standing[0] < KEPT, "the second five hundred leave nothing more"
