"""Servers that cannot start say so in one line, and end."""

from __future__ import annotations

import gzip
import logging
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.serve import listening
from tests.bot.conftest import Desk
from tests.guards import guards


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_said_in_one_line(desk: Desk, taken: int) -> None:
    desk.set(PORT=str(taken))
    served = desk("serve", "--no-worker")
    assert (served.status, served.err.count("\n")) == (1, 1)
    assert f"PORT: cannot listen on 127.0.0.1:{taken} (Address already in use)" in served.err


def test_so_is_the_port_of_a_workers_figures(open_desk: Desk, taken: int) -> None:
    worked = open_desk("worker", "--metrics-port", str(taken))
    assert worked.status == 1
    assert f"--metrics-port: cannot listen on 127.0.0.1:{taken}" in worked.err


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_so_is_a_database_that_does_not_answer(desk: Desk, command: str) -> None:
    desk.set(DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    done = desk(command)
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "DATABASE_URL" in done.err


def test_so_is_a_database_that_no_server_has_made(desk: Desk) -> None:
    worked = desk("worker")
    assert (worked.status, worked.err.count("\n")) == (1, 1)
    assert "start `socialdirect serve` once" in worked.err


@guards("T11")
@guards("T25", "T26", partly=True)
async def test_it_unpacks_nothing_and_keeps_no_list_of_who_came(caplog: pytest.LogCaptureFixture) -> None:
    """Under whatever is served: bodies stay as they came, and paths, which hold tokens, go nowhere."""

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    served = web.Application()
    served.router.add_post("/a/{token}", echo)
    caplog.set_level(logging.DEBUG)
    app: Any = SimpleNamespace(settings=SimpleNamespace(host="127.0.0.1", port=0))
    packed = gzip.compress(b"x" * 1000)
    async with listening(app, served) as port, aiohttp.ClientSession() as session:
        headers = {"Content-Encoding": "gzip"}
        url = f"http://127.0.0.1:{port}/a/canary"
        async with session.post(url, data=packed, headers=headers) as response:
            assert await response.read() == packed
    assert not [line for line in caplog.records if line.name.startswith("aiohttp")]
    assert "canary" not in caplog.text
