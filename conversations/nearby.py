"""What people write around their hour: that they are late, that they are there, that the video does not work.

Words only; whether an appointment is near enough for them to mean that is for `hear` to see. So "pas de son" and "je
suis là" may be on the lists, which would be too little elsewhere. "J'ai 2 mois de retard" is about the rent, "elle est
en retard" about somebody else, and "je ne serai pas en retard" is good news.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import Pattern
from typing import Final, Literal, TypeAlias

from conversations.model import Words
from conversations.phrases import has, pattern
from conversations.wishes import clauses, mentions

Near: TypeAlias = Literal["late", "here", "video_fails"]

LONGEST: Final = 120  # minutes: more than that is another appointment
ASIDE: Final = 3  # words between minutes and the word for late: "en retard d'à peu près dix minutes"
MORE: Final = 2  # words that are neither lateness nor manners
PARTS: Final = (45, 30, 15, 60)  # minutes that have a name; "half an hour" holds "an hour" as well


@dataclass(frozen=True, slots=True)
class Said:
    """`minutes`: how late, where it was said. `sure`: it names the video, so it is meant a day before as well."""

    what: Near
    minutes: int | None = None
    sure: bool = True


def said_nearby(text: str, words: Words) -> Said | None:
    """The one thing of these that a text says, if any."""
    parts = clauses(text, words)
    if not _any(parts, words("words.video_fails.unlike")):
        if _any(parts, words("words.video_fails.named")):
            return Said("video_fails")
        if _any(parts, words("words.video_fails.vague")):
            return Said("video_fails", sure=False)
    if _late(parts, words):
        return Said("late", _minutes(parts, words))
    return Said("here") if _here(parts, words) else None


def _any(parts: Sequence[str], phrases: tuple[str, ...]) -> bool:
    return any(has(part, pattern(phrases)) for part in parts)


def says_more(text: str, words: Words) -> bool:
    """Whether a text that says that they are late says something else, which its reader should have: "… et je n'ai pas
    mon bail". Manners, and what made them late in two words, are nothing else.
    """
    lists = ("words.late", "words.late.carried", "words.greeting", "words.thanks", "words.yes", "words.late.filler")
    known = pattern(tuple(phrase for name in lists for phrase in words(name)))
    named = pattern(tuple(phrase for part in PARTS for phrase in words(f"words.minutes.{part}")))
    left = "".join(known.sub(" ", _counted(words).sub(" ", named.sub(" ", part))) for part in clauses(text, words))
    return len(left.split()) >= MORE


def _late(parts: Sequence[str], words: Words) -> bool:
    """Their own lateness, and no debt's, no child's, nobody else's. By so many minutes only people are late."""
    if _any(parts, words("words.late.unlike")) and not _by_minutes(parts, words):
        return False
    if _any(parts, words("words.late.carried")):
        return True  # "mon bus est en retard" makes them late
    if _any(parts, words("words.late.others")):
        return False
    return bool(mentions(parts, "late", words("words.late"), words))


def _by_minutes(parts: Sequence[str], words: Words) -> bool:
    """Whether minutes and the word for late stand side by side."""
    late = pattern(words("words.late"))
    for part in parts:
        for counted in _counted(words).finditer(part):
            before, after = part[: counted.start()].split()[-ASIDE:], part[counted.end() :].split()[:ASIDE]
            if has(" ".join([*before, *counted[0].split(), *after]) + " ", late):
                return True
    return False


def _minutes(parts: Sequence[str], words: Words) -> int | None:
    said = "".join(parts)
    counted = _counted(words).search(said)
    if counted is not None:
        number = counted["number"].strip()
        value = int(number) if number.isdigit() else _number(number, words)
        return value if 0 < value <= LONGEST else None
    return next((part for part in PARTS if has(said, pattern(words(f"words.minutes.{part}")))), None)


def _number(said: str, words: Words) -> int:
    return next(n for n in range(1, 32) if said in words(f"words.number.{n}"))


def _counted(words: Words) -> Pattern[str]:
    return _count(words("words.minutes.unit"), tuple(words(f"words.number.{n}") for n in range(1, 32)))


@lru_cache(maxsize=32)
def _count(units: tuple[str, ...], numbers: tuple[tuple[str, ...], ...]) -> Pattern[str]:
    """ "10 min", "10mn", "dix minutes"."""
    spelled = "|".join(re.escape(name) for names in numbers for name in names if not name.isdigit())
    return re.compile(rf"(?<!\S)(?P<number>[0-9]{{1,3}} ?|(?:{spelled}) )(?:{'|'.join(map(re.escape, units))}) ")


def _here(parts: Sequence[str], words: Words) -> bool:
    """The whole message, but for a greeting or a thank-you: "je suis là pour mes dettes" is none."""
    polite = (*words("words.greeting"), *words("words.thanks"))
    rest = [part for part in (_plain(each, polite) for each in parts) if part and part not in words("words.yes")]
    return bool(rest) and all(pattern(words("words.here")).fullmatch(f"{part} ") for part in rest)


def _plain(part: str, polite: Sequence[str]) -> str:
    """Without the manners before and after it."""
    said = f" {part.strip()} "
    for phrase in sorted(polite, key=len, reverse=True):
        said = f" {said.removeprefix(f' {phrase} ').removesuffix(f' {phrase} ').strip()} "
    return said.strip()
