"""A code that is told in a sentence without being asked: what is taken for one, and what is not."""

from __future__ import annotations

import pytest

from conversations.flows.told import told_code
from locales.words import words


@pytest.mark.parametrize(
    ("lang", "text", "code"),
    [
        ("fr", "Bonjour, mon code est PORTS-7KQM-4XTD", "PORTS-7KQM-4XTD"),
        ("fr", "Bonjour, mon code est VANNES2026", "vannes2026"),
        ("fr", "mon-code-est-VANNES2026", "vannes2026"),
        ("fr", "voici mon code : Vannes 2026.", "vannes 2026"),
        ("en", "Hello, my code is VANNES2026", "vannes2026"),
        ("en", "Bonjour, mon code est VANNES2026", "vannes2026"),
        ("fr", "Quais 26", None),
        ("fr", "mon code postal est 56000", None),
        ("fr", "mon code est perdu", None),
        ("fr", "mon code est 1234", None),
        ("fr", "mon code est perdu depuis le 12 mars 2026", None),
        ("fr", "le code est le bon, je veux un rendez-vous mardi 12", None),
        ("fr", "mon code est A1B2C3D4E5F6G7H8I9J0K1L2M", None),
        ("fr", "", None),
    ],
)
def test_told(lang: str, text: str, code: str | None) -> None:
    assert told_code(text, words(lang)) == code
