"""What we write, read by another maker's parser: the right instant in every place, one event that moves and goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
import vobject

from booking.model import Appointment, AppointmentId, ClientId, ContactId, Mode, Motive, PersonId, WorkerId
from handlers.calendars import elsewhere
from handlers.calendars.writing import Between, Entry, Method, calendar, sequence

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
HOST = "chat.example.org"
FIRST = Appointment(
    id=AppointmentId("01j0first"),
    person=PersonId("p"),
    client=ClientId("c"),
    worker=WorkerId("w"),
    motive=Motive.FINANCE,
    mode=Mode.PHONE,
    start=datetime(2026, 3, 3, 8, tzinfo=UTC),
    contact=ContactId("x"),
    series=AppointmentId("01j0first"),
)
BETWEEN = Between("rdv@example.org", "camille@example.org")


def written(appointment: Appointment, method: Method = "PUBLISH", between: Between | None = None, **more: str) -> bytes:
    return calendar([Entry(appointment, "Rendez-vous", **more)], HOST, NOW, method, between)


def parsed(raw: bytes) -> Any:
    """The one event, by vobject."""
    return vobject.readOne(raw.decode()).vevent


@pytest.mark.parametrize(
    ("start", "zone", "wall"),
    [
        (datetime(2026, 3, 28, 8, tzinfo=UTC), "Europe/Paris", "samedi 28 à 09:00"),
        (datetime(2026, 3, 30, 7, tzinfo=UTC), "Europe/Paris", "lundi 30 à 09:00"),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Europe/Paris", "dimanche 29 à 01:30"),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), "Europe/Paris", "dimanche 29 à 03:00"),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), "Europe/Paris", "dimanche 25 à 00:00"),
        (datetime(2026, 10, 25, 8, tzinfo=UTC), "Europe/Paris", "dimanche 25 à 09:00"),
        (datetime(2026, 3, 30, 7, tzinfo=UTC), "Indian/Reunion", "lundi 30 à 11:00"),
        (datetime(2026, 10, 26, 5, tzinfo=UTC), "Indian/Reunion", "lundi 26 à 09:00"),
        (datetime(2026, 3, 30, 13, tzinfo=UTC), "America/Guadeloupe", "lundi 30 à 09:00"),
        (datetime(2026, 10, 26, 13, tzinfo=UTC), "America/Guadeloupe", "lundi 26 à 09:00"),
    ],
)
def test_it_stands_at_the_right_hour_in_every_place(start: datetime, zone: str, wall: str) -> None:
    """Also across the clock changes of 29 March and 25 October; and it lasts an hour by every clock."""
    event = parsed(written(replace(FIRST, start=start)))
    days = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
    local = event.dtstart.value.astimezone(ZoneInfo(zone))
    assert f"{days[local.weekday()]} {local:%d à %H:%M}" == wall
    assert event.dtend.value - event.dtstart.value == timedelta(hours=1)
    assert event.dtstart.value == start


def test_an_invitation_names_both_sides_and_nothing_else() -> None:
    raw = written(
        FIRST, "REQUEST", BETWEEN, url="https://chat.example.org/a/x", description="Par téléphone, avec Claire."
    )
    file = vobject.readOne(raw.decode())
    event = file.vevent
    assert (file.method.value, file.version.value, file.calscale.value) == ("REQUEST", "2.0", "GREGORIAN")
    assert event.organizer.value == "mailto:rdv@example.org"
    assert event.attendee.value == "mailto:camille@example.org"
    assert event.attendee.params["RSVP"] == ["FALSE"]
    assert event.uid.value == "01j0first@chat.example.org"
    assert (event.summary.value, event.status.value) == ("Rendez-vous", "CONFIRMED")
    assert event.contents["class"][0].value == "PRIVATE"
    assert event.url.value == "https://chat.example.org/a/x"
    assert event.description.value == "Par téléphone, avec Claire."
    assert b"finance" not in raw
    assert "Social" not in raw.decode().replace("PRODID:-//Social Direct//Appointments//EN", "")


def test_a_file_of_ones_own_names_nobody() -> None:
    raw = written(FIRST)
    assert b"METHOD:PUBLISH" in raw
    assert b"ATTENDEE" not in raw
    assert b"ORGANIZER" not in raw


def test_one_event_moves_goes_and_comes_back() -> None:
    """The same UID all along, and each is higher than what came before (RFC 5546, 2.1.4)."""
    moved = replace(FIRST, id=AppointmentId("01j0second"), version=1, start=FIRST.start + timedelta(days=1))
    life: list[tuple[Appointment, Method]] = [
        (FIRST, "REQUEST"),
        (moved, "REQUEST"),
        (replace(moved, status="cancelled"), "CANCEL"),
        (replace(moved, version=2), "REQUEST"),
        (replace(moved, version=2, status="cancelled"), "CANCEL"),
    ]
    events = [parsed(written(appointment, method, BETWEEN)) for appointment, method in life]
    assert {event.uid.value for event in events} == {"01j0first@chat.example.org"}
    numbers = [int(event.sequence.value) for event in events]
    assert numbers == sorted(set(numbers))
    assert [event.status.value for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED", "CANCELLED"]
    assert sequence(FIRST, cancelled=False) == 0


def test_lines_end_and_fold_as_they_must() -> None:
    text = "Par vidéo ; gardez ce lien, il ouvre 10 minutes avant\\nla suite : " + "é" * 80
    raw = written(FIRST, "REQUEST", BETWEEN, description=text)
    lines = raw.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert parsed(raw).description.value == text


def test_links_elsewhere_hold_the_hour_and_nothing_else() -> None:
    google = urlsplit(elsewhere.google(FIRST, "Rendez-vous"))
    assert parse_qs(google.query) == {
        "action": ["TEMPLATE"],
        "text": ["Rendez-vous"],
        "dates": ["20260303T080000Z/20260303T090000Z"],
    }
    outlook = urlsplit(elsewhere.outlook(FIRST, "Rendez-vous"))
    fields = parse_qs(outlook.query)
    assert (fields["startdt"], fields["enddt"]) == (["2026-03-03T08:00:00Z"], ["2026-03-03T09:00:00Z"])
    assert (google.hostname, outlook.hostname) == ("calendar.google.com", "outlook.live.com")
