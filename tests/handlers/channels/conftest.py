"""A provider's API on a port of its own: it writes down what it is asked, and answers what the test says."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.handlers.channels.samples import DATA
from tests.storage.conftest import sqlite_template, sqlite_url, vault

__all__ = ["sqlite_template", "sqlite_url", "vault"]


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Api:
    """`answer`: the name of a file in data/api; `silent`: nothing is answered; `cut`: the line goes dead; `elsewhere`:
    it is to be asked again there.
    """

    answer: str = ""
    silent: bool = False
    cut: bool = False
    elsewhere: str = ""
    asked: list[Asked] = field(default_factory=list)
    base: str = ""
    came: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request.path, dict(request.headers), await request.read()))
        self.came.set()
        if self.silent:
            await self.closing.wait()
        if self.cut and request.transport:
            request.transport.close()
            return web.Response()
        if self.elsewhere:
            return web.Response(status=307, headers={"Location": self.elsewhere})
        said = json.loads((DATA / f"api/{self.answer}.json").read_text("utf-8"))
        body = said["body"] if isinstance(said["body"], str) else json.dumps(said["body"])
        return web.Response(status=said["status"], headers=said["headers"], body=body.encode())


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    there = Api()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", there.handle)
    server = TestServer(application)
    await server.start_server(access_log=None)  # their log would hold the bot's token: it is in the path
    there.base = str(server.make_url("")).rstrip("/")
    yield there
    there.closing.set()
    await server.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened
