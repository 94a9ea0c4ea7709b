"""The signature of Twilio's webhooks: known vectors, and the same verdict as the SDK's validator on anything."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from handlers.channels.base import BadOrigin, Request
from handlers.channels.twilio import TwilioProvider
from handlers.channels.twilio_signature import genuine, sign
from tests.handlers.channels import samples
from tests.handlers.channels.samples import DATA, SETTINGS, TWILIO_SAMPLES

VECTORS: dict[str, Any] = json.loads((DATA / "twilio/signature_vectors.json").read_text("utf-8"))
TOKEN = VECTORS["auth_token"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def request(vector: dict[str, Any]) -> Request:
    headers = {"x-twilio-signature": vector["signature"], "content-type": "application/x-www-form-urlencoded"}
    if vector["algorithm"] != "HMAC_SHA1":
        headers["x-twilio-webhooks-signature-settings"] = f"key=webhooks_sharedkey_1,algorithm={vector['algorithm']}"
    if vector["body"] is not None:
        headers["content-type"] = "application/json; charset=utf-8"
        return Request("POST", vector["url"], headers, vector["body"].encode())
    return Request(
        "POST", vector["url"], headers, urlencode([(name, value) for name, value in vector["params"]]).encode()
    )


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_vectors(vector: dict[str, Any]) -> None:
    assert genuine(request(vector), [TOKEN]) is vector["valid"]
    assert genuine(request(vector), ["another", TOKEN]) is vector["valid"]
    assert not genuine(request(vector), ["another"])
    assert not genuine(request(vector), [])


@given(st.lists(st.tuples(TEXT, TEXT), max_size=8), st.sampled_from(["", ":443", ":8443"]), st.booleans())
def test_judges_as_the_sdk_does(fields: list[tuple[str, str]], port: str, right: bool) -> None:
    fields = [(name, value) for name, value in fields if name]
    url = f"https://chat.example.org{port}/webhooks/twilio/messages?a=1"
    signature = sign(TOKEN if right else "another", url, fields)
    assert RequestValidator(TOKEN).validate(url, MultiDict(fields), signature) is right
    sent = Request("POST", url, {"x-twilio-signature": signature}, urlencode(fields).encode())
    assert genuine(sent, [TOKEN]) is right


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "https://chat.example.org:port/webhooks/twilio/messages"},
        {"url": "https://chat.example.org/webhooks/\udce9"},
        {"url": "https://[chat/"},
        {"headers": {}},
        {"headers": {"x-twilio-signature": ""}},
        {"headers": {"x-twilio-signature": "é" * 28}},
        {"headers": {"x-twilio-signature": "x", "x-twilio-webhooks-signature-settings": "algorithm=MD5"}},
        {"headers": {"x-twilio-signature": "x", "content-type": "application/json"}},
        {"body": b"a=" + b"%ff"},
        {"body": b"&".join(b"a=1" for _ in range(1001))},
    ],
    ids=str,
)
def test_a_strangers_request_is_refused_and_raises_nothing_else(changed: dict[str, Any]) -> None:
    plain = TWILIO_SAMPLES[0].request
    made = Request(
        "POST",
        changed.get("url", plain.url),
        changed.get("headers", plain.headers),
        changed.get("body", plain.body),
    )
    with pytest.raises(BadOrigin):
        samples.twilio_provider().verify(made)


def test_an_empty_token_is_none() -> None:
    plain = TWILIO_SAMPLES[0]
    fields = list(plain.params.items())
    account, number = SETTINGS["TWILIO_ACCOUNT_SID"], SETTINGS["TWILIO_SMS_FROM"]
    forged = replace(plain.request, headers={"x-twilio-signature": sign("", plain.request.url, fields)})
    with pytest.raises(BadOrigin):
        TwilioProvider(account, ["", TOKEN], sms_from=number).verify(forged)
    TwilioProvider(account, ["", TOKEN], sms_from=number).verify(plain.request)


def test_the_number_of_our_own_messaging_service_is_ours() -> None:
    sample = TWILIO_SAMPLES[0]
    account, token = SETTINGS["TWILIO_ACCOUNT_SID"], SETTINGS["TWILIO_AUTH_TOKEN"]
    TwilioProvider(account, [token], messaging_service_sid=sample.params["MessagingServiceSid"]).verify(sample.request)
    with pytest.raises(BadOrigin):
        TwilioProvider(account, [token], messaging_service_sid="MG" + "f" * 32).verify(sample.request)
