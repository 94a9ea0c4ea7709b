"""Every update of Telegram's that we know of, judged as its row in the index says."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from booking import codes
from conversations.model import FileRef, Input, Press
from handlers.channels.base import BadOrigin, Envelope
from tests.handlers.channels import samples
from tests.handlers.channels.samples import NOW, TELEGRAM_SAMPLES, Sample

PROVIDER = samples.telegram_provider()
CHANNEL = samples.telegram()
BY_NAME = {str(sample): sample for sample in TELEGRAM_SAMPLES}
CONTACT = (FileRef("contact"),)
EDIT = "tg_edited_message"
HEARD = {
    "tg_start_plain": Input("start"),
    "tg_start_payload": Input("PORTS-7KQM-4XTD"),
    "tg_start_addressed": Input("PORTS-7KQM-4XTD"),
    "tg_start_payload_max": Input("start"),
    "tg_start_payload_forged": Input("start"),
    "tg_cmd_stop": Input("stop"),
    "tg_text_nul_surrogate": Input("Bonjour \ufffd"),
    "tg_contact_own": Input(phone="+33639980011"),
    "tg_contact_own_plus": Input(phone="+33639980011"),
    "tg_contact_other": Input(files=CONTACT),
    "tg_contact_no_user_id": Input(files=CONTACT),
    "tg_contact_forwarded_own": Input(files=CONTACT),
    "tg_callback": Input("Jeu. 14 mai 09:15", press=Press("d7g3v5jf2s", 1)),
    "tg_callback_repeat": Input(press=Press("d7g3v5jf2s", 1)),
    "tg_callback_old_message": Input(press=Press("r4w6e3k7na", 1)),
    "tg_callback_64_bytes": Input(press=Press("", 0)),
    "tg_document": Input(
        "Mon attestation", files=(FileRef("document", "BQACAgQAAxkBAAIB", "attestation-caf.pdf", 182044),)
    ),
    "tg_document_too_big": Input(files=(FileRef("document", "BQACAgQAAxkBAAIC", "video.mov", 26214400),)),
    "tg_photo": Input("Ma carte", files=(FileRef("image", "AgACAgQAAxkBAAIBc", "", 81234),)),
    "tg_photo_album_1": Input(files=(FileRef("image", "A1", "", 1140),)),
    "tg_photo_album_2": Input(files=(FileRef("image", "A2", "", 1140),)),
    "tg_voice": Input(files=(FileRef("voice", "AwACAgQAAxkBAAIB", "", 24512),)),
    "tg_sticker": Input(files=(FileRef("sticker", "CAACAgQ", "", 9000),)),
    "tg_location": Input(files=(FileRef("location"),)),
}


def of(verdict: str) -> list[Sample]:
    return [sample for sample in TELEGRAM_SAMPLES if sample.row["verdict"] == verdict]


def opened(sample: Sample) -> Envelope:
    PROVIDER.verify(sample.request)
    (envelope,) = PROVIDER.split(sample.request, NOW)
    assert envelope.parked is None
    assert envelope.external_id == str(json.loads(sample.request.body)["update_id"])
    return envelope


@pytest.mark.parametrize("sample", of("refused"), ids=str)
def test_refuses(sample: Sample) -> None:
    with pytest.raises(BadOrigin):
        PROVIDER.verify(sample.request)


@pytest.mark.parametrize("sample", of("parked"), ids=str)
def test_parks(sample: Sample) -> None:
    PROVIDER.verify(sample.request)
    (envelope,) = PROVIDER.split(sample.request, NOW)
    assert envelope.parked
    assert len(envelope.external_id) == 64


def test_tells_of_an_edit() -> None:
    """By itself nothing comes of it; of a message that was read, see `handlers/edited.py`."""
    envelope = opened(BY_NAME[EDIT])
    assert CHANNEL.decode(envelope.raw) == Input("Bonjour, un RDV vendredi", edited="126")


@pytest.mark.parametrize("sample", [sample for sample in of("ignored") if str(sample) != EDIT], ids=str)
def test_ignores(sample: Sample) -> None:
    PROVIDER.verify(sample.request)
    assert PROVIDER.split(sample.request, NOW) == []
    assert CHANNEL.decode(sample.request.body) == "ignored"


@pytest.mark.parametrize("sample", of("quiet"), ids=str)
def test_says_nothing(sample: Sample) -> None:
    envelope = opened(sample)
    if sample.row.get("after"):
        assert envelope.external_id == opened(BY_NAME["tg_retry_first"]).external_id
    else:
        assert CHANNEL.decode(envelope.raw) == str(sample).removeprefix("tg_my_chat_member_")


@pytest.mark.parametrize("sample", of("turn"), ids=str)
def test_reads(sample: Sample) -> None:
    envelope = opened(sample)
    update = json.loads(sample.request.body)
    body: dict[str, Any] = update.get("message") or update["callback_query"]
    assert envelope.address == str(body["from"]["id"])
    assert envelope.sent_at == (datetime.fromtimestamp(body["date"], UTC) if "date" in body else None)
    told = {"tg_text_ar": "ar", "tg_text_no_language": None, "tg_text_regional_language": "pt"}
    assert envelope.language == told.get(str(sample), "fr")
    if "code" in sample.expect:
        heard = CHANNEL.decode(envelope.raw)
        assert isinstance(heard, Input)
        assert codes.find(heard.text) == sample.expect["code"]
    assert CHANNEL.decode(envelope.raw) == HEARD.get(str(sample), Input(body.get("text", "")))


class Presses:
    """A bot that writes down how presses were met."""

    def __init__(self) -> None:
        self.done: list[tuple[object, ...]] = []

    async def answer_press(self, callback_id: str) -> None:
        self.done.append(("answered", callback_id))

    async def clear_keyboard(self, chat: int, message_id: int) -> None:
        self.done.append(("cleared", chat, message_id))

    async def send(self, chat: int, fields: dict[str, Any]) -> str:
        self.done.append(("said", chat, fields["text"]))
        return "1"

    async def leave(self, chat: int) -> None:
        self.done.append(("left", chat))


async def test_a_press_is_met_at_once_and_nothing_else_is() -> None:
    bot = Presses()
    channel = samples.telegram(bot=bot)
    for sample in TELEGRAM_SAMPLES:
        if not str(sample).startswith("tg_callback"):
            await channel.pressed(sample.request.body)
    groups = {"tg_group_message": "message", "tg_migrate": "message", "tg_channel_post": "channel_post"}
    chats = [json.loads(BY_NAME[name].request.body)[kind]["chat"]["id"] for name, kind in groups.items()]
    assert sorted(bot.done) == sorted(("left", chat) for chat in chats)
    bot.done.clear()
    await channel.pressed(BY_NAME["tg_callback"].request.body)
    assert bot.done == [("answered", "3006477100000000011"), ("cleared", 900000000000011, 120)]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/aide@social_direct_test_bot", "aide"),
        ("/code PORTS-7KQM-4XTD", "code PORTS-7KQM-4XTD"),
        ("/START", "start"),
        ("/", "/"),
        ("1/2", "1/2"),
        ("/start " + "a" * 40, "a" * 40),
        ("/start " + "a" * 41, "start"),
    ],
)
def test_commands_are_words(text: str, heard: str) -> None:
    update = json.loads(BY_NAME["tg_text"].request.body)
    update["message"]["text"] = text
    assert CHANNEL.decode(json.dumps(update).encode()) == Input(heard)


@pytest.mark.parametrize(
    ("changed", "heard"),
    [
        ({"pinned_message": {}}, "ignored"),
        ({"poll": {"question": "?"}}, Input(files=(FileRef("other"),))),
        ({"video_note": {"file_id": "V"}}, Input(files=(FileRef("video", "V"),))),
    ],
)
def test_other_messages_of_a_private_chat(changed: dict[str, Any], heard: object) -> None:
    update = json.loads(BY_NAME["tg_text"].request.body)
    del update["message"]["text"]
    update["message"] |= changed
    assert CHANNEL.decode(json.dumps(update).encode()) == heard


@pytest.mark.parametrize(
    ("quoted", "replied"),
    [
        ({"message_id": 43}, "43"),
        ({"message_id": "43"}, ""),
        ({"message_id": True}, ""),
        ({}, ""),
        ("43", ""),
        (None, ""),
    ],
)
def test_the_message_that_a_text_quotes_is_known(quoted: object, replied: str) -> None:
    """https://core.telegram.org/bots/api#message: reply_to_message is of the same chat."""
    update = json.loads(BY_NAME["tg_text"].request.body)
    update["message"] |= {"text": "oui", "reply_to_message": quoted}
    assert CHANNEL.decode(json.dumps(update).encode()) == Input("oui", replied=replied)


def test_a_press_on_a_message_that_is_not_ours_to_see_is_ignored() -> None:
    update = json.loads(BY_NAME["tg_callback"].request.body)
    del update["callback_query"]["message"]
    assert CHANNEL.decode(json.dumps(update).encode()) == "ignored"


def test_either_secret_is_taken_while_one_takes_over() -> None:
    from handlers.channels.telegram import TelegramProvider

    request = BY_NAME["tg_text"].request
    TelegramProvider(["the next", samples.SETTINGS["TELEGRAM_WEBHOOK_SECRET"]]).verify(request)
    with pytest.raises(BadOrigin):
        TelegramProvider(["the next"]).verify(request)
    with pytest.raises(BadOrigin):
        TelegramProvider([]).verify(request)
    with pytest.raises(BadOrigin):
        TelegramProvider([""]).verify(BY_NAME["tg_bad_no_secret"].request)


def test_a_bot_is_none_of_ours_whatever_its_id() -> None:
    update = json.loads(BY_NAME["tg_text"].request.body)
    update["message"]["from"]["is_bot"] = True
    assert CHANNEL.decode(json.dumps(update).encode()) == "ignored"
