"""The desk: the switchboard's number, its hours in words, and whether somebody is there now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Final
from zoneinfo import ZoneInfo

from booking.holidays import is_holiday
from booking.model import Hours
from booking.phones import spaced
from conversations.model import Desk
from conversations.text import Text, t

DAYS: Final[tuple[Text, ...]] = (
    t("weekday.mon"),
    t("weekday.tue"),
    t("weekday.wed"),
    t("weekday.thu"),
    t("weekday.fri"),
    t("weekday.sat"),
    t("weekday.sun"),
)


PATIENCE: Final = timedelta(minutes=30)  # DESK_TIME where nothing is set
AHEAD: Final = 30  # days: its hours come again within, though holidays fall on the same weekday twice in a row


def desk(
    phone: str | None,
    hours: Sequence[Hours],
    now: datetime,
    zone: ZoneInfo,
    patience: timedelta = PATIENCE,
    *,
    on_holidays: bool = False,
) -> Desk:
    """As of an instant; `hours` are local in `zone`. On public holidays of the territory of `zone` (in France article
    L3133-1 of the Code du travail, and the days of each territory overseas; not the two of Alsace and Moselle, which
    have no time zone of their own) nobody is there, unless `on_holidays`.
    """
    spans = _spans(tuple(hours), now.astimezone(zone).date(), zone, on_holidays=on_holidays)
    closes = max((end for start, end in takewhile(lambda span: span[0] <= now, spans) if now < end), default=None)
    opens = next(start for start, _ in spans if start > now)
    return Desk(spaced(phone) if phone else None, closes is not None, _in_words(hours[0]), opens, closes, patience)


@lru_cache(maxsize=64)
def _spans(
    hours: tuple[Hours, ...], today: date, zone: ZoneInfo, *, on_holidays: bool
) -> tuple[tuple[datetime, datetime], ...]:
    """The desk's times in UTC, in order, from yesterday on until each has come once more. Every turn asks for them, and
    they are the same all day.
    """
    return tuple(sorted(_each(hours, today, zone, on_holidays=on_holidays)))


def _each(
    hours: tuple[Hours, ...], today: date, zone: ZoneInfo, *, on_holidays: bool
) -> Iterator[tuple[datetime, datetime]]:
    for day in (today + timedelta(days=n) for n in range(-1, AHEAD)):
        if not on_holidays and is_holiday(zone.key, day):
            continue
        for each in hours:
            if day.weekday() in each.days:
                ends = day + timedelta(days=each.end <= each.start)  # across midnight
                start, end = datetime.combine(day, each.start, zone), datetime.combine(ends, each.end, zone)
                yield start.astimezone(UTC), end.astimezone(UTC)


def _in_words(hours: Hours) -> Text:
    first, last = min(hours.days), max(hours.days)
    return t("desk.hours", first=DAYS[first], last=DAYS[last], opens=clock(hours.start), closes=clock(hours.end))


def clock(at: time) -> Text:
    """A local time of the day, as people say it."""
    if at.minute:
        return t("format.time", hour=str(at.hour), minute=f"{at.minute:02}")
    return t("format.hour", hour=str(at.hour), minute="00")
