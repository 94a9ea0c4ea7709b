"""Passwords that keep the rule and are tried first all the same: one word that many choose, a figure, a sign.

The words are our own choice, of what French and English speakers take: no list of stolen passwords was looked at.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Final

WORDS: Final = frozenset(Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split())
ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "01234567890",
)
LEET: Final = (str.maketrans("013457@$!€", "oieastasie"), str.maketrans("013457@$!€", "oleastasle"))
SHORT_NUMBER: Final = 4  # digits: a year, a department, 123
ENDS: Final = 12  # signs and figures at an end that are looked at one by one
SIGNS: Final = "".join(sign for sign in string.printable if not sign.isalpha())
FEW_LETTERS: Final = 2
PIECES: Final = re.compile(r"[^\W\d_]+|\d+")


def is_common(password: str) -> bool:
    """Whether it is made of nothing but what many choose: `Azerty123!`, `P@ssw0rd1!`, `Soleil2024*`, `Aaaaaaa1!`."""
    typed = fold(password)
    return any(_is_plain(form) for inner in _inner(typed) for form in (inner, *_read(inner)))


def _inner(typed: str) -> Iterator[str]:
    """Without so many of the signs and figures at its ends: some of them may be letters of the word (`C@f3`)."""
    before = min(len(typed) - len(typed.lstrip(SIGNS)), ENDS)
    after = min(len(typed) - len(typed.rstrip(SIGNS)), ENDS)
    for start, left in product(range(before + 1), range(after + 1)):
        end = len(typed) - left
        rest = PIECES.findall(f"{typed[:start]} {typed[end:]}")
        if start < end and all(map(_is_a_plain_number, rest)):
            yield typed[start:end]


def fold(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def readings(text: str) -> tuple[str, ...]:
    """Folded, and as it is read: `C4m1ll3` is camille."""
    return fold(text), *_read(fold(text))


def _read(folded: str) -> tuple[str, ...]:
    return tuple(folded.translate(signs) for signs in LEET)


def _is_plain(text: str) -> bool:
    pieces = PIECES.findall(text)
    words = [piece for piece in pieces if not piece[0].isdecimal()]
    if not words or not all(_is_a_plain_number(piece) for piece in pieces if piece[0].isdecimal()):
        return False
    return all(map(_is_a_plain_word, words)) or (len(words) == 1 and len(words[0]) <= FEW_LETTERS)  # A1234567!


def _is_a_plain_word(word: str) -> bool:
    half = word[: len(word) // 2]
    return word in WORDS or (half * 2 == word and half in WORDS) or _is_a_run(word) or len(set(word)) == 1


def _is_a_plain_number(number: str) -> bool:
    return len(number) <= SHORT_NUMBER or _is_a_run(number) or len(set(number)) <= FEW_LETTERS


def _is_a_run(text: str) -> bool:
    """A piece of a row of the keyboard or of the alphabet, either way."""
    return len(text) > FEW_LETTERS and any(text in row or text[::-1] in row for row in ROWS)
