"""Whom we call: only hosts that the settings name, by name and by socket, whatever people do."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.outgoing import Host, NotOurs, hosts, only, session
from bot.secrets import fresh
from bot.settings import read_settings
from tests.guards import guards
from tests.journeys.booking import booked_by_buttons, booked_by_whatsapp
from tests.journeys.town import CAMILLE, SAM, built

KEYS = {name: value for name, value in fresh().items() if name != "TELEGRAM_WEBHOOK_SECRET"}
EVERYTHING: dict[str, object] = {
    **KEYS,
    "DATABASE_URL": "postgres://user:made-up@db.example.org/x",
    "REDIS_URL": "rediss://redis.example.org",
    "DOCUMENTS_URL": "s3://me:made-up@s3.example.org/papers?region=fr-par",
    "CLAMD_URL": "tcp://clamd.example.org:3310",
    "SMTP_URL": "smtps://mail.example.org",
    "MAIL_FROM": "bot@example.org",
    "TWILIO_ACCOUNT_SID": "AC" + "1" * 32,
    "TWILIO_AUTH_TOKEN": "made-up",
    "TWILIO_SMS_FROM": "+33199000001",
    "TWILIO_WHATSAPP_FROM": "+33199000002",
    "TWILIO_API_URL": "https://api.dublin.ie1.twilio.com",
    "TELEGRAM_BOT_TOKEN": "1:made-up",
    "TELEGRAM_WEBHOOK_SECRET": "s" * 20,
    "VIDEO_URL": "https://video.example.org",
}


def test_the_list_is_what_the_settings_name() -> None:
    assert {f"{host.name}:{host.port}" for host in hosts(read_settings(env_file=None, **EVERYTHING))} == {
        "db.example.org:5432",
        "redis.example.org:6379",
        "s3.example.org:443",
        "clamd.example.org:3310",
        "mail.example.org:465",
        "api.dublin.ie1.twilio.com:443",
        "api.twilio.com:443",
        "content.twilio.com:443",
        "api.telegram.org:443",
    }
    assert hosts(read_settings(env_file=None, **KEYS)) == frozenset(), "a file and a folder of this machine"


@guards("G21", partly=True)
async def test_a_redirect_to_anybody_else_is_not_followed() -> None:
    there: list[str] = []
    to: list[int | None] = []

    async def away(request: web.Request) -> web.Response:
        there.append(request.path)
        raise web.HTTPFound(f"http://127.0.0.1:{to[0]}/taken")

    app, other = web.Application(), web.Application()
    for each in (app, other):
        each.router.add_get("/{path:.*}", away)
    async with TestServer(other) as elsewhere, TestServer(app) as server:
        to.append(elsewhere.port)
        ours = Host("127.0.0.1", server.port or 0)
        async with aiohttp.ClientSession(middlewares=(only({ours}),)) as http:
            with pytest.raises(NotOurs):
                await http.get(server.make_url("/"))
        async with session(read_settings(env_file=None, **KEYS)) as http:
            assert not http.trust_env, "nor by a proxy that the environment names"
            with pytest.raises(NotOurs):
                await http.get(server.make_url("/never"))
    assert there == ["/"]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> set[Host]:
    """Everything that a socket of this process connects to, and every name that is looked up."""
    found: set[Host] = set()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connects(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple):
            found.add(Host(*address[:2]))
        connect(self, address)

    def looks_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        found.add(Host(host.decode() if isinstance(host, bytes) else host, int(port or 0)))
        return look_up(host, port, *more, **named)

    monkeypatch.setattr(socket.socket, "connect", connects)
    monkeypatch.setattr(socket, "getaddrinfo", looks_up)
    return found


@guards("G21")
async def test_what_people_do_calls_nobody_else(sqlite_url: str, called: set[Host]) -> None:
    async with built(sqlite_url) as town:
        await booked_by_whatsapp(town)
        await booked_by_buttons(town)
        await town.twilio.send_media(f"whatsapp:{SAM}", "image/jpeg", "https://elsewhere.example.org/x.jpg")
        await town.settle()
        await town.sms(CAMILLE, "http://elsewhere.example.org/ bonjour")
        await town.passes(hours=3)
        await town.until_due()
        ours = hosts(town.app.settings)
        served = urlsplit(town.base)
    assert ours <= called, "the providers were called"
    # The town's own web server is called by the stand-ins, and not by us.
    assert called - ours <= {Host("127.0.0.1", served.port or 0)}
