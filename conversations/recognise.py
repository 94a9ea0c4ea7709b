"""Which option of a question is meant: by digit in any dress, by label, by synonym, by a near misspelling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from conversations.buttons import two_lines, wordings
from conversations.model import Context, Option, Words
from conversations.normal import fold, near, number

DIGITS: Final = re.compile(r"[0-9]{1,2}")


def by_number(text: str, words: Words) -> int | None:
    """`2`, `2.`, `le 2`, `deux`, `②`: the number that is the whole message."""
    return number(text, words)


def by_both(text: str, options: Sequence[Option], c: Context) -> Option | None:
    """ "2 change", "1. lundi 2 mars à 14 h": the option that stands at the number, if its words agree."""
    head, _, rest = fold(text).partition(" ")
    if not rest or not DIGITS.fullmatch(head) or not 1 <= int(head) <= len(options):
        return None
    option = options[int(head) - 1]
    return option if rest in _phrases(option, c) else None


def by_words(text: str, options: Sequence[Option], c: Context) -> Option | None:
    """The one option whose label or synonym was typed, or nearly; never nearly for what cannot be undone."""
    names = {phrase: option for option in options for phrase in _phrases(option, c)}
    names = {**_titles(options, c), **names}
    typed = fold(text)
    if typed in names:
        return names[typed]
    close = near(text, [phrase for phrase, option in names.items() if not option.exact])
    return names[close] if close is not None else None


def _phrases(option: Option, c: Context) -> tuple[str, ...]:
    """The label in their language, long and short, its part before a colon, and the catalogue's synonyms of it."""
    said = [c.say(text) for text in wordings(option.label)]
    labels = [fold(part) for label in said for part in (label, label.split(" : ")[0])]
    return (*labels, *c.words(f"words.option.{option.label.msgid}"))


def _titles(options: Sequence[Option], c: Context) -> dict[str, Option]:
    """By the first of two lines, long and short, where it is one option's alone."""
    found: dict[str, list[Option]] = {}
    for option in options:
        title, _ = two_lines(option.label) or (None, None)
        for said in wordings(title) if title else ():
            found.setdefault(fold(c.say(said)), []).append(option)
    return {said: theirs[0] for said, theirs in found.items() if len(theirs) == 1}
