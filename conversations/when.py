"""When a wish would suit: days and hours of one text, each read where the other is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from conversations.dates import days
from conversations.days import MOST
from conversations.hours import hours
from conversations.model import Words
from conversations.phrases import padded, pattern, without
from conversations.spelling import spelled
from conversations.spoken import spoken

MARKS: Final = "/:.-"  # kept between digits: 12/03, 15:30, 3.30, 9-11h


@dataclass(frozen=True, slots=True)
class When:
    """Days that suit, and bounds on the start."""

    days: tuple[date, ...] = ()
    earliest: time | None = None
    latest: time | None = None


def when(
    text: str, words: Words, now: datetime, *, moving: bool = False, naming: bool = False, most: int = MOST
) -> When:
    """What a text says of days and hours. `now` is in the person's zone; for the rest see `dates.days`."""
    said = spelled(padded(text, MARKS), words)
    timed = without(said, pattern(words("words.part.none")))
    for item in reversed(spoken(timed, words, now.date())):
        if any(char.isdecimal() for char in timed[item.start : item.end]):
            timed = f"{timed[: item.start]}# {timed[item.end :]}"
    earliest, latest = hours(timed, words)
    return When(days(said, words, now.date(), moving=moving, naming=naming, most=most), earliest, latest)
