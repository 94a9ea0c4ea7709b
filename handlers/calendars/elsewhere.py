"""Links that open an appointment in somebody's Google or Outlook calendar, for telephones that open no calendar files.

A third party learns of it only when the person taps, and then a title that says nothing and the hour: no name, no
subject, not the page's address.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from booking.model import Appointment

GOOGLE: Final = "https://calendar.google.com/calendar/render"
OUTLOOK: Final = "https://outlook.live.com/calendar/0/deeplink/compose"


def google(appointment: Appointment, summary: str) -> str:
    dates = "/".join(f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" for moment in (appointment.start, appointment.end))
    return f"{GOOGLE}?{urlencode({'action': 'TEMPLATE', 'text': summary, 'dates': dates})}"


def outlook(appointment: Appointment, summary: str) -> str:
    fields = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": summary,
        "startdt": _iso(appointment.start),
        "enddt": _iso(appointment.end),
    }
    return f"{OUTLOOK}?{urlencode(fields)}"


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
