"""One form for what people type: folded text, numbers in any dress, near misspellings.

Codes, numbers and words are compared in this form only: `"²".isdigit()`, `int("１_2")` and `"ß".upper()` each give a
surprise, and an accent that a telephone left out must not change what a person means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from conversations.model import Words

NEAR_LENGTH: Final = 5  # shorter words have too many neighbours: "mars" and "mais", "oui" and "ouf"
HIGHEST: Final = 99

_LETTERS: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_COMMON: Final = 0x24FF  # Latin, Greek, Cyrillic, Arabic, combining marks, punctuation, circled digits
_DIGITS: Final = re.compile(r"[0-9]{1,4}")


def fold(text: str, keep: str = "") -> str:
    """Compatibility forms, case, accents and typographic marks undone; punctuation to spaces; runs of spaces to one.

    Characters of `keep` stay where they stand between two digits ("12/03", "15:30"), elsewhere they are spaces too.
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    plain = plain.casefold().translate(_LETTERS)
    letters = unicodedata.normalize("NFKD", plain).translate(_letters(keep))
    if keep:
        mark = re.escape(keep)
        letters = re.sub(rf"(?<![0-9])[{mark}]|[{mark}](?![0-9])", " ", letters)
    return " ".join(letters.split())


class _Letters(dict[int, str]):
    """A table for `str.translate`, filled as letters come: folding is a fifth of what a turn costs."""

    def __init__(self, keep: str) -> None:
        super().__init__()
        self._keep = keep

    def __missing__(self, code: int) -> str:
        found = _letter(chr(code), self._keep)
        if code <= _COMMON:  # nobody can fill the memory with rare signs
            self[code] = found
        return found


@lru_cache(maxsize=8)
def _letters(keep: str) -> _Letters:
    return _Letters(keep)


def _letter(char: str, keep: str) -> str:
    """What one decomposed character becomes: itself, an ASCII digit, a space or nothing."""
    if char.isascii():
        return char if char.isalnum() or char in keep else " "
    match unicodedata.category(char):
        case "Mn" | "Me" | "Cf" | "Cs" | "Co" | "Cn":  # accents, the box of a keycap, invisible marks, lone surrogates
            return ""
        case "Nd":
            return str(unicodedata.decimal(char))
        case "Lu" | "Ll" | "Lt" | "Lm" | "Lo" | "Mc":
            return char
        case _:
            return " "


def number(text: str, words: Words) -> int | None:
    """The number that is the whole answer ("2", "2.", "le 2", "deux", "②", "n°2", "option 2", "1er"), else None."""
    tokens = fold(text).split()
    around = _number_marks(words("words.number.before"), words("words.number.after"))
    while len(tokens) > 1 and tokens[0] in around[0]:
        tokens = tokens[1:]
    while len(tokens) > 1 and tokens[-1] in around[1]:
        tokens = tokens[:-1]
    said = " ".join(tokens)
    if _DIGITS.fullmatch(said):
        value = int(said)
        return value if 0 < value <= HIGHEST else None
    return _number_words(tuple(words(f"words.number.{n}") for n in range(1, 32))).get(said)


@lru_cache(maxsize=64)
def _number_marks(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(before), frozenset(after)


@lru_cache(maxsize=64)
def _number_words(names: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    return {name: value for value, phrases in enumerate(names, 1) for name in phrases}


def near(text: str, candidates: Iterable[str], *, exact: bool = False) -> str | None:
    """The candidate that was typed, or the only one that it nearly is; candidates are folded already.

    `exact=True` for what cannot be undone: nobody cancels by a misspelling. Near is one slip (a letter more, less,
    other, or two swapped) in words of five letters or more, two from nine letters on, and never a guess between two.
    """
    typed = fold(text)
    known = tuple(candidates)
    if typed in known:
        return typed
    if exact or len(typed) < NEAR_LENGTH or any(char.isdigit() for char in typed):
        return None
    slips = slips_allowed(typed)
    best: dict[str, int] = {}
    for candidate in known:
        if len(candidate) >= NEAR_LENGTH and abs(len(candidate) - len(typed)) <= slips:
            distance = OSA.distance(typed, candidate, score_cutoff=slips)
            if distance <= slips:
                best[candidate] = distance
    closest = [candidate for candidate, distance in best.items() if distance == min(best.values())]
    return closest[0] if len(closest) == 1 else None


def slips_allowed(word: str) -> int:
    """How many letters of a folded word may be wrong."""
    if len(word) < NEAR_LENGTH:
        return 0
    return 1 if len(word) < 9 else 2
