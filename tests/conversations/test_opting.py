"""STOP and START: every phrase of every language, on every channel, in any dress; and what only looks like one."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from conversations.model import Input
from locales import languages
from locales.words import words
from tests.conversations.stage import Stage
from tests.guards import guards

NOW: Final = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Europe/Paris"))
PHRASES: Final = {
    verb: sorted({phrase for lang in languages() for phrase in words(lang)(f"words.command.{verb}")})
    for verb in ("stop", "start")
}
DRESSES: Final = ("{}", "{}.", "  {} !\n", "« {} »", "{} 🙏")
SENTENCES: Final = (
    "stopper mon crédit",
    "arrêt maladie",
    "je suis en arrêt",
    "stop, mais demain je veux bien un rendez-vous",
    "je veux arrêter de fumer",
    "on ne peut pas arrêter les huissiers",
    "non stop",
    "my benefits stopped",
    "please stop the bailiffs",
    "the bus stop is far",
)


def talking(channel: str, lang: str) -> Stage:
    stage = Stage(NOW, channel, lang)
    stage.says(Input("PORTS-7KQM-4XTD"))
    return stage


def said(stage: Stage, text: str) -> list[str]:
    stage.says(Input(text))
    assert stage.turn is not None
    assert stage.turn.reply is not None
    return [each.msgid for each in stage.turn.reply.texts]


def test_there_are_as_many_ways_to_stop_as_people_have() -> None:
    assert len(PHRASES["stop"]) >= 40


@guards("T21", "G07", partly=True)
@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
@pytest.mark.parametrize("lang", languages())
def test_every_word_stops_and_every_word_starts_again(channel: str, lang: str) -> None:
    stage = talking(channel, lang)
    for number, phrase in enumerate(PHRASES["stop"]):
        for dress in (DRESSES[number % len(DRESSES)], "{}"):
            typed = dress.format(phrase.upper() if number % 2 else phrase)
            assert said(stage, typed) == ["stop.done"], typed
            assert stage.contact.opted_out
        start = PHRASES["start"][number % len(PHRASES["start"])]
        assert said(stage, start)[0] == "start.done", start
        assert not stage.contact.opted_out


@guards("T21")
@pytest.mark.parametrize("text", SENTENCES)
@pytest.mark.parametrize("lang", languages())
def test_a_sentence_is_no_stop(text: str, lang: str) -> None:
    stage = talking("sms", lang)
    assert "stop.done" not in said(stage, text)
    assert not stage.contact.opted_out


@pytest.mark.parametrize("text", ["cancel", "end", "quit", "CANCEL", "annuler", "quitter"])
def test_everyday_words_of_twilios_are_no_stop_of_ours(text: str) -> None:
    stage = talking("whatsapp", "en")
    assert "stop.done" not in said(stage, text)


def test_a_stop_answers_nothing_and_keeps_what_was_asked() -> None:
    stage = talking("sms", "fr")
    said(stage, "STOP")
    assert said(stage, "3") == ["slot.ask"]


@guards("T31")
def test_danger_comes_before_stop() -> None:
    stage = talking("sms", "fr")
    stage.contact = replace(stage.contact, opted_out=True)
    assert said(stage, "stop je veux mourir")[0].startswith("danger.")
