"""Calendar files and invitations (RFC 5545, 5546): one appointment for the person, all of theirs for the worker.

Calendars are synchronised, shared and shown on locked screens: an event says when and how, never what about or who we
are; whom it is with, by first name, only in its description. The same series keeps its UID and its SEQUENCE rises, so a
moved appointment moves in the calendar too, and one that was cancelled goes, and comes back when that is undone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from booking.model import Appointment

if TYPE_CHECKING:
    from icalendar import Calendar, Event

PRODUCT: Final = "-//Social Direct//Appointments//EN"
REFRESH: Final = timedelta(minutes=15)

Method: TypeAlias = Literal["PUBLISH", "REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `url` is the appointment's page, for the one whose page it is."""

    appointment: Appointment
    summary: str
    url: str = ""
    location: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Between:
    """Who invites whom, by e-mail address; of one's own file, nobody."""

    organizer: str
    attendee: str


def calendar(
    entries: Iterable[Entry],
    host: str,
    now: datetime,
    method: Method = "PUBLISH",
    between: Between | None = None,
    *,
    feed: str | None = None,
) -> bytes:
    """The file. An invitation (REQUEST, CANCEL) names both sides, and has one entry (RFC 6047).

    `feed`: the name under which it is subscribed to; it asks to be read again every `REFRESH` (RFC 7986).
    """
    from icalendar import Calendar  # 0.2 s to import: only who asks for a file waits

    file = Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", method)
    if feed is not None:
        _subscribed(file, feed)
    for entry in entries:
        file.add_component(_event(entry, host, now, method, between))
    return bytes(file.to_ical())


def _subscribed(file: "Calendar", name: str) -> None:
    """In the standard's words, and in those that Google, Apple and Outlook knew before it."""
    from icalendar import vDuration

    file.add("name", name)
    file.add("x-wr-calname", name)
    file.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    file.add("x-published-ttl", vDuration(REFRESH).to_ical().decode())  # type: ignore[no-untyped-call]


def sequence(appointment: Appointment, *, cancelled: bool) -> int:
    """A version's cancellation is higher than the version, and lower than the next one, which takes it back."""
    return 2 * appointment.version + cancelled


def _event(entry: Entry, host: str, now: datetime, method: Method, between: Between | None) -> "Event":
    from icalendar import Event

    appointment, cancelled = entry.appointment, method == "CANCEL"
    event = Event()
    event.add("uid", f"{appointment.series}@{host}")
    event.add("sequence", sequence(appointment, cancelled=cancelled))
    event.add("dtstamp", now)
    event.add("dtstart", appointment.start)
    event.add("dtend", appointment.end)
    event.add("summary", entry.summary)
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if entry.url:
        event.add("url", entry.url)
    if entry.location:
        event.add("location", entry.location)
    if entry.description:
        event.add("description", entry.description)
    if between is not None:
        _name_both(event, between)
    return event


def _name_both(event: "Event", between: Between) -> None:
    """No answer is asked for: nobody would read it."""
    from icalendar import vCalAddress, vText

    event.add("organizer", vCalAddress(f"mailto:{between.organizer}"))
    attendee = vCalAddress(f"mailto:{between.attendee}")
    for name, value in (
        ("CUTYPE", "INDIVIDUAL"),
        ("ROLE", "REQ-PARTICIPANT"),
        ("PARTSTAT", "NEEDS-ACTION"),
        ("RSVP", "FALSE"),
    ):
        attendee.params[name] = vText(value)
    event.add("attendee", attendee)
