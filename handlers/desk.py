"""The desk: the switchboard's number, its hours in words, and whether somebody is there now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from booking.model import Hours
from conversations.model import Desk
from conversations.text import Text, t

DAYS: Final[tuple[Text, ...]] = (
    t("weekday.mon"),
    t("weekday.tue"),
    t("weekday.wed"),
    t("weekday.thu"),
    t("weekday.fri"),
    t("weekday.sat"),
    t("weekday.sun"),
)


def desk(phone: str | None, hours: Sequence[Hours], now: datetime, zone: ZoneInfo) -> Desk:
    """As of an instant; `hours` are local in `zone`."""
    local = now.astimezone(zone)
    open_now = any(local.weekday() in each.days and each.start <= local.time() < each.end for each in hours)
    return Desk(spaced(phone) if phone else None, open_now, _in_words(hours[0]))


def _in_words(hours: Hours) -> Text:
    first, last = min(hours.days), max(hours.days)
    return t("desk.hours", first=DAYS[first], last=DAYS[last], opens=_clock(hours.start), closes=_clock(hours.end))


def _clock(at: time) -> Text:
    if at.minute:
        return t("format.time", hour=str(at.hour), minute=f"{at.minute:02}")
    return t("format.hour", hour=str(at.hour), minute="00")


def spaced(phone: str) -> str:
    """A French number as people read it: 02 97 00 00 00. Others stay in E.164."""
    if not phone.startswith("+33") or len(phone) != 12:
        return phone
    national = "0" + phone[3:]
    return " ".join(national[n : n + 2] for n in range(0, 10, 2))
