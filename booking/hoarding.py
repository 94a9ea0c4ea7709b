"""Whoever takes hours and gives them back, again and again, keeps them from others (threat T22)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from booking.model import Appointment, PersonId, Rules
from booking.store import BookingStore

COUNTED: Final = timedelta(days=30)


async def cancels_often(store: BookingStore, person: PersonId, rules: Rules, now: datetime) -> bool:
    """Whether so many hours that they had are cancelled by themselves, within `COUNTED`. What a worker or the desk
    cancelled is none, nor what they took back. Cancelling itself is never refused.
    """
    ended = await store.ended(person, now - COUNTED)
    given_back = {each.series for each in ended if _by_themselves(each)}
    if len(given_back) < rules.max_cancellations:
        return False  # nearly always: what was taken back need not be looked for
    latest = [(await store.series(series))[-1] for series in given_back]
    return sum(map(_by_themselves, latest)) >= rules.max_cancellations


def _by_themselves(appointment: Appointment) -> bool:
    return appointment.status == "cancelled" and appointment.ended_by == "person"
