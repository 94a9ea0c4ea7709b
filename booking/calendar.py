"""Weekly hours, closures, holidays, time zones and clock changes, to the one-hour starts that they publish.

**The rule.** A block of weekly hours belongs to the local day on which it begins, and runs on that day's wall clock
from `start` to `end` (to the next day's `end` where that is not later than `start`). Its hours start at `start` and
at every whole hour of the wall clock after it. An hour is offered when all of this holds:

1. its start is a wall clock time that exists, once: what a clock change jumps over never comes, and of what comes twice
   nobody could say which one is meant;
2. it lasts sixty elapsed minutes, and the wall clock shows a time within the block at each of them: across a clock
   change as on any other day;
3. neither the block's day nor a day that the hour touches is closed or (unless the worker works then) a public holiday.

**Why masks.** Bit n of a mask is worker n. All workers of one zone who keep holidays alike share a sheet: weekday ->
(minute, end of the block) -> mask. So a day costs as many steps as there are distinct times, not as there are workers,
and "who is free, able and speaks Arabic at nine" is an `&` of four integers. What a worker closed or opened beside the
weekly hours lies over them: `booking.timetable`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from booking import holidays
from booking.model import HOUR, QUARTER, Hours, Worker

DAY = timedelta(days=1)
MIDNIGHT = time(0)
KEPT_DAYS = 400  # expanded days kept at most: a year's horizon with room

Sheet = dict[
    int, dict[tuple[int, int], int]
]  # weekday -> (minute of the start, minute at which the block ends) -> workers
IsHoliday = Callable[[str, date], bool]


def instant(local: datetime, zone: ZoneInfo) -> datetime | Literal["gap", "twice"]:
    """The instant (UTC) at which the wall clock of `zone` shows `local` (naive), or why there is not one."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first == second:
        return first
    return "twice" if first < second else "gap"


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the wall clock of `zone` shows at an instant, naive."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def minutes(hours: Hours) -> tuple[int, int]:
    """When a block begins and ends, in minutes since its day's midnight; the end may be on the next day."""
    start = hours.start.hour * 60 + hours.start.minute
    end = hours.end.hour * 60 + hours.end.minute
    return start, end if end > start else end + 24 * 60


class WeeklyHours:
    """The weekly hours of many workers, expanded day by day when asked for. Worker n of the sequence is bit n."""

    def __init__(self, workers: Sequence[Worker], is_holiday: IsHoliday = holidays.is_holiday) -> None:
        self._is_holiday = is_holiday
        self._sheets: dict[tuple[str, bool], Sheet] = {}
        self._closures: list[tuple[date, date, int]] = []
        self._local: dict[date, Mapping[date, Mapping[datetime, int]]] = {}
        self._days: dict[date, Sequence[tuple[datetime, int]]] = {}
        for number, worker in enumerate(workers):
            sheet = self._sheets.setdefault((worker.time_zone, worker.works_on_holidays), {})
            for hours in worker.hours:
                _write(sheet, hours, 1 << number)
            self._closures.extend((closure.first, closure.last, 1 << number) for closure in worker.closed)

    def day(self, day: date) -> Sequence[tuple[datetime, int]]:
        """The starts of one day of UTC, in order. They belong to blocks that began up to two local days before it."""
        if day not in self._days:
            if len(self._days) >= KEPT_DAYS:
                self._days.clear()
            found: defaultdict[datetime, int] = defaultdict(int)
            for distance in (-2, -1, 0, 1):
                for start, mask in self._local_day(day + distance * DAY).get(day, {}).items():
                    found[start] |= mask
            self._days[day] = sorted(found.items())
        return self._days[day]

    def _local_day(self, day: date) -> Mapping[date, Mapping[datetime, int]]:
        """The starts of the blocks that begin on a local day, by the day of UTC that they fall on."""
        if day not in self._local:
            if len(self._local) >= KEPT_DAYS:
                self._local.clear()
            found: defaultdict[date, defaultdict[datetime, int]] = defaultdict(lambda: defaultdict(int))
            for (zone, works_on_holidays), sheet in self._sheets.items():
                for start, mask in self._blocks_of(day, zone, works_on_holidays, sheet):
                    found[start.date()][start] |= mask
            self._local[day] = found
        return self._local[day]

    def _blocks_of(self, day: date, zone: str, works_on_holidays: bool, sheet: Sheet) -> Iterable[tuple[datetime, int]]:
        def off(touched: date) -> int:
            """The workers who do not work on a local day; all of them on a holiday."""
            if not works_on_holidays and self._is_holiday(zone, touched):
                return -1
            return sum(mask for mask in {m for first, last, m in self._closures if first <= touched <= last})

        entries = sheet.get(day.weekday())
        if not entries:
            return
        info = ZoneInfo(zone)
        midnight = datetime.combine(day, MIDNIGHT)
        off_on = {day: off(day), day + DAY: off(day + DAY)}
        for (minute, end), mask in entries.items():
            local = midnight + timedelta(minutes=minute)
            start = instant(local, info)
            if isinstance(start, str):
                continue
            last_quarter = wall(start + HOUR - QUARTER, info)
            if last_quarter + QUARTER > midnight + timedelta(minutes=end):
                continue
            there = mask & ~off_on[day] & ~off_on[local.date()] & ~off_on[last_quarter.date()]
            if there:
                yield start, there


def _write(sheet: Sheet, hours: Hours, bit: int) -> None:
    begin, end = minutes(hours)
    for weekday in hours.days:
        entries = sheet.setdefault(weekday, {})
        for minute in range(begin, end - 59, 60):
            entries[minute, end] = entries.get((minute, end), 0) | bit
