"""What is written around the hour: measured on phrases that mean it, and on those that only look so.

As in `test_understanding.py`, one hand wrote phrases and lists: expect less of strangers, and add what they write.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from conversations.model import News
from conversations.nearby import said_nearby, says_more
from locales.words import words
from tests.conversations.script import raised

PHRASES: Final = [
    json.loads(line)
    for line in (Path(__file__).parent / "corpus" / "nearby.jsonl").read_text(encoding="utf-8").splitlines()
]
FLOOR: Final = 0.97  # of what is meant; never drop a phrase


def heard(phrase: Mapping[str, Any]) -> tuple[Any, ...]:
    said = said_nearby(phrase["text"], words(phrase["lang"]))
    if said is None:
        return (None, None, None)
    return (said.what, said.minutes, said.sure if said.what == "video_fails" else None)


def meant(phrase: Mapping[str, Any]) -> tuple[Any, ...]:
    return (phrase["what"], phrase.get("minutes"), phrase.get("sure"))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_is_meant_is_heard(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = [phrase for phrase in PHRASES if phrase["lang"] == lang and phrase["what"]]
    missed = [phrase["text"] for phrase in wanted if heard(phrase) != meant(phrase)]
    with capsys.disabled():
        print(f"\naround the hour, {lang}: {len(wanted) - len(missed)} of {len(wanted)} phrases heard")
    assert 1 - len(missed) / len(wanted) >= FLOOR, missed


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_only_looks_so_is_left_alone(lang: str) -> None:
    """Late rent, other people's lateness, the account that does not open: nobody is told anything."""
    others = [phrase for phrase in PHRASES if phrase["lang"] == lang and phrase["what"] is None]
    assert [phrase["text"] for phrase in others if heard(phrase) != meant(phrase)] == []


def test_the_corpus_stays_large_and_balanced() -> None:
    assert len({(phrase["lang"], phrase["text"]) for phrase in PHRASES}) == len(PHRASES) >= 280
    assert sum(phrase["what"] is None for phrase in PHRASES) >= 90


@pytest.mark.parametrize(("text", "minutes"), [("999 min de retard", None), ("0 min de retard", None)])
def test_minutes_that_make_no_sense_are_not_told(text: str, minutes: int | None) -> None:
    said = said_nearby(text, words("fr"))
    assert said is not None
    assert said.minutes == minutes


@pytest.mark.parametrize("flow", ["late", "here", "video_fails"])
def test_news_of_an_hour_that_is_gone_is_answered_so(flow: str) -> None:
    """The page's button may have been pressed just before the hour was cancelled."""
    stage = raised("clock: 2026-03-02 10:00\nknown: Camille Dubois\nbooked: 2026-03-05 09:00")
    stage.says(News(flow, {"about": "gone"}))
    assert stage.turn is not None
    assert stage.turn.reply is not None
    assert stage.turn.reply.texts[0].msgid in {"cancel.over", "late.none"}


@pytest.mark.parametrize(
    ("lang", "text", "more"),
    [
        ("fr", "Bonjour madame, je vais avoir environ 10 min de retard, désolée. Merci de m'attendre", False),
        ("fr", "en retard d'une demi-heure à cause des bouchons excusez-moi", False),
        ("fr", "je suis en retard de 5 min et je n'ai pas mon bail", True),
        ("fr", "10 min de retard mon fils est malade", True),
        ("en", "so sorry, running about 10 minutes late, please wait for me", False),
        ("en", "i'll be 10 minutes late and i can't find my lease", True),
    ],
)
def test_what_is_said_besides_lateness(lang: str, text: str, more: bool) -> None:
    assert says_more(text, words(lang)) is more
