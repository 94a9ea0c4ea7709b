"""What became of a message is told in words: each kind that the code names has some, and each reason of ours."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.human import CALL_LATE, LATE
from handlers.web.console.reason_words import reason_words
from handlers.web.console.words import FATES, kind_words
from locales import languages
from locales.voice import Voice

ROOT = Path(__file__).resolve().parents[3]
OTHER = "console.kind.other"  # the words of what has none
SAYS = {"Notice", "Tell", "_due", "_said_to"}
WHY = {"Leave", "later", "Wait", "Not", "leave", "settle", "stays", "postpone", "cancel", "_ended", "Drop"}
NO_REASONS = set(FATES) | {"due_silence", "due_attendance", "due_after", "desk"}


def literals(called: set[str]) -> Iterator[str]:
    """Plain names among the arguments of these calls."""
    for path in (ROOT / "handlers").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name not in called:
                continue
            for value in (*call.args, *(each.value for each in call.keywords if each.arg == "reason")):
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def test_every_kind_has_words() -> None:
    kinds = {*literals(SAYS), LATE, CALL_LATE}
    assert len(kinds) > 20
    assert {kind for kind in kinds if kind_words(kind).msgid == OTHER} == set()


def test_every_reason_of_ours_has_words() -> None:
    reasons = set(literals(WHY)) - NO_REASONS
    assert len(reasons) > 15
    assert {reason for reason in reasons if reason_words(reason) is None} == set()


@pytest.mark.parametrize("lang", languages())
@pytest.mark.parametrize(
    ("reason", "french", "english"),
    [
        ("sms is not set up", "SMS n'est pas ouvert", "SMS is not set up"),
        ("whatsapp is stopped: 63051", "WhatsApp est arrêté : 63051", "WhatsApp is stopped: 63051"),
        ("sms is slow: 20429", "SMS est lent : 20429", "SMS is slow: 20429"),
        ("into 01m84b66asz5s4g70e1emzwm3w", "dit avec un autre rendez-vous", "told with another appointment"),
        ("sending is paused", "les envois sont suspendus", "sending is paused"),
    ],
)
def test_what_waits_for_something_of_ours(lang: str, reason: str, french: str, english: str) -> None:
    words = reason_words(reason)
    assert words
    assert Voice(lang)(words) == {"fr": french, "en": english}[lang]


@pytest.mark.parametrize("code", ["30003", "63016", "martian is slow: 1", ""])
def test_a_providers_code_stays_one(code: str) -> None:
    assert reason_words(code) is None
