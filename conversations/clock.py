"""The clock times that a text names: "15h30", "3.30 pm", "dix heures et demie", "half past two"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from re import Match, Pattern
from typing import Final, TypeAlias

from conversations.model import Words
from conversations.phrases import either

Minutes: TypeAlias = int  # since midnight

LISTS: Final = (
    *(f"number.{number}" for number in range(1, 25)),
    *(f"clock.{name}" for name in ("hour", "am", "pm", "half", "quarter", "quarter_to", "thirty", "oclock")),
    *(f"clock.{name}" for name in ("half_past", "quarter_past", "quarter_before")),
)
_QUARTERS: Final[Mapping[str, Minutes]] = {
    "half": 30,
    "quarter": 15,
    "quarter_to": -15,
    "thirty": 30,
    "half_past": 30,
    "quarter_past": 15,
    "quarter_before": -15,
}
_HALF_DAY: Final = r"(?:(?P<am><am>)|(?P<pm><pm>))"
_REST: Final = r"(?:(?P<half><half>)|(?P<quarter_to><quarter_to>)|(?P<quarter><quarter>)|(?P<thirty><thirty>))"
_DRESSES: Final = (
    rf"(?P<digits>[0-9]{{1,2}}) ?(?:<hour>)(?: ?(?P<minute>[0-5][0-9]))? {_REST}?{_HALF_DAY}?",
    rf"(?P<digits>[0-9]{{1,2}})[:.](?P<minute>[0-5][0-9]) ?{_HALF_DAY}",
    r"(?P<digits>[0-9]{1,2}):(?P<minute>[0-5][0-9]) ",
    r"(?P<digits>[0-9]{1,2})\.(?P<minute>00|15|30|45) ",
    rf"(?P<digits>[0-9]{{1,2}}) ?{_HALF_DAY}",
    rf"(?P<word><count>)(?:<hour>) {_REST}?{_HALF_DAY}?",
    rf"(?:(?P<digits>[0-9]{{1,2}}) |(?P<word><count>))<oclock>{_HALF_DAY}?",
    (
        r"(?:(?P<half_past><half_past>)|(?P<quarter_past><quarter_past>)|(?P<quarter_before><quarter_before>))"
        rf"(?:(?P<digits>[0-9]{{1,2}}) |(?P<word><count>)){_HALF_DAY}?"
    ),
)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day in `said[start:end]`."""

    start: int
    end: int
    at: Minutes


def by_day(hour: int) -> int:
    """Nobody means two in the night."""
    return hour + 12 if 1 <= hour <= 6 else hour


def clocks(said: str, words: Words) -> list[Clock]:
    """Every clock time of padded text whose digits kept their marks, in order."""
    numbers, dresses = _grammar(tuple(words(f"words.{name}") for name in LISTS))
    found = [(match.start(), -match.end(), match) for dress in dresses for match in dress.finditer(said)]
    times: list[Clock] = []
    done = 0
    for start, _, match in sorted(found, key=lambda each: each[:2]):
        at = _minutes(match, numbers)
        if start >= done and at is not None:
            times.append(Clock(start, match.end(), at))
            done = match.end()
    return times


def _minutes(match: Match[str], numbers: Mapping[str, int]) -> Minutes | None:
    said = match.groupdict()
    word, digits = said.get("word"), said.get("digits")
    hour = numbers[word.strip()] if word else int(digits or 99)
    if hour > 24:
        return None
    if said.get("pm"):
        hour = hour % 12 + 12
    elif said.get("am"):
        hour %= 12
    else:
        hour = by_day(hour % 24)
    return hour * 60 + int(said.get("minute") or 0) + sum(more for name, more in _QUARTERS.items() if said.get(name))


@lru_cache(maxsize=32)
def _grammar(lists: tuple[tuple[str, ...], ...]) -> tuple[Mapping[str, int], tuple[Pattern[str], ...]]:
    by_name = dict(zip(LISTS, lists, strict=True))
    numbers = {phrase: number for number in range(1, 25) for phrase in by_name[f"number.{number}"]}
    parts = {name.removeprefix("clock."): either(phrases) for name, phrases in by_name.items()}
    parts["count"] = either(tuple(numbers))
    parts["hour"] = "|".join(map(re.escape, by_name["clock.hour"])) or "(?!)"
    filled = (re.sub(r"(?<!\?P)<(\w+)>", lambda name: parts[name[1]], dress) for dress in _DRESSES)
    return numbers, tuple(re.compile(rf"(?<![^\s-]){dress}") for dress in filled)
