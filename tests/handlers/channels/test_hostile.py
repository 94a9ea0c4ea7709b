"""Whatever is posted, rightly signed or not: a verdict, and nothing else is ever raised."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.model import Input
from handlers.channels import reading, twilio_signature
from handlers.channels.base import BadOrigin, Channel, Envelope, Receipt, Request, Undecodable
from handlers.channels.telegram import TelegramProvider
from handlers.channels.terminal import TerminalChannel
from handlers.channels.twilio import TwilioProvider
from tests.guards import guards
from tests.handlers.channels import samples
from tests.handlers.channels.samples import NOW, SETTINGS, TELEGRAM_SAMPLES, TWILIO_SAMPLES

TWILIO = samples.twilio_provider()
TELEGRAM = samples.telegram_provider()
CHANNELS: dict[str, Channel] = {
    "sms": samples.sms(),
    "whatsapp": samples.whatsapp(),
    "telegram": samples.telegram(),
    "terminal": TerminalChannel(print),
}
FORMS = [sample.row["params"] for sample in TWILIO_SAMPLES if sample.row["params"]]
UPDATES = [
    json.loads(sample.request.body)
    for sample in TELEGRAM_SAMPLES
    if sample.row["verdict"] in {"turn", "quiet", "ignored"}
]
NAMES = sorted({name for form in FORMS for name, _ in form})
ODD_TEXT = st.one_of(
    st.sampled_from(["", "²", "1", "-1", "1" * 5000, "\0", "STOP", "whatsapp:", "+33639980011", "{", "[[[[", "null"]),
    st.text(max_size=30),
)
ODD_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def forms(draw: st.DrawFn) -> list[tuple[str, str]]:
    """A real form, of which some fields were changed, doubled, renamed or lost."""
    fields = [(name, value) for name, value in draw(st.sampled_from(FORMS))]
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(fields)))
        fields[place : place + draw(st.integers(0, 2))] = draw(
            st.lists(st.tuples(st.sampled_from(NAMES) | ODD_TEXT, ODD_TEXT), max_size=2)
        )
    return fields


@st.composite
def updates(draw: st.DrawFn) -> Any:
    """A real update, in which something was put where another thing belongs."""
    update = json.loads(json.dumps(draw(st.sampled_from(UPDATES))))
    for _ in range(draw(st.integers(0, 3))):
        spot = update
        while True:
            name = draw(st.sampled_from(sorted(spot)))
            if isinstance(spot[name], dict) and spot[name] and draw(st.integers(0, 3)):
                spot = spot[name]
                continue
            break
        if draw(st.booleans()):
            spot[name] = draw(ODD_JSON)
        else:
            del spot[name]
            if not update:
                break
    return update


def judged(provider: TwilioProvider | TelegramProvider, request: Request) -> list[Envelope | Receipt]:
    try:
        provider.verify(request)
    except BadOrigin:
        return []
    found = list(provider.split(request, NOW))
    assert len(found) <= 1
    for one in found:
        if isinstance(one, Envelope):
            assert one.raw == request.body
            assert one.external_id
            assert bool(one.address) is (one.parked is None)
            read(CHANNELS[one.channel], one.raw)
        elif one.outbox_id is not None:
            assert one.outbox_id in request.url
    return found


def read(channel: Channel, raw: bytes) -> None:
    try:
        heard = channel.decode(raw)
    except Undecodable:
        return
    if isinstance(heard, Input):
        text = heard.text + "".join(file.id + file.name for file in heard.files) + (heard.phone or "")
        text.encode()  # a database takes it
        assert "\0" not in text


def signed(url: str, body: bytes, fields: list[tuple[str, str]]) -> Request:
    signature = twilio_signature.sign(SETTINGS["TWILIO_AUTH_TOKEN"], url, fields)
    return Request("POST", url, {"x-twilio-signature": signature}, body)


def posted(body: bytes) -> Request:
    header = {"x-telegram-bot-api-secret-token": SETTINGS["TELEGRAM_WEBHOOK_SECRET"]}
    return Request("POST", f"{samples.PUBLIC_URL}/webhooks/telegram", header, body)


@given(forms(), st.sampled_from(["messages", "status", "status?m=1", "status?m=1&m=2", "status?m=%00"]))
def test_rightly_signed_forms(fields: list[tuple[str, str]], path: str) -> None:
    # What cannot be written as UTF-8 cannot be signed either.
    fields = [(name.encode("utf-8", "ignore").decode(), value) for name, value in fields if name]
    body = urlencode(fields).encode()
    judged(TWILIO, signed(f"{samples.PUBLIC_URL}/webhooks/twilio/{path}", body, fields))


@given(st.binary(max_size=200), st.text(max_size=40), st.dictionaries(st.text(max_size=8), st.text(max_size=8)))
def test_any_bytes_of_strangers(body: bytes, url: str, headers: dict[str, str]) -> None:
    strange = Request("POST", url, {**headers, "x-twilio-signature": "x"}, body)
    assert judged(TWILIO, strange) == []
    assert judged(TELEGRAM, strange) == []


@given(st.binary(max_size=200))
def test_any_bytes_under_the_right_secret(body: bytes) -> None:
    (envelope,) = judged(TELEGRAM, posted(body))
    assert isinstance(envelope, Envelope)
    assert envelope.parked


@given(updates())
def test_updates_with_something_wrong(update: Any) -> None:
    body = json.dumps(update).encode()
    judged(TELEGRAM, posted(body))


@guards("L10")
@given(st.binary(max_size=300))
def test_any_bytes_from_the_inbox(raw: bytes) -> None:
    for channel in CHANNELS.values():
        read(channel, raw)


@guards("T11")
def test_a_thousand_fields_and_no_more() -> None:
    body = b"&".join([b"a=1"] * 1000)
    assert len(reading.form(body + b"&")) == 1000
    with pytest.raises(Undecodable, match="too many fields"):
        reading.form(body + b"&b")
    with pytest.raises(Undecodable, match="too large"):
        reading.form(b"a=" + b"x" * (256 * 1024 - 1))


@guards("T11")
def test_depth_and_size_at_their_limits() -> None:
    deep = {"update_id": 1, "message": json.loads("[" * 31 + "]" * 31)}
    (parked,) = judged(TELEGRAM, posted(json.dumps(deep).encode()))
    assert isinstance(parked, Envelope)
    assert parked.parked == "message has not its shape"
    deep["message"] = [deep["message"]]
    for body, why in (
        (json.dumps(deep).encode(), "too deep"),
        (b"[" * 200_000, "not JSON"),
        (b'{"update_id":' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"update_id":NaN}', "not JSON"),
        (b'{"update_id":true,"message":{}}', "no update_id"),
        (b"\xff", "not UTF-8"),
        (b" " * (256 * 1024 + 1), "too large"),
        (b"[]", "no object"),
    ):
        (parked,) = judged(TELEGRAM, posted(body))
        assert isinstance(parked, Envelope)
        assert parked.parked == why
