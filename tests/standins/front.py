"""The proxy at our public address: TLS, our real server behind it, and what a proxy may do wrong."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ssl import SSLContext

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.app import build
from bot.serve import listening
from bot.settings import Settings
from bot.web import application

HERE = "127.0.0.1"
PASSED = ("Content-Type", "X-Twilio-Signature", "X-Telegram-Bot-Api-Secret-Token")


class Names(AbstractResolver):
    """A DNS to which every name is one server of this machine, or none."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not self.port:
            raise OSError(f"{host} is not known")
        return [
            ResolveResult(hostname=host, host=HERE, port=self.port or port, family=family, proto=0, flags=0),
        ]

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Front:
    """`port` 0: its name is not known. `behind`: our server, where the proxy passes things on."""

    trusted: SSLContext
    behind: str = ""
    port: int = 0
    answer: Callable[[web.Request], web.Response | None] = lambda request: None
    path: Callable[[web.Request], str] = lambda request: request.raw_path

    async def serve(self, request: web.Request) -> web.Response:
        if told := self.answer(request):
            return told
        url = URL(self.behind + self.path(request), encoded=True)
        headers = {name: request.headers[name] for name in PASSED if name in request.headers}
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, url, data=await request.read(), headers=headers) as answer,
        ):
            return web.Response(
                status=answer.status, body=await answer.read(), headers={"Content-Type": answer.content_type}
            )

    def way(self) -> aiohttp.ClientSession:
        """As the doctor goes out, in a world where this is the public address."""
        connector = aiohttp.TCPConnector(resolver=Names(self.port), ssl=self.trusted, family=socket.AF_INET)
        return aiohttp.ClientSession(connector=connector)


@asynccontextmanager
async def fronted(settings: Settings, tls: tuple[SSLContext, SSLContext]) -> AsyncIterator[Front]:
    """`socialdirect serve` with these settings, and a proxy before it."""
    async with build(settings) as app, listening(app, application(app), 0) as port:
        front = Front(tls[1], f"http://{HERE}:{port}")
        proxy = web.Application()
        proxy.router.add_route("*", "/{path:.*}", front.serve)
        runner = web.AppRunner(proxy)
        await runner.setup()
        await web.TCPSite(runner, HERE, 0, ssl_context=tls[0]).start()
        front.port = runner.addresses[0][1]
        try:
            yield front
        finally:
            await runner.cleanup()
