"""Whom a sentence speaks of, where two have the same first name: with the day and hour that tell them apart.

Nothing is added where nobody else has that name: a name alone says less to who reads along (threat T6).
"""

from __future__ import annotations

from collections.abc import Iterable

from booking import policy
from booking.model import Appointment
from conversations.normal import fold
from conversations.text import Text, t


def told_apart(name: str, apart: Text, others: Iterable[str]) -> str | Text:
    """`others`: the first names of everybody else who could be meant; `apart`: what is said if one is the same."""
    return apart if fold(name) in {fold(other) for other in others} else name


def dated(name: str, appointment: Appointment) -> Text:
    """An hour that was ended is called a former one: nobody comes then."""
    if policy.took_place(appointment):
        return by_hour(name, appointment)
    return t("name.dated_former", name=name, start=appointment.start)


def by_hour(name: str, appointment: Appointment) -> Text:
    return t("name.dated", name=name, start=appointment.start)
