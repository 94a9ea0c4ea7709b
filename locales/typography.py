"""Where a line may not break, as French typography asks: for pages and paper.

No-break spaces hold a high mark to its word, quotes to what they quote, a time, a telephone number and a date together.
Never in an SMS: a single one would cost it the GSM alphabet, and with it more than half of its length.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from conversations.text import Text
from locales.voice import Voice

WIDE: Final = "\u00a0"
NARROW: Final = "\u202f"

_HIGH: Final = re.compile(r" (?=[;?!])")
_LOW: Final = re.compile(r" (?=[:»%])|(?<=«) ")
_TIME: Final = re.compile(r"(?<=\d) (h)\b(?: (?=\d\d\b))?")  # 14 h, 9 h 30
_NUMBER: Final = re.compile(r"(?<=\d) (?=\d\d)")  # 02 97 00 00 00, 1 000
_DATE: Final = re.compile(r"(?<=\d) |(?<=\der) | (?=\d{4})")


def tied(text: str, narrow: str = NARROW) -> str:
    """The same words; tied twice, it is tied once. `narrow` stands before high marks: not every typeface has it."""
    text = _LOW.sub(WIDE, _HIGH.sub(narrow, text))
    return _NUMBER.sub(WIDE, _TIME.sub(lambda found: found[0].replace(" ", WIDE), text))


class PageVoice(Voice):
    """Says texts on a page."""

    def __call__(self, text: Text) -> str:
        return tied(super().__call__(text))

    def _dated(self, day: date, pattern: str) -> str:
        """The weekday may stand on a line of its own, the day stays with its month."""
        return _DATE.sub(WIDE, super()._dated(day, pattern))
