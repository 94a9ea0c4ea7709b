"""How much of what people write is understood, per language and field: measured on phrases, printed, held to a floor.

Every fifth phrase was held out while the word lists were written; when these were first looked at, 96 % of the French
and 98 % of the English ones were wholly understood. One hand wrote phrases and lists, so expect less of strangers:
add what they really write. Phrases marked `hard` ask too much of rules; they are counted apart and held to nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from booking import codes
from conversations.danger import KINDS, Danger, danger
from conversations.understand import understand
from locales.words import words
from tests.guards import guards

CORPUS: Final = Path(__file__).parent / "corpus"
NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday, ten o'clock in Paris
WORKERS: Final = {"claire": "Claire", "ali": "Ali"}
FIELDS: Final = ("intent", "motive", "mode", "worker", "days", "from", "to", "code", "language", "danger")

# Shares of phrases whose every field is right. Raise them when the lists get better, never drop a phrase.
FLOORS: Final = {"fr": 0.96, "en": 0.95}
HELD_OUT_FLOORS: Final = {"fr": 0.90, "en": 0.90}


@dataclass(frozen=True)
class Phrase:
    text: str
    expected: Mapping[str, Any]
    hard: bool
    held_out: bool


def phrases(name: str) -> list[Phrase]:
    lines = (CORPUS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    read = [json.loads(line) for line in lines]
    return [Phrase(each["text"], each, each.get("hard", False), place % 5 == 4) for place, each in enumerate(read)]


def misunderstood(phrase: Phrase, lang: str) -> tuple[str, ...]:
    """The fields that came out otherwise."""
    heard = understand(phrase.text, words(lang), NOW, workers=WORKERS).to_json()
    code, expected = heard["code"], phrase.expected.get("code")
    heard["code"] = codes.normal(code) if code else None
    wanted = {**phrase.expected, "code": codes.normal(expected) if expected else None}
    return tuple(field for field in FIELDS if heard[field] != wanted.get(field))


def rate(wrong: Sequence[object]) -> float:
    return 1 - sum(map(bool, wrong)) / len(wrong)


@pytest.mark.parametrize("lang", sorted(FLOORS))
def test_phrases_are_understood(lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = [(phrase, misunderstood(phrase, lang)) for phrase in phrases(lang)]
    seen = [wrong for phrase, wrong in found if not phrase.hard and not phrase.held_out]
    held_out = [wrong for phrase, wrong in found if not phrase.hard and phrase.held_out]
    hard = [wrong for phrase, wrong in found if phrase.hard]
    with capsys.disabled():
        by_field = ", ".join(f"{field} {rate([field in wrong for _, wrong in found]):.1%}" for field in FIELDS)
        print(
            f"\n{lang}: {len(found)} phrases; wholly understood {rate(seen):.1%},"
            f" held out {rate(held_out):.1%} of {len(held_out)}, hard {rate(hard):.1%} of {len(hard)}; {by_field}"
        )
    told = [(phrase.text, wrong) for phrase, wrong in found if wrong and not phrase.hard and not phrase.held_out]
    assert rate(seen) >= FLOORS[lang], told
    assert rate(held_out) >= HELD_OUT_FLOORS[lang]


@guards("T31")
def test_danger_is_heard_and_idioms_are_not(capsys: pytest.CaptureFixture[str]) -> None:
    read = phrases("danger")
    heard = [(phrase, danger(phrase.text, words("fr"))) for phrase in read]
    missed = [phrase for phrase, found in heard if phrase.expected["level"] and found is None]
    alarmed = [phrase for phrase, found in heard if not phrase.expected["level"] and found]
    exact = [
        (found.level, found.kind) if found else (None, None) for phrase, found in heard if phrase.expected["level"]
    ]
    wanted = [(phrase.expected["level"], phrase.expected["kind"]) for phrase in read if phrase.expected["level"]]
    quiet = len(read) - len(wanted)
    with capsys.disabled():
        print(
            f"\ndanger: heard {len(wanted) - len(missed)} of {len(wanted)}"
            f" ({sum(a == b for a, b in zip(exact, wanted, strict=True))} with level and kind as wished);"
            f" false alarms {len(alarmed)} of {quiet}; missed and held out"
            f" {sum(phrase.held_out for phrase in missed)}, false alarms held out"
            f" {sum(phrase.held_out for phrase in alarmed)}"
        )
    assert len(missed) <= 0.01 * len(wanted), [phrase.text for phrase in missed]
    assert len(alarmed) <= 0.02 * quiet, [phrase.text for phrase in alarmed]


@guards("T31", partly=True)
def test_of_two_dangers_the_more_urgent_ones_number_leads() -> None:
    mortal = ("je veux mourir", "je n'ai nulle part où dormir")
    for said in (" et ".join(mortal), " et ".join(reversed(mortal))):
        assert danger(said, words("fr")) == Danger("now", "suicide")
    assert KINDS == ("suicide", "child", "violence", "fire", "medical", "shelter")


@pytest.mark.parametrize(("name", "least"), [("fr", 400), ("en", 250), ("danger", 300)])
def test_the_corpus_stays_large(name: str, least: int) -> None:
    texts = [phrase.text for phrase in phrases(name)]
    assert len(texts) >= least
    assert len(set(texts)) == len(texts)


def test_the_danger_corpus_is_balanced() -> None:
    levels = [phrase.expected["level"] for phrase in phrases("danger")]
    assert sum(level is None for level in levels) >= 150
    assert sum(level is not None for level in levels) >= 150
