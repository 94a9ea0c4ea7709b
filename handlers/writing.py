"""Effects become rows, in the transaction of what caused them. Keys are the cause and a number: a cause that is run
again cannot speak twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial

from booking import phones, policy
from booking.model import AppointmentId, NotifyBy, PersonId, Worker, WorkerId
from booking.ports import BookingStore
from conversations.model import Reply
from conversations.text import t
from handlers import content, joining, links, to_desk
from handlers.alarms import raise_alarm
from handlers.calendars.inviting import mail_to_worker
from handlers.effects import (
    Alarm,
    Answered,
    Drop,
    Effect,
    Empty,
    Entered,
    Erase,
    Kept,
    Left,
    Notice,
    Recipient,
    Remind,
    Tell,
    ToAgenda,
    ToContact,
    ToMail,
    ToPerson,
    ToPhone,
    ToWorker,
    Worded,
)
from handlers.mornings import ALONE, GATHERED, next_morning
from handlers.parts import Parts
from handlers.reminders import wake
from handlers.reminding import tell_rest
from storage import contacts, erasures, inbox, outbox, tickets, timers, worker_calendars
from storage.contacts import ContactRow
from storage.db import Tx

WINDOW = timedelta(hours=24) - timedelta(minutes=5)  # WhatsApp's, with a margin for our own slowness


async def write(
    tx: Tx, parts: Parts, store: BookingStore, effects: Sequence[Effect], cause: str, now: datetime
) -> None:
    """All rows of some effects."""
    for number, effect in enumerate(effects, 1):
        key = f"{cause}:{number}"
        match effect:
            case Notice(to=ToAgenda(worker)):
                await _to_agenda(tx, parts, store, effect, key, worker, now)
            case Notice():
                await _notice(tx, parts, store, effect, key, now)
            case Tell():
                await _tell(tx, parts, store, effect, key, now)
            case Remind():
                await timers.add(tx, _timer(effect, now))
            case Drop() | Empty():
                await _ends(tx, parts, store, effect, now)
            case Alarm():
                await _alarm(tx, parts, effect, key, now)
            case Erase(person, closes):
                await erasures.ask(tx, person, f"person:{person}", now, closes=closes)
                tx.after_commit(partial(parts.bell.ring, "erasing"))
            case Entered() | Kept() | Left() | Answered() | Worded():
                await to_desk.happens(tx, parts, effect, now)


async def _alarm(tx: Tx, parts: Parts, alarm: Alarm, key: str, now: datetime) -> None:
    await raise_alarm(tx, parts, alarm.code, key, now, contact=alarm.contact or "")
    if alarm.contact is not None:
        await to_desk.arrives(tx, parts, alarm.code, alarm.contact, now, subject=alarm.subject, phone=alarm.phone)


async def _ends(tx: Tx, parts: Parts, store: BookingStore, effect: Drop | Empty, now: datetime) -> None:
    """What is no longer so, and what nobody is to read any more."""
    if isinstance(effect, Drop):
        await _drop(tx, store, effect, now)
    elif (contact := await recipient(tx, parts, store, effect.to, now)) is not None:
        await outbox.emptied(tx, contact, effect.kind)


async def _drop(tx: Tx, store: BookingStore, drop: Drop, now: datetime) -> None:
    """Some kinds of its timers. Or all of them, and its unsent notices; then who is told of another hour in one of
    these is told of that one anew."""
    subject = drop.subject
    if drop.kinds:
        await timers.cancel(tx, subject, drop.reason, now, kinds=drop.kinds)
        return
    await timers.cancel(tx, subject, "appointment_changed", now)
    unsent = [row for row in await outbox.history(tx, appointment=subject) if row.status == "queued" and row.reminder]
    await outbox.suppress(tx, subject, "appointment_changed", now)
    for row in unsent:
        await tell_rest(tx, store, row, now)


def _timer(remind: Remind, now: datetime) -> timers.NewTimer:
    key = f"{remind.kind}:{remind.subject}"
    return timers.NewTimer(
        key=f"{key}:{remind.due:%Y%m%dT%H%M}" if remind.again else key,
        contact=remind.contact,
        kind=remind.kind,
        due_at=remind.due,
        expires_at=remind.useful_until,
        subject=remind.subject,
        skipped=(remind.skip, now) if remind.skip else None,
    )


async def _tell(tx: Tx, parts: Parts, store: BookingStore, tell: Tell, cause: str, now: datetime) -> None:
    """Into their inbox now, or a timer that puts it there: when it is time, or when they are awake."""
    key = f"tell:{tell.key}" if tell.key else cause
    contact = await recipient(tx, parts, store, tell.to, now, answering=True)
    row = None if contact is None else await contacts.get(tx, contact)
    if row is None:
        await raise_alarm(tx, parts, tell.nobody, key, now, kind=tell.event, appointment=tell.subject or "")
        await to_desk.without_talk(tx, parts, tell.nobody, tell.to, now, _appointment(tell.subject))
        return
    if tell.then is not None:
        await _tell(tx, parts, store, tell.then, f"{cause}:then", now)
    at = tell.at if tell.at is not None and tell.at > now else now
    due = at if tell.urgent else wake(parts.quiet, row.time_zone, at) or at
    if due <= now:
        if await inbox.add_news(tx, key, row.id, tell.event, tell.data, now):
            tx.after_commit(partial(parts.bell.ring, "inbox"))
        return
    news = (tell.event, tell.data)
    await timers.add(
        tx, timers.NewTimer(key, row.id, tell.event, due, tell.useful_until, tell.subject or None, news=news)
    )


def _appointment(id: AppointmentId | None) -> str | None:
    return f"appointment:{id}" if id else None


async def _notice(tx: Tx, parts: Parts, store: BookingStore, notice: Notice, key: str, now: datetime) -> None:
    await links.give(tx, parts, notice.link, now)  # also a page that nobody can be told of is there
    contact = await recipient(tx, parts, store, notice.to, now)
    if contact is None:
        await raise_alarm(tx, parts, "nobody_to_tell", key, now, kind=notice.kind, appointment=notice.subject or "")
        await to_desk.without_talk(tx, parts, "nobody_to_tell", notice.to, now, _appointment(notice.subject))
        if notice.otherwise is not None:
            await _notice(tx, parts, store, notice.otherwise, f"{key}:otherwise", now)
        return
    if isinstance(notice.to, ToWorker):
        notice = await joining.offered(tx, parts, store, notice, notice.to.worker, contact, now)
    if notice.exchange:
        notice = await _besides_desk(tx, notice, contact)
    said = Reply(notice.texts, link=notice.link, exchange=notice.exchange or "")
    written = {**content.to_json(said), "urgent": notice.urgent}
    announced = {"message": notice.message, "decision": notice.decision}
    written |= {name: id for name, id in announced.items() if id is not None}
    if notice.invitation is not None:
        await _invite(tx, parts, store, notice, key, contact, now)
        written["calendar"] = asdict(notice.invitation)  # only a mail looks at it
    if notice.reminder is not None:
        written |= {"reminder": notice.reminder, "of": dict(notice.of)}
    later = await _in_the_morning(store, notice, now)
    if later is not None:
        written[GATHERED] = True
    added = await outbox.add(
        tx,
        outbox.Outgoing(
            key=key,
            contact=contact,
            kind=notice.kind,
            content=written,
            due_at=later or now,
            expires_at=notice.expires_at,
            appointment=notice.subject,
        ),
        now,
    )
    if added and isinstance(notice.to, ToMail) and "email" not in parts.channels:
        # Kept for `why`, never sent: where no mail is set up (doctor says so) it would wait for ever.
        await outbox.leave(tx, added, "suppressed", "no_mail", now)


async def _besides_desk(tx: Tx, notice: Notice, contact: str) -> Notice:
    """Who talks with the desk meanwhile is told how a message is answered all the same."""
    if await tickets.live(tx, contact) is None:
        return notice
    texts = (t("message.answer_besides") if text == t("message.answer_here") else text for text in notice.texts)
    return replace(notice, texts=tuple(texts))


async def _invite(
    tx: Tx, parts: Parts, store: BookingStore, notice: Notice, key: str, contact: str, now: datetime
) -> None:
    """A worker who is told elsewhere has the event in their agenda by a mail of its own."""
    if not isinstance(notice.to, ToWorker):
        return
    told = await contacts.get(tx, contact)
    if told is not None and told.channel != "email":
        await _to_agenda(tx, parts, store, notice, f"{key}:calendar", notice.to.worker, now)


async def _to_agenda(
    tx: Tx, parts: Parts, store: BookingStore, notice: Notice, key: str, id: WorkerId, now: datetime
) -> None:
    """Of a worker who is told of everything."""
    text, worker = mail_to_worker(notice), (await store.directory()).worker(id)
    if text is None or worker is None or "email" not in parts.channels:
        return
    if not await worker_calendars.wanted(tx, worker.id):
        return
    mail = await contact_at(tx, parts, worker, "email", worker.email, now)
    if mail is None or mail.dead_at is not None or mail.opted_out_at is not None:
        return
    assert notice.invitation is not None
    await outbox.add(
        tx,
        outbox.Outgoing(
            key=key,
            contact=mail.id,
            kind="calendar",
            content={**content.to_json(Reply((text,))), "urgent": False, "calendar": asdict(notice.invitation)},
            due_at=now,
            expires_at=notice.expires_at,
            appointment=notice.subject,
        ),
        now,
    )


async def _in_the_morning(store: BookingStore, notice: Notice, now: datetime) -> datetime | None:
    """When a notice leaves that its worker does not want at once: with the morning's message, or a little after it."""
    if not isinstance(notice.to, ToWorker) or notice.start is None:
        return None
    if policy.told_at_once(await store.notices(notice.to.worker), notice.kind, notice.start, now):
        return None
    worker = (await store.directory()).worker(notice.to.worker)
    return next_morning(worker.time_zone, now) + ALONE if worker else None


async def recipient(
    tx: Tx, parts: Parts, store: BookingStore, to: Recipient, now: datetime, *, answering: bool = False
) -> str | None:
    """The contact that is told; None when there is no such way to them. `answering`: where they can answer, too."""
    match to:
        case ToContact(contact):
            return contact
        case ToPerson(person):
            return await _of_person(tx, parts, person)
        case ToMail(person, address):
            return await _mail_of(tx, parts, store, person, address, now)
        case ToWorker(worker, way):
            found = (await store.directory()).worker(worker)
            ways = await _of_worker(tx, parts, found, now, answering=answering) if found else []
            return ways[way] if way < len(ways) else None
        case ToPhone(number):
            return await _made(tx, parts, "sms", number, parts.default_lang, str(parts.zone), now)
    raise AssertionError(to)


def takes_notices(row: ContactRow, parts: Parts) -> bool:
    """Whether what nobody asked for goes there (`handlers/judging.py`). Mail has its own."""
    served = row.channel in parts.channels and row.channel != "email"
    silent = row.opted_out_at is not None or (row.channel == "sms" and phones.abroad(row.address))
    return served and row.dead_at is None and not silent


async def _of_person(tx: Tx, parts: Parts, person: PersonId) -> str | None:
    """The channel that they used last, among those that still reach them; one that they stopped only if there is no
    other.
    """
    rows = [row for row in await contacts.of_person(tx, person) if row.dead_at is None and row.channel != "email"]
    rows.sort(
        key=lambda row: (
            row.channel in parts.channels,
            row.opted_out_at is None,
            not (row.channel == "sms" and phones.abroad(row.address)),  # answered there, and told nothing unasked
            row.last_inbound_at or row.created_at,
        ),
        reverse=True,
    )
    return rows[0].id if rows else None


async def _mail_of(
    tx: Tx, parts: Parts, store: BookingStore, person: PersonId, address: str | None, now: datetime
) -> str | None:
    found = await store.person(person)
    if found is None:
        return None
    email = address or found.email
    if email is None:
        return None
    return await contacts.mailbox(tx, found.id, email, now, parts.new_id, found.language, found.time_zone)


async def _of_worker(tx: Tx, parts: Parts, worker: Worker, now: datetime, *, answering: bool) -> list[str]:
    """Their contacts in order: as they chose, once the channel is linked and open; else by SMS, else by e-mail
    (contract). One that they stopped only if there is nothing else: why it did not leave is then known. No question
    goes by e-mail, whose answers we do not read.
    """
    good: list[str] = []
    stopped: list[str] = []
    served = [way for way in ways(worker) if way[0] in parts.channels]
    # Where none is set up, it waits for one: by SMS.
    for channel, address in served or [("sms", worker.phone)]:
        row = await contact_at(tx, parts, worker, channel, address, now)
        if row is None or row.dead_at is not None or (channel == "whatsapp" and not window_open(row, now)):
            continue
        if not (answering and channel == "email"):
            (good if row.opted_out_at is None else stopped).append(row.id)
    return good or stopped[-1:]


def ways(worker: Worker) -> list[tuple[str, str | None]]:
    """In order. Without an address: only where they have linked it; who is told by SMS and joined an app chose that."""
    addresses: dict[str, str | None] = {"sms": worker.phone, "email": worker.email}
    chosen = ["telegram", "whatsapp"] if worker.notify_by is NotifyBy.SMS else [str(worker.notify_by)]
    return [(channel, addresses.get(channel)) for channel in dict.fromkeys([*chosen, "sms", "email"])]


async def contact_at(
    tx: Tx, parts: Parts, worker: Worker, channel: str, address: str | None, now: datetime
) -> ContactRow | None:
    """The worker's contact on a channel, made where the directory gives the address."""
    if address is None:
        return next((row for row in await contacts.of_worker(tx, worker.id) if row.channel == channel), None)
    lang = next((lang for lang in worker.languages if lang in parts.languages), parts.default_lang)
    made = await _made(tx, parts, channel, address, lang, worker.time_zone, now)
    row = await contacts.get(tx, made)
    if row is not None and row.time_zone != worker.time_zone:
        await contacts.set_zone(tx, made, worker.time_zone)
    if row is not None and (row.claims or await _is_anothers(tx, row, worker)):
        return None  # whoever writes from there has to prove first that it is the worker (threat T30)
    if row is not None and row.worker_id is None:
        await contacts.link_worker(tx, made, WorkerId(worker.id))
    return row


async def _is_anothers(tx: Tx, row: ContactRow, worker: Worker) -> bool:
    """A person's, or of whoever said there that they are not the worker, though the directory names it still."""
    if row.worker_id is not None or row.channel == "email":
        return False
    return row.person_id is not None or await contacts.disowned(tx, worker.id, row.channel)


def window_open(row: ContactRow, now: datetime) -> bool:
    """Whether WhatsApp lets us write freely: they wrote within the last 24 hours."""
    return row.last_inbound_at is not None and now - row.last_inbound_at < WINDOW


async def _made(tx: Tx, parts: Parts, channel: str, address: str, lang: str, zone: str, now: datetime) -> str:
    return await contacts.make(tx, channel, address, now, parts.new_id, lang, zone)
