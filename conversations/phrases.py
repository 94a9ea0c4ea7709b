"""Phrases of the word lists, looked for in folded text.

A phrase of a catalogue is words to be found in a row, with four marks that spare its writer hundreds of lines:

    mourir*          a word that begins so               je/j          either word
    vraiment?        the word may be missing             veux .. mourir   up to three words between

Phrases of a list are one regular expression. Gaps are bounded, so the time grows with the length of the text alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from re import Pattern
from typing import Final

from conversations.normal import fold

GAP: Final = ".."


def fold_phrase(phrase: str) -> str:
    """A phrase of a catalogue, its words folded and its marks kept."""
    return " ".join(filter(None, map(_fold_token, phrase.split())))


def _fold_token(token: str) -> str:
    if token == GAP:
        return GAP
    optional = "?" if token.endswith("?") and len(token) > 1 else ""
    choices = []
    for choice in token.removesuffix("?").split("/"):
        star = "*" if choice.endswith("*") else ""
        folded = fold(choice)
        if folded:
            choices.append((folded.replace(" ", "_") if "/" in token else folded) + star)
    return "/".join(choices) + optional if choices else ""


@lru_cache(maxsize=2048)
def pattern(phrases: tuple[str, ...]) -> Pattern[str]:
    """One expression that finds any of the phrases as whole words, the longest first, in text that `padded` gave."""
    return re.compile(rf"(?<!\S){either(phrases)}")


def either(phrases: tuple[str, ...]) -> str:
    """The expression of any of the phrases and the space after it, to be put into a larger one."""
    ordered = sorted(phrases, key=len, reverse=True)
    return "(?:" + "|".join(map(_expression, ordered)) + ")" if ordered else "(?!)"


def _expression(phrase: str) -> str:
    """Each word takes the space after it along, so that one that may be missing takes its space away too."""
    parts: list[str] = []
    for token in phrase.split():
        if token == GAP:
            parts.append(r"(?:\S+ ){0,3}")
            continue
        choices = "|".join(
            re.escape(choice.removesuffix("*").replace("_", " ")) + (r"\S*" if choice.endswith("*") else "")
            for choice in token.removesuffix("?").split("/")
        )
        parts.append(f"(?:(?:{choices}) )" + ("?" if token.endswith("?") else ""))
    return "".join(parts)


def padded(text: str, keep: str = "") -> str:
    """Folded text with a space after every word, the last one too."""
    return fold(text, keep) + " "


def has(said: str, wanted: Pattern[str]) -> bool:
    """Whether a phrase is in padded text."""
    return wanted.search(said) is not None


def without(said: str, unwanted: Pattern[str]) -> str:
    """Padded text with the phrases taken out; a mark stands where they were, so that no new phrase comes about."""
    return unwanted.sub("# ", said)
