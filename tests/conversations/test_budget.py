"""Messages keep their budget as SMS: a question one segment, what lists or confirms two; and they read as meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from handlers.channels import gsm7
from handlers.channels.base import Draw
from handlers.channels.telegram import TelegramChannel
from handlers.channels.whatsapp import WhatsAppChannel
from locales.voice import Voice
from tests.conversations.budget import LINK, TALKS, Message, messages, table
from tests.conversations.script import answer, cues, raised

PAGE: Final = Path(__file__).parents[2] / "docs" / "sms-budget.md"

# Questions that list (hours, subjects, workers, the menu), that name two moments, or that must name the terms and link.
TWO: Final = frozenset({"slot", "motive", "worker_choice", "choice", "terms", "take"})
# Also one that offers two hours and must tell a rule of the terms.
BOTH: Final = frozenset({"cancel.sure shortly before"})
KINDS: Final = {"question": 1, "reply": 2, "notice": 2}
# A stranger's first message may hold a code and a wish; their answer then says who we are and lists hours.
FIRST: Final = 3
PLAIN: Final = "welcome.sms + code.ask"  # what nearly everybody reads first


def allowed(message: Message) -> int:
    if message.kind == "first":
        return 2 if message.name == PLAIN else FIRST
    if message.kind == "question":
        step = message.name.split(" ", maxsplit=1)[0].split(".")[1]
        return 2 if step in TWO or message.name in BOTH else 1
    return KINDS[message.kind]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_messages_keep_their_budget(lang: str) -> None:
    too_long = [
        (message.name, message.size.units)
        for message in messages()
        if message.lang == lang and message.kind != "agenda" and message.size.segments > allowed(message)
    ]
    assert too_long == []


def test_folded_messages_are_in_the_sms_alphabet() -> None:
    for message in messages():
        assert gsm7.outside(gsm7.fold(message.text, message.lang)) == "", message.name


def test_the_page_is_what_is_measured(request: pytest.FixtureRequest) -> None:
    """`pytest --update` writes it anew, as it does the talks."""
    if request.config.getoption("--update"):
        PAGE.write_text(table())
    assert PAGE.read_text() == table()


@pytest.mark.parametrize("talk", sorted(TALKS.glob("*.talk")), ids=lambda path: path.stem)
def test_replies_fit_every_channel(talk: Path) -> None:
    """Telegram takes 4096 characters, WhatsApp 1600 through Twilio, a button 64 bytes of data; no hole is left open."""
    header, _, body = talk.read_text().partition("\n\n")
    stage = raised(header)
    telegram, whatsapp = TelegramChannel.render, WhatsAppChannel.render
    for cue in cues(body):
        answer(stage, cue)
        reply = stage.turn.reply if stage.turn else None
        if reply is None:
            continue
        for lang in ("fr", "en"):
            draw = Draw(say=Voice(lang), url=lambda _: LINK, lang=lang)
            seen = telegram(None, reply, draw), whatsapp(None, reply, draw)  # type: ignore[arg-type]
            for payload, room in zip(seen, (4096, 1600), strict=True):
                assert 0 < len(payload.text) <= room
                assert not re.search(r"[{}]", payload.text)
            rows = seen[0].fields["reply_markup"].get("inline_keyboard", [])
            assert all(len(button["callback_data"].encode()) <= 64 for row in rows for button in row)
