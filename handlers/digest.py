"""The morning message: what a worker chose not to hear of at once (`policy.told_at_once`), and the day's agenda.

Such a notice is an ordinary row of the outbox, due a little after eight the next morning. At eight the message takes
up all that waits so and marks it merged; should it ever fail to come, each leaves by itself, so no change stays
unknown (invariant I8). The timer's key holds the morning: one message a day, whoever sets it and however often.

A morning with nothing to tell is silent; who chose the daily agenda gets it on days with appointments.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking.model import Appointment, NoticeLevel, Worker, WorkerId
from booking.ports import AgendaEntry, BookingStore
from conversations.flows.worker.agenda import LINES, line
from conversations.model import News
from conversations.text import Text, t
from handlers import content
from handlers.effects import Effect, Notice, ToWorker
from handlers.mornings import ALONE, GATHERED, OF_USE, morning
from handlers.parts import Parts
from handlers.writing import write
from storage import audit, contacts, flags, outbox, workday
from storage.booking import RowStore
from storage.db import Tx
from storage.outbox import OutboxRow

PLANNED: Final = timedelta(hours=1)  # between two looks at who gets one


async def plan(parts: Parts) -> None:
    """Sets the next morning of every worker who wants one; by one of all processes, once an hour."""
    now = parts.clock()
    if not await flags.turn(parts.db, "mornings_planned", PLANNED, now):
        return
    for worker in await workday.gathering(parts.db):
        async with parts.db.transaction() as tx:
            store = RowStore(tx, parts.directories)
            found = (await store.directory()).worker(worker)
            if found is not None:
                await write(tx, parts, store, [morning(found, now)], f"morning:{worker}:{now:%Y%m%d%H}", now)


async def digest(tx: Tx, parts: Parts, store: BookingStore, news: News, now: datetime) -> Sequence[Effect]:
    """The message of this morning, and its rows merged; or nothing. Cleared within the transaction that says it."""
    due = datetime.fromisoformat(news.data["at"])
    worker = (await store.directory()).worker(WorkerId(news.data["worker"]))
    if worker is None or now >= due + OF_USE:
        return []
    waiting = await _waiting(tx, worker, due)
    today = await hours_of_today(store, worker, now)
    texts = message(await store.notices(worker.id), today, [text for row in waiting for text in _said(row)])
    if not texts:
        return []
    for row in waiting:
        await outbox.leave(tx, row.id, "merged", "digest", now)
        tx.after_commit(parts.metrics.outbound_messages.labels(row.channel, row.kind, "merged").inc)
    for entry in today:
        await audit.add(tx, f"worker:{worker.id}", "see", f"appointment:{entry.appointment.id}", now)
    return [Notice(ToWorker(worker.id), "digest", texts, urgent=True)]


async def _waiting(tx: Tx, worker: Worker, due: datetime) -> list[OutboxRow]:
    """What is due this morning, whichever way of theirs it was written for."""
    rows = [row for each in await contacts.of_worker(tx, worker.id) for row in await outbox.queued(tx, each.id)]
    ours = [row for row in rows if row.content is not None and row.content.get(GATHERED) and row.due_at <= due + ALONE]
    return sorted(ours, key=lambda row: int(row.id))


def _said(row: OutboxRow) -> tuple[Text, ...]:
    assert row.content is not None
    return content.from_json(row.content).texts


async def hours_of_today(store: BookingStore, worker: Worker, now: datetime) -> list[AgendaEntry]:
    """What is not over yet, by the worker's clock."""
    zone = ZoneInfo(worker.time_zone)
    today = now.astimezone(zone).date()
    since, until = (datetime.combine(day, time(), zone) for day in (today, today + timedelta(days=1)))
    booked = [a for a in await store.agenda(worker.id, since, until) if a.end > now]
    return [await _entry(store, a) for a in booked]


async def _entry(store: BookingStore, appointment: Appointment) -> AgendaEntry:
    person = await store.person(appointment.person)
    return AgendaEntry(appointment, person.first_name if person else "")


def message(level: NoticeLevel, today: Sequence[AgendaEntry], news: Sequence[Text]) -> tuple[Text, ...]:
    """The day first, then what is new, in its order. Empty: this morning is silent."""
    if not news and (not today or level is not NoticeLevel.DIGEST):
        return ()
    texts = [t("digest.today"), *map(line, today[:LINES])] if today else [t("digest.nothing_today")]
    if len(today) > LINES:
        texts.append(t("agenda.more", count=len(today) - LINES))
    return (*texts, t("digest.since"), *news) if news else tuple(texts)
