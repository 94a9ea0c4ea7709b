"""Reminders: when each is due, whether it is wanted, what it says. `REMINDERS` is the table.

The figures are from studies of missed appointments: the first comes early enough to cancel freely, the second close
enough not to be forgotten. Due instants are computed from the person's local time when the hour is booked; each is
judged again when it is due (`handlers/reminding.py`) and when it is sent (`handlers/judging.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from booking.model import Appointment, Mode, Worker
from conversations.model import Link
from conversations.text import Text, t
from handlers import soon
from handlers.effects import Effect, Notice, Remind, ToPerson

DAY: Final = timedelta(hours=24)
FREE_TO_CANCEL: Final = timedelta(hours=26)  # the early reminder leaves two hours to cancel without being late
DECENT: Final = (time(9), time(19))  # the early reminder, local
BEFORE_NIGHT: Final = timedelta(minutes=15)  # what is said last leaves in time, also when there is much to send
JUST_AGREED: Final = timedelta(hours=6)  # nobody is reminded of what they booked or confirmed this recently

# Why a reminder was not made, or not said: `socialdirect why` prints these in words.
Skip: TypeAlias = Literal["due_already", "same_time", "just_booked", "just_confirmed"]


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


def last_awake(quiet: Quiet, zone: str, now: datetime) -> datetime:
    """Shortly before the next quiet hours of a place begin (UTC); it may be past, just before them and within."""
    local = now.astimezone(ZoneInfo(zone))
    night = local.replace(hour=quiet.begins.hour, minute=quiet.begins.minute, second=0, microsecond=0)
    if night < local:
        night += timedelta(days=1)
    return night.astimezone(UTC) - BEFORE_NIGHT


# ---------------------------------------------------------------- one kind


@dataclass(frozen=True, slots=True)
class Hour:
    """A booked hour, and with whom."""

    appointment: Appointment
    worker: Worker


@dataclass(frozen=True, slots=True)
class Due:
    """A reminder that is due and still true. `others`: the person's other hours of the same local day, soonest first,
    where this kind is said of all of them at once. `caller`: the number that masked calls come from, if they do.
    """

    kind: str  # as its timer is called: `early-48h`
    hour: Hour
    now: datetime
    others: tuple[Hour, ...] = ()
    caller: str | None = None

    @property
    def hours(self) -> list[Hour]:
        """All of the day, soonest first."""
        return sorted((self.hour, *self.others), key=lambda hour: (hour.appointment.start, hour.appointment.id))


def stands(appointment: Appointment) -> bool:
    return appointment.status == "booked"


@dataclass(frozen=True, slots=True)
class Reminder:
    """One kind of the table.

    `befores`: which of the operator's times (`REMINDERS=48h,2h`) it is for, by the end of the timer's name, or its own
    time whatever they are; below zero is after the start. `due`: the instant, from start, the person's zone, one of
    these times, quiet hours. `until`: of no use from then on. `effects`: what follows when it is due: a notice, or news
    for somebody's talk. `holds`: which appointments it is still true of then. `wanted`: for which it is made at all.
    `merges`: two of one local day make one. `spares`: it is not said of what was agreed or confirmed that recently.
    """

    befores: Callable[[Sequence[timedelta]], Mapping[str, timedelta]]
    due: Callable[[datetime, ZoneInfo, timedelta, Quiet], datetime]
    until: Callable[[Appointment], datetime]
    effects: Callable[[Due], Sequence[Effect]]
    holds: Callable[[Appointment], bool] = stands
    wanted: Callable[[Appointment], bool] = stands
    merges: bool = False
    spares: timedelta = timedelta()


def exactly(before: timedelta) -> Callable[[Sequence[timedelta]], Mapping[str, timedelta]]:
    """Always this long before the start, whatever the operator chose for the others."""
    return lambda _: {"": before}


def to_the_minute(start: datetime, zone: ZoneInfo, before: timedelta, quiet: Quiet) -> datetime:
    return start - before


# ---------------------------------------------------------------- early: in time to cancel freely


def days_before(befores: Sequence[timedelta]) -> Mapping[str, timedelta]:
    return {f"-{_name(before)}": before for before in befores if before >= DAY}


def due_early(start: datetime, zone: ZoneInfo, before: timedelta, quiet: Quiet) -> datetime:
    """`before` the start, moved into decent hours, and never so late that cancelling would be late at once."""
    local = (start.astimezone(UTC) - before).astimezone(zone)
    if local.time() < DECENT[0]:
        local = _at(local, DECENT[0])
    elif local.time() > DECENT[1]:
        local = _at(local, DECENT[1])
    if _free(start, local):
        return local.astimezone(UTC)
    evening = _at((start.astimezone(UTC) - FREE_TO_CANCEL).astimezone(zone), DECENT[1])
    return (evening if _free(start, evening) else evening - timedelta(days=1)).astimezone(UTC)


def _free(start: datetime, local: datetime) -> bool:
    """In elapsed hours: two times of one zone would subtract wall clocks."""
    return start.astimezone(UTC) - local.astimezone(UTC) >= FREE_TO_CANCEL


def says_early(due: Due) -> Sequence[Effect]:
    """The fact first, then the words to answer with, and until when cancelling is free (article 5.1)."""
    starts = [hour.appointment.start for hour in due.hours]
    fact = [t("reminder.early", start=starts[0])]
    if len(starts) > 1:
        fact = [t("reminder.early_several"), *(t("reminder.line", start=start) for start in starts)]
    return [_notice(due, (*fact, t("reminder.answer", until=_useful_until(due))), None)]


def free_to_cancel(appointment: Appointment) -> datetime:
    """The early one tells until when cancelling is free: afterwards it would be untrue."""
    return appointment.start - DAY


# ---------------------------------------------------------------- late: shortly before


def hours_before(befores: Sequence[timedelta]) -> Mapping[str, timedelta]:
    return {f"-{_name(before)}": before for before in befores if before < DAY}


def due_late(start: datetime, zone: ZoneInfo, before: timedelta, quiet: Quiet) -> datetime:
    """`before` the start; for early mornings the evening before, an hour before it is too late to write."""
    local = (start.astimezone(UTC) - before).astimezone(zone)
    if not quiet.holds(local.time()):
        return local.astimezone(UTC)
    evening = local if local.time() >= quiet.begins else local - timedelta(days=1)
    return (_at(evening, quiet.begins) - timedelta(hours=1)).astimezone(UTC)


def says_late(due: Due) -> Sequence[Effect]:
    """The hour, and who calls, or the link, or the address: its page has the map. One link, a video's first."""
    first, *others = due.hours
    linked = [hour for mode in (Mode.VIDEO, Mode.IN_PERSON) for hour in due.hours if hour.appointment.mode is mode]
    link = Link("appointment", linked[0].appointment.id) if linked else None
    if others:
        texts = [t("reminder.late_several"), *(_said(hour, SEVERAL) for hour in due.hours)]
        return [_notice(due, tuple(texts), link)]
    return [_notice(due, (_said(first, LATE),), link)]


def _said(hour: Hour, words: Mapping[Mode, Text]) -> Text:
    text = words[hour.appointment.mode]
    return t(text.msgid, start=hour.appointment.start, worker=hour.worker.first_name, address=hour.worker.address)


LATE: Final[Mapping[Mode, Text]] = {
    Mode.PHONE: t("reminder.late_phone"),
    Mode.VIDEO: t("reminder.late_video"),
    Mode.IN_PERSON: t("reminder.late_in_person"),
}
SEVERAL: Final[Mapping[Mode, Text]] = {
    Mode.PHONE: t("reminder.line_phone"),
    Mode.VIDEO: t("reminder.line_video"),
    Mode.IN_PERSON: t("reminder.line_in_person"),
}


def begins(appointment: Appointment) -> datetime:
    return appointment.start


# ---------------------------------------------------------------- soon: ten minutes before


def says_soon(due: Due) -> Sequence[Effect]:
    return soon.effects(due.hour.appointment, due.hour.worker, due.caller)


# ---------------------------------------------------------------- the table

REMINDERS: Final[Mapping[str, Reminder]] = {
    "early": Reminder(days_before, due_early, free_to_cancel, says_early, merges=True, spares=JUST_AGREED),
    "late": Reminder(hours_before, due_late, begins, says_late, merges=True, spares=JUST_AGREED),
    soon.KIND: Reminder(exactly(soon.BEFORE), to_the_minute, begins, says_soon),
}


def reminder_of(kind: str) -> Reminder:
    """By a timer's name: `early-48h` is of the line 'early'."""
    return REMINDERS[kind.split("-", maxsplit=1)[0]]


def due_of(
    kind: str, appointment: Appointment, zone: ZoneInfo, befores: Sequence[timedelta], quiet: Quiet
) -> datetime | None:
    """When a timer of this name would be due by today's settings; None when the operator has no such any more."""
    reminder, suffix = reminder_of(kind), kind[len(kind.split("-", maxsplit=1)[0]) :]
    before = reminder.befores(befores).get(suffix)
    return None if before is None else reminder.due(appointment.start, zone, before, quiet)


def plan(
    appointment: Appointment, zone: ZoneInfo, befores: Sequence[timedelta], quiet: Quiet, now: datetime
) -> list[Remind]:
    """The timers of an appointment, as of now, also those that would be of no use: each of these says why."""
    timers: list[Remind] = []
    for name, reminder in REMINDERS.items():
        if not reminder.wanted(appointment):
            continue
        taken: set[datetime] = set()
        for suffix, before in reminder.befores(sorted(befores, reverse=True)).items():
            due = reminder.due(appointment.start, zone, before, quiet)
            skip = _skipped(reminder, due, taken, now)
            if skip is None:
                taken.add(due)
            timers.append(
                Remind(name + suffix, appointment.id, appointment.contact, due, reminder.until(appointment), skip)
            )
    return timers


def _skipped(reminder: Reminder, due: datetime, taken: set[datetime], now: datetime) -> Skip | None:
    if due <= now:
        return "due_already"
    if due in taken:
        return "same_time"  # two of the operator's times were moved to the same decent hour
    return "just_booked" if due - now < reminder.spares else None


def just_agreed(reminder: Reminder, appointment: Appointment, now: datetime) -> Skip | None:
    """Whether it would only repeat what they heard, or said, a moment ago."""
    if appointment.confirmed_at is not None and now - appointment.confirmed_at < reminder.spares:
        return "just_confirmed"
    if appointment.made_at is not None and now - appointment.made_at < reminder.spares:
        return "just_booked"
    return None


def _notice(due: Due, texts: tuple[Text, ...], link: Link | None) -> Notice:
    """`of`: all the hours that it tells of, each as it is now; one that changes before it is sent makes it untrue."""
    appointment = due.hour.appointment
    return Notice(
        ToPerson(appointment.person),
        "reminder",
        texts,
        appointment.id,
        link,
        _useful_until(due),
        reminder=due.kind,
        of={hour.appointment.id: hour.appointment.version for hour in due.hours},
    )


def _useful_until(due: Due) -> datetime:
    """Of all its hours, the first that comes: one of another hour may be past already."""
    untils = [reminder_of(due.kind).until(hour.appointment) for hour in due.hours]
    return min(until for until in untils if until > due.now)


def _at(local: datetime, clock: time) -> datetime:
    """The same local day, at another time of the clock."""
    return local.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0, fold=0)


def _name(before: timedelta) -> str:
    """`48h`, `90m`: the setting's own spelling, so that each is sent once."""
    minutes = int(before / timedelta(minutes=1))
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
