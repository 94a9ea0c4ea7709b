"""A worker's own calendar, as many programs write it, to the times at which they are busy."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from handlers.calendars.reading import MOST, NotACalendar, busy

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
EIGHT_WEEKS = timedelta(weeks=8)
OURS = "rdv.example.org"


def calendar(*events: str, more: str = "") -> bytes:
    body = "".join(
        f"BEGIN:VEVENT\nUID:{n}@elsewhere\nDTSTAMP:20260101T000000Z\n{e}\nEND:VEVENT\n" for n, e in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n{more}{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def read(raw: bytes, zone: str = "Europe/Paris", since: datetime = MONDAY, lasts: timedelta = EIGHT_WEEKS) -> list[str]:
    """`02T09:00/10:00`: day of the month and hours of UTC."""
    return [
        f"{start:%dT%H:%M}/{end:%H:%M}" if start.date() == end.date() else f"{start:%dT%H:%M}/{end:%dT%H:%M}"
        for start, end in busy(raw, zone, since, since + lasts, OURS)
    ]


PLAIN = "DTSTART:20260303T090000Z\nDTEND:20260303T100000Z"


def test_an_event_is_busy() -> None:
    assert read(calendar(PLAIN)) == ["03T09:00/10:00"]


@pytest.mark.parametrize(
    "more",
    [
        "TRANSP:TRANSPARENT",
        "STATUS:CANCELLED",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",
        "transp:transparent",
    ],
)
def test_what_is_marked_as_free_is_free(more: str) -> None:
    assert read(calendar(f"{PLAIN}\n{more}")) == []


@pytest.mark.parametrize(
    "more", ["STATUS:TENTATIVE", "TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "CLASS:PRIVATE"]
)
def test_anything_else_is_busy(more: str) -> None:
    assert read(calendar(f"{PLAIN}\n{more}")) == ["03T09:00/10:00"]


@pytest.mark.parametrize("more", ["RRULE:COUNT=4;BYDAY=TU", "RRULE:FREQ=WEEKLY\nRRULE:COUNT=2", "UID:twice"])
def test_an_event_of_no_sense_does_not_spoil_the_others(more: str) -> None:
    assert read(calendar(f"DTSTART:20260304T090000Z\nDURATION:PT1H\n{more}", PLAIN)) == ["03T09:00/10:00"]


def test_what_its_reader_breaks_over_is_no_calendar() -> None:
    """A worker is told that it cannot be read, whatever it is that the libraries trip over."""
    with pytest.raises(NotACalendar):
        read(calendar(PLAIN, more="BEGIN:VTIMEZONE\nTZID:x\nTZID:y\nEND:VTIMEZONE\n"))


def test_our_own_appointments_do_not_count_twice() -> None:
    mine = calendar(PLAIN).replace(b"UID:0@elsewhere", f"UID:01j0abc@{OURS}".encode())
    assert read(mine) == []


def test_times_that_touch_or_overlap_are_one() -> None:
    assert read(
        calendar(
            PLAIN,
            "DTSTART:20260303T100000Z\nDURATION:PT30M",
            "DTSTART:20260303T093000Z\nDTEND:20260303T094500Z",
            "DTSTART:20260303T110000Z\nDTEND:20260303T111500Z",
        )
    ) == ["03T09:00/10:30", "03T11:00/11:15"]


@pytest.mark.parametrize(
    ("zone", "busy_at"),
    [
        ("Europe/Paris", ["02T23:00/03T23:00"]),
        ("Indian/Reunion", ["02T20:00/03T20:00"]),
        ("America/Guadeloupe", ["03T04:00/04T04:00"]),
    ],
)
def test_a_whole_day_is_the_owners(zone: str, busy_at: list[str]) -> None:
    for day in ("DTSTART;VALUE=DATE:20260303", "DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260304"):
        assert read(calendar(day), zone) == busy_at


@pytest.mark.parametrize(
    ("zone", "busy_at"),
    [
        ("Europe/Paris", "03T08:00/09:00"),
        ("Indian/Reunion", "03T05:00/06:00"),
        ("America/Guadeloupe", "03T13:00/14:00"),
    ],
)
def test_a_time_without_a_zone_is_the_owners(zone: str, busy_at: str) -> None:
    floating = "DTSTART:20260303T090000\nDTEND:20260303T100000"
    assert read(calendar(floating), zone) == [busy_at]
    unknown = "DTSTART;TZID=Mars/Olympus:20260303T090000\nDTEND;TZID=Mars/Olympus:20260303T100000"
    assert read(calendar(unknown), zone) == [busy_at]


def test_a_zone_by_its_name_by_windows_name_and_by_its_rules() -> None:
    at = "DTSTART;TZID={0}:20260303T090000\nDTEND;TZID={0}:20260303T100000"
    assert read(calendar(at.format("Europe/Paris")), "Indian/Reunion") == ["03T08:00/09:00"]
    assert read(calendar(at.format("Romance Standard Time")), "Indian/Reunion") == ["03T08:00/09:00"]
    rules = (
        "BEGIN:VTIMEZONE\nTZID:Bureau\n"
        "BEGIN:STANDARD\nDTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n"
        "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\n"
        "BEGIN:DAYLIGHT\nDTSTART:19700329T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n"
        "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    assert read(calendar(at.format("Bureau"), more=rules), "Indian/Reunion") == ["03T08:00/09:00"]
    summer = at.replace("20260303", "20260331")
    assert read(calendar(summer.format("Bureau"), more=rules), "Indian/Reunion") == ["31T07:00/08:00"]


def test_a_weekly_meeting_keeps_its_hour_across_the_clock_change() -> None:
    weekly = "DTSTART;TZID=Europe/Paris:20260323T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3"
    assert read(calendar(weekly)) == ["23T08:00/09:00", "30T07:00/08:00", "06T07:00/08:00"]


def test_series_with_what_was_left_out_added_moved_and_cancelled() -> None:
    series = (
        "DTSTART:20260303T090000Z\nDTEND:20260303T100000Z\nRRULE:FREQ=DAILY;COUNT=5\n"
        "EXDATE:20260304T090000Z\nRDATE:20260310T120000Z"
    )
    moved = "RECURRENCE-ID:20260305T090000Z\nDTSTART:20260305T140000Z\nDTEND:20260305T150000Z"
    cancelled = "RECURRENCE-ID:20260306T090000Z\nSTATUS:CANCELLED\nDTSTART:20260306T090000Z\nDTEND:20260306T100000Z"
    raw = calendar(series, moved, cancelled)
    for number in (1, 2):
        raw = raw.replace(f"UID:{number}@".encode(), b"UID:0@")
    assert read(raw) == ["03T09:00/10:00", "05T14:00/15:00", "07T09:00/10:00", "10T12:00/13:00"]


def test_only_what_lies_ahead_is_kept_and_cut_to_it() -> None:
    long = "DTSTART:20260227T090000Z\nDTEND:20260303T100000Z"
    assert read(calendar(long, "DTSTART:20260501T090000Z\nDURATION:PT1H")) == ["02T00:00/03T10:00"]


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20260303T090000Z",
        "DTSTART:20260303T090000Z\nDTEND:20260303T080000Z",
        "SUMMARY:nothing",
        "DTSTART:rubbish",
        "DTSTART;VALUE=DATE:99991231",
        "DTSTART;VALUE=DATE:00010101",
    ],
)
def test_what_lasts_no_time_or_makes_no_sense_is_left_out(event: str) -> None:
    assert read(calendar(event, PLAIN)) == ["03T09:00/10:00"]


@pytest.mark.parametrize(
    "raw", [b"", b"<html>log in</html>", b"\xff\xfe\x00", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", b"BEGIN:VCALENDAR\r\n"]
)
def test_what_is_no_calendar_is_told_apart(raw: bytes) -> None:
    with pytest.raises(NotACalendar):
        read(raw)


def test_times_that_tell_only_that_somebody_is_busy_are_read_too() -> None:
    """What servers give out instead of events (RFC 5545, 3.6.4): periods, by their end or by how long they last."""
    lines = (
        "FREEBUSY:20260303T090000Z/20260303T100000Z,20260304T090000Z/PT30M",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260305T090000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20260306T090000Z/PT1H",
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260307T090000/PT1H",
        "FREEBUSY:20270303T090000Z/PT1H",
    )
    at = ["03T09:00/10:00", "04T09:00/09:30", "05T09:00/10:00", "07T08:00/09:00"]
    for given, found in ((lines, at), (lines[:1], at[:2]), (lines[1:2], at[2:3]), ((), [])):
        body = "\n".join(("BEGIN:VFREEBUSY", "UID:all@elsewhere", "DTSTAMP:20260101T000000Z", *given, "END:VFREEBUSY"))
        assert read(calendar(more=f"{body}\n")) == found


def test_an_empty_calendar_is_a_calendar() -> None:
    assert read(calendar()) == []


# ------------------------------------------------------------ the process


def process(raw: bytes) -> subprocess.CompletedProcess[bytes]:
    job = {
        "zone": "Europe/Paris",
        "since": MONDAY.isoformat(),
        "until": (MONDAY + EIGHT_WEEKS).isoformat(),
        "ours": OURS,
    }
    return subprocess.run(
        [sys.executable, "-m", "handlers.calendars.reading"],
        input=json.dumps(job).encode() + b"\n" + raw,
        capture_output=True,
        check=False,
    )


def test_the_process_answers_with_times_alone() -> None:
    done = process(calendar(f"{PLAIN}\nSUMMARY:Chez le dentiste"))
    assert json.loads(done.stdout) == [["2026-03-03T09:00:00+00:00", "2026-03-03T10:00:00+00:00"]]
    assert process(b"<html>").returncode == 1


def test_a_thousand_million_events_end_the_process() -> None:
    done = process(calendar("DTSTART:20260303T090000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;INTERVAL=1"))
    assert done.returncode not in {0, 1}
    assert done.stdout == b""


def test_no_more_times_are_kept_than_a_directory_can_bear() -> None:
    quarters = calendar("DTSTART:20260302T000000Z\nDURATION:PT10M\nRRULE:FREQ=HOURLY;BYMINUTE=0,15,30,45")
    assert len(json.loads(process(quarters).stdout)) == MOST
