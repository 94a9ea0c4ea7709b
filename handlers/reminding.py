"""A reminder that is due: everything is read again, and it is said only if it still holds and is still wanted.

Two appointments of one local day make one reminder, which tells both hours: the other's timer ends as `merged`, and so
does its message if it still waits. What was judged is kept on the timer, with its reason, for `why`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from booking.model import Appointment, AppointmentId
from booking.ports import BookingStore
from conversations.model import News
from handlers.alarms import raise_alarm
from handlers.effects import Effect, Remind
from handlers.parts import Parts
from handlers.reminders import Due, Hour, Quiet, due_of, just_agreed, reminder_of
from storage import inbox, outbox, timers
from storage.db import Tx
from storage.outbox import OutboxRow

MOVED_ON: Final = timedelta(minutes=5)  # their clock changed by more than this: it is due later, where they are now
TOLD: Final = frozenset({"queued", "sending", "unknown", "accepted", "sent", "delivered", "read"})


@dataclass(frozen=True, slots=True)
class Not:
    """It is not said: what becomes of its timer, and why."""

    status: Literal["dropped", "skipped", "merged"]
    reason: str


@dataclass(frozen=True, slots=True)
class PutOff:
    """Not yet: they live by another clock than when it was planned."""

    timer: Remind


Judged: TypeAlias = Due | Not | PutOff


@dataclass(frozen=True, slots=True)
class Timing:
    """The operator's: how long before, at which hours not, and where nobody's own clock is known.

    `caller`: the number that masked calls come from, in E.164; None where workers dial themselves.
    """

    befores: Sequence[timedelta]
    quiet: Quiet
    zone: ZoneInfo
    caller: str | None = None


async def remind(tx: Tx, parts: Parts, store: BookingStore, news: News, now: datetime) -> Sequence[Effect]:
    """What a due reminder comes to."""
    kind, subject = news.data["kind"], AppointmentId(news.data["subject"])
    caller = parts.voice.number if parts.voice else None
    timing = Timing(parts.befores, parts.quiet, parts.zone, caller)
    judged = await judged_now(store, kind, subject, now, timing)
    if isinstance(judged, Due):
        judged = await _said_with_another(tx, judged) or judged
    match judged:
        case Not(status, reason):
            if reason == "no_worker":
                await raise_alarm(tx, parts, "reminder_without_worker", subject, now, appointment=subject)
            await _ended(tx, news, status, reason, now)
            tx.after_commit(parts.metrics.reminders.labels(kind, status).inc)
            return []
        case PutOff(timer):
            await _ended(tx, news, "dropped", "other_clock", now)
            return [timer]
        case Due():
            await _merge(tx, parts, judged, now)
            tx.after_commit(parts.metrics.reminders.labels(kind, "said").inc)
            return reminder_of(kind).effects(judged)


async def judged_now(store: BookingStore, kind: str, subject: AppointmentId, now: datetime, timing: Timing) -> Judged:
    """In order: is it still so, is it time where they live, and would it be news?"""
    appointment, reminder = await store.appointment(subject), reminder_of(kind)
    if appointment is None or not reminder.holds(appointment):
        return Not("dropped", "appointment_changed")
    if reminder.until(appointment) <= now:
        return Not("dropped", "useless")
    worker = (await store.directory()).worker(appointment.worker)
    if worker is None:
        return Not("dropped", "no_worker")
    person = await store.person(appointment.person)
    zone = ZoneInfo(person.time_zone) if person else timing.zone
    due = due_of(kind, appointment, zone, timing.befores, timing.quiet)
    if due is not None and due - now > MOVED_ON:
        return PutOff(Remind(kind, subject, appointment.contact, due, reminder.until(appointment), again=True))
    if (skip := just_agreed(reminder, appointment, now)) is not None:
        return Not("skipped", skip)
    others = await _of_that_day(store, appointment, zone, now) if reminder.merges else []
    return Due(kind, Hour(appointment, worker), now, tuple(others), timing.caller)


async def _said_with_another(tx: Tx, due: Due) -> Not | None:
    """Another hour of that day had this reminder already: of one that was booked since, they need none for itself."""
    for other in due.others:
        said = await _said(tx, other.appointment.id, due.kind)
        if said is not None and (said.status != "queued" or due.hour.appointment.id in said.of):
            return Not("merged", f"into {other.appointment.id}")
    return None


async def _of_that_day(store: BookingStore, appointment: Appointment, zone: ZoneInfo, now: datetime) -> list[Hour]:
    """The person's other hours of the same day of their calendar, those to come."""
    directory, day = await store.directory(), appointment.start.astimezone(zone).date()
    hours = []
    for other in await store.upcoming(appointment.person, now):
        worker = directory.worker(other.worker)
        same_day = other.start.astimezone(zone).date() == day
        if other.id != appointment.id and same_day and other.start > now and worker is not None:
            hours.append(Hour(other, worker))
    return hours


async def _said(tx: Tx, appointment: AppointmentId, kind: str) -> OutboxRow | None:
    """The message of this kind about another appointment, if it went out or waits to."""
    rows = await outbox.history(tx, appointment=appointment)
    return next((row for row in rows if row.reminder == kind and row.status in TOLD), None)


async def _merge(tx: Tx, parts: Parts, due: Due, now: datetime) -> None:
    """What waits to be said of the day's other hours is said with this one."""
    into = f"into {due.hour.appointment.id}"
    for other in due.others:
        id = other.appointment.id
        waiting = await timers.merge(tx, id, due.kind, into, now)
        said = await _said(tx, id, due.kind)
        if said is not None and said.status == "queued":
            await outbox.merge(tx, said, into, now)
        if waiting or said is not None:
            tx.after_commit(parts.metrics.reminders.labels(due.kind, "merged").inc)


async def _ended(tx: Tx, news: News, status: str, reason: str, now: datetime) -> None:
    """The timer was marked as done when it fell due; this is what came of it."""
    if "timer" in news.data:
        await timers.ended(tx, news.data["timer"], status, reason, now)


async def tell_rest(tx: Tx, store: BookingStore, row: OutboxRow, now: datetime) -> None:
    """A reminder that cannot be sent any more, since an hour that it tells of has changed: those that still stand are
    reminded of again, as things are then.
    """
    for id in row.of:
        appointment = await store.appointment(AppointmentId(id))
        if appointment is not None and appointment.status == "booked":
            news = {"kind": row.reminder, "subject": id}
            await inbox.add_news(tx, f"again:{row.id}:{id}", row.contact_id, "remind", news, now)
