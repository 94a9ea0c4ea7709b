"""Where a text speaks of a thing and wants it: mentions, with the refused ones left out.

"je ne veux pas annuler" holds the word and not the wish. A mention is refused when a negation stands shortly before it
in the same clause ("pas question d'annuler"), or right after it ("n'annulez pas").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import Match, Pattern
from typing import Final

from conversations.model import Words
from conversations.phrases import padded, pattern

_MARKS: Final = re.compile(r"[;!?…\n\r()]|[.,:](?=\s|$)|[.,](?=[^\W\d])|\s[-–—]+\s")
TOPIC_REACH: Final = 2
REACH: Final = 4  # words between a negation and what it refuses: "pas envie que vous m'annuliez"


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """One place; earlier ones sort first, and of those at one place the longest."""

    clause: int
    start: int
    shortness: int
    name: str


def clauses(text: str, words: Words) -> tuple[str, ...]:
    """The text in padded pieces, cut at marks and at words like "mais", so that a "pas" reaches no further."""
    cut = pattern(words("words.clause"))
    parts = [part for piece in _MARKS.split(text) for part in cut.sub("\n", padded(piece)).split("\n")]
    return tuple(part for part in parts if part.strip())


def mentions(
    parts: Sequence[str], name: str, phrases: tuple[str, ...], words: Words, *, topic: bool = False
) -> list[Mention]:
    """Each place where one of the phrases stands and is not refused. `topic`: it is a thing, not something to do."""
    if topic:
        return [
            each for found, each in _found(parts, name, phrases) if not _topic_refused(parts[each.clause], found, words)
        ]
    denies, asks = _by_denial(phrases, words("words.negation.before"))
    return [
        *(each for _, each in _found(parts, name, denies)),
        *(each for found, each in _found(parts, name, asks) if not _act_refused(parts[each.clause], found, words)),
    ]


def _found(parts: Sequence[str], name: str, phrases: tuple[str, ...]) -> Iterator[tuple[Match[str], Mention]]:
    for clause, part in enumerate(parts):
        for found in pattern(phrases).finditer(part):
            yield found, Mention(clause, found.start(), -len(found.group()), name)


@lru_cache(maxsize=256)
def _by_denial(phrases: tuple[str, ...], negations: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The phrases that deny something themselves ("peux pas venir"), and the others."""
    denial = pattern(negations)
    denies = tuple(phrase for phrase in phrases if denial.search(re.sub(r"[/_?*]", " ", phrase) + " "))
    return denies, tuple(phrase for phrase in phrases if phrase not in denies)


def _act_refused(part: str, found: Match[str], words: Words) -> bool:
    """Whether a negation belongs to a wish: shortly before it, within it or right after it."""
    negation = pattern(words("words.negation.before"))
    if negation.search(found[0]) or pattern(words("words.negation.after")).match(part, found.end()):
        return True
    return _ends_shortly_before(part, found.start(), negation, REACH)


def _topic_refused(part: str, found: Match[str], words: Words) -> bool:
    """ "il ne paye pas la pension" is about it: a thing is refused by "pas pour", "c'est pas", or a first "pas"."""
    start = found.start()
    if _ends_shortly_before(part, start, pattern(words("words.negation.topic")), TOPIC_REACH):
        return True
    opening = pattern(words("words.negation.opening")).match(part)
    return opening is not None and start > 0 and len(part[opening.end() : start].split()) < TOPIC_REACH


def _ends_shortly_before(part: str, start: int, wanted: Pattern[str], reach: int) -> bool:
    said = "".join(f"{word} " for word in part[max(0, start - 200) : start].split()[-reach - 8 :])
    found = list(wanted.finditer(said))
    return bool(found) and len(said[found[-1].end() :].split()) <= reach


def first(found: Iterable[Mention]) -> str | None:
    """The name of the first mention."""
    earliest = min(found, default=None)
    return earliest.name if earliest else None
