"""The days that a text names, where they stand: the grammar of "mardi en huit", "le 12 mars", "début avril"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from re import Match, Pattern
from typing import Final, TypeAlias

from conversations.days import DAY, following, in_month, on, span, week, weekly
from conversations.model import Words
from conversations.phrases import either

LISTS: Final = (
    *(f"weekday.{number}" for number in range(7)),
    *(f"weekdays.{number}" for number in range(7)),
    *(f"month.{number}" for number in range(1, 13)),
    *(f"number.{number}" for number in range(1, 32)),
    *(f"relative.{number}" for number in range(3)),
    *(f"date.{name}" for name in ("the", "of", "ordinal", "unit", "in", "days", "weeks", "in_month", "within")),
    *(f"date.{name}" for name in ("this", "next", "next_before", "in_week", "nextweek_of")),
    *(f"date.{name}" for name in ("thisweek", "nextweek", "thisweekend", "nextweekend", "weekends", "workdays")),
    *(f"date.{name}" for name in ("week_start", "week_middle", "week_end", "nextmonth", "thismonth")),
    *(f"date.{name}" for name in ("early", "middle", "late", "fortnight")),
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Named days in `said[start:end]`. `number` without `month`: only the day of the month was said."""

    start: int
    end: int
    days: tuple[date, ...]
    weekday: int | None = None
    number: int | None = None
    month: int | None = None
    next_week: bool = False

    def in_month_of(self, later: Spoken, today: date) -> Spoken:
        """The same day, of the month that a later one names."""
        found = on(today, self.number or 0, later.month)
        return replace(self, days=(found,) if found else (), month=later.month, number=None)

    def in_next_week(self, today: date) -> Spoken:
        """The same weekday, of the week that another one names."""
        return replace(self, days=tuple(day for day in week(today, 1) if day.weekday() == self.weekday), next_week=True)


Read: TypeAlias = Callable[[Match[str], "_Grammar", date], Spoken | None]


def spoken(said: str, words: Words, today: date) -> list[Spoken]:
    """Every named day of padded text, in order; where two readings overlap the longer one counts."""
    grammar = _grammar(tuple(words(f"words.{name}") for name in LISTS))
    found = [
        (match.start(), -match.end(), order, match)
        for order, (rule, _) in enumerate(grammar.rules)
        for match in rule.finditer(said)
    ]
    items: list[Spoken] = []
    done = 0
    for start, _, order, match in sorted(found, key=lambda each: each[:3]):
        if start < done:
            continue
        item = grammar.rules[order][1](match, grammar, today)
        if item:
            items.append(_without_article(item, match))
            done = match.end()
    return items


def _without_article(item: Spoken, match: Match[str]) -> Spoken:
    """ "du" and "au" say how a day is meant, "à partir du 15", so they belong to the words before it."""
    opens = match.groupdict().get("article") and match.start("article") == match.start()
    return replace(item, start=match.end("article")) if opens else item


@dataclass(frozen=True, slots=True)
class _Grammar:
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    numbers: Mapping[str, int]
    rules: Sequence[tuple[Pattern[str], Read]]


@lru_cache(maxsize=32)
def _grammar(lists: tuple[tuple[str, ...], ...]) -> _Grammar:
    by_name = dict(zip(LISTS, lists, strict=True))
    weekdays = {phrase: number for number in range(7) for phrase in by_name[f"weekday.{number}"]}
    months = {phrase: number for number in range(1, 13) for phrase in by_name[f"month.{number}"]}
    numbers = {phrase: number for number in range(1, 32) for phrase in by_name[f"number.{number}"]}
    parts = {name.removeprefix("date.").replace(".", "_"): either(phrases) for name, phrases in by_name.items()}
    parts["weekday"] = f"(?P<weekday>{either(tuple(weekdays))})"
    parts["month"] = f"(?P<month>{either(tuple(months))})"
    parts["digits"] = r"(?P<number>[0-9]{1,2})" + f"(?:{'|'.join(by_name['date.ordinal']) or '(?!)'})? "
    parts["count"] = f"(?P<number>[0-9]{{1,2}} |{either(tuple(numbers))})"
    parts["not_unit"] = f"(?!{parts['unit']})"
    parts["ordinals"] = "|".join(by_name["date.ordinal"]) or "(?!)"
    rules = [(re.compile(r"(?<!\S)" + _fill(rule, parts)), read) for rule, read in _RULES]
    return _Grammar(weekdays, months, numbers, rules)


def _fill(rule: str, parts: Mapping[str, str]) -> str:
    article = rule.replace("<the>", "(?P<article><the>)", 1)
    return re.sub(r"(?<!\?P)<(\w+)>", lambda name: parts[name[1]], article)


def _whole(
    match: Match[str],
    days: Sequence[date],
    weekday: int | None = None,
    number: int | None = None,
    month: int | None = None,
) -> Spoken:
    return Spoken(match.start(), match.end(), tuple(days), weekday, number, month)


def _numeric(match: Match[str], _: _Grammar, today: date) -> Spoken | None:
    day, month, year = (int(match.groupdict().get(part) or 0) or None for part in ("d", "m", "y"))
    if not day or not month or month > 12:
        return None
    found = on(today, day, month, year + 2000 if year and year < 100 else year)
    return _whole(match, (found,) if found else (), month=month)


def _dated(match: Match[str], grammar: _Grammar, today: date) -> Spoken | None:
    day, month = _count(match, grammar), grammar.months[match["month"].strip()]
    year = match.groupdict().get("year")
    found = on(today, day, month, int(year) if year else None)
    return _whole(match, (found,) if found else (), month=month) if 1 <= day <= 31 else None


def _day_of_month(match: Match[str], grammar: _Grammar, today: date) -> Spoken | None:
    day = _count(match, grammar)
    found = on(today, day)
    return _whole(match, (found,), number=day) if found else None


def _count(match: Match[str], grammar: _Grammar) -> int:
    said = match["number"].strip()
    return grammar.numbers[said] if said in grammar.numbers else int(said)


def _weekday(match: Match[str], grammar: _Grammar) -> int:
    return grammar.weekdays[match["weekday"].strip()]


def _coming(match: Match[str], grammar: _Grammar, today: date) -> Spoken:
    weekday = _weekday(match, grammar)
    return _whole(match, (following(today, weekday),), weekday=weekday)


def _this(match: Match[str], grammar: _Grammar, today: date) -> Spoken:
    weekday = _weekday(match, grammar)
    return _whole(match, (today if weekday == today.weekday() else following(today, weekday),), weekday=weekday)


def _next_week(match: Match[str], grammar: _Grammar, today: date) -> Spoken:
    """The weekday of the next calendar week: "mardi de la semaine prochaine", the English "next tuesday"."""
    weekday = _weekday(match, grammar)
    return Spoken(match.start(), match.end(), (week(today, 1)[weekday],), weekday=weekday, next_week=True)


def _week_after(match: Match[str], grammar: _Grammar, today: date) -> Spoken:
    return _whole(match, (following(today, _weekday(match, grammar)) + 7 * DAY,))


def _weekly(number: int) -> Read:
    return lambda match, _, today: _whole(match, weekly(today, number), weekday=number)


def _ahead(days: int) -> Read:
    return lambda match, _, today: _whole(match, (today + DAY * days,))


def _in_days(match: Match[str], grammar: _Grammar, today: date) -> Spoken:
    count = _count(match, grammar)
    return _whole(
        match, (today + DAY * {8: 7, 15: 14}.get(count, count),)
    )  # "huit jours" is a week, "quinze jours" two


def _within_days(match: Match[str], grammar: _Grammar, today: date) -> Spoken:
    count = _count(match, grammar)
    return _whole(match, span(today, today + DAY * {8: 7, 15: 14}.get(count, count)))


def _in_weeks(match: Match[str], grammar: _Grammar, today: date) -> Spoken:
    return _whole(match, week(today, _count(match, grammar)))


def _in_week(ahead: int, first: int, last: int) -> Read:
    return lambda match, _, today: _whole(match, [d for d in week(today, ahead) if first <= d.weekday() <= last])


def _any_week(first: int, last: int) -> Read:
    return lambda match, _, today: _whole(
        match, [d for d in span(today, today + DAY * 7 * 8) if first <= d.weekday() <= last][:31]
    )


def _in_month(first: int, last: int) -> Read:
    def read(match: Match[str], grammar: _Grammar, today: date) -> Spoken:
        month = grammar.months[match["month"].strip()]
        return _whole(match, in_month(today, month, first, last))

    return read


def _next_month(match: Match[str], _: _Grammar, today: date) -> Spoken:
    return _whole(match, in_month(today, today.month % 12 + 1, 1, 31))


def _this_month(match: Match[str], _: _Grammar, today: date) -> Spoken:
    return _whole(match, in_month(today, today.month, 1, 31))


_RULES: Final[tuple[tuple[str, Read], ...]] = (
    (r"(?:<weekday>)?(?:<the>)?(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})(?:/(?P<y>[0-9]{2,4}))? ", _numeric),
    (r"(?:<weekday>)?(?:<the>)?(?P<d>[0-9]{1,2})[.-](?P<m>[0-9]{1,2})[.-](?P<y>[0-9]{2,4}) ", _numeric),
    (r"<the>(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2}) <not_unit>", _numeric),
    (r"(?P<y>20[0-9]{2})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2}) ", _numeric),
    (r"(?:<weekday>)?(?:<the>)?<digits>(?:<of>)?<month>(?P<year>20[0-9]{2} )?", _dated),
    (r"(?:<weekday>)?(?:<the>)?<count>(?:<of>)?<month>(?P<year>20[0-9]{2} )?", _dated),
    (r"(?:<weekday>)?(?:<of>)?<month>(?:<the>)?<digits><not_unit>(?P<year>20[0-9]{2} )?", _dated),
    (r"(?:<the>)?<weekday>(?:<the>)?<digits><not_unit>", _day_of_month),
    (r"<the><digits><not_unit>", _day_of_month),
    (r"(?P<number>[0-9]{1,2})(?:<ordinals>) <not_unit>", _day_of_month),
    (r"(?:<the>)?<weekday>(?:<the>)?<nextweek_of>", _next_week),
    (r"<nextweek>(?:<the>)?<weekday>", _next_week),
    (r"<next_before><weekday>", _next_week),
    (r"(?:<the>)?<weekday><fortnight>", _week_after),
    (r"<this><weekday>", _this),
    (r"(?:<the>)?<weekday><next>", _coming),
    *((f"<weekdays_{number}>", _weekly(number)) for number in range(7)),
    (r"<weekday>", _coming),
    *((f"<relative_{number}>", _ahead(number)) for number in range(3)),
    (r"<in><count><days>", _in_days),
    (r"<within><count><days>", _within_days),
    (r"<in><count><weeks>", _in_weeks),
    (r"<week_start><nextweek>", _in_week(1, 0, 1)),
    (r"<week_middle><nextweek>", _in_week(1, 2, 2)),
    (r"<week_end><nextweek>", _in_week(1, 3, 4)),
    (r"<week_start><in_week>", _in_week(0, 0, 1)),
    (r"<week_middle><in_week>", _in_week(0, 2, 2)),
    (r"<week_end><in_week>", _in_week(0, 3, 4)),
    (r"<thisweek>", _in_week(0, 0, 6)),
    (r"<nextweek>", _in_week(1, 0, 6)),
    (r"<thisweekend>", _in_week(0, 5, 6)),
    (r"<nextweekend>", _in_week(1, 5, 6)),
    (r"<weekends>", _any_week(5, 6)),
    (r"<workdays>", _any_week(0, 4)),
    (r"<early><month>", _in_month(1, 10)),
    (r"<middle><month>", _in_month(11, 20)),
    (r"<late><month>", _in_month(21, 31)),
    (r"<in_month><month>", _in_month(1, 31)),
    (r"<nextmonth>", _next_month),
    (r"<thismonth>", _this_month),
)
