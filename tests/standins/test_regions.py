"""Texts through one region of Twilio's, WhatsApp through another: the account is one, its keys and tokens are two."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.account_checks import keys
from bot.app import build
from bot.channels import set_up
from bot.secrets import fresh
from bot.settings import read_settings
from bot.standins.twilio import TwilioStandIn
from handlers.channels.base import Payload
from tests.standins import conformance
from tests.standins.conftest import ACCOUNT, PUBLIC_URL, Clock, Running

KEYS = {name: value for name, value in fresh().items() if name != "TELEGRAM_WEBHOOK_SECRET"}
STATES = replace(ACCOUNT, auth_token="d" * 32, api_key="SK" + "2".zfill(32), api_secret="made-up, too")
CAMILLE = "+33639980011"
HELLO = Payload("Bonjour", {"body": "Bonjour"})


@pytest.fixture
async def states(clock: Clock, ids: Callable[[], int]) -> AsyncIterator[Running]:
    """The United States; `twilio` is Ireland."""
    standin = TwilioStandIn(STATES, clock, ids, check=conformance.twilio)
    async with TestServer(standin.app) as server:
        yield Running(standin, str(server.make_url("")).rstrip("/"))
        await standin.settle()


@pytest.fixture
def given(twilio: Running, states: Running) -> dict[str, object]:
    return {
        **KEYS,
        "DATABASE_URL": "sqlite://:memory:",
        "PUBLIC_URL": PUBLIC_URL,
        "TWILIO_ACCOUNT_SID": ACCOUNT.sid,
        "TWILIO_AUTH_TOKEN": ACCOUNT.auth_token,
        "TWILIO_EXTRA_AUTH_TOKENS": STATES.auth_token,
        "TWILIO_API_KEY": ACCOUNT.api_key,
        "TWILIO_API_SECRET": ACCOUNT.api_secret,
        "TWILIO_WHATSAPP_API_KEY": STATES.api_key,
        "TWILIO_WHATSAPP_API_SECRET": STATES.api_secret,
        "TWILIO_SMS_FROM": ACCOUNT.sms_number,
        "TWILIO_WHATSAPP_FROM": ACCOUNT.whatsapp_number,
        "TWILIO_API_URL": twilio.base,
        "TWILIO_WHATSAPP_API_URL": states.base,
        "TWILIO_CONTENT_API_URL": states.base,
    }


async def test_each_region_is_set_sent_to_and_read_with_its_own_key(
    given: dict[str, object], twilio: Running, states: Running, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    wished = read_settings(env_file=None, **given)
    assert await set_up(wished, dry_run=False, again=False) == 0, capsys.readouterr().out
    assert twilio.standin.numbers.messages_url
    assert states.standin.senders.whatsapp["callback_url"]
    assert states.standin.contents
    async with build(wished, clock) as app:
        await twilio.standin.say(CAMILLE, "bonjour")
        await states.standin.say(f"whatsapp:{CAMILLE}", "bonjour")
        for channel in ("sms", "whatsapp"):
            await app.parts.channels[channel].send(HELLO, CAMILLE, channel)
        clock.forward(minutes=1)
        assert app.fetch is not None
        assert await app.fetch() == 2
    for place, sender in ((twilio, ACCOUNT.sms_number), (states, f"whatsapp:{ACCOUNT.whatsapp_number}")):
        calls = place.standin.ledger.calls
        assert {call.status for call in calls} <= {200, 201, 202}
        assert {call.params["From"] for call in calls if call.operation == "CreateMessage"} == {sender}


ITS_KEY = "TWILIO_WHATSAPP_API_KEY, TWILIO_WHATSAPP_API_SECRET"
NO_KEY = "not a key of this account and region at TWILIO_WHATSAPP_API_URL; make one there"
NO_TOKEN = "TWILIO_AUTH_TOKEN is not that of TWILIO_ACCOUNT_SID at TWILIO_WHATSAPP_API_URL"
LACKING: Mapping[str, tuple[Mapping[str, object], str]] = {
    "nothing": ({}, ""),
    "a key of its own": (
        {"TWILIO_WHATSAPP_API_KEY": None, "TWILIO_WHATSAPP_API_SECRET": None},
        f"TWILIO_API_KEY, TWILIO_API_SECRET: {NO_KEY}, and name it in {ITS_KEY}",
    ),
    "the secret of its key": ({"TWILIO_WHATSAPP_API_SECRET": "another"}, f"{ITS_KEY}: {NO_KEY}"),
    "the other region's token": (
        {"TWILIO_EXTRA_AUTH_TOKENS": ""},
        f"{NO_TOKEN}: we refuse whatever Twilio brings; name this region's token, too, in TWILIO_EXTRA_AUTH_TOKENS",
    ),
}


@pytest.mark.parametrize("name", LACKING)
async def test_the_doctor_tries_each_region_with_its_own(
    given: dict[str, object], http: aiohttp.ClientSession, name: str
) -> None:
    lacking, wrong = LACKING[name]
    settings = read_settings(env_file=None, **{**given, **lacking})
    texts, whatsapp = [one async for one in keys(settings, http)]
    assert (texts.ok, texts.words) == (True, "they open the account at TWILIO_API_URL")
    assert (whatsapp.ok, whatsapp.words) == (not wrong, wrong or "they open the account at TWILIO_WHATSAPP_API_URL")
