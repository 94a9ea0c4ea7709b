"""Twilio's own log, for what nobody told us: messages of unknown fate, and people's messages that missed our door."""

from datetime import timedelta
from urllib.parse import parse_qs

import aiohttp
import pytest

from bot.standins.faults import Drop
from conversations.model import FileRef, Input
from handlers.channels.base import Payload, SendError
from handlers.channels.sms import SmsChannel
from handlers.channels.twilio import Logged, TwilioProvider
from handlers.channels.twilio_client import TwilioClient
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


async def test_what_came_while_the_door_was_shut_is_fetched(
    twilio: Running, client: TwilioClient, sms: SmsChannel, clock: Clock, ours: Ours
) -> None:
    before = await twilio.standin.say(CAMILLE, "avant")
    await twilio.standin.settle()
    clock.forward(minutes=5)
    since = clock.now
    said = await twilio.standin.say(CAMILLE, "É & 2 = deux")
    await twilio.standin.settle()
    log = await client.log(to=ACCOUNT.sms_number or "", since=since)
    (envelope,) = PROVIDER.missed(log, clock.now)
    assert (envelope.channel, envelope.address, envelope.external_id) == ("sms", CAMILLE, said.sid)
    assert envelope.external_id != before.sid
    assert sms.decode(envelope.raw) == Input("É & 2 = deux")


def test_the_log_tells_that_there_was_a_file_not_which(sms: SmsChannel, clock: Clock) -> None:
    sid = "MM" + "1".zfill(32)
    logged = Logged(sid, f"whatsapp:{CAMILLE}", f"whatsapp:{ACCOUNT.whatsapp_number}", "Ma carte", 1, inbound=True)
    ours = Logged(sid, ACCOUNT.sms_number or "", CAMILLE, "Bonjour", 0, inbound=False)
    (envelope,) = PROVIDER.missed([logged, ours], clock.now)
    assert (envelope.channel, envelope.address) == ("whatsapp", CAMILLE)
    heard = WhatsAppChannel(sms.client, PUBLIC_URL, "+33199000002").decode(envelope.raw)
    assert heard == Input("Ma carte", files=(FileRef("other"),))
