"""Near misspellings inside a sentence: a word that we do not know becomes the one that it nearly is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from conversations import spoken
from conversations.model import Words
from conversations.normal import slips_allowed

SHORTEST: Final = 6  # inside a sentence a shorter word is too often another one
_BETWEEN: Final = re.compile(r"[\s/*?_.]+")
_WORD: Final = re.compile(r"[^\W\d_]{6,20}")

# The lists whose words may be meant by a misspelling. Nothing that cancels, erases or unsubscribes is among them.
FORGIVING: Final = (
    *(f"weekday.{number}" for number in range(7)),
    *(f"month.{number}" for number in range(1, 13)),
    *(f"part.{name}" for name in ("morning", "afternoon", "evening")),
    *(f"relative.{number}" for number in range(3)),
    *(f"motive.{name}" for name in ("finance", "caregiver", "housing", "disability", "retirement", "family")),
    *(f"mode.{name}" for name in ("video", "phone", "in_person")),
    "date.nextweek",
    "wish.book",
)


# Lists whose words are right as they are, and not what a misspelling means.
RIGHT: Final = (
    *(f"wish.{name}" for name in ("move", "cancel", "my_data", "language", "appointments", "message", "human")),
    *(f"wish.{name}" for name in ("medical", "help", "back", "menu", "none", "profile")),
    *(f"date.{name}" for name in ("unfit", "not", "old", "until")),
    *spoken.LISTS,
    "motive.other",
    "common",
)


def spelled(said: str, words: Words) -> str:
    """Padded text with its misspelt words put right; the length of the text may change."""
    known = _known(*(tuple(words(f"words.{name}") for name in names) for names in (FORGIVING, RIGHT)))
    return _WORD.sub(lambda found: _right(found[0], known), said)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words that may be meant, by length, and all that are right; compared by identity, so that answers are kept."""

    meant: Mapping[int, tuple[str, ...]]
    right: frozenset[str]


@lru_cache(maxsize=32)
def _known(meant: tuple[tuple[str, ...], ...], right: tuple[tuple[str, ...], ...]) -> Vocabulary:
    by_length: dict[int, list[str]] = {}
    for word in sorted(_words_of(meant)):
        by_length.setdefault(len(word), []).append(word)
    lengths = {length: tuple(words) for length, words in by_length.items()}
    return Vocabulary(lengths, _words_of(meant) | _words_of(right))


def _words_of(lists: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    return frozenset(
        word for phrases in lists for phrase in phrases for word in _BETWEEN.split(phrase) if len(word) >= SHORTEST
    )


@lru_cache(maxsize=8192)
def _right(typed: str, known: Vocabulary) -> str:
    if typed in known.right or any(typed[:length] in known.right for length in range(SHORTEST, len(typed))):
        return typed  # known, or one of its endings
    slips = slips_allowed(typed)
    near: dict[str, int] = {}
    for length in range(len(typed) - slips, len(typed) + slips + 1):
        for word in known.meant.get(length, ()):
            if word[0] != typed[0]:
                continue  # the first letter is seldom wrong, and Camille is no "famille"
            distance = OSA.distance(typed, word, score_cutoff=slips)
            if distance <= slips:
                near[word] = distance
    closest = [word for word, distance in near.items() if distance == min(near.values())]
    return closest[0] if len(closest) == 1 else typed
