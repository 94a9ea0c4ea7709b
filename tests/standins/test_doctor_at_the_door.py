"""The doctor tries PUBLIC_URL: our own server behind a proxy, and each way in which a proxy or a setting shuts it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from ssl import create_default_context
from typing import Any
from urllib.parse import unquote

import pytest
from aiohttp import web

from bot.app import vault
from bot.door_checks import door
from bot.secrets import fresh
from bot.settings import Settings, read_settings
from handlers.channels.base import Finding
from storage.db import Database
from tests.servers.tls import contexts
from tests.standins.conftest import ACCOUNT, PUBLIC_URL, SECRET, TOKEN
from tests.standins.front import Front, fronted

KEYS = {name: value for name, value in fresh().items() if name != "TELEGRAM_WEBHOOK_SECRET"}
WELL = Finding("web server", True, "ours answers at PUBLIC_URL, and takes what the providers sign")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return {
        **KEYS,
        "DATABASE_URL": f"sqlite://{tmp_path_factory.mktemp('door') / 'empty.sqlite3'}",
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
        "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
        "TWILIO_SMS_FROM": ACCOUNT.sms_number,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }


@pytest.fixture(scope="module")
async def standing(given: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    tls = contexts(tmp_path_factory.mktemp("tls"), "chat.example.org", "www.example.org")
    async with fronted(read_settings(env_file=None, **given), tls) as front:
        yield front


@pytest.fixture
def front(standing: Front) -> Iterator[Front]:
    before = {**vars(standing)}
    yield standing
    vars(standing).update(before)


async def tried(front: Front, settings: Settings) -> list[Finding]:
    async with front.way() as session:
        return [finding async for finding in door(settings, session)]


async def test_our_server_is_known_by_what_it_takes_and_nothing_comes_of_it(
    front: Front, given: dict[str, object]
) -> None:
    asked: list[tuple[str, str]] = []

    def noted(request: web.Request) -> None:
        asked.append((request.method, request.path))

    front.answer = noted
    settings = read_settings(env_file=None, **given)
    assert await tried(front, settings) == [WELL]
    assert asked == [("GET", "/healthz"), ("POST", "/webhooks/twilio/status"), ("POST", "/webhooks/telegram")]
    db = await Database.open(settings.database_url.get_secret_value(), vault(settings))
    rows = [await db.fetch(f"SELECT * FROM {table}") for table in ("inbox", "ledger", "contact", "outbox")]
    await db.close()
    assert rows == [[], [], [], []]


async def test_only_what_is_set_up_is_tried(front: Front, given: dict[str, object]) -> None:
    asked: list[str] = []
    front.answer = lambda request: asked.append(request.path)
    none: dict[str, Any] = {name: None for name in given if name.startswith(("TWILIO", "TELEGRAM"))}
    assert await tried(front, read_settings(env_file=None, **{**given, **none})) == [WELL]
    assert asked == ["/healthz"]


@pytest.mark.parametrize("url", ["http://chat.example.org", "https://10.0.0.7", "https://localhost"])
async def test_an_address_that_is_wrong_by_itself_is_not_tried(
    front: Front, given: dict[str, object], url: str
) -> None:
    assert await tried(front, read_settings(env_file=None, **{**given, "PUBLIC_URL": url})) == []


@dataclass
class Shut:
    """What is done to the proxy or to the doctor's settings, and what each line must say."""

    remedies: tuple[str, ...]
    front: dict[str, Any] = field(default_factory=dict)
    given: dict[str, object] = field(default_factory=dict)


def always(status: int, **how: Any) -> dict[str, Any]:
    return {"answer": lambda request: web.Response(status=status, **how)}


def posts(status: int) -> dict[str, Any]:
    return {"answer": lambda request: web.Response(status=status) if request.method == "POST" else None}


TWILIO, TELEGRAM = "our server refuses what Twilio brings", "our server refuses what Telegram brings"
SHUT = {
    "no such name": Shut(("is its DNS entry made",), {"port": 0}),
    "nobody there": Shut(("does `socialdirect serve` run",), {"port": 1}),
    "certificate of nobody": Shut(("give the proxy a valid one",), {"trusted": create_default_context()}),
    "proxy without our program": Shut(("start `socialdirect serve`",), always(502)),
    "sends on": Shut(("name that other address",), always(301, headers={"Location": "https://www.example.org/"})),
    "a site of somebody else": Shut(("something else than our program",), always(200, text="<html>Welcome</html>")),
    "a password is asked for": Shut(("ask nobody for a password",), always(401)),
    "only the pages are passed on": Shut(("let the proxy pass POST", "let the proxy pass POST"), posts(405)),
    "another token": Shut(
        (f"{TWILIO}: it was started with another PUBLIC_URL or TWILIO_AUTH_TOKEN",),
        given={"TWILIO_AUTH_TOKEN": "f" * 32},
    ),
    "another account": Shut((TWILIO,), given={"TWILIO_ACCOUNT_SID": "AC" + "9" * 32}),
    "another secret": Shut(
        (f"{TELEGRAM}: it was started with another TELEGRAM_WEBHOOK_SECRET",),
        given={"TELEGRAM_WEBHOOK_SECRET": "another-secret-of-theirs"},
    ),
    "another name": Shut((TWILIO,), given={"PUBLIC_URL": "https://www.example.org"}),
    "the query is written anew": Shut((TWILIO,), {"path": lambda request: unquote(request.raw_path).replace(" ", "+")}),
    "the path is cut": Shut(
        ("started without Twilio", "started without Telegram"),
        {"path": lambda request: request.raw_path.replace("/webhooks", "")},
    ),
}


@pytest.mark.parametrize("name", SHUT)
async def test_each_way_to_shut_it_is_named_with_its_remedy(front: Front, given: dict[str, object], name: str) -> None:
    shut = SHUT[name]
    vars(front).update(shut.front)
    found = await tried(front, read_settings(env_file=None, **{**given, **shut.given}))
    assert [(one.about, one.ok) for one in found] == [("web server", False)] * len(shut.remedies)
    for one, remedy in zip(found, shut.remedies, strict=True):
        assert remedy in one.words
    told = " ".join(one.words for one in found)
    assert not [word for word in (SECRET, ACCOUNT.auth_token, "f" * 32, "another-secret-of-theirs") if word in told]
