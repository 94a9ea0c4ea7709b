"""The stand-ins and our own channel code: each takes the other for the provider it knows from captured requests."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest

from bot.standins.faults import Accept, Broken, Drop, Reject, Throttle, Undelivered
from bot.standins.ledger import Button
from bot.standins.telegram import TelegramStandIn
from bot.standins.telegram_chats import Person
from bot.standins.twilio import TwilioStandIn
from bot.standins.twilio_content import Content
from bot.standins.twilio_forms import Tries
from conversations.model import Input
from handlers.channels.base import Envelope, Receipt, Request, SendError
from handlers.channels.telegram import TelegramChannel, TelegramProvider
from handlers.channels.telegram_bot import TelegramBot
from handlers.channels.twilio import TwilioProvider, callback
from handlers.channels.twilio_client import TwilioClient
from handlers.channels.whatsapp import WhatsAppChannel
from tests.standins.conftest import ACCOUNT, PUBLIC_URL, SECRET, TOKEN, Heard, Ours, Running

CAMILLE = "+33639980011"
WHATSAPP = f"whatsapp:{CAMILLE}"
PERSON = Person(900000000000011, "Camille", phone=CAMILLE)
ON_WHATSAPP = {"to": WHATSAPP, "from_": f"whatsapp:{ACCOUNT.whatsapp_number}"}
KNOWN = Path(__file__).parent.parent / "handlers" / "channels" / "data"
NOW = datetime(2026, 5, 14, 7, 15, 2, tzinfo=UTC)
PROVIDER = TwilioProvider(
    ACCOUNT.sid,
    [ACCOUNT.auth_token],
    sms_from=ACCOUNT.sms_number,
    messaging_service_sid=ACCOUNT.service_sid,
    whatsapp_from=ACCOUNT.whatsapp_number,
)
QUICK = Content(
    "HX" + "3".zfill(32),
    "q",
    "fr",
    {"twilio/quick-reply": {"body": "a", "actions": [{"title": "Oui", "id": "k3m7q2wz5a:1"}]}},
    {},
)
LIST = Content(
    "HX" + "4".zfill(32),
    "l",
    "fr",
    {"twilio/list-picker": {"body": "a", "items": [{"item": "Un", "id": "b6x4r2cy7e:1"}]}},
    {},
)
TEMPLATE = replace(QUICK, sid="HX" + "5".zfill(32), approval="approved")


def request(heard: Heard) -> Request:
    headers = {name.lower(): value for name, value in heard.headers.items()}
    return Request("POST", PUBLIC_URL + heard.path, headers, heard.body)


def fields(body: bytes) -> set[str]:
    return set(parse_qs(body.decode(), keep_blank_values=True))


def captured(name: str) -> set[str]:
    return fields((KNOWN / "twilio" / f"{name}.form.txt").read_bytes())


@pytest.fixture
async def client(twilio: Running, http: aiohttp.ClientSession) -> TwilioClient:
    return TwilioClient(http, ACCOUNT.sid, (ACCOUNT.api_key, ACCOUNT.api_secret), base_url=twilio.base, timeout=5)


@pytest.fixture
async def bot(telegram: TelegramStandIn, telegram_base: str, http: aiohttp.ClientSession) -> AsyncIterator[TelegramBot]:
    telegram.webhook.set({"url": f"{PUBLIC_URL}/webhooks/telegram", "secret_token": SECRET})
    telegram.join(PERSON)
    await telegram.start_chat(PERSON.id)
    yield TelegramBot(http, TOKEN, base_url=telegram_base, timeout=5)
    assert telegram.ledger.problems() == []


async def send(client: TwilioClient) -> str:
    there = {"to": CAMILLE, "from_": ACCOUNT.sms_number, "status_callback": callback(PUBLIC_URL, "01J0ABCD")}
    return await client.send({"body": "Bonjour", "validity_period": 600, **there})


# Twilio


async def test_our_webhook_takes_what_the_stand_in_sends(twilio: Running, client: TwilioClient, ours: Ours) -> None:
    sms = await twilio.standin.say(CAMILLE, "Ça va ? À 9 h & demie")
    whatsapp = await twilio.standin.say(WHATSAPP, "Bonjour")
    sid = await send(client)
    await twilio.standin.settle()
    found: list[Envelope | Receipt] = []
    for heard in ours.heard:
        PROVIDER.verify(request(heard))
        found += PROVIDER.split(request(heard), NOW)
    first, second, *receipts = found
    assert isinstance(first, Envelope)
    assert isinstance(second, Envelope)
    assert (first.channel, first.address, first.external_id, first.parked) == ("sms", CAMILLE, sms.sid, None)
    assert (second.channel, second.address, second.external_id) == ("whatsapp", CAMILLE, whatsapp.sid)
    assert receipts == [Receipt("01J0ABCD", sid, "sent"), Receipt("01J0ABCD", sid, "delivered")]
    assert twilio.standin.ledger.problems() == []


async def test_a_tap_reaches_the_channel_as_one(twilio: Running, client: TwilioClient, ours: Ours) -> None:
    twilio.standin.contents = {QUICK.sid: QUICK, LIST.sid: LIST, TEMPLATE.sid: TEMPLATE}
    channel = WhatsAppChannel(client, PUBLIC_URL, ACCOUNT.whatsapp_number)
    await twilio.standin.say(WHATSAPP, "Bonjour")
    for content, label in [(QUICK, "Oui"), (LIST, "Un"), (TEMPLATE, "Oui")]:
        await twilio.standin.tap(WHATSAPP, await client.send({"content_sid": content.sid, **ON_WHATSAPP}), label)
        heard = channel.decode(ours.heard[-1].body)
        assert isinstance(heard, Input)
        assert heard.press is not None
        assert heard.press.number == 1


Act = Callable[[TwilioStandIn], Awaitable[Any]]


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("sms_in_plain", lambda standin: standin.say(CAMILLE, "Bonjour")),
        ("mms_in_image", lambda standin: standin.send_media(CAMILLE, "image/jpeg")),
        ("wa_in_text", lambda standin: standin.say(WHATSAPP, "Bonjour")),
        ("wa_in_image", lambda standin: standin.send_media(WHATSAPP, "image/jpeg")),
        ("wa_in_location", lambda standin: standin.send_place(WHATSAPP, "48.8566", "2.3522")),
        ("wa_in_text_no_phone", lambda standin: standin.say("whatsapp:FR.9876543210987654", "Bonjour")),
    ],
)
async def test_messages_have_the_fields_of_captured_ones(twilio: Running, ours: Ours, name: str, act: Act) -> None:
    await act(twilio.standin)
    assert fields(ours.heard[-1].body) == captured(name)


@pytest.mark.parametrize(
    ("name", "content", "label", "optional"),
    [
        ("wa_in_button_quick_reply", QUICK, "Oui", {"Forwarded", "FrequentlyForwarded"}),
        ("wa_in_button_template", TEMPLATE, "Oui", set()),
        ("wa_in_list_reply", LIST, "Un", set()),
    ],
)
async def test_taps_have_the_fields_of_captured_ones(
    twilio: Running, client: TwilioClient, ours: Ours, name: str, content: Content, label: str, optional: set[str]
) -> None:
    twilio.standin.contents = {content.sid: content}
    twilio.standin.last_heard[WHATSAPP] = NOW
    sid = await client.send({"content_sid": content.sid, **ON_WHATSAPP})
    await twilio.standin.settle()
    await twilio.standin.tap(WHATSAPP, sid, label)
    assert fields(ours.heard[-1].body) == captured(name) - optional


BY_SERVICE = {"to": CAMILLE, "messaging_service_sid": ACCOUNT.service_sid}


@pytest.mark.parametrize(
    ("name", "way", "fault"),
    [
        ("status_sms_1_queued", BY_SERVICE, Accept()),
        ("status_sms_3_delivered", BY_SERVICE, Accept()),
        ("status_sms_undelivered_30005", BY_SERVICE, Undelivered(30005)),
        ("status_wa_1_sent", ON_WHATSAPP, Accept()),
        ("status_wa_3_read", ON_WHATSAPP, Accept()),
        ("status_wa_undelivered_63016", ON_WHATSAPP, Undelivered(63016)),
        ("status_wa_failed_63018", ON_WHATSAPP, Undelivered(63018, "failed")),
    ],
)
async def test_receipts_have_the_fields_of_captured_ones(
    twilio: Running, client: TwilioClient, ours: Ours, name: str, way: dict[str, str], fault: Any
) -> None:
    twilio.standin.last_heard[WHATSAPP] = NOW
    twilio.standin.faults.add(fault)
    await client.send({**way, "body": "a", "status_callback": callback(PUBLIC_URL, "01J0ABCD")})
    await twilio.standin.settle()
    (known,) = parse_qs((KNOWN / "twilio" / f"{name}.form.txt").read_text("utf-8"))["MessageStatus"]
    (told,) = [heard for heard in ours.heard if parse_qs(heard.body.decode())["MessageStatus"] == [known]]
    assert fields(told.body) == captured(name)


@pytest.mark.parametrize(
    ("fault", "code", "outcome"),
    [
        (Throttle(3), "20429", "retry"),
        (Reject(21610), "21610", "refused"),
        (Broken(503), None, "unknown"),
        (Drop(), None, "unknown"),
    ],
)
async def test_our_client_judges_each_fault(
    twilio: Running, client: TwilioClient, fault: Any, code: str | None, outcome: str
) -> None:
    twilio.standin.faults.add(fault)
    with pytest.raises(SendError) as caught:
        await send(client)
    assert caught.value.outcome == outcome
    assert code in {caught.value.code, None}
    assert len(twilio.standin.ledger.of("CreateMessage")) == 1  # never tried twice


async def test_a_receipt_tells_why_a_message_never_arrived(twilio: Running, client: TwilioClient, ours: Ours) -> None:
    twilio.standin.faults.add(Undelivered(30005))
    sid = await send(client)
    await twilio.standin.settle()
    assert PROVIDER.split(request(ours.heard[-1]), NOW) == [Receipt("01J0ABCD", sid, "failed", "30005")]


async def test_a_suspended_account_sends_nothing(twilio: Running, client: TwilioClient) -> None:
    assert await client.account_status() == "active"
    twilio.standin.state = "suspended"
    assert await client.account_status() == "suspended"
    with pytest.raises(SendError):
        await send(client)
    assert twilio.standin.messages == {}


async def test_an_address_where_nobody_listens_is_tried_twice(twilio: Running) -> None:
    twilio.standin.account = replace(ACCOUNT, messages_url="http://127.0.0.1:9/webhooks/twilio/messages")
    said = await twilio.standin.say(CAMILLE, "Bonjour")
    assert [posted.status for posted in said.tries] == [None, None]


@pytest.mark.parametrize(
    ("address", "status", "another", "again"),
    [
        ("https://x/a", None, True, 1),
        ("https://x/a", 503, False, 1),
        ("https://x/a#rc=3&rp=5xx,ct,rt", 503, True, 3),
        ("https://x/a#rc=3&rp=5xx,ct,rt", 404, False, 3),
        ("https://x/a#rc=9&rp=all", 404, True, 5),
        ("https://x/a#rp=all", 204, False, 1),
    ],
)
def test_the_fragment_says_what_is_tried_again(address: str, status: int | None, another: bool, again: int) -> None:
    tries = Tries.of(address)
    assert (tries.url, tries.again, tries.worth_another(status)) == ("https://x/a", again, another)


# Telegram


async def test_our_webhook_takes_the_updates(telegram: TelegramStandIn, bot: TelegramBot, ours: Ours) -> None:
    provider = TelegramProvider([SECRET])
    channel = TelegramChannel(bot, PUBLIC_URL)
    sent = await bot.send(
        PERSON.id,
        {
            "text": "Quel sujet ?",
            "reply_markup": {"inline_keyboard": [[{"text": "Logement", "callback_data": "d7g3v5jf2s:2"}]]},
        },
    )
    said = await telegram.say(PERSON.id, "Bonjour")
    await telegram.tap(PERSON.id, "Logement")
    await telegram.share_contact(PERSON.id)
    envelopes: list[Envelope] = []
    for heard in ours.heard[1:]:
        provider.verify(request(heard))
        envelopes += provider.split(request(heard), NOW)
    assert {(envelope.address, envelope.parked) for envelope in envelopes} == {(str(PERSON.id), None)}
    assert envelopes[0].external_id == str(said.id)
    text, press, contact = (channel.decode(envelope.raw) for envelope in envelopes)
    assert isinstance(text, Input)
    assert isinstance(press, Input)
    assert isinstance(contact, Input)
    assert text.text == "Bonjour"
    assert press.press is not None
    assert (press.press.prompt, press.press.number) == ("d7g3v5jf2s", 2)
    assert contact.phone == CAMILLE
    tap = channel.tap(envelopes[1].raw)
    assert tap is not None
    await bot.clear_keyboard(PERSON.id, int(sent))
    assert telegram.ledger.screen(str(PERSON.id))[-1].buttons == ()


async def test_blocking_is_heard_and_meant(telegram: TelegramStandIn, bot: TelegramBot, ours: Ours) -> None:
    channel = TelegramChannel(bot, PUBLIC_URL)
    await telegram.block(PERSON.id)
    assert channel.decode(ours.heard[-1].body) == "blocked"
    with pytest.raises(SendError) as caught:
        await bot.send(PERSON.id, {"text": "Bonjour"})
    assert (caught.value.outcome, caught.value.dead) == ("refused", True)
    await telegram.unblock(PERSON.id)
    assert channel.decode(ours.heard[-1].body) == "unblocked"


@pytest.mark.filterwarnings("ignore:.*retry_after:DeprecationWarning")
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(Throttle(14), "retry"), (Broken(), "unknown"), (Drop(), "unknown"), (Reject(400, "x"), "refused")],
)
async def test_our_bot_judges_each_fault(telegram: TelegramStandIn, bot: TelegramBot, fault: Any, outcome: str) -> None:
    telegram.faults.add(fault)
    with pytest.raises(SendError) as caught:
        await bot.send(PERSON.id, {"text": "Bonjour"})
    assert caught.value.outcome == outcome
    assert len(telegram.ledger.of("sendMessage")) == 1


@pytest.mark.parametrize(
    "name", ["tg_text", "tg_start_payload", "tg_callback", "tg_photo", "tg_voice", "tg_my_chat_member_blocked"]
)
async def test_updates_have_the_fields_of_captured_ones(
    telegram: TelegramStandIn, bot: TelegramBot, ours: Ours, name: str
) -> None:
    match name:
        case "tg_text":
            await telegram.say(PERSON.id, "Bonjour")
        case "tg_start_payload":
            await telegram.start_chat(PERSON.id, "PORTS-7KQM-4XTD")
        case "tg_callback":
            await bot.send(
                PERSON.id, {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "c:1"}]]}}
            )
            await telegram.tap(PERSON.id, "b")
        case "tg_photo":
            await telegram.send_photo(PERSON.id, "Ma carte")
        case "tg_voice":
            await telegram.send_voice(PERSON.id)
        case _:
            await telegram.block(PERSON.id)
    known = json.loads((KNOWN / "telegram" / f"{name}.json").read_text("utf-8"))
    assert shape(json.loads(ours.heard[-1].body)) == shape(known)


def shape(value: Any) -> Any:
    """The names and types of a JSON value; of a list its first item alone."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])]
    return type(value).__name__


def test_a_template_fills_its_holes() -> None:
    content = replace(
        QUICK,
        types={
            "twilio/call-to-action": {
                "body": "Le {{1}} à {{2}}",
                "actions": [{"title": "Voir", "url": "https://chat.example.org/a/{{3}}"}],
            }
        },
        variables={"1": "mardi", "2": "9 h", "3": "x"},
    )
    assert content.text({"2": "10 h"}) == "Le mardi à 10 h"
    assert content.buttons({"3": "y"}) == (Button("url", "Voir", "https://chat.example.org/a/y"),)
