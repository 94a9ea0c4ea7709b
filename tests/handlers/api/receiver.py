"""A program that is told of what happens: a stand-in on this machine that is well, slow, wrong or away, as a test says.

It verifies each call as the specification of Standard Webhooks has it, from its own reading and not with our code.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

from aiohttp import web

HERE = "127.0.0.1"
HOST = "platform.example.org"
URL = f"https://{HOST}/hooks?from=us"
KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"


@dataclass
class Receiver:
    """`statuses`: of the next answers, then 204. `wrong`: every signature that did not fit."""

    port: int = 0
    key: bytes = KEY
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    slow: bool = False
    calls: list[tuple[str, Any]] = field(default_factory=list)
    stamps: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        raw = await request.read()
        id, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        made = hmac.new(self.key, b".".join([id.encode(), at.encode(), raw]), hashlib.sha256).digest()
        if f"v1,{base64.b64encode(made).decode()}" not in request.headers["webhook-signature"].split(" "):
            self.wrong.append(id)
        self.calls.append((id, json.loads(raw)))
        self.stamps.append(int(at))
        if self.slow:
            await self.released.wait()
        return web.Response(status=self.statuses.pop(0) if self.statuses else 204, headers=self.headers)

    @property
    def types(self) -> list[str]:
        return [said["type"] for _, said in self.calls]


@asynccontextmanager
async def receiving(tls: SSLContext) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", receiver.answer)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, HERE, 0, ssl_context=tls)
    await site.start()
    receiver.port = runner.addresses[0][1]
    try:
        yield receiver
    finally:
        receiver.released.set()
        await runner.cleanup()
