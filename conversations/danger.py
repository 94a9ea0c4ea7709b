"""Danger words: whether somebody must be given the numbers, how surely, and which ones come first.

The bot does not judge and does not ask for details: `now` is unmistakable, `ask` deserves one question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from conversations.model import Words
from conversations.phrases import has, padded, pattern, without

Level: TypeAlias = Literal["now", "ask"]
Kind: TypeAlias = Literal["suicide", "violence", "child", "medical", "fire", "shelter"]

# The most urgent first: the kind of the first that is found decides which numbers lead.
KINDS: Final[tuple[Kind, ...]] = ("suicide", "child", "violence", "fire", "medical", "shelter")


@dataclass(frozen=True, slots=True)
class Danger:
    """What was heard; never the words themselves."""

    level: Level
    kind: Kind


def danger(text: str, words: Words) -> Danger | None:
    """The surest danger in a text, in any of our languages. Idioms and refusals of the catalogue are no danger."""
    said = padded(text)
    levels: tuple[Level, ...] = ("now", "ask")
    for level in levels:
        for kind in KINDS:
            heard = without(said, pattern(words(f"words.danger.none.{kind}")))
            if has(heard, pattern(words(f"words.danger.{level}.{kind}"))):
                return Danger(level, kind)
    return None
