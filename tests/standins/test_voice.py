"""The exchange of the Twilio stand-in, held to what Twilio says, by the official library and a server of ours."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.twiml.voice_response import VoiceResponse

from bot.standins.twilio_forms import signature
from bot.standins.twilio_hands import Holder, Scripted
from tests.standins.conftest import ACCOUNT, PUBLIC_URL, Ours, Running

CLAIRE, CAMILLE = "+33639980101", "+33639980011"
URL = f"{PUBLIC_URL}/webhooks/twilio/voice/token"
EVENTS = ["initiated", "ringing", "answered", "completed"]


def wanted(**changed: Any) -> dict[str, Any]:
    fields = {"to": CLAIRE, "from_": ACCOUNT.voice_number, "url": URL, "status_callback": f"{URL}?step=worker"}
    return {**fields, "status_callback_event": EVENTS, **changed}


def forms(ours: Ours) -> list[dict[str, str]]:
    return [{name: values[0] for name, values in parse_qs(each.body.decode()).items()} for each in ours.heard]


async def test_a_call_is_made_and_its_progress_told(client: Client, twilio: Running, ours: Ours) -> None:
    call = await client.calls.create_async(**wanted())
    await twilio.standin.settle()
    assert call.sid.startswith("CA")
    told = [(form["CallStatus"], form.get("SequenceNumber")) for form in forms(ours)]
    assert told == [
        ("initiated", "0"),
        ("ringing", "1"),
        ("in-progress", "2"),
        ("in-progress", None),
        ("completed", "3"),
    ]
    assert (await client.calls(call.sid).fetch_async()).status == "completed"
    [start] = [form for form in forms(ours) if "CallbackSource" not in form]
    assert (start["To"], start["From"], start["Direction"]) == (CLAIRE, ACCOUNT.voice_number, "outbound-api")
    for each in ours.heard:
        fields = {name: values[0] for name, values in parse_qs(each.body.decode(), keep_blank_values=True).items()}
        right = signature(ACCOUNT.auth_token, PUBLIC_URL + each.path, fields)
        assert each.headers["X-Twilio-Signature"] == right


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": "0639980101"}, 21211),
        ({"from_": ACCOUNT.sms_number}, 21210),
        ({"url": "ftp://chat.example.org/x"}, 21205),
        ({"record": True}, 20001),  # never: the stand-in holds us to it
        ({"machine_detection": "Enable"}, 20001),
        ({"timeout": 601}, 20001),
        ({"status_callback_event": ["answered", "sung"]}, 20001),
    ],
)
async def test_refuses(client: Client, twilio: Running, changed: dict[str, Any], code: int) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await client.calls.create_async(**wanted(**changed))
    assert refused.value.code == code
    assert twilio.standin.voice.legs == {}


@pytest.mark.parametrize(
    "twiml",
    [
        "<Response><Sing>la</Sing></Response>",
        '<Response><Say loudness="11">la</Say></Response>',
        "<Response><Gather><Dial><Number>+33639980011</Number></Dial></Gather></Response>",
        '<Response><Dial record="true"><Number>+33639980011</Number></Dial></Response>',
    ],
)
async def test_what_stands_not_in_the_schema_is_complained_of(
    client: Client, twilio: Running, ours: Ours, twiml: str
) -> None:
    ours.twiml = {"/webhooks/twilio/voice/token": twiml}
    await client.calls.create_async(**wanted())
    await twilio.standin.settle()
    assert any(each.startswith("12200") for each in twilio.standin.ledger.complaints)


@pytest.mark.parametrize("answers", [[500], [404]])
async def test_a_step_that_fails_ends_the_call_in_english(
    client: Client, twilio: Running, ours: Ours, answers: list[int]
) -> None:
    ours.answers = answers
    await client.calls.create_async(**wanted(status_callback_event=["completed"]))
    await twilio.standin.settle()
    [leg] = twilio.standin.voice.legs.values()
    assert leg.heard == ["An application error has occurred. Goodbye."]
    assert "11200 HTTP retrieval failure" in twilio.standin.ledger.complaints


async def test_another_caller_than_ours_is_not_put_through(client: Client, twilio: Running, ours: Ours) -> None:
    twiml = VoiceResponse()
    twiml.dial(caller_id="+33199000099", action=f"{URL}?step=dialled").number(CAMILLE)
    ours.twiml = {"/webhooks/twilio/voice/token": str(twiml)}
    await client.calls.create_async(**wanted())
    await twilio.standin.settle()
    assert [form["DialCallStatus"] for form in forms(ours) if "DialCallStatus" in form] == ["failed"]
    assert twilio.standin.ledger.complaints == ["13214 Dial: invalid callerId value"]


async def test_the_whisper_is_heard_before_the_two_speak(client: Client, twilio: Running, ours: Ours) -> None:
    twiml = VoiceResponse()
    dial = twiml.dial(caller_id=ACCOUNT.voice_number, answer_on_bridge=True, action=f"{URL}?step=dialled")
    dial.number(CAMILLE, url=f"{URL}?step=whisper")
    whisper = VoiceResponse()
    whisper.say("Bonjour", language="fr-FR")
    ours.twiml = {
        "/webhooks/twilio/voice/token": str(twiml),
        "/webhooks/twilio/voice/token?step=whisper": str(whisper),
    }
    twilio.standin.voice.hands[CAMILLE] = Holder(Scripted(seconds=42))
    await client.calls.create_async(**wanted())
    await twilio.standin.settle()
    _, camille = twilio.standin.voice.legs.values()
    assert (camille.heard, camille.status) == (["Bonjour"], "completed")
    [action] = [form for form in forms(ours) if "DialCallStatus" in form]
    assert (action["DialCallStatus"], action["DialBridged"]) == ("completed", "true")
    [asked] = [form for form in forms(ours) if form.get("Direction") == "outbound-dial"]
    assert asked["ParentCallSid"] == action["CallSid"]
