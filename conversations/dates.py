"""Which days a text wishes: "mardi prochain", "le 12 mars", "pas le lundi", "from thursday".

Our own grammar, driven by the word lists, in place of a dates library: those read "le 2" of a menu and "ma" as dates,
know no refusals and no spans, and answer one instant where people name a week.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from conversations.days import DAY, MOST, listed, span
from conversations.model import Words
from conversations.phrases import pattern
from conversations.spoken import Spoken, spoken


@dataclass(frozen=True, slots=True)
class _Part:
    """A named day with the words before it (back to the day before) and after it."""

    day: Spoken
    lead: str
    tail: str


def days(
    said: str, words: Words, today: date, *, moving: bool = False, naming: bool = False, most: int = MOST
) -> tuple[date, ...]:
    """The days that padded text allows, in order, at most `most`; none when it speaks of none.

    `moving`: "de mardi à jeudi" names an old day and a new one. `naming`: days only say which appointment is meant, so
    that "je ne peux pas venir demain" is about tomorrow.
    """
    found = _shared(said, spoken(said, words, today), words, today)
    parts = _parts(said, found)
    if naming:
        return listed(day for part in parts for day in part.day.days if day >= today)
    return _Wish(words, today, moving, most).read(parts)


def _shared(said: str, found: Sequence[Spoken], words: Words, today: date) -> list[Spoken]:
    """What one day says for its neighbours: the month in "du 10 au 12 mars", the week in "mardi ou jeudi prochain"."""
    linked = pattern(words("words.date.link"))
    shared: list[Spoken] = []
    for item in reversed(found):
        later = shared[-1] if shared else None
        if item.number and later and later.month and linked.fullmatch(said, item.end, later.start):
            shared.append(item.in_month_of(later, today))
        elif item.weekday is not None and later and later.next_week and linked.fullmatch(said, item.end, later.start):
            shared.append(item.in_next_week(today))
        else:
            shared.append(item)
    shared.reverse()
    for place in range(1, len(shared)):
        before, item = shared[place - 1], shared[place]
        if before.next_week and item.weekday is not None and linked.fullmatch(said, before.end, item.start):
            shared[place] = item.in_next_week(today)
    return shared


def _parts(said: str, found: Sequence[Spoken]) -> list[_Part]:
    starts = [0, *(item.end for item in found)]
    ends = [*(item.start for item in found[1:]), len(said)]
    return [
        _Part(item, said[before : item.start], said[item.end : end])
        for item, before, end in zip(found, starts, ends, strict=False)
    ]


def _span(start: date, end: Spoken) -> tuple[date, ...]:
    """From a day to another; on a Tuesday, "du lundi au mercredi" ends a week after the coming Wednesday."""
    last = end.days[-1]
    return span(start, last + 7 * DAY if last < start and end.weekday is not None else last)


class _Wish:
    """What the named days and the words between them amount to."""

    def __init__(self, words: Words, today: date, moving: bool, most: int) -> None:
        self.words = words
        self.today = today
        self.moving = moving
        self.most = most
        self.wanted: list[date] = []
        self.refused: set[date] = set()
        self.refused_weekdays: set[int] = set()
        self.lower: date | None = None
        self.upper: date | None = None

    def read(self, parts: Sequence[_Part]) -> tuple[date, ...]:
        refusing = False
        number = 0
        while number < len(parts):
            part = parts[number]
            after = parts[number + 1] if number + 1 < len(parts) else None
            if after and self._is_span(part, after):
                if self.moving:
                    self.wanted.extend(after.day.days)
                else:
                    self.wanted.extend(_span(part.day.days[0], after.day))
                number += 2
                continue
            refusing = self._take(part, refusing)
            number += 1
        return self._result()

    def _is_span(self, part: _Part, after: _Part) -> bool:
        if not part.day.days or not after.day.days:
            return False
        if self._ends(part.lead, "between"):
            return self._whole(after.lead, "and")
        return self._ends(part.lead, "start") and self._whole(after.lead, "end")

    def _take(self, part: _Part, refusing: bool) -> bool:
        """Sorts one named day; says whether a "ni" after it would go on refusing."""
        named = part.day.days
        if self.moving and self._ends(part.lead, "old"):
            return False
        if self._ends(part.lead, "not_before") or self._ends(part.lead, "from"):
            self.lower = named[0] if named else None
        elif self._ends(part.lead, "after"):
            self.lower = named[-1] + DAY if named else None
        elif self._ends(part.lead, "before"):
            self.upper = named[0] - DAY if named else None
        elif self._ends(part.lead, "until"):
            self.upper = named[-1] if named else None
        elif self._refuses(part, refusing):
            self._refuse(part.day)
            return True
        else:
            self.wanted.extend(named)
        return False

    def _refuses(self, part: _Part, refusing: bool) -> bool:
        if self._ends(part.lead, "not") or (refusing and self._whole(part.lead, "nor")):
            return True
        return pattern(self.words("words.date.unfit")).match(part.tail) is not None

    def _refuse(self, day: Spoken) -> None:
        if day.weekday is not None:
            self.refused_weekdays.add(day.weekday)
        else:
            self.refused.update(day.days)

    def _result(self) -> tuple[date, ...]:
        if not (self.wanted or self.lower or self.upper or self.refused or self.refused_weekdays):
            return ()
        start = max(self.today, self.lower or self.today)
        candidates: Iterable[date] = self.wanted or span(start, start + DAY * (MOST * 7 + 31))
        suiting = (
            day
            for day in candidates
            if day >= start
            and (self.upper is None or day <= self.upper)
            and day not in self.refused
            and day.weekday() not in self.refused_weekdays
        )
        return listed(suiting, self.most)

    def _ends(self, lead: str, name: str) -> bool:
        """Whether the words before a day end in one of the list."""
        near = "".join(f"{word} " for word in lead.split()[-8:])
        return any(found.end() == len(near) for found in pattern(self.words(f"words.date.{name}")).finditer(near))

    def _whole(self, lead: str, name: str) -> bool:
        return pattern(self.words(f"words.date.{name}")).fullmatch(lead) is not None
