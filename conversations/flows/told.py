"""A connection code that somebody tells in a sentence, without being asked: "Bonjour, mon code est …".

Invitation links (`handlers/kits`) write such sentences for people: what is understood here is what links can carry.
"""

from __future__ import annotations

from typing import Final

from booking import codes
from conversations.model import Words
from conversations.phrases import padded, pattern

GUESS: Final = range(5, 25)  # letters and digits of what may be a code of a client's own form
MOST_WORDS: Final = 3  # that it may be written in


def told_code(text: str, words: Words) -> str | None:
    """By its shape wherever it stands; of another form, with a digit in it, when "mon code est" stands before it."""
    return codes.find(text) or _introduced(text, words)


def _introduced(text: str, words: Words) -> str | None:
    said = padded(text)
    found = pattern(words("words.code.intro")).search(said)
    rest = said[found.end() :].split() if found else []
    if len(rest) > MOST_WORDS or sum(map(len, rest)) not in GUESS:
        return None
    return " ".join(rest) if any(char in "0123456789" for word in rest for char in word) else None
