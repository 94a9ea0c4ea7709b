"""Which hours a text wishes, as bounds on the start: "le matin", "vers 15h", "entre 9h et 11h", "after 5pm"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Final, TypeAlias

from conversations.clock import Minutes, by_day, clocks
from conversations.model import Words
from conversations.phrases import either, pattern

Bounds: TypeAlias = tuple[time | None, time | None]

NIGHT: Final = 24 * 60
AROUND: Final = 60
# Earliest and latest start of each part of a day, the longer names first ("après-midi" before "midi").
# An evening has no end of ours: the workers' hours give it.
PARTS: Final[Mapping[str, tuple[Minutes, Minutes]]] = {
    "early_morning": (6 * 60, 9 * 60),
    "late_morning": (10 * 60, 12 * 60),
    "early_afternoon": (12 * 60, 15 * 60),
    "late_afternoon": (16 * 60, 19 * 60),
    "morning": (6 * 60, 12 * 60),
    "afternoon": (12 * 60, 18 * 60),
    "noon": (12 * 60, 14 * 60),
    "evening": (18 * 60, NIGHT),
}


def hours(said: str, words: Words) -> Bounds:
    """Bounds on the start in padded text (its digits' marks kept): clock times before parts of the day."""
    clock = _clock_bounds(said, words)
    first, last = clock or _part_bounds(said, words)
    if first is not None and last is not None and last < first:
        last = None
    return _time(first), _time(last)


def _time(minutes: Minutes | None) -> time | None:
    return None if minutes is None or not 0 < minutes < NIGHT else time(minutes // 60, minutes % 60)


def _clock_bounds(said: str, words: Words) -> tuple[Minutes | None, Minutes | None] | None:
    found = clocks(said, words)
    lows: list[Minutes | None] = []
    highs: list[Minutes | None] = []
    before = 0
    for number, each in enumerate(found):
        lead = said[before : each.start]
        if number and _linked(lead, words) and lows[-1] == highs[-1]:
            highs[-1] = each.at  # "de 14h à 16h"
        else:
            low, high = _bounded(each.at, lead, words)
            lows.append(low)
            highs.append(high)
        before = each.end
    if not found:
        return _bare(said, words)
    low = min((low for low in lows if low is not None), default=None)
    high = max((high for high in highs if high is not None), default=None)
    return low, high


def _linked(lead: str, words: Words) -> bool:
    return not lead.strip() or pattern(words("words.clock.link")).fullmatch(lead) is not None


def _bounded(at: Minutes, lead: str, words: Words) -> tuple[Minutes | None, Minutes | None]:
    """A clock time with the words before it: "après" makes it a lower bound, "vers" an hour on both sides."""
    earlier = re.search(r"(?<!\S)([0-9]{1,2})(?: |-)$", lead)
    link = re.search(r"(?<!\S)([0-9]{1,2}) " + either(words("words.clock.link")) + "$", lead)
    if (first := earlier if lead.endswith("-") else link) and int(first[1]) < 24:
        start = int(first[1]) * 60  # "entre 9 et 11h", "2-4pm"
        return (start + NIGHT // 2 if start + NIGHT // 2 < at else start), at
    for name, bounds in (
        ("not_before", (at, None)),
        ("not_after", (None, at)),
        ("after", (at, None)),
        ("before", (None, at)),
        ("around", (max(at - AROUND, 0), min(at + AROUND, NIGHT - 1))),
    ):
        near = "".join(f"{word} " for word in lead.split()[-5:])
        if any(found.end() == len(near) for found in pattern(words(f"words.clock.{name}")).finditer(near)):
            return bounds
    return at, at


def _bare(said: str, words: Words) -> tuple[Minutes | None, Minutes | None] | None:
    """ "avant 10", "not before 10", "between 9 and 11": numbers alone are hours only beside such words."""
    both = pattern(words("words.clock.between")).search(said)
    pair = both and re.compile(r"([0-9]{1,2}) " + either(words("words.clock.link")) + r"([0-9]{1,2}) $").match(
        said, both.end()
    )
    if pair and int(pair[1]) < 24 and int(pair[2]) < 24:
        return by_day(int(pair[1])) * 60, by_day(int(pair[2])) * 60
    for name, low in (("not_before", True), ("not_after", False), ("after", True), ("before", False)):
        found = re.search(r"(?<!\S)" + either(words(f"words.clock.{name}")) + r"([0-9]{1,2}) $", said)
        if found and int(found[1]) < 24:
            at = by_day(int(found[1])) * 60
            return (at, None) if low else (None, at)
    return None


def _part_bounds(said: str, words: Words) -> tuple[Minutes | None, Minutes | None]:
    wanted: list[tuple[Minutes, Minutes]] = []
    refused: list[tuple[Minutes, Minutes]] = []
    for name, bounds in PARTS.items():
        listed = pattern(words(f"words.part.{name}"))
        for found in listed.finditer(said):
            near = "".join(f"{word} " for word in said[: found.start()].split()[-4:])
            no = any(each.end() == len(near) for each in pattern(words("words.part.not")).finditer(near))
            (refused if no else wanted).append(bounds)
        said = listed.sub("# ", said)
    if wanted:
        low, high = min(low for low, _ in wanted), max(high for _, high in wanted)
        return low, None if high == NIGHT else high
    low, high = 0, NIGHT
    for start, end in sorted(refused):
        if start <= 6 * 60:
            low = max(low, end)
        else:
            high = min(high, start)
    return low or None, None if high == NIGHT else high
