"""What goes out to the two APIs, and what each of their answers means. The answers are theirs, byte for byte."""

import asyncio
import logging
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.logs import quieten
from handlers.channels import twilio
from handlers.channels.base import Finding, Payload, SendError
from handlers.channels.sms import SmsChannel
from handlers.channels.telegram import TelegramChannel
from handlers.channels.telegram_bot import TelegramBot
from handlers.channels.twilio_client import TwilioClient
from handlers.channels.twilio_errors import failure, meaning
from handlers.channels.whatsapp import WhatsAppChannel
from tests.guards import guards
from tests.handlers.channels import samples
from tests.handlers.channels.conftest import Api
from tests.handlers.channels.samples import DATA, NOW, SETTINGS
from tests.servers.ports import unused_port

ACCOUNT = SETTINGS["TWILIO_ACCOUNT_SID"]
TOKEN = SETTINGS["TELEGRAM_BOT_TOKEN"]
CAMILLE, CHAT, OUTBOX_ID = "+33639980011", "900000000000011", "01J0000000000000000000ABCD"
HELLO = Payload("Bonjour", {"body": "Bonjour"})
TOLD = Payload("Bonjour", {"text": "Bonjour", "link_preview_options": {"is_disabled": True}})

OPTED_OUT = {"outcome": "refused", "opted_out": True}
DEAD = {"outcome": "refused", "dead": True}
BUG = {"outcome": "refused", "alarm": True}
STOP = {"outcome": "stop", "alarm": True}
LOST = {"outcome": "unknown", "slow": True}

TWILIO_ANSWERS: dict[str, dict[str, Any]] = {
    "twilio_error_21211": DEAD,
    "twilio_error_21408": BUG,
    "twilio_error_21610": OPTED_OUT,
    "twilio_error_21612": BUG,
    "twilio_error_21614": DEAD,
    "twilio_error_21617": BUG,
    "twilio_error_21656": BUG,
    "twilio_error_21671": BUG,
    "twilio_error_35115": BUG,
    "twilio_error_401_20003": STOP,
    "twilio_error_403": STOP,
    "twilio_error_404_20404": BUG,
    "twilio_error_429_20429": {"outcome": "retry", "after": timedelta(seconds=1), "slow": True, "again": 2},
    "twilio_error_500_20500": LOST,
    "twilio_error_503_html": LOST,
    "twilio_error_63016": {"outcome": "refused", "window_closed": True},
}
TELEGRAM_ANSWERS: dict[str, dict[str, Any]] = {
    "telegram_error_400_button_data": BUG,
    "telegram_error_400_cant_parse": BUG,
    "telegram_error_400_chat_not_found": DEAD,
    "telegram_error_400_file_too_big": BUG,
    "telegram_error_400_migrated": DEAD,
    "telegram_error_400_not_modified": {"outcome": "refused"},
    "telegram_error_400_query_too_old": {"outcome": "refused"},
    "telegram_error_400_too_long": BUG,
    "telegram_error_401": STOP,
    "telegram_error_403_blocked": DEAD,
    "telegram_error_403_cant_initiate": DEAD,
    "telegram_error_403_deactivated": DEAD,
    "telegram_error_404": STOP,
    "telegram_error_409": STOP,
    "telegram_error_429": {"outcome": "retry", "after": timedelta(seconds=14)},
    "telegram_error_500": LOST,
    "telegram_error_502_html": LOST,
}


def test_every_refusal_that_we_know_of_has_its_meaning() -> None:
    known = {file.stem for file in (DATA / "api").glob("*_error_*.json")}
    assert known == {*TWILIO_ANSWERS, *TELEGRAM_ANSWERS}


def said(error: SendError) -> dict[str, Any]:
    names = ("outcome", "opted_out", "dead", "alarm", "window_closed", "after", "slow", "again", "seldom")
    return {name: getattr(error, name) for name in names if getattr(error, name)}


@pytest.fixture
def client(api: Api, session: aiohttp.ClientSession) -> TwilioClient:
    return TwilioClient(session, ACCOUNT, ("SK" + "1" * 32, "made-up"), base_url=api.base + "/")


@pytest.fixture
def sms(client: TwilioClient) -> SmsChannel:
    return samples.sms(client=client)


@pytest.fixture
def whatsapp(client: TwilioClient) -> WhatsAppChannel:
    return samples.whatsapp(client=client)


@pytest.fixture
def telegram(api: Api, session: aiohttp.ClientSession) -> TelegramChannel:
    return samples.telegram(bot=TelegramBot(session, TOKEN, base_url=api.base + "/"))


# Twilio


async def test_an_sms_as_twilio_gets_it(api: Api, sms: SmsChannel) -> None:
    api.answer = "twilio_message_created_from"
    assert await sms.send(HELLO, CAMILLE, OUTBOX_ID) == "SM" + "1" * 32
    (asked,) = api.asked
    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert b64decode(asked.headers["Authorization"].removeprefix("Basic ")).decode() == f"SK{'1' * 32}:made-up"
    assert asked.form == {
        "To": CAMILLE,
        "From": SETTINGS["TWILIO_SMS_FROM"],
        "Body": "Bonjour",
        "StatusCallback": f"https://chat.example.org/webhooks/twilio/status?m={OUTBOX_ID}",
    }


async def test_a_messaging_service_and_a_moment_after_which_a_text_is_useless(api: Api, sms: SmsChannel) -> None:
    api.answer = "twilio_message_created_service"
    channel = replace(sms, messaging_service_sid="MG" + "1" * 32)
    for left, seconds in ((timedelta(minutes=10, milliseconds=1), "600"), (timedelta(days=2), "36000")):
        await channel.send(Payload("x", {"body": "x", "expires_at": NOW + left}), CAMILLE, OUTBOX_ID)
        form = api.asked[-1].form
        assert (form["MessagingServiceSid"], form["ValidityPeriod"]) == ("MG" + "1" * 32, seconds)
        assert "From" not in form


async def test_a_whatsapp_message_as_twilio_gets_it(api: Api, whatsapp: WhatsAppChannel) -> None:
    api.answer = "twilio_message_created_whatsapp"
    assert await whatsapp.send(HELLO, "FR.9876543210987654", OUTBOX_ID) == "SM" + "6" * 32
    form = api.asked[0].form
    assert (form["To"], form["From"]) == ("whatsapp:FR.9876543210987654", "whatsapp:+33199000002")
    assert form["StatusCallback"].endswith(f"?m={OUTBOX_ID}")


@pytest.mark.parametrize("name", TWILIO_ANSWERS)
async def test_what_twilios_answers_mean(name: str, api: Api, sms: SmsChannel) -> None:
    api.answer = name
    with pytest.raises(SendError) as caught:
        await sms.send(HELLO, CAMILLE, OUTBOX_ID)
    assert said(caught.value) == TWILIO_ANSWERS[name]
    assert len(api.asked) == 1
    assert CAMILLE not in f"{caught.value!r}{caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (Payload("", {"body": ""}), "empty"),
        (Payload("x", {"body": "x" * 1601}), "21617"),
        (Payload("x", {"body": "x", "expires_at": NOW}), "expired"),
    ],
)
async def test_what_is_not_even_tried(payload: Payload, code: str) -> None:
    with pytest.raises(SendError) as caught:
        await samples.sms().send(payload, CAMILLE, OUTBOX_ID)
    assert (caught.value.code, caught.value.outcome) == (code, "refused")


async def test_without_a_sender_messages_wait_for_one() -> None:
    with pytest.raises(SendError) as caught:
        await samples.sms(sender=None).send(HELLO, CAMILLE, OUTBOX_ID)
    assert said(caught.value) == STOP


async def test_outside_the_window_no_free_text_is_tried() -> None:
    with pytest.raises(SendError) as caught:
        await samples.whatsapp().send(Payload("x", {}), CAMILLE, OUTBOX_ID)
    assert said(caught.value) == {"outcome": "refused", "window_closed": True}


async def test_the_account_is_looked_at(api: Api, sms: SmsChannel, whatsapp: WhatsAppChannel) -> None:
    api.answer = "twilio_error_401_20003"
    for channel in (sms, whatsapp):
        (finding,) = await channel.check()
        assert not finding.ok
        assert "20003" in finding.words
    assert api.asked[0].path == f"/2010-04-01/Accounts/{ACCOUNT}.json"


# Telegram


async def test_a_telegram_message_as_telegram_gets_it(api: Api, telegram: TelegramChannel) -> None:
    api.answer = "telegram_send_ok"
    markup = {"inline_keyboard": [[{"text": "Oui", "callback_data": "k3m7q2wz5a:1"}]]}
    payload = Payload("Bonjour", {**TOLD.fields, "reply_markup": markup})
    assert await telegram.send(payload, CHAT, OUTBOX_ID) == "133"
    (asked,) = api.asked
    assert asked.path == f"/bot{TOKEN}/sendMessage"
    assert asked.json == {
        "chat_id": int(CHAT),
        "text": "Bonjour",
        "link_preview_options": {"is_disabled": True},
        "reply_markup": markup,
    }


@pytest.mark.parametrize("name", TELEGRAM_ANSWERS)
async def test_what_telegrams_answers_mean(name: str, api: Api, telegram: TelegramChannel) -> None:
    api.answer = name
    with pytest.raises(SendError) as caught:
        await telegram.send(TOLD, CHAT, OUTBOX_ID)
    assert said(caught.value) == TELEGRAM_ANSWERS[name]
    if caught.value.outcome == "unknown":
        assert caught.value.code in name
    assert len(api.asked) == 1
    assert TOKEN not in f"{caught.value!r}{caught.value.__cause__!r}"


async def test_a_press_is_answered_and_its_buttons_go(api: Api, telegram: TelegramChannel) -> None:
    api.answer = "telegram_answer_callback_ok"
    await telegram.answer_press("3006477100000000011")
    await telegram.clear_keyboard(CHAT, "120")
    answered, cleared = api.asked
    assert answered.path.endswith("/answerCallbackQuery")
    assert answered.json == {"callback_query_id": "3006477100000000011"}
    assert cleared.path.endswith("/editMessageReplyMarkup")
    assert cleared.json == {"chat_id": int(CHAT), "message_id": 120}


@pytest.mark.parametrize(
    "name", ["telegram_error_400_query_too_old", "telegram_error_400_not_modified", "telegram_error_502_html"]
)
async def test_a_press_that_cannot_be_answered_is_of_no_consequence(
    name: str, api: Api, telegram: TelegramChannel
) -> None:
    api.answer = name
    await telegram.answer_press("3006477100000000011")
    await telegram.clear_keyboard(CHAT, "120")
    await telegram.clear_keyboard(CHAT, "")
    assert len(api.asked) == 2


@pytest.mark.parametrize("text", ["", " \n", "\n" * 5000])
async def test_what_telegram_would_not_take_is_not_tried(text: str) -> None:
    with pytest.raises(SendError) as caught:
        await samples.telegram().send(Payload(text, {"text": text}), CHAT, OUTBOX_ID)
    assert said(caught.value) == BUG


@pytest.mark.parametrize(
    ("name", "ok", "words"),
    [
        ("telegram_webhook_info_ok", True, "0 updates"),
        ("telegram_webhook_info_failing", False, "500 Internal Server Error"),
        ("telegram_error_401", False, "TELEGRAM_BOT_TOKEN"),
    ],
)
async def test_the_webhook_is_looked_at(name: str, ok: bool, words: str, api: Api, telegram: TelegramChannel) -> None:
    api.answer = name
    (finding,) = await telegram.check()
    assert finding.ok is ok
    assert words in finding.words


async def test_a_webhook_elsewhere_is_found(api: Api, telegram: TelegramChannel) -> None:
    api.answer = "telegram_webhook_info_ok"
    (finding,) = await replace(telegram, public_url="https://other.example.org").check()
    assert finding == Finding("telegram", False, "The webhook leads elsewhere; run `socialdirect channels setup`.")


# The line itself

Send = Callable[[aiohttp.ClientSession, str, float], Any]


async def by_sms(session: aiohttp.ClientSession, base: str, limit: float) -> None:
    client = TwilioClient(session, ACCOUNT, (ACCOUNT, "made-up"), base_url=base, timeout=limit)
    await samples.sms(client=client).send(HELLO, CAMILLE, OUTBOX_ID)


async def by_telegram(session: aiohttp.ClientSession, base: str, limit: float) -> None:
    bot = TelegramBot(session, TOKEN, base_url=base, timeout=limit)
    await samples.telegram(bot=bot).send(TOLD, CHAT, OUTBOX_ID)


@guards("L07")
@pytest.mark.parametrize("send", [by_sms, by_telegram])
async def test_what_was_never_connected_may_be_repeated(send: Send, session: aiohttp.ClientSession) -> None:
    with pytest.raises(SendError) as caught:
        await send(session, f"http://127.0.0.1:{unused_port()}", 5)
    assert said(caught.value) == {"outcome": "retry", "slow": True}


@guards("L07")
async def test_nor_did_it_leave_where_no_connection_became_free(api: Api) -> None:
    """All of them wait for answers: it is not said that it may have arrived, as it would not be repeated then."""
    api.silent = True
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        first = asyncio.create_task(by_sms(session, api.base, 60))
        await api.came.wait()
        with pytest.raises(SendError) as caught:
            await by_sms(session, api.base, 2)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    assert said(caught.value) == {"outcome": "retry", "slow": True}
    assert len(api.asked) == 1


@pytest.mark.parametrize("send", [by_sms, by_telegram])
async def test_a_base_address_that_is_none_waits_for_somebody(send: Send, session: aiohttp.ClientSession) -> None:
    with pytest.raises(SendError) as caught:
        await send(session, "http://", 5)
    assert said(caught.value) == STOP


@guards("L06", "L07")
@pytest.mark.parametrize("send", [by_sms, by_telegram])
@pytest.mark.parametrize("trouble", ["silent", "cut"])
async def test_what_left_and_was_not_answered_may_have_arrived(
    send: Send, trouble: str, api: Api, session: aiohttp.ClientSession
) -> None:
    setattr(api, trouble, True)
    # Long enough for a busy machine to connect within half of it: what was not connected is another case.
    with pytest.raises(SendError) as caught:
        await send(session, api.base, 2 if api.silent else 5)
    assert said(caught.value) == LOST
    assert len(api.asked) == 1


@guards("L06")
@pytest.mark.parametrize("send", [by_sms, by_telegram])
async def test_nobody_is_led_to_send_it_once_more(send: Send, api: Api, session: aiohttp.ClientSession) -> None:
    """A 307 asks for the same POST at another address: with our credentials, and a second text."""
    api.elsewhere = f"{api.base}/elsewhere"
    with pytest.raises(SendError):
        await send(session, api.base, 5)
    assert len(api.asked) == 1


@pytest.mark.parametrize("send", [by_sms, by_telegram])
@pytest.mark.parametrize("name", ["twilio_typing_ok", "telegram_answer_callback_ok"])
async def test_a_yes_without_an_id_may_be_one(send: Send, name: str, api: Api, session: aiohttp.ClientSession) -> None:
    api.answer = name
    with pytest.raises(SendError) as caught:
        await send(session, api.base, 5)
    assert said(caught.value) == LOST


async def test_nothing_personal_and_no_token_is_logged(
    api: Api, session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    quieten()
    caplog.set_level(logging.INFO)
    for name in (*TWILIO_ANSWERS, "telegram_error_502_html", "telegram_error_403_blocked"):
        api.answer = name
        for send in (by_sms, by_telegram):
            with pytest.raises(SendError):
                await send(session, api.base, 5)
    assert not [secret for secret in (TOKEN, CAMILLE, "Bonjour", CHAT) if secret in caplog.text]


def test_unknown_codes_are_refusals_that_somebody_looks_at() -> None:
    assert said(meaning("99999").error("99999")) == BUG
    assert said(failure(400, None)) == BUG
    assert said(failure(401, "99999")) == STOP
    assert said(meaning("undelivered").error("undelivered")) == {"outcome": "refused"}
    assert said(meaning("30003").error("30003")) == {"outcome": "retry", "after": timedelta(hours=1), "again": 2}


@pytest.mark.parametrize(
    ("logged", "ours", "same"),
    [
        ("Bonjour, c'est fait", "Bonjour, c’est fait ", True),
        ("Rappel : ven. 6 mars", "Rappel\u00a0: ven. 6\u202fmars", True),
        ("Sent from your Twilio trial account - Bonjour", "Bonjour", True),
        ("Social Direct. Quel est votre code ?", "Quel est votre code ?", False),
        ("Rappel : ven. 6 mars", "Rappel : ven. 7 mars", False),
        ("", "Bonjour", False),
    ],
)
def test_a_text_is_known_again_in_twilios_log(logged: str, ours: str, same: bool) -> None:
    assert twilio.same(logged, ours) is same


async def test_of_many_calls_at_once_each_gets_its_own_answer(session: aiohttp.ClientSession) -> None:
    """The transport that comes with Twilio's SDK 9.13 keeps the last answer in an attribute and returns that: of two
    calls at once, one may be told the other's sid, and its states would be taken for the other's.
    """
    came = asyncio.Event()
    waiting: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        body = dict(parse_qsl((await request.read()).decode()))["Body"]
        waiting.append(body)
        if len(waiting) == len(BODIES):
            came.set()
        await came.wait()
        await asyncio.sleep(0)
        return web.json_response({"sid": f"SM{body}", "status": "queued"}, status=201)

    app = web.Application()
    app.router.add_post("/{path:.*}", answer)
    async with TestServer(app) as server:
        client = TwilioClient(session, ACCOUNT, (ACCOUNT, "made-up"), base_url=str(server.make_url("")).rstrip("/"))
        sids = await asyncio.gather(
            *(client.send({"to": CAMILLE, "from_": "+33199000001", "body": body}) for body in BODIES)
        )
    assert sids == [f"SM{body}" for body in BODIES]


BODIES = [f"{number:032}" for number in range(20)]
