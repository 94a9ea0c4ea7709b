"""Messages keep their budget as SMS: a question one segment, what lists or confirms two; and they read as meant."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from handlers.channels import gsm7
from handlers.channels.base import Draw
from handlers.channels.telegram import TelegramChannel
from handlers.channels.whatsapp import WhatsAppChannel
from locales import catalogue
from locales.voice import Voice
from tests.conversations import budget_words
from tests.conversations.budget import LANGUAGES, LINK, TALKS, YEAR, messages, most, said, table
from tests.conversations.budget_rules import EXCEPTIONS, RULES
from tests.conversations.script import answer, cues, raised

PAGE: Final = Path(__file__).parents[2] / "docs" / "sms-budget.md"
WRITTEN_FOR: Final = ("fr", "en")  # a language that the SMS alphabet does not hold takes what it takes


@pytest.mark.parametrize("lang", WRITTEN_FOR)
@pytest.mark.parametrize("kind", [kind for kind, (allowed, _) in RULES.items() if allowed])
def test_messages_keep_their_budget(kind: str, lang: str) -> None:
    measured = [message for message in messages() if (message.kind, message.lang) == (kind, lang)]
    assert measured
    too_long = [(message.name, message.size.units) for message in measured if message.size.segments > most(message)]
    assert too_long == []


def test_no_exception_outlives_its_reason() -> None:
    """Each is measured, and is longer than its kind may be."""
    longer = {message.name for message in messages() if message.size.segments > RULES[message.kind][0] > 0}
    assert longer == set(EXCEPTIONS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_that_may_be_an_sms_is_measured(lang: str) -> None:
    """Words that are added are in a talk, in a notice, or measured alone: nothing is left out by being forgotten."""
    alone = {message.name for message in messages() if message.kind == "words" and message.lang == lang}
    elsewhere = {msgid for msgid in catalogue(lang) if msgid.startswith(budget_words.ELSEWHERE)}
    assert set(catalogue(lang)) == alone | said() | budget_words.PUT_TOGETHER | elsewhere


def test_all_months_weekdays_and_hours_of_two_digits_are_tried() -> None:
    days = [at.astimezone(ZoneInfo("Europe/Paris")) for at in YEAR]
    assert {(day.month, day.weekday()) for day in days} == {(m, d) for m in range(1, 13) for d in range(7)}
    assert {len(f"{day:%-H%M}") for day in days} == {4}


def test_folded_messages_are_in_the_sms_alphabet() -> None:
    for message in messages():
        if message.lang not in WRITTEN_FOR:
            continue
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
