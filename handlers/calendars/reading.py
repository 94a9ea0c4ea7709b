"""When a calendar (RFC 5545) says that its owner is busy: start and end of each time, and nothing else of it.

    python -m handlers.calendars.reading < job > spans      one line of JSON, then the calendar; JSON comes back

The calendar comes from the outside, and a dozen letters in it can ask for a thousand million events. So it is read in a
process of its own, with a bound on its time and memory: what is too much ends that process, and nobody waits.

Busy is what is neither transparent nor cancelled, and what a server tells without its events (VFREEBUSY); an all-day
event is the whole local day of its owner; a time without a zone, or with one that nobody knows, is read in theirs. Our
own appointments, when their calendar shows them, do not count: the hour is taken by the appointment itself. Nothing is
imported from our other rooms: the process starts faster.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Calendar, Component, Event

SECONDS: Final = 5  # of computing
MEMORY: Final = 1 << 30  # bytes
MOST: Final = 2000  # times that are kept; eight weeks of quarters of an hour would be 5,376
MARGIN: Final = timedelta(days=2)  # what has no zone is placed by ours only after it was found
# What icalendar, recurring_ical_events and dateutil raise over what they did not think of.
BROKEN: Final = (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError, OSError)
AT_WORK: Final = frozenset({"FREE", "WORKINGELSEWHERE"})  # Outlook's words for who may be asked

Busy = tuple[datetime, datetime]


class NotACalendar(Exception):
    """What came is no calendar."""


def busy(raw: bytes, zone: str, since: datetime, until: datetime, ours: str) -> list[Busy]:
    """In order, none touching another, within [since, until), UTC.

    `zone`: the owner's; `ours`: what comes after the @ in the UIDs of our own events. Raises `NotACalendar`.
    """
    info = ZoneInfo(zone)
    try:
        found = [span for calendar in _calendars(raw) for span in _times(calendar, info, since, until, ours)]
    except BROKEN:
        raise NotACalendar from None
    ahead = [(max(start, since), min(end, until)) for start, end in found]
    return list(_merged(sorted(span for span in ahead if span[0] < span[1])))[:MOST]


def _calendars(raw: bytes) -> Sequence[Calendar]:
    from icalendar import Calendar

    found = Calendar.from_ical(raw.decode("utf-8-sig", "replace"), multiple=True)
    calendars: list[Calendar] = [each for each in found if each.name == "VCALENDAR"]
    if not calendars:
        raise NotACalendar
    for calendar in calendars:
        # an instance that was cancelled still stands in place of the one of its series: it must not be left out
        calendar.subcomponents = [
            part for part in calendar.subcomponents if part.name in {"VTIMEZONE", "VFREEBUSY"} or _is_sound(part)
        ]
    return calendars


def _times(calendar: Calendar, zone: ZoneInfo, since: datetime, until: datetime, ours: str) -> Iterator[Busy]:
    import recurring_ical_events

    for event in recurring_ical_events.of(calendar, skip_bad_series=True).between(since - MARGIN, until + MARGIN):
        if _counts(event, ours):
            yield _instant(event.start, zone), _instant(event.end, zone)
    yield from _told(calendar, zone)


def _is_sound(part: Component) -> bool:
    """An event with one name, that begins and ends, in this order, and says how often it comes again, if it does: one
    that makes no sense must not spoil the others.
    """
    rules = part.get("RRULE", [])
    rules = rules if isinstance(rules, list) else [rules]
    if part.name != "VEVENT" or isinstance(part.get("UID"), list) or not all("FREQ" in rule for rule in rules):
        return False
    try:
        start, end = part.start, part.end  # type: ignore[attr-defined]  # of an Event
        return bool(_instant(start, ZoneInfo("UTC")) <= _instant(end, ZoneInfo("UTC")))
    except (ValueError, OverflowError):  # the last day of the calendar has no end
        return False


def _counts(event: Event, ours: str) -> bool:
    return (
        str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT"
        and str(event.get("STATUS", "CONFIRMED")).upper() != "CANCELLED"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "BUSY")).upper() not in AT_WORK
        and not str(event.get("UID", "")).endswith(f"@{ours}")
    )


def _told(calendar: Calendar, zone: ZoneInfo) -> Iterator[Busy]:
    """The periods of a server that keeps its events to itself."""
    for part in calendar.walk("VFREEBUSY"):
        given = part.get("FREEBUSY", [])
        for period in given if isinstance(given, list) else [given]:
            if str(period.params.get("FBTYPE", "BUSY")).upper() != "FREE":
                yield _instant(period.start, zone), _instant(period.end, zone)


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return (moment.replace(tzinfo=zone) if moment.tzinfo is None else moment).astimezone(UTC)


def _merged(spans: Sequence[Busy]) -> Iterator[Busy]:
    open_: Busy | None = None
    for start, end in spans:
        if open_ is not None and start <= open_[1]:
            open_ = (open_[0], max(open_[1], end))
            continue
        if open_ is not None:
            yield open_
        open_ = (start, end)
    if open_ is not None:
        yield open_


# ------------------------------------------------------------ the process


def main() -> int:
    """Status 0 and the times, or 1: it is no calendar. Killed by its own limits, it has another status."""
    _limit()
    head, _, raw = sys.stdin.buffer.read().partition(b"\n")
    job: dict[str, Any] = json.loads(head)
    try:
        spans = busy(
            raw, job["zone"], datetime.fromisoformat(job["since"]), datetime.fromisoformat(job["until"]), job["ours"]
        )
    except NotACalendar:
        return 1
    json.dump([[start.isoformat(), end.isoformat()] for start, end in spans], sys.stdout)
    return 0


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    raise SystemExit(main())
