"""The table of outcomes is whole, lawful, and printed for operators."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from handlers.channels.outcomes import LINE, MAIL, TELEGRAM, TWILIO, Meaning
from tests.handlers.channels.outcomes_page import page

PAGE: Final = Path(__file__).parents[3] / "docs" / "outcomes.md"
ALL: Final = [
    pytest.param(code, meaning, id=code) for table in (LINE, TWILIO, TELEGRAM, MAIL) for code, meaning in table.items()
]
# What each page of errors asks for: https://www.twilio.com/docs/api/errors/NNNNN.
TOLD: Final = {
    "20003": "stop",
    "20403": "stop",
    "30002": "stop",
    "21606": "stop",
    "63007": "stop",
    "63051": "stop",
    "20429": "retry",
    "20500": "unknown",
    "21211": "refused",
    "21610": "refused",
    "21614": "refused",
    "30003": "retry",
    "30004": "refused",
    "30005": "refused",
    "30007": "refused",
    "30008": "retry",
    "63016": "refused",
    "63018": "retry",
    "63038": "retry",
}


def test_the_page_is_what_the_table_says(request: pytest.FixtureRequest) -> None:
    """`pytest --update` writes it anew, as it does the talks."""
    if request.config.getoption("--update"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page()


@pytest.mark.parametrize(("code", "meaning"), ALL)
def test_each_line_is_lawful(code: str, meaning: Meaning) -> None:
    assert meaning.words, "operators read it"
    assert len(code) <= 128, "it is the reason of a row"
    if meaning.outcome == "stop":
        assert meaning.alarm, "who mends it is told"
    if meaning.outcome in {"unknown", "stop", "retry"}:
        assert not any((meaning.dead, meaning.opted_out, meaning.window_closed)), "it says nothing of the person"
    if meaning.again:
        assert meaning.outcome == "retry"
    if meaning.outcome == "unknown":
        assert meaning.slow, "a provider in trouble is left in peace"


def test_the_pages_of_errors_are_heeded() -> None:
    assert {code: TWILIO[code].outcome for code in TOLD} == TOLD
    assert (TWILIO["30003"].again, TWILIO["30008"].again, TWILIO["30005"].strikes) == (2, 1, 2)
    assert TWILIO["30007"].seldom


def test_twilios_codes_are_codes() -> None:
    assert [code for code in TWILIO if not re.fullmatch(r"[1-6]\d{4}|undelivered|failed|canceled", code)] == []
