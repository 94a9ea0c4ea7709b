"""Effects become rows, in the transaction of what caused them. Keys are the cause and a number: a cause that is run
again cannot speak twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.model import NotifyBy, PersonId, Worker, WorkerId
from booking.ports import BookingStore
from conversations.model import Reply
from handlers import content, links
from handlers.effects import (
    Alarm,
    Drop,
    Effect,
    Notice,
    Recipient,
    Remind,
    ToContact,
    ToMail,
    ToPerson,
    ToPhone,
    ToWorker,
)
from handlers.parts import Parts
from storage import contacts, outbox, timers
from storage.contacts import ContactRow
from storage.db import Tx

WINDOW = timedelta(hours=24) - timedelta(minutes=5)  # WhatsApp's, with a margin for our own slowness


async def write(
    tx: Tx, parts: Parts, store: BookingStore, effects: Sequence[Effect], cause: str, now: datetime
) -> None:
    """All rows of some effects."""
    for number, effect in enumerate(effects, 1):
        match effect:
            case Notice():
                await _notice(tx, parts, store, effect, f"{cause}:{number}", now)
            case Remind():
                await timers.add(tx, _timer(effect))
            case Drop(subject):
                await timers.cancel(tx, subject, "appointment_changed", now)
                await outbox.suppress(tx, subject, "appointment_changed", now)
            case Alarm(code, contact):
                parts.alarm(code, contact=contact or "")
                if parts.alert_to:
                    await _mail_operator(tx, parts, code, f"{cause}:{number}", now)


def _timer(remind: Remind) -> timers.NewTimer:
    return timers.NewTimer(
        key=f"{remind.kind}:{remind.subject}",
        contact=remind.contact,
        kind=remind.kind,
        due_at=remind.due,
        expires_at=remind.useful_until,
        subject=remind.subject,
    )


async def _notice(tx: Tx, parts: Parts, store: BookingStore, notice: Notice, key: str, now: datetime) -> None:
    contact = await recipient(tx, parts, store, notice.to, now)
    if contact is None:
        parts.alarm("nobody_to_tell", kind=notice.kind)
        return
    await links.give(tx, notice.link, now)
    await outbox.add(
        tx,
        outbox.Outgoing(
            key=key,
            contact=contact,
            kind=notice.kind,
            content={**content.to_json(Reply(notice.texts, link=notice.link)), "urgent": notice.urgent},
            due_at=now,
            expires_at=notice.expires_at,
            appointment=notice.subject,
        ),
        now,
    )


async def _mail_operator(tx: Tx, parts: Parts, code: str, key: str, now: datetime) -> None:
    from conversations.text import t

    assert parts.alert_to is not None
    contact = await _made(tx, parts, "email", parts.alert_to, parts.default_lang, str(parts.zone), now)
    texts = (t("alarm.mail", code=code),)
    row = {**content.to_json(Reply(texts)), "urgent": True}
    await outbox.add(tx, outbox.Outgoing(key=key, contact=contact, kind="alarm", content=row, due_at=now), now)


async def recipient(tx: Tx, parts: Parts, store: BookingStore, to: Recipient, now: datetime) -> str | None:
    """The contact that is told; None when there is no way to them at all."""
    match to:
        case ToContact(contact):
            return contact
        case ToPerson(person):
            return await _of_person(tx, person)
        case ToMail(person):
            return await _mail_of(tx, parts, store, person, now)
        case ToWorker(worker):
            found = (await store.directory()).worker(worker)
            return await _of_worker(tx, parts, found, now) if found else None
        case ToPhone(number):
            return await _made(tx, parts, "sms", number, parts.default_lang, str(parts.zone), now)
    raise AssertionError(to)


async def _of_person(tx: Tx, person: PersonId) -> str | None:
    """The channel that they used last, among those that still reach them; one that they stopped only if there is no
    other.
    """
    rows = [row for row in await contacts.of_person(tx, person) if row.dead_at is None and row.channel != "email"]
    rows.sort(key=lambda row: (row.opted_out_at is None, row.last_inbound_at or row.created_at), reverse=True)
    return rows[0].id if rows else None


async def _mail_of(tx: Tx, parts: Parts, store: BookingStore, person: PersonId, now: datetime) -> str | None:
    found = await store.person(person)
    if found is None or found.email is None:
        return None
    contact = await _made(tx, parts, "email", found.email, found.language, found.time_zone, now)
    await contacts.link_person(tx, contact, found.id)
    return contact


async def _of_worker(tx: Tx, parts: Parts, worker: Worker, now: datetime) -> str:
    """As they chose, once the channel is linked and open; else by SMS, where there is one; else by e-mail
    (contract).
    """
    linked = {row.channel: row for row in await contacts.of_worker(tx, worker.id) if _reaches(row, now)}
    if worker.notify_by in {NotifyBy.WHATSAPP, NotifyBy.TELEGRAM} and worker.notify_by in linked:
        return linked[worker.notify_by].id
    by_mail = worker.notify_by is NotifyBy.EMAIL or "sms" not in parts.channels
    channel, address = ("email", worker.email) if by_mail else ("sms", worker.phone)
    if channel in linked:
        return linked[channel].id
    lang = next((lang for lang in worker.languages if lang in parts.languages), parts.default_lang)
    contact = await _made(tx, parts, channel, address, lang, worker.time_zone, now)
    await contacts.link_worker(tx, contact, WorkerId(worker.id))
    return contact


def _reaches(row: ContactRow, now: datetime) -> bool:
    if row.dead_at is not None:
        return False
    return row.channel != "whatsapp" or window_open(row, now)


def window_open(row: ContactRow, now: datetime) -> bool:
    """Whether WhatsApp lets us write freely: they wrote within the last 24 hours."""
    return row.last_inbound_at is not None and now - row.last_inbound_at < WINDOW


async def _made(tx: Tx, parts: Parts, channel: str, address: str, lang: str, zone: str, now: datetime) -> str:
    return await contacts.make(tx, channel, address, now, parts.new_id, lang, zone)
