"""Every request of Twilio's that we know of, judged as its row in the index says."""

from hashlib import sha256
from urllib.parse import urlencode

import pytest

from booking import codes
from conversations.model import Input, Press
from handlers.channels import twilio, twilio_signature
from handlers.channels.base import BadOrigin, Envelope, Receipt, Request, Undecodable
from tests.guards import guards
from tests.handlers.channels import samples
from tests.handlers.channels.samples import NOW, TWILIO_SAMPLES, Sample

PROVIDER = samples.twilio_provider()
# The size is the web server's to refuse, before a provider sees the body.
JUDGED = [sample for sample in TWILIO_SAMPLES if sample.row["status"] != 413]
STATES = {"queued": "accepted", "undelivered": "failed", "canceled": "failed"}
FILES = {
    "mms_in_image": "image",
    "wa_in_image": "image",
    "wa_in_image_caption": "image",
    "wa_in_document": "document",
    "wa_in_voice": "voice",
    "wa_in_video": "video",
    "wa_in_sticker": "sticker",
    "wa_in_location": "location",
    "wa_in_location_named": "location",
    "wa_in_contact": "contact",
    "wa_in_unsupported": "other",
}


def of(verdict: str) -> list[Sample]:
    return [sample for sample in JUDGED if sample.row["verdict"] == verdict]


def split(sample: Sample) -> list[Envelope | Receipt]:
    PROVIDER.verify(sample.request)
    return list(PROVIDER.split(sample.request, NOW))


def opened(sample: Sample) -> Envelope:
    (envelope,) = split(sample)
    assert isinstance(envelope, Envelope)
    assert envelope.parked is None
    assert envelope.external_id == sample.params["MessageSid"]
    return envelope


@pytest.mark.parametrize("sample", of("refused"), ids=str)
def test_refuses(sample: Sample) -> None:
    with pytest.raises(BadOrigin):
        PROVIDER.verify(sample.request)


@pytest.mark.parametrize("sample", of("parked"), ids=str)
def test_parks_under_the_hash_of_the_body(sample: Sample) -> None:
    (envelope,) = split(sample)
    assert isinstance(envelope, Envelope)
    assert envelope.parked
    assert envelope.address == ""
    assert len(envelope.external_id) == 64
    assert envelope.raw == sample.request.body


@pytest.mark.parametrize("sample", of("receipt"), ids=str)
def test_tells_what_became_of_a_message(sample: Sample) -> None:
    if sample.row["kind"].startswith("voice"):
        assert split(sample) == []
        return
    (receipt,) = split(sample)
    told = sample.params["MessageStatus"]
    failed = STATES.get(told, told) == "failed"
    assert receipt == Receipt(
        "01J0000000000000000000ABCD",
        sample.params["MessageSid"],
        STATES.get(told, told),  # type: ignore[arg-type]
        sample.params.get("ErrorCode", told) if failed else None,
    )


@guards("T21", partly=True)
@pytest.mark.parametrize("sample", of("quiet"), ids=str)
def test_says_nothing(sample: Sample) -> None:
    envelope = opened(sample)
    if sample.row.get("after"):  # a repeat: the same id, so the inbox's unique key stops it
        (first,) = [other for other in TWILIO_SAMPLES if other.row["file"] == sample.row["after"]]
        assert opened(first).external_id == envelope.external_id
        return
    answered = {"STOP": "opted_out", "START": "opted_in", "HELP": "ignored"}
    expected = answered.get(sample.expect.get("opt_out", ""), "unanswerable")
    assert samples.sms().decode(envelope.raw) == expected
    assert samples.sms(opt_out="advanced").decode(envelope.raw) == expected


@pytest.mark.parametrize("sample", of("turn"), ids=str)
def test_reads(sample: Sample) -> None:
    envelope = opened(sample)
    params, expect = sample.params, sample.expect
    if sample.row["kind"] == "whatsapp.inbound":
        assert envelope.channel == "whatsapp"
        assert "whatsapp:" + envelope.address == params["From"]
        heard = samples.whatsapp().decode(envelope.raw)
    else:
        assert (envelope.channel, envelope.address) == ("sms", params["From"])
        heard = samples.sms().decode(envelope.raw)
        assert samples.sms(opt_out="advanced").decode(envelope.raw) == heard
    assert isinstance(heard, Input)
    assert heard.phone is None
    body = params["Body"].replace("\0", "")
    assert heard.text == ("" if "text" in expect else expect.get("label", body))
    assert heard.press == pressed(expect.get("payload"))
    assert heard.replied == params.get("OriginalRepliedMessageSid", "")
    assert code_in(heard.text) == code_in(expect.get("code"))
    kind = FILES.get(str(sample))
    assert [file.kind for file in heard.files] == ([kind] if kind else [])
    assert "".join(file.name for file in heard.files) == expect.get("filename", "")
    if params["NumMedia"] == "1":
        assert heard.files[0].id == params["MediaUrl0"].rpartition("/Messages/")[2].replace("/Media/", "/")


@pytest.mark.parametrize(("kind", "heard"), [("document", "document"), ("image", "image"), ("", "sticker")])
def test_a_webp_that_is_sent_as_a_file_is_no_sticker(kind: str, heard: str) -> None:
    (sticker,) = (sample for sample in JUDGED if str(sample) == "wa_in_sticker")
    fields = {**sticker.params, "MessageType": kind, "Body": "avis.webp" if kind == "document" else ""}
    (file,) = samples.whatsapp().decode(urlencode(fields).encode()).files  # type: ignore[union-attr]
    assert file.kind == heard


def code_in(text: str | None) -> str | None:
    return codes.normal(codes.find(text or "") or "")


def pressed(payload: str | None) -> Press | None:
    if payload is None:
        return None
    prompt, number = payload.split(":")
    return Press(prompt, int(number))


def test_a_whatsapp_number_comes_with_the_id_that_stays_when_it_is_hidden() -> None:
    by_name = {str(sample): sample for sample in TWILIO_SAMPLES}
    assert opened(by_name["wa_in_text"]).alias == "FR.1234567890123456"
    assert opened(by_name["wa_in_text_old_shape"]).alias is None
    hidden = opened(by_name["wa_in_text_no_phone"])
    assert (hidden.address, hidden.alias) == ("FR.9876543210987654", None)


def form(name: str, **changed: str) -> bytes:
    (sample,) = [sample for sample in TWILIO_SAMPLES if str(sample) == name]
    return urlencode(sample.params | changed).encode()


@pytest.mark.parametrize(
    ("field", "value", "press"),
    [
        ("InteractiveData", '{"reply": [{"id": "b6x4r2cy7e:2"}]}', Press("b6x4r2cy7e", 2)),
        ("ChannelMetadata", '{"data": {"context": {"ButtonPayload": "b6x4r2cy7e:2"}}}', Press("b6x4r2cy7e", 2)),
        # Their own name is theirs to choose.
        ("ChannelMetadata", '{"data": {"context": {"ProfileName": "b6x4r2cy7e:2"}}}', None),
        ("InteractiveData", "[" * 5000, None),
        ("ButtonPayload", "b6x4r2cy7e:0", None),
        ("ButtonPayload", "b6x4r2cy7e:1\n", None),
        ("ListId", "b6x4r2cy7e:١", None),
    ],
)
def test_whatsapps_other_ways_to_name_an_option(field: str, value: str, press: Press | None) -> None:
    heard = samples.whatsapp().decode(form("wa_in_text", **{field: value}))
    assert isinstance(heard, Input)
    assert heard.press == press


@guards("T21", partly=True)
def test_whatever_word_twilio_blocks_upon_is_a_stop_with_us() -> None:
    """Whole, in any case, with Advanced Opt-Out or without: else its block and our silence would part."""
    for word in ("STOP", "stopall", " Unsubscribe\n", "REVOKE", "optout"):
        for how in ("default", "advanced"):
            assert samples.sms(opt_out=how).decode(form("sms_in_plain", Body=word)) == "opted_out", word
            longer = f"{word} mon dossier"
            assert samples.sms(opt_out=how).decode(form("sms_in_plain", Body=longer)) == Input(longer)


def test_everyday_english_is_an_answer_once_it_is_off_twilios_list() -> None:
    for word in ("CANCEL", "end", " Quit "):
        body = form("sms_in_plain", Body=word)
        assert samples.sms().decode(body) == "opted_out"
        assert samples.sms(opt_out="advanced").decode(body) == Input(word)
    for word in ("START", "YES", "HELP", "stop it"):
        assert samples.sms().decode(form("sms_in_plain", Body=word)) == Input(word)


def test_a_signed_body_that_is_no_form_is_parked() -> None:
    body = b'{"a": "%ff"}'
    url = f"{samples.PUBLIC_URL}/webhooks/twilio/messages?bodySHA256={sha256(body).hexdigest()}"
    headers = {
        "x-twilio-signature": twilio_signature.sign(samples.SETTINGS["TWILIO_AUTH_TOKEN"], url, []),
        "content-type": "application/json",
    }
    request = Request("POST", url, headers, body)
    PROVIDER.verify(request)
    (envelope,) = PROVIDER.split(request, NOW)
    assert isinstance(envelope, Envelope)
    assert envelope.parked == "not UTF-8"


@pytest.mark.parametrize("state", ["receiving", "", "DELIVERED"])
def test_a_state_that_is_none_is_parked(state: str) -> None:
    body = form("status_sms_2_sent", MessageStatus=state)
    (envelope,) = PROVIDER.split(Request("POST", f"{samples.PUBLIC_URL}/webhooks/twilio/status", {}, body), NOW)
    assert isinstance(envelope, Envelope)
    assert envelope.parked == "MessageStatus has not its shape"


@pytest.mark.parametrize("query", ["", "?m=", "?m=a&m=b", "?m=a%20b", "?m=" + "a" * 65, "?n=a"])
def test_only_an_id_of_ours_is_taken_from_the_address(query: str) -> None:
    body = form("status_sms_2_sent")
    url = f"{samples.PUBLIC_URL}/webhooks/twilio/status{query}"
    assert PROVIDER.split(Request("POST", url, {}, body), NOW) == [Receipt(None, "SM" + "1" * 32, "sent")]


def test_a_row_that_is_no_longer_understood_is_undecodable() -> None:
    with pytest.raises(Undecodable):
        samples.sms().decode(b"Body=Bonjour")


def test_the_status_address_has_no_fragment_and_quotes_our_id() -> None:
    told = twilio.callback("https://chat.example.org/#rc=3", "a b")
    assert told == "https://chat.example.org/webhooks/twilio/status?m=a%20b"


def test_letters_with_a_space_cannot_be_answered_either() -> None:
    body = form("sms_in_alpha_sender", From="MA BANQUE")
    (envelope,) = PROVIDER.split(Request("POST", f"{samples.PUBLIC_URL}/webhooks/twilio/messages", {}, body), NOW)
    assert isinstance(envelope, Envelope)
    assert (envelope.address, envelope.parked) == ("MA BANQUE", None)
    assert samples.sms().decode(envelope.raw) == "unanswerable"


def test_a_thousand_fields_are_enough() -> None:
    for count, why in ((1000, "a name comes twice"), (1001, "too many fields")):
        (envelope,) = PROVIDER.split(Request("POST", "", {}, b"&".join([b"a=1"] * count)), NOW)
        assert isinstance(envelope, Envelope)
        assert envelope.parked == why
