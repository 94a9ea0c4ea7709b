"""Reminders: when each is due, whether it still holds, what it says. `REMINDERS` is the table.

The figures are from studies of missed appointments: the first comes early enough to cancel freely, the second close
enough not to be forgotten. Due instants are computed from local time when the hour is booked; each is judged again
when it is due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking.model import Appointment, Mode, Worker
from conversations.text import Text, t
from handlers.effects import Remind

DAY: Final = timedelta(hours=24)
FREE_TO_CANCEL: Final = timedelta(hours=26)  # the early reminder leaves two hours to cancel without being late
DECENT: Final = (time(9), time(19))  # the early reminder, local
JUST_BOOKED: Final = timedelta(hours=6)  # no late reminder of what was agreed this recently


@dataclass(frozen=True, slots=True)
class Reminder:
    """`due(start, zone, before, quiet)` is None when the reminder would make no sense."""

    due: Callable[[datetime, ZoneInfo, timedelta, Quiet], datetime | None]
    says: Callable[[Appointment, Worker], tuple[Text, ...]]


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours at which nobody is disturbed, local; `begins` may be later in the day than `ends`."""

    begins: time
    ends: time

    def holds(self, local: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends


def wake(quiet: Quiet, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours of a place end (UTC); None outside them."""
    local = now.astimezone(ZoneInfo(zone))
    if not quiet.holds(local.time()):
        return None
    morning = local.replace(hour=quiet.ends.hour, minute=quiet.ends.minute, second=0, microsecond=0)
    if morning <= local:
        morning += timedelta(days=1)
    return morning.astimezone(UTC)


def due_early(start: datetime, zone: ZoneInfo, before: timedelta, quiet: Quiet) -> datetime | None:
    """`before` the start, moved into decent hours, and never so late that cancelling would be late at once."""
    local = (start - before).astimezone(zone)
    if local.time() < DECENT[0]:
        local = _at(local, DECENT[0])
    elif local.time() > DECENT[1]:
        local = _at(local, DECENT[1])
    if start - local >= FREE_TO_CANCEL:
        return local
    evening = _at((start - FREE_TO_CANCEL).astimezone(zone), DECENT[1])
    return evening if start - evening >= FREE_TO_CANCEL else evening - timedelta(days=1)


def due_late(start: datetime, zone: ZoneInfo, before: timedelta, quiet: Quiet) -> datetime | None:
    """`before` the start; for early mornings the evening before, an hour before it is too late to write."""
    local = (start - before).astimezone(zone)
    if not quiet.holds(local.time()):
        return local
    evening = local if local.time() >= quiet.begins else local - timedelta(days=1)
    return _at(evening, quiet.begins) - timedelta(hours=1)


def _at(local: datetime, clock: time) -> datetime:
    """The same local day, at another time of the clock."""
    return local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)


def says_early(appointment: Appointment, worker: Worker) -> tuple[Text, ...]:
    """The fact first, then the words to answer with, and until when cancelling is free (article 5.1)."""
    free_until = appointment.start - DAY
    return (
        t("reminder.early", start=appointment.start),
        t("reminder.answer", until=free_until),
    )


def says_late(appointment: Appointment, worker: Worker) -> tuple[Text, ...]:
    """The hour, and who calls, or the link, or the address."""
    text = LATE[appointment.mode]
    return (t(text.msgid, start=appointment.start, worker=worker.first_name, address=worker.address),)


LATE: Final[Mapping[Mode, Text]] = {
    Mode.PHONE: t("reminder.late_phone"),
    Mode.VIDEO: t("reminder.late_video"),
    Mode.IN_PERSON: t("reminder.late_in_person"),
}

REMINDERS: Final[Mapping[str, Reminder]] = {
    "early": Reminder(due_early, says_early),
    "late": Reminder(due_late, says_late),
}


def useful_until(kind: str, appointment: Appointment) -> datetime:
    """The early one tells until when cancelling is free: afterwards it would be untrue."""
    return appointment.start - DAY if kind.startswith("early") else appointment.start


def kind_of(before: timedelta) -> str:
    """Which of the table a setting means: a day or more before is 'early'."""
    return "early" if before >= DAY else "late"


def plan(
    appointment: Appointment, zone: ZoneInfo, befores: Sequence[timedelta], quiet: Quiet, now: datetime
) -> list[Remind]:
    """The timers of an appointment, as of now.

    What is due already, or would only repeat the confirmation, is left out.
    """
    timers = []
    for before in befores:
        kind = kind_of(before)
        due = REMINDERS[kind].due(appointment.start, zone, before, quiet)
        too_soon = due is not None and kind == "late" and due - now < JUST_BOOKED
        if due is None or due <= now or too_soon:
            continue
        until = useful_until(kind, appointment)
        timers.append(Remind(f"{kind}-{_name(before)}", appointment.id, appointment.contact, due, until))
    return timers


def _name(before: timedelta) -> str:
    """`48h`, `90m`: the setting's own spelling, so that each is sent once."""
    minutes = int(before / timedelta(minutes=1))
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
