"""Which option of a question is meant: by digit in any dress, by label, by synonym, by a near misspelling."""

from __future__ import annotations

from collections.abc import Sequence

from conversations.model import Context, Option, Words
from conversations.normal import fold, near, number


def by_number(text: str, words: Words) -> int | None:
    """`2`, `2.`, `le 2`, `deux`, `②`: the number that is the whole message."""
    return number(text, words)


def by_words(text: str, options: Sequence[Option], c: Context) -> Option | None:
    """The one option whose label or synonym was typed, or nearly; never nearly for what cannot be undone."""
    names = {phrase: option for option in options for phrase in _phrases(option, c)}
    typed = fold(text)
    if typed in names:
        return names[typed]
    close = near(text, [phrase for phrase, option in names.items() if not option.exact])
    return names[close] if close is not None else None


def _phrases(option: Option, c: Context) -> tuple[str, ...]:
    """The label as it reads in their language, its first part ("Claire :

    budget"), and the catalogue's synonyms of it.
    """
    label = c.say(option.label)
    return (fold(label), fold(label.split(" : ")[0]), *c.words(f"words.option.{option.label.msgid}"))
