"""Where a text speaks of a thing and wants it: mentions, with the refused ones left out.

"je ne veux pas annuler" holds the word and not the wish. A mention is refused when a negation stands shortly before it
in the same clause ("pas question d'annuler"), or right after it ("n'annulez pas").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from conversations.model import Words
from conversations.phrases import padded, pattern

_MARKS: Final = re.compile(r"[;!?…\n\r()]|[.,:](?=\s|$)|[.,](?=[^\W\d])|\s[-–—]+\s")
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


def mentions(parts: Sequence[str], name: str, phrases: tuple[str, ...], words: Words) -> list[Mention]:
    """Each place where one of the phrases stands and is not refused."""
    wanted = pattern(phrases)
    return [
        Mention(clause, found.start(), -len(found.group()), name)
        for clause, part in enumerate(parts)
        for found in wanted.finditer(part)
        if not refused(part, found.start(), found.end(), words)
    ]


def refused(part: str, start: int, end: int, words: Words) -> bool:
    """Whether a negation belongs to the words of a clause from `start` to `end`."""
    if pattern(words("words.negation.after")).match(part, end):
        return True
    said = "".join(f"{word} " for word in part[max(0, start - 200) : start].split()[-REACH - 4 :])
    found = list(pattern(words("words.negation.before")).finditer(said))
    return bool(found) and len(said[found[-1].end() :].split()) <= REACH


def first(found: Iterable[Mention]) -> str | None:
    """The name of the first mention."""
    earliest = min(found, default=None)
    return earliest.name if earliest else None
