"""Times that a worker names, "mardi 14h-16h", "du 3 au 7", "demain matin", as instants; and their names, said back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from booking.model import HOUR
from conversations.model import Context
from conversations.phrases import padded, pattern
from conversations.text import Text, t
from conversations.when import MARKS, When, when

DAY: Final = timedelta(days=1)
MOST: Final = 366  # days that one message names
AT_MOST: Final = 40  # times of one message: "tous les matins" is eight weeks' of each

Time: TypeAlias = tuple[datetime, datetime]


def read(c: Context, text: str, verbs: str) -> list[Time]:
    """In UTC, soonest first, what is over left out; days without hours that follow each other are one time.

    `verbs`: the list of words that ask for it. "Pas disponible mardi" names Tuesday, it does not refuse it.
    """
    zone = ZoneInfo(c.contact.zone)
    now = c.now.astimezone(zone)
    said = pattern(c.words(verbs)).sub(" ", padded(text, MARKS))
    named = when(said, c.words, now, most=MOST)
    if not named.days and named.earliest is None and named.latest is None:
        return []
    days = named.days or (_next_day(named, now),)
    whole = named.earliest is None and named.latest is None
    found = list(_joined(days, zone)) if whole else [_of_day(day, named, zone) for day in days]
    return [each for each in found if each[0] < each[1] and each[1] > c.now][:AT_MOST]


def has_hours(times: Sequence[Time], zone: ZoneInfo) -> bool:
    return not any(_is_whole(start, end, zone) for start, end in times)


def _next_day(named: When, now: datetime) -> date:
    """ "14h-16h" alone is today's, until it is over."""
    last = named.latest or named.earliest or time.max
    return now.date() if now.time() < last else now.date() + DAY


def _of_day(day: date, named: When, zone: ZoneInfo) -> Time:
    start = named.earliest or time.min
    if named.earliest is not None and named.earliest == named.latest:
        begin = datetime.combine(day, start, zone).astimezone(UTC)
        return begin, begin + HOUR  # "mardi 14h" is the hour that begins then
    end = datetime.combine(day, named.latest, zone) if named.latest else datetime.combine(day + DAY, time.min, zone)
    return datetime.combine(day, start, zone).astimezone(UTC), end.astimezone(UTC)


def _joined(days: Sequence[date], zone: ZoneInfo) -> Iterator[Time]:
    first = last = days[0]
    for day in (*days[1:], None):
        if day is not None and day == last + DAY:
            last = day
            continue
        yield tuple(datetime.combine(d, time.min, zone).astimezone(UTC) for d in (first, last + DAY))  # type: ignore[misc]
        if day is not None:
            first = last = day


# ------------------------------------------------------------ as answers, and in words


def to_json(times: Sequence[Time]) -> list[list[str]]:
    return [[start.isoformat(), end.isoformat()] for start, end in times]


def of(answers: Mapping[str, Any]) -> list[Time]:
    return [(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in answers.get("times") or ()]


def absence(times: Sequence[Time], zone: ZoneInfo) -> dict[str, Any]:
    """The same as answers of the flow `absent`: days, and the hours of each."""
    start, end = (moment.astimezone(zone) for moment in times[0])
    if not _is_whole(*times[0], zone):
        hours = {"from": start.time().isoformat("minutes"), "to": end.time().isoformat("minutes")}
        return {"days": [each[0].astimezone(zone).date().isoformat() for each in times], **_without_midnight(hours)}
    days = (
        first.astimezone(zone).date() + DAY * number
        for first, last in times
        for number in range((last.astimezone(zone).date() - first.astimezone(zone).date()).days)
    )
    return {"days": [day.isoformat() for day in days]}


def _without_midnight(hours: Mapping[str, str]) -> dict[str, str]:
    return {bound: clock for bound, clock in hours.items() if clock != "00:00"}


def name(start: datetime, end: datetime, zone: ZoneInfo) -> Text:
    """ "mardi 3 mars de 14 h à 16 h", "du mardi 3 mars au samedi 7 mars"."""
    last = end - timedelta(seconds=1)
    same = start.astimezone(zone).date() == last.astimezone(zone).date()
    if not _is_whole(start, end, zone):
        return t("times.hours", start=start, end=end) if same else t("times.across", start=start, end=end)
    return t("times.day", start=start) if same else t("times.days", start=start, last=last)


def names(times: Sequence[Time], zone: ZoneInfo) -> Text:
    """All of them, in few words."""
    if len(times) == 1:
        return name(*times[0], zone)
    return t("times.several", count=len(times), first=name(*times[0], zone), last=name(*times[-1], zone))


def _is_whole(start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    return start.astimezone(zone).time() == end.astimezone(zone).time() == time.min
