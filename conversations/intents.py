"""What a person wants to do: a whole message that is a command, else the strongest wish inside a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from conversations.model import Words
from conversations.normal import fold, near
from conversations.phrases import has, padded, pattern, without
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
    "profile",
    "documents",
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
    "profile",
    "message",
    "documents",
    "book",
    "yes",
    "no",
    "greeting",
    "thanks",
)
# Nobody cancels by a misspelling.
EXACT: Final[frozenset[Intent]] = frozenset({"stop", "start", "cancel", "my_data", "profile"})

# Wishes inside a sentence, the one that decides first: who wants to cancel *and* take another hour wants to move.
WISHES: Final[tuple[Intent, ...]] = (
    "move",
    "cancel",
    "my_data",
    "profile",
    "language",
    "appointments",
    "message",
    "human",
    "book",
    "documents",
    "medical",
    "help",
    "back",
    "menu",
)
# What is left when nothing else was said; a greeting before a wish is only polite.
MANNERS: Final[tuple[Intent, ...]] = ("no", "yes", "thanks", "greeting")


def intent(text: str, parts: Sequence[str], words: Words, *, topical: bool = False) -> Intent | None:
    """The one thing that is asked for. `parts` are the text's clauses.

    `topical`: the text names a subject, so it is no misspelt command ("argent" is not "agent").
    """
    return (
        _whole(text, words)
        or _wish(parts, words)
        or _manners(text, parts, words)
        or (None if topical else _near(text, words))
    )


def _is_manners(text: str, words: Words) -> bool:
    return any(fold(text) in words(f"words.{name}") for name in MANNERS)


def _phrases(name: Intent, words: Words) -> tuple[str, ...]:
    return words(f"words.{name}" if name in MANNERS else f"words.command.{name}")


def _whole(text: str, words: Words) -> Intent | None:
    said = fold(text)
    return next((name for name in WHOLE if said in _phrases(name, words)), None)


def _near(text: str, words: Words) -> Intent | None:
    loose = {phrase: name for name in WHOLE if name not in EXACT for phrase in _phrases(name, words)}
    meant = near(text, loose)
    return loose[meant] if meant else None


def _wish(parts: Sequence[str], words: Words) -> Intent | None:
    heard = [without(part, pattern(words("words.wish.none"))) for part in parts]
    for name in WISHES:
        if mentions(heard, name, words(f"words.wish.{name}"), words):
            return name
    return None


def asks(text: str, words: Words) -> bool:
    """Whether a text is a question, with its mark or without: "ça marche aussi avec un pdf"."""
    return "?" in text or has(padded(text), pattern(words("words.question")))


def _manners(text: str, parts: Sequence[str], words: Words) -> Intent | None:
    """A clause that is a yes, no, thanks or greeting, or begins with one: "oui oui je viens", "non ça me va pas". A
    question is no answer, however it begins: "oui mais est-ce que je peux venir avec ma sœur ?".
    """
    only = ("greeting",) if asks(text, words) and not _is_manners(text, words) else MANNERS
    for name in only:
        opening = pattern(words(f"words.{name}.first"))
        if any(part.strip() in words(f"words.{name}") or opening.match(part) for part in parts):
            return name
    return None
