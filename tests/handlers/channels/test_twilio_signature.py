"""The signature of Twilio's webhooks: known vectors, and the same verdict as the SDK's validator on anything."""

import json
import re
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator, get_signature_algorithm

from handlers.channels.base import BadOrigin, Request
from handlers.channels.twilio import TwilioProvider
from handlers.channels.twilio_signature import genuine, sign
from tests.guards import guards
from tests.handlers.channels import samples
from tests.handlers.channels.samples import DATA, SETTINGS, TWILIO_SAMPLES

VECTORS: dict[str, Any] = json.loads((DATA / "twilio/signature_vectors.json").read_text("utf-8"))
TOKEN = VECTORS["auth_token"]
FORM_KIND = "application/x-www-form-urlencoded"
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


# Addresses as they may be configured or come in: any port, escapes, letters of any script, odd ends.
ADDRESSES = st.builds(
    "{}://{}{}{}{}{}".format,
    st.sampled_from(["https", "http", "HTTPS", "wss"]),
    st.sampled_from(["chat.example.org", "Chat.Example.org", "10.0.0.1", "chät.example.org"]),
    st.sampled_from(["", ":443", ":80", ":8443", ":0", ":65535", ":65536", ":", ":x", ":４４３"]),
    st.lists(st.one_of(st.sampled_from(["webhooks", "%C3%A9", "%2F", "a b", "", "é", ";x"]), TEXT), max_size=3).map(
        lambda parts: "".join("/" + part for part in parts)
    ),
    st.one_of(
        st.sampled_from(["", "?", "?a=1", "?a=1&a=2&b", "?m=01J%20x", "?bodySHA256=x"]), TEXT.map("?q={}".format)
    ),
    st.sampled_from(["", "#rc=3&rp=all", "#"]),
)
# Names that come twice, blank names and values, what must be quoted.
FORMS = st.lists(
    st.tuples(st.one_of(st.sampled_from(["MessageSid", "Body", "a", ""]), TEXT), st.one_of(st.just(""), TEXT)),
    max_size=8,
)
SETTINGS_HEADERS = st.one_of(
    st.none(),
    st.sampled_from(
        ["", "key=k", "key=k,algorithm=HMAC_SHA256", "algorithm = hmac_sha1 ", "algorithm=", "algorithm=MD5"]
    ),
    TEXT.map("algorithm={}".format),
)


# The library takes an address apart and puts it together again, and loses a `;` that nothing follows; Twilio signs the
# address as it was given, and so do we.
WHOLE_ADDRESSES = ADDRESSES.filter(lambda url: ";" not in urlsplit(url).path)


def theirs(url: str, params: MultiDict[str] | str, signature: str, header: str | None) -> bool:
    """The library's verdict; what makes it raise is no request of Twilio's."""
    try:
        return bool(RequestValidator(TOKEN).validate(url, params, signature, get_signature_algorithm(header)))
    except (ValueError, TypeError):
        return False


def algorithm_of(header: str | None) -> str:
    named = get_signature_algorithm(header).upper()
    return named if named in {"HMAC_SHA1", "HMAC_SHA256"} else "HMAC_SHA1"


def headers_of(signature: str, header: str | None, kind: str) -> dict[str, str]:
    more = {} if header is None else {"x-twilio-webhooks-signature-settings": header}
    return {"x-twilio-signature": signature, "content-type": kind, **more}


@guards("T09")
@settings(max_examples=600)
@given(
    WHOLE_ADDRESSES,
    FORMS,
    SETTINGS_HEADERS,
    st.sampled_from(
        ["right", "another token", "with the port", "without it", "another field", "no signature", "twice"]
    ),
)
def test_judges_as_the_sdk_does(url: str, fields: list[tuple[str, str]], header: str | None, made: str) -> None:
    token = "another" if made == "another token" else TOKEN
    signed = {
        "with the port": re.sub(r"(?<=[a-z0-9])(?=/|\?|#|$)", ":443", url, count=1),
        "without it": re.sub(r":\d+", "", url, count=1),
    }.get(made, url)
    over = [*fields, ("x", "y")] if made == "another field" else fields * 2 if made == "twice" else fields
    signature = "" if made == "no signature" else sign(token, signed.partition("#")[0], over, algorithm_of(header))
    sent = Request("POST", url, headers_of(signature, header, FORM_KIND), urlencode(fields).encode())
    assert genuine(sent, [TOKEN]) is theirs(url, MultiDict(fields), signature, header)


@given(WHOLE_ADDRESSES, st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.booleans(), st.booleans())
def test_judges_json_as_the_sdk_does(url: str, body: str, hashed: bool, right: bool) -> None:
    bare = url.partition("#")[0]
    digest = sha256(body.encode()).hexdigest()
    full = f"{bare}{'&' if '?' in bare else '?'}bodySHA256={digest if right else digest[::-1]}" if hashed else bare
    signature = sign(TOKEN, full, [])
    sent = Request("POST", full, headers_of(signature, None, "application/json"), body.encode())
    assert genuine(sent, [TOKEN]) is theirs(full, body, signature, None)


def test_the_properties_see_both_verdicts() -> None:
    """That all would be refused alike would prove little."""
    fields = [("Body", "é"), ("Body", "à"), ("a", "")]
    for url in ("https://chat.example.org/x?a=1", "http://10.0.0.1:8080/x", "https://chat.example.org:443"):
        signature = sign(TOKEN, url, fields)
        sent = Request("POST", url, headers_of(signature, None, FORM_KIND), urlencode(fields).encode())
        assert genuine(sent, [TOKEN])
        assert theirs(url, MultiDict(fields), signature, None)


def test_an_ipv6_address_is_the_one_thing_that_theirs_gets_wrong() -> None:
    url = "https://[2001:db8::1]:8443/x"
    signature = sign(TOKEN, "https://[2001:db8::1]/x", [])
    sent = Request("POST", url, headers_of(signature, None, FORM_KIND), b"")
    assert genuine(sent, [TOKEN])
    assert not theirs(url, MultiDict(), signature, None)


@guards("L04")
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
