"""When the way into a video is open: ten minutes before the start, until half an hour after the end (contract)."""

from datetime import datetime
from typing import Literal, TypeAlias

from booking.model import Appointment
from handlers.web.ports import JOIN_CLOSES, JOIN_OPENS

Door: TypeAlias = Literal["early", "open", "over"]


def door(appointment: Appointment, now: datetime) -> Door:
    if now < appointment.start - JOIN_OPENS:
        return "early"
    return "open" if now < appointment.end + JOIN_CLOSES else "over"
