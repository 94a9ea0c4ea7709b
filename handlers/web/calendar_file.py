"""Calendar files (RFC 5545): one appointment for the person, all of them for the worker.

Calendars are synchronised, shared and shown on locked screens: a file says when and how, never with whom, what about or
who we are. The same series keeps its UID and its SEQUENCE rises, so a moved appointment moves in the calendar too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from booking.model import Appointment

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT: Final = "-//Social Direct//Appointments//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event. `url` is the appointment's page, for the one whose page it is."""

    appointment: Appointment
    summary: str
    url: str = ""
    location: str = ""


def calendar(entries: Iterable[Entry], host: str, now: datetime) -> bytes:
    from icalendar import Calendar  # 0.2 s to import: only who asks for a file waits

    file = Calendar()
    file.add("prodid", PRODUCT)
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    for entry in entries:
        file.add_component(_event(entry, host, now))
    return bytes(file.to_ical())


def _event(entry: Entry, host: str, now: datetime) -> "Event":
    from icalendar import Event

    appointment = entry.appointment
    event = Event()
    event.add("uid", f"{appointment.series}@{host}")
    event.add("sequence", appointment.version)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.start)
    event.add("dtend", appointment.end)
    event.add("summary", entry.summary)
    event.add("class", "PRIVATE")
    event.add("status", "CONFIRMED")
    if entry.url:
        event.add("url", entry.url)
    if entry.location:
        event.add("location", entry.location)
    return event
