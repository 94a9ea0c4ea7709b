"""What a person wants to do: a whole message that is a command, else the strongest wish inside a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from conversations.model import Words
from conversations.normal import fold, near
from conversations.phrases import pattern
from conversations.wishes import mentions

Intent: TypeAlias = Literal[
    "book",
    "cancel",
    "move",
    "appointments",
    "help",
    "human",
    "stop",
    "start",
    "back",
    "menu",
    "language",
    "message",
    "my_data",
    "yes",
    "no",
    "greeting",
    "thanks",
    "medical",
]

# Whole messages. STOP is one of these alone: "stopper mon crédit" is about a loan, and CANCEL never unsubscribes.
WHOLE: Final[tuple[Intent, ...]] = (
    "stop",
    "start",
    "cancel",
    "move",
    "appointments",
    "help",
    "human",
    "back",
    "menu",
    "language",
    "my_data",
    "message",
    "book",
    "yes",
    "no",
    "greeting",
    "thanks",
)
EXACT: Final[frozenset[Intent]] = frozenset({"stop", "start", "cancel", "my_data"})  # nobody cancels by a misspelling

# Wishes inside a sentence, the one that decides first: who wants to cancel *and* take another hour wants to move.
WISHES: Final[tuple[Intent, ...]] = (
    "move",
    "cancel",
    "my_data",
    "human",
    "message",
    "appointments",
    "language",
    "book",
    "medical",
    "help",
    "back",
    "menu",
)
# What is left when nothing else was said; a greeting before a wish is only polite.
MANNERS: Final[tuple[Intent, ...]] = ("no", "yes", "thanks", "greeting")


def intent(text: str, parts: Sequence[str], words: Words) -> Intent | None:
    """The one thing that is asked for. `parts` are the text's clauses."""
    return _whole(text, words) or _wish(parts, words) or _manners(parts, words)


def _whole(text: str, words: Words) -> Intent | None:
    said = fold(text)
    phrases = {name: words(f"words.{name}" if name in MANNERS else f"words.command.{name}") for name in WHOLE}
    for name in WHOLE:
        if said in phrases[name]:
            return name
    loose = {phrase: name for name in WHOLE if name not in EXACT for phrase in phrases[name]}
    meant = near(said, loose)
    return loose[meant] if meant else None


def _wish(parts: Sequence[str], words: Words) -> Intent | None:
    for name in WISHES:
        if mentions(parts, name, words(f"words.wish.{name}"), words):
            return name
    return None


def _manners(parts: Sequence[str], words: Words) -> Intent | None:
    for name in MANNERS:
        if any(pattern(words(f"words.{name}")).match(part) for part in parts):
            return name
    return None
