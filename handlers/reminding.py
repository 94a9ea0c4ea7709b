"""A reminder that is due: read the appointment again, and say it only if it still holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from booking.model import AppointmentId, Mode
from booking.ports import BookingStore
from conversations.model import Link, News
from handlers import soon
from handlers.alarms import raise_alarm
from handlers.effects import Effect, Notice, ToPerson
from handlers.parts import Parts
from handlers.reminders import REMINDERS, useful_until
from storage.db import Tx

Untrue: TypeAlias = Literal["dropped", "no_worker"]


async def remind(tx: Tx, parts: Parts, store: BookingStore, news: News, now: datetime) -> Sequence[Effect]:
    """What a due reminder comes to, or nothing."""
    kind, subject = news.data["kind"], AppointmentId(news.data["subject"])
    caller = parts.voice.number if parts.voice else None
    due = await still_true(store, kind, subject, now, caller)
    if due == "no_worker":
        await raise_alarm(tx, parts, "reminder_without_worker", subject, now, appointment=subject)
        return []
    if due == "dropped":
        tx.after_commit(parts.metrics.reminders.labels(kind, "dropped").inc)
        return []
    tx.after_commit(parts.metrics.reminders.labels(kind, "said").inc)
    return due


async def still_true(
    store: BookingStore, kind: str, subject: AppointmentId, now: datetime, caller: str | None = None
) -> Sequence[Effect] | Untrue:
    """The notice of a reminder, unless the appointment was cancelled or moved, has begun, or has no worker.

    `caller`: the number that masked calls come from.
    """
    appointment = await store.appointment(subject)
    if appointment is None or appointment.status != "booked" or useful_until(kind, appointment) <= now:
        return "dropped"
    worker = (await store.directory()).worker(appointment.worker)
    if worker is None:
        return "no_worker"
    if kind == soon.KIND:
        return soon.effects(appointment, worker, caller)
    reminder = REMINDERS[kind.split("-", maxsplit=1)[0]]
    link = Link("appointment", appointment.id) if _with_link(kind, appointment.mode) else None
    texts, until = reminder.says(appointment, worker), useful_until(kind, appointment)
    return [Notice(ToPerson(appointment.person), "reminder", texts, appointment.id, link, until)]


def _with_link(kind: str, mode: Mode) -> bool:
    """Shortly before a video the link is the message; earlier, the words to answer with are."""
    return kind.startswith("late") and mode is Mode.VIDEO
