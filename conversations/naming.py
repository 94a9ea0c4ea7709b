"""Which of the appointments that are there already a day or an hour names: "celui de jeudi", "pas à 15h"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from booking.model import Appointment
from conversations.model import Context
from conversations.phrases import has, padded, pattern
from conversations.understand import understand
from conversations.wished import answers


def named(appointments: Sequence[Appointment], wish: Mapping[str, Any], zone: str) -> list[Appointment]:
    """Those on the days, and at the hours, of a wish as `wished.answers` gives it; none where it says neither."""
    days, first, last = wish.get("days") or (), wish.get("from") or "", wish.get("to") or ""
    if not (days or first or last):
        return []
    starts = [(each, each.start.astimezone(ZoneInfo(zone))) for each in appointments]
    return [
        each
        for each, start in starts
        if (not days or start.date().isoformat() in days)
        and (first or "00:00") <= start.time().isoformat("minutes") <= (last or "23:59")
    ]


def named_in(text: str, appointments: Sequence[Appointment], c: Context) -> list[Appointment]:
    """Those that a text names; by the day of the week too, where it is on none of the days that were meant."""
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone, naming=True)
    wish = answers(heard)
    if found := named(appointments, wish, c.contact.zone):
        return found
    weekdays, zone = {day.weekday() for day in heard.days}, ZoneInfo(c.contact.zone)
    of_weekday = [each for each in appointments if each.start.astimezone(zone).weekday() in weekdays]
    return named(of_weekday, {**wish, "days": None}, c.contact.zone) or of_weekday


def all_of_them(text: str, c: Context) -> bool:
    """ "les deux", "tous"."""
    said = padded(text)
    return has(said, pattern(c.words("words.option.reminded.both"))) or has(
        said, pattern(c.words("words.option.reminded.all"))
    )
