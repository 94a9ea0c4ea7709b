"""The hours that workers publish: their weekly hours, and over them the times that differ.

**The rule.** A worker publishes an hour when its start is one of the weekly hours' (see `booking.calendar`) or a whole
hour after the start of a time that they opened, within that time; and when the hour overlaps no time that they closed,
and none at which their own calendar says that they are busy. A time that was opened on purpose holds on a public
holiday, too. What begins off the quarter of an hour is opened from the next one: hours are taken by quarters.

**Why it is cheap to change.** Workers close and open hours all day, and their calendars change beside. A new version of
the directory takes over from the one before it what has not changed: the weekly hours with their expanded days, and the
times of every worker whose times are the very same object.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking import holidays
from booking.calendar import DAY, KEPT_DAYS, IsHoliday, WeeklyHours, instant, wall
from booking.model import HOUR, QUARTER, Span, Worker, WorkerId


@dataclass(frozen=True, slots=True)
class Times:
    """What differs from one worker's weekly hours, by the day of UTC of the starts that it touches."""

    spans: tuple[Span, ...]
    zone: str
    opened: Mapping[date, Sequence[datetime]]
    busy: Mapping[date, Sequence[tuple[datetime, datetime]]]


class Timetable:
    """Of many workers, expanded day by day when asked for. Worker n of the sequence is bit n.

    `before`: a timetable of about the same workers, whose work is taken over where nothing changed.
    """

    def __init__(
        self,
        workers: Sequence[Worker],
        is_holiday: IsHoliday = holidays.is_holiday,
        before: Timetable | None = None,
    ) -> None:
        self.published = [(w.time_zone, w.works_on_holidays, w.hours, w.closed) for w in workers]
        same = before is not None and before.published == self.published
        self.weekly: WeeklyHours = before.weekly if before and same else WeeklyHours(workers, is_holiday)
        known: Mapping[WorkerId, Times] = {} if before is None else before.times
        self.times: dict[WorkerId, Times] = {w.id: _times(w, known.get(w.id)) for w in workers if w.spans}
        self._bits = [(1 << number, self.times[w.id]) for number, w in enumerate(workers) if w.spans]
        self._days: dict[date, Sequence[tuple[datetime, int]]] = {}

    def starts(self, since: datetime, until: datetime) -> Iterator[tuple[datetime, int]]:
        """Every distinct start in [since, until), soonest first, with the workers who publish it."""
        day = since.astimezone(UTC).date()
        last = until.astimezone(UTC).date()
        while day <= last:
            for start, mask in self._day(day):
                if since <= start < until:
                    yield start, mask
            day += DAY

    def at(self, start: datetime) -> int:
        """The workers who publish an hour that begins at this instant."""
        return next((mask for found, mask in self._day(start.astimezone(UTC).date()) if found == start), 0)

    def _day(self, day: date) -> Sequence[tuple[datetime, int]]:
        if day not in self._days:
            if len(self._days) >= KEPT_DAYS:
                self._days.clear()
            self._days[day] = self._overlaid(day)
        return self._days[day]

    def _overlaid(self, day: date) -> Sequence[tuple[datetime, int]]:
        weekly = self.weekly.day(day)
        touched = [(bit, times) for bit, times in self._bits if day in times.opened or day in times.busy]
        if not touched:
            return weekly
        found = dict(weekly)
        for bit, times in touched:
            for start in times.opened.get(day, ()):
                found[start] = found.get(start, 0) | bit
        starts = sorted(found)
        masks = [found[start] for start in starts]
        for bit, times in touched:
            for since, until in times.busy.get(day, ()):
                for number in range(bisect_right(starts, since - HOUR), bisect_left(starts, until)):
                    masks[number] &= ~bit
        return [(start, mask) for start, mask in zip(starts, masks, strict=True) if mask]


def _times(worker: Worker, known: Times | None) -> Times:
    if known is not None and known.spans is worker.spans and known.zone == worker.time_zone:
        return known
    zone = ZoneInfo(worker.time_zone)
    opened: defaultdict[date, list[datetime]] = defaultdict(list)
    busy: defaultdict[date, list[tuple[datetime, datetime]]] = defaultdict(list)
    for span in worker.spans:
        if span.kind == "open":
            for start in hours_within(span.start, span.end, zone):
                opened[start.date()].append(start)
        elif span.start < span.end:
            day, last = (span.start - HOUR).date(), span.end.date()
            while day <= last:
                busy[day].append((span.start, span.end))
                day += DAY
    return Times(worker.spans, worker.time_zone, dict(opened), dict(busy))


def hours_within(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The whole hours of an opened time, from its first quarter; what the clock shows twice is left out.

    Nobody could say which of the two is meant (as in `booking.calendar`). Elapsed hours: a day of 25 has one more.
    """
    past = timedelta(minutes=start.minute % 15, seconds=start.second, microseconds=start.microsecond)
    start = start + QUARTER - past if past else start
    while start + HOUR <= end:
        if instant(wall(start, zone), zone) == start:
            yield start
        start += HOUR
