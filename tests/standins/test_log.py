"""Twilio's own log, for what nobody told us: messages of unknown fate, and people's messages that missed our door."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import aiohttp
import pytest

from bot.standins.faults import Broken, Drop, Html, Reject
from conversations.model import FileRef, Input
from handlers.channels.base import Payload, SendError
from handlers.channels.sms import SmsChannel
from handlers.channels.twilio import Logged, TwilioProvider
from handlers.channels.twilio_client import TwilioClient
from handlers.channels.twilio_log import PAGE, TwilioLog
from handlers.channels.whatsapp import WhatsAppChannel
from tests.standins.conftest import ACCOUNT, PUBLIC_URL, Clock, Ours, Running

CAMILLE, SAM = "+33639980011", "+33639980012"
HELLO = Payload("Bonjour, ça va ?", {"body": "Bonjour, ça va ?"})
PROVIDER = TwilioProvider(
    ACCOUNT.sid, [ACCOUNT.auth_token], sms_from=ACCOUNT.sms_number, whatsapp_from=ACCOUNT.whatsapp_number
)


@pytest.fixture
def client(twilio: Running, http: aiohttp.ClientSession) -> TwilioClient:
    return TwilioClient(http, ACCOUNT.sid, (ACCOUNT.api_key, ACCOUNT.api_secret), base_url=twilio.base, timeout=5)


@pytest.fixture
def log(twilio: Running, http: aiohttp.ClientSession) -> TwilioLog:
    return TwilioLog(http, ACCOUNT.sid, (ACCOUNT.api_key, ACCOUNT.api_secret), base_url=twilio.base, timeout=5)


@pytest.fixture
def sms(client: TwilioClient, clock: Clock) -> SmsChannel:
    return SmsChannel(client, PUBLIC_URL, clock, ACCOUNT.sms_number)


async def test_a_message_of_unknown_fate_is_found_by_its_words(
    twilio: Running, sms: SmsChannel, clock: Clock, ours: Ours
) -> None:
    await sms.send(HELLO, CAMILLE, "1")  # the same words, before
    await twilio.standin.settle()
    clock.forward(minutes=5)
    since = clock.now
    await sms.send(HELLO, SAM, "2")
    await sms.send(Payload("x", {"body": "x"}), CAMILLE, "3")
    twilio.standin.faults.add(Drop(accepted=True))
    with pytest.raises(SendError) as caught:
        await sms.send(HELLO, CAMILLE, "4")
    assert caught.value.outcome == "unknown"
    await twilio.standin.settle()
    # The state of it was told to our webhook, under the id that it has in the log.
    told = [parse_qs(heard.body.decode())["MessageSid"][0] for heard in ours.heard if heard.path.endswith("?m=4")]
    assert await sms.sent(HELLO, CAMILLE, since) == [told[0]]
    assert await sms.sent(HELLO, CAMILLE, since + timedelta(minutes=1)) == []


async def test_whatsapp_is_looked_up_under_its_own_address(
    twilio: Running, client: TwilioClient, clock: Clock, ours: Ours
) -> None:
    channel = WhatsAppChannel(client, PUBLIC_URL, ACCOUNT.whatsapp_number)
    since = clock.now
    await twilio.standin.say(f"whatsapp:{CAMILLE}", "Bonjour")
    sid = await channel.send(HELLO, CAMILLE, "1")
    await twilio.standin.settle()
    assert await channel.sent(HELLO, CAMILLE, since) == [sid]


async def read(log: TwilioLog, number: str, since: datetime) -> list[Logged]:
    return [one async for one in log.inbound(number, since)]


async def test_what_came_while_the_door_was_shut_is_fetched(
    twilio: Running, log: TwilioLog, sms: SmsChannel, clock: Clock
) -> None:
    before = await twilio.standin.say(CAMILLE, "avant")
    await twilio.standin.settle()
    clock.forward(minutes=5)
    since = clock.now
    said = await twilio.standin.say(CAMILLE, "É & 2 = deux")
    await twilio.standin.settle()
    (logged,) = await read(log, ACCOUNT.sms_number, since)
    envelope = PROVIDER.missed(logged, clock.now)
    assert envelope is not None
    assert (envelope.channel, envelope.address, envelope.external_id) == ("sms", CAMILLE, said.sid)
    assert envelope.external_id != before.sid
    assert envelope.sent_at == clock.now.replace(microsecond=0)
    assert sms.decode(envelope.raw) == Input("É & 2 = deux")


async def test_the_log_is_read_to_its_end_newest_first(
    twilio: Running, log: TwilioLog, sms: SmsChannel, clock: Clock
) -> None:
    since = clock.now
    said = []
    for number in range(PAGE + 5):
        said.append((await twilio.standin.say(CAMILLE if number % 2 else SAM, f"texte {number}")).sid)
        clock.forward(seconds=1)
    await sms.send(HELLO, CAMILLE, "1")  # ours is in the log, too, and no message to us
    await twilio.standin.settle()
    assert [one.sid for one in await read(log, ACCOUNT.sms_number, since)] == said[::-1]
    pages = [call for call in twilio.standin.ledger.calls if call.operation == "ListMessage"]
    assert len(pages) == 2


async def test_the_files_of_a_message_are_listed(
    twilio: Running, log: TwilioLog, sms: SmsChannel, clock: Clock
) -> None:
    since = clock.now
    sent = await twilio.standin.send_media(f"whatsapp:{CAMILLE}", "image/jpeg", "Ma carte")
    (logged,) = await read(log, f"whatsapp:{ACCOUNT.whatsapp_number}", since)
    files = await log.files(logged.sid)
    assert files == [("ME" + sent.sid[2:], "image/jpeg")]
    envelope = PROVIDER.missed(replace(logged, files=files), clock.now)
    assert envelope is not None
    heard = WhatsAppChannel(sms.client, PUBLIC_URL, ACCOUNT.whatsapp_number).decode(envelope.raw)
    assert heard == Input("Ma carte", files=(FileRef("image", f"{sent.sid}/ME{sent.sid[2:]}"),))


async def test_the_numbers_of_a_service_are_listed(twilio: Running, log: TwilioLog) -> None:
    twilio.standin.senders.pool = ["+33199000001", "+33199000004", "38123"]
    assert await log.pool(ACCOUNT.service_sid) == ["+33199000001", "+33199000004", "38123"]
    with pytest.raises(SendError):
        await log.pool("MG" + "9" * 32)


def test_a_log_without_the_files_tells_that_there_was_one(sms: SmsChannel, clock: Clock) -> None:
    sid = "MM" + "1".zfill(32)
    logged = Logged(sid, f"whatsapp:{CAMILLE}", f"whatsapp:{ACCOUNT.whatsapp_number}", "Ma carte", 1, inbound=True)
    envelope = PROVIDER.missed(logged, clock.now)
    assert envelope is not None
    assert (envelope.channel, envelope.address) == ("whatsapp", CAMILLE)
    heard = WhatsAppChannel(sms.client, PUBLIC_URL, "+33199000002").decode(envelope.raw)
    assert heard == Input("Ma carte", files=(FileRef("other"),))


def test_what_we_sent_has_not_missed_us(clock: Clock) -> None:
    ours = Logged("SM" + "1".zfill(32), ACCOUNT.sms_number, CAMILLE, "Bonjour", 0, inbound=False)
    assert PROVIDER.missed(ours, clock.now) is None


def test_a_text_to_a_short_code_of_ours_is_understood(clock: Clock) -> None:
    provider = TwilioProvider(ACCOUNT.sid, [ACCOUNT.auth_token], sms_from="38123")
    logged = Logged("SM" + "1".zfill(32), CAMILLE, "38123", "Bonjour", 0, inbound=True)
    envelope = provider.missed(logged, clock.now)
    assert envelope is not None
    assert (envelope.channel, envelope.address, envelope.parked) == ("sms", CAMILLE, None)


@pytest.mark.parametrize(
    ("fault", "code", "outcome"),
    [(Reject(20003), "20003", "stop"), (Broken(503), "20500", "unknown"), (Html(), "no_code", "unknown")],
)
async def test_a_log_that_cannot_be_read_says_why(
    twilio: Running, log: TwilioLog, clock: Clock, fault: Reject | Broken | Html, code: str, outcome: str
) -> None:
    twilio.standin.faults.add(fault)
    with pytest.raises(SendError) as caught:
        await read(log, ACCOUNT.sms_number, clock.now)
    assert (caught.value.code, caught.value.outcome) == (code, outcome)
