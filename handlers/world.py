"""What a reaction may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from booking.model import Rules
from booking.ports import BookingCore
from conversations.model import Desk
from handlers.reminders import Quiet


@dataclass(frozen=True, slots=True)
class World:
    """The core (on the turn's transaction), the time, the operator's reminders and rules, and the desk as it is now."""

    booking: BookingCore
    now: datetime
    befores: Sequence[timedelta]
    quiet: Quiet
    rules: Rules
    desk: Desk
