"""A reply as each channel draws it."""

from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.model import Link, Option, Reply
from conversations.text import Text, t
from handlers.channels import gsm7
from handlers.channels.base import Draw, Payload
from handlers.channels.email import EmailChannel, Kept
from handlers.channels.telegram_bot import TelegramBot
from handlers.channels.terminal import TerminalChannel
from handlers.channels.twilio_client import TwilioClient
from tests.guards import guards
from tests.handlers.channels import samples
from tests.handlers.channels.conftest import Api
from tests.handlers.channels.samples import NOW

WORDS = {
    "slot.ask": "Quelle heure préférez-vous ? C’est gratuit.",
    "slot.gone": "Cette heure vient d’être prise.",
    "slot.9": "mardi 3 août à 9 h",
    "slot.10": "mardi 3 août à 10 h",
    "phone.button": "Envoyer mon numéro",
    "mail.subject_other": "Social Direct",
    "whatsapp.list": "Choisir",
}
ASKED = Reply(
    (t("slot.gone"), t("slot.ask")), (Option("9", t("slot.9")), Option("10", t("slot.10"))), None, "k3m7q2wz5a"
)
LINKED = Reply((t("slot.ask"),), (), Link("appointment", "a1"))


def draw(words: Mapping[str, str] = WORDS, **changed: Any) -> Draw:
    def say(text: Text) -> str:
        return words[text.msgid]

    def url(link: Link) -> str:
        return f"https://chat.example.org/a/{link.id}"

    return Draw(**{"say": say, "url": url, "lang": "fr", **changed})


def test_sms_numbers_the_choices_and_folds_as_its_last_act() -> None:
    payload = samples.sms().render(ASKED, draw())
    assert payload.text == (
        "Cette heure vient d'etre prise.\n"
        "Quelle heure préférez-vous ? C'est gratuit.\n"
        "1. mardi 3 aout à 9 h\n"
        "2. mardi 3 aout à 10 h"
    )
    assert payload.fields == {"body": payload.text}
    assert payload.segments == 1


def test_sms_leaves_what_folding_would_spoil_and_counts_it() -> None:
    words = {"slot.ask": "Saat kaç? " * 8}
    payload = samples.sms().render(Reply((t("slot.ask"),)), draw(words, lang="tr"))
    assert payload.text == words["slot.ask"]
    assert payload.segments == 2


def test_the_link_stands_last() -> None:
    link = "https://chat.example.org/a/a1"
    for channel in (samples.sms(), samples.whatsapp(), samples.telegram(), TerminalChannel(print)):
        assert channel.render(LINKED, draw()).text.splitlines()[-1] == link


def test_an_sms_says_until_when_it_is_of_use() -> None:
    until = NOW + timedelta(hours=1)
    assert samples.sms().render(LINKED, draw(expires_at=until)).fields["expires_at"] == until


def test_whatsapp_numbers_the_choices_and_folds_nothing() -> None:
    payload = samples.whatsapp().render(ASKED, draw())
    assert payload.text.splitlines()[0] == WORDS["slot.gone"]
    assert payload.text.splitlines()[-1] == "2. mardi 3 août à 10 h"
    assert payload.fields["body"] == payload.text
    assert samples.whatsapp().render(ASKED, draw(plain=True)).fields == {"body": payload.text}
    assert samples.whatsapp().render(ASKED, draw(window_open=False)).fields == {}


def telegram_fields(reply: Reply, words: Mapping[str, str] = WORDS) -> dict[str, Any]:
    payload = samples.telegram().render(reply, draw(words))
    assert payload.text == payload.fields["text"]
    assert payload.fields["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in payload.fields
    return dict(payload.fields)


def test_telegram_has_a_button_for_each_choice() -> None:
    fields = telegram_fields(ASKED)
    assert fields["text"] == f"{WORDS['slot.gone']}\n{WORDS['slot.ask']}"
    assert fields["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "mardi 3 août à 9 h", "callback_data": "k3m7q2wz5a:1"}],
            [{"text": "mardi 3 août à 10 h", "callback_data": "k3m7q2wz5a:2"}],
        ]
    }


def test_telegram_numbers_what_a_button_would_cut() -> None:
    words = WORDS | {"slot.10": "mardi 3 août à 10 h, avec une longue histoire"}
    fields = telegram_fields(ASKED, words)
    assert fields["text"].endswith("1. mardi 3 août à 9 h\n2. mardi 3 août à 10 h, avec une longue histoire")
    (row,) = fields["reply_markup"]["inline_keyboard"]
    assert row == [
        {"text": "1", "callback_data": "k3m7q2wz5a:1"},
        {"text": "2", "callback_data": "k3m7q2wz5a:2"},
    ]


def test_telegram_without_an_open_prompt_has_no_buttons_to_go_stale() -> None:
    fields = telegram_fields(Reply(ASKED.texts, ASKED.options))
    assert fields["text"].endswith("2. mardi 3 août à 10 h")
    assert fields["reply_markup"] == {"remove_keyboard": True}


def test_telegram_asks_for_the_number_by_its_own_button_and_takes_it_away() -> None:
    asked = telegram_fields(Reply(ASKED.texts, ASKED.options, None, "k3m7q2wz5a", contact=True))
    assert asked["reply_markup"] == {
        "keyboard": [[{"text": "Envoyer mon numéro", "request_contact": True}]],
        "one_time_keyboard": True,
        "resize_keyboard": True,
    }
    assert asked["text"].endswith("2. mardi 3 août à 10 h")  # a keyboard of either sort, not both
    assert telegram_fields(LINKED)["reply_markup"] == {"remove_keyboard": True}


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200)


@guards("T16")
@given(TEXTS, st.lists(TEXTS, max_size=9), st.sampled_from(["fr", "en", "ar", "tr", "uk"]))
def test_any_words_are_drawn_as_they_are_meant(said: str, labels: list[str], lang: str) -> None:
    words = {"said": said, "phone.button": "x", "mail.subject_other": "y", "whatsapp.list": "z"}
    words |= {f"label.{number}": label for number, label in enumerate(labels)}
    options = tuple(Option(str(n), Text(f"label.{n}")) for n in range(len(labels)))
    reply = Reply((t("said"),), options, None, "k3m7q2wz5a")
    meant = "\n".join([said, *(f"{n}. {label}" for n, label in enumerate(labels, 1))])
    drawn = draw(words, lang=lang)

    whatsapp = dict(samples.whatsapp().render(reply, drawn).fields)
    shown = whatsapp.pop("content", None)
    assert whatsapp == {"body": meant}
    if shown is not None:
        titles = [shown.variables[str(2 * n)] for n in shown.ids.values()]
        assert titles == [" ".join(label.split()) for label in labels]
        assert "\n" not in shown.shown
        assert shown.shown == " ".join(said.split())
    assert TerminalChannel(print).render(reply, drawn).fields == {"text": meant}
    sms = samples.sms().render(reply, drawn)
    assert sms.text == sms.fields["body"] == gsm7.fold(meant, lang)
    assert sms.segments == gsm7.size(sms.text).segments >= 1
    fields = samples.telegram().render(reply, drawn).fields
    keys = [key for row in fields["reply_markup"].get("inline_keyboard", []) for key in row]
    assert [key["callback_data"] for key in keys] == [f"k3m7q2wz5a:{n}" for n in range(1, len(labels) + 1)]
    if max(map(len, labels), default=0) > 40:
        assert fields["text"] == meant
    else:
        assert (fields["text"], [key["text"] for key in keys]) == (said, labels)


NASTY = (
    "a+b & c=d %s {{1}} <b>x</b>",
    "é à ç œ 🙂 \u202eabc",
    "ligne\nligne\r\nligne\t",
    "\\u0000 ${jndi:x} =1+1",
    "[a](b) *y* _z_ `c`",
)


@guards("T16")
@pytest.mark.parametrize("text", NASTY)
async def test_what_is_meant_is_what_arrives(text: str, api: Api, session: aiohttp.ClientSession) -> None:
    api.answer = "twilio_message_created_from"
    twilio = TwilioClient(session, "AC" + "1" * 32, ("AC" + "1" * 32, "x"), base_url=api.base)
    await samples.whatsapp(client=twilio).send(Payload(text, {"body": text}), "+33639980011", "1")
    assert api.asked[-1].form["Body"] == text
    api.answer = "telegram_send_ok"
    bot = TelegramBot(session, "1:x", base_url=api.base)
    await samples.telegram(bot=bot).send(Payload(text, {"text": text}), "900000000000011", "1")
    assert api.asked[-1].json["text"] == text


# The two that are no providers


async def test_the_terminal_is_a_phone_too() -> None:
    shown: list[str] = []
    channel = TerminalChannel(shown.append)
    assert await channel.send(channel.render(ASKED, draw()), "terminal", "01J") == "01J"
    assert shown[0].endswith("1. mardi 3 août à 9 h\n2. mardi 3 août à 10 h")
    heard = channel.decode("bon\0jour \udcff".encode("utf-8", "surrogateescape"))
    assert not isinstance(heard, str)
    assert heard.text == "bonjour \ufffd"


async def test_mail_is_drawn_as_text_under_a_neutral_subject() -> None:
    kept = Kept()
    channel = EmailChannel(kept, "Social Direct <contact@example.org>", lambda: NOW)
    assert await channel.send(channel.render(LINKED, draw()), "camille@example.org", "01J") == "<01J@example.org>"
    (message,) = kept.messages
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == "Social Direct"
    assert message.get_content().splitlines()[-1] == "https://chat.example.org/a/a1"
