"""Days and hours as clocks on the wall show them, worked out and worded without the program's help: the judge's own."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS: Final = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_FRENCH: Final = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_ENGLISH: Final = "January February March April May June July August September October November December"
MONTHS: Final = {"fr": _FRENCH.split(), "en": _ENGLISH.split()}
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(hours=24)


def day_in_words(day: date, lang: str) -> str:
    """`le 29 mars`, as somebody types it."""
    month = MONTHS[lang][day.month - 1]
    return f"le {day.day} {month}" if lang == "fr" else f"{day.day} {month}"


def slot_in_words(at: datetime, zone: str, lang: str) -> str:
    """`dimanche 29 mars à 3 h 15`, as it must read on a screen; folded, since SMS has fewer letters."""
    local = at.astimezone(ZoneInfo(zone))
    day, month = WEEKDAYS[lang][local.weekday()], MONTHS[lang][local.month - 1]
    if lang == "fr":
        number = "1er" if local.day == 1 else str(local.day)
        minutes = f" {local.minute:02}" if local.minute else ""
        return folded(f"{day} {number} {month} à {local.hour} h{minutes}")
    return folded(f"{day} {local.day} {month} at {local.hour}:{local.minute:02}")


def folded(text: str) -> str:
    """Without accents, as an SMS may show it."""
    plain = unicodedata.normalize("NFKD", text.replace("\u202f", " ").replace("\xa0", " "))
    return "".join(char for char in plain if not unicodedata.combining(char))


def on_the_wall(local: datetime, hour: int) -> datetime:
    """The same local day, at another hour of its clock, in UTC."""
    return datetime.combine(local.date(), time(hour), local.tzinfo).astimezone(UTC)


def is_night(at: datetime, zone: str) -> bool:
    """From 21 to 8 o'clock nobody is disturbed."""
    hour = at.astimezone(ZoneInfo(zone)).hour
    return hour >= 21 or hour < 8


def morning_after(at: datetime, zone: str) -> datetime:
    """When it is 8 o'clock there next."""
    local = at.astimezone(ZoneInfo(zone))
    eight = on_the_wall(local, 8)
    return eight if eight > at else on_the_wall(local + timedelta(days=1), 8)


def when_awake(at: datetime, zone: str) -> datetime:
    return morning_after(at, zone) if is_night(at, zone) else at


def early_reminder(start: datetime, zone: str) -> datetime:
    """48 hours before; if that is not between 9 and 19 h there, at that day's nearest of the two."""
    due = start - 2 * DAY
    local = due.astimezone(ZoneInfo(zone))
    nine, seven = on_the_wall(local, 9), on_the_wall(local, 19)
    return min(max(due, nine), seven)


def late_reminder(start: datetime, zone: str) -> datetime:
    """2 hours before; for hours so early that this would be at night, the evening before, at 20 h."""
    due = start - 2 * HOUR
    if not is_night(due, zone):
        return due
    local = due.astimezone(ZoneInfo(zone))
    evening = local if local.hour >= 21 else local - timedelta(days=1)
    return on_the_wall(evening, 20)
