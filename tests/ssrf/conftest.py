"""A trap on this machine that counts who comes, and a list of every address that anybody dials."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

import pytest
from aiohttp import web

from tests.servers.tls import contexts
from tests.storage.conftest import sqlite_template, sqlite_url, vault

__all__ = ["sqlite_template", "sqlite_url", "vault"]

HOSTS = ("api.twilio.com", "mms.twiliocdn.com", "media.twiliocdn.com", "s3-external-1.amazonaws.com")
HERE = "127.0.0.2"  # where the provider's server is; the trap is at 127.0.0.1 and ::1, on the same port


@dataclass
class Server:
    """A provider, over TLS: what it answers, and what it was asked."""

    port: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"a letter"
    pieces: int = 0  # a body without a length, of so many pieces of a MiB
    redirects: list[str] = field(default_factory=list)
    asked: list[web.Request] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if self.redirects:
            return web.Response(status=307, headers={"Location": self.redirects.pop(0), "Set-Cookie": "a=b"})
        if not self.pieces:
            return web.Response(status=self.status, headers=self.headers, body=self.body)
        response = web.StreamResponse(headers=self.headers)
        await response.prepare(request)
        for _ in range(self.pieces):
            await response.write(bytes(1 << 20))
        return response


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> tuple[SSLContext, SSLContext]:
    return contexts(tmp_path_factory.mktemp("tls"), *HOSTS)


@pytest.fixture
async def server(tls: tuple[SSLContext, SSLContext]) -> AsyncIterator[Server]:
    made = Server()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, HERE, 0, ssl_context=tls[0]).start()
    made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


@dataclass
class Trap:
    """Nobody has any business here."""

    port: int
    came: int = 0


@asynccontextmanager
async def trap_at(port: int) -> AsyncIterator[Trap]:
    trap = Trap(port)

    async def met(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        trap.came += 1
        writer.close()

    addresses = ["127.0.0.1", "::1"] if socket.has_ipv6 else ["127.0.0.1"]
    listening = await asyncio.start_server(met, addresses, port)
    trap.port = listening.sockets[0].getsockname()[1]
    try:
        yield trap
    finally:
        listening.close()
        await listening.wait_closed()


@pytest.fixture
async def trap(server: Server) -> AsyncIterator[Trap]:
    async with trap_at(server.port) as trap:
        yield trap


@pytest.fixture
async def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that a connection was begun to; off this machine none is made."""
    loop, addresses = asyncio.get_running_loop(), list[str]()
    connect = loop.sock_connect

    async def listened(sock: socket.socket, address: Any) -> None:
        addresses.append(f"{address[0]}:{address[1]}")
        if not str(address[0]).startswith("127.") and address[0] != "::1":
            raise ConnectionRefusedError
        await connect(sock, address)

    monkeypatch.setattr(loop, "sock_connect", listened)
    return addresses
