"""The heart: one inbox row, one transaction. Read it first.

    lock the contact → the oldest unread row → decode → take the turn → react → save state, reply, effects → done →
    commit

Nothing is sent here, and nothing here calls anybody: what leaves is a row of the outbox that commits with all the
rest, or not at all. A turn that fails is rolled back whole and counted apart; after five failures alike its row is
parked, the person gets one honest message, and the next row is taken (invariants I3, I4, I16).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import structlog

from booking.model import AppointmentId, ContactId, PersonId, WorkerId
from booking.phones import spaced
from conversations.engine import take_turn
from conversations.model import Contact, Context, Input, News, Reminded, Reply, State, Stopped, Turn
from conversations.state import from_json, to_json
from conversations.text import t
from handlers import (
    claims,
    content,
    discretion,
    edited,
    flooding,
    joining,
    keyboards,
    languages,
    links,
    quoted,
    to_desk,
    trusting,
)
from handlers.acting import Acting
from handlers.alarms import raise_alarm
from handlers.channels.base import Signal, Undecodable
from handlers.channels.sms import RESTART
from handlers.digest import digest
from handlers.documents.fetching import note
from handlers.figures import counting
from handlers.following import follow
from handlers.human import ANSWERS, desk_now, follows
from handlers.parts import Parts
from handlers.privacy import forgetting
from handlers.reminding import remind
from handlers.shown_number import shown
from handlers.spending import NEEDED
from handlers.stopping import others_are_told
from handlers.writing import takes_notices, write
from locales.voice import Voice
from locales.words import words
from storage import contacts, conversations, fates, inbox, outbox, parting
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx
from storage.faults import is_transient
from storage.inbox import InboxRow

REMINDED: Final = timedelta(days=7)  # so long a reminder may be answered with a word
ALIKE: Final = 5  # failures with the same error before a row is set aside
GATHERS: Final = {"remind": remind, "digest": digest}  # news that are no talk: what they come to is read from rows
EVER: Final = 20  # and with whichever error: two that take turns would never be alike

log = structlog.get_logger()


async def drain(parts: Parts, contact: str, most: int | None = None) -> int:
    """Take the unread rows of a contact, oldest first: all, or so many at most, as others wait (threat T28).

    Returns how many. Raises what passes by itself (database away).
    """
    taken = 0
    while taken != most and await take_next(parts, contact):
        taken += 1
    return taken


async def take_next(parts: Parts, contact: str) -> bool:
    """One row in one transaction. False: nothing is unread."""
    row: InboxRow | None = None
    try:
        async with parts.db.transaction() as tx:
            who = await contacts.lock(tx, contact)
            row = await inbox.next_row(tx, contact)
            if row is None:
                return False
            await take_row(tx, parts, who, row)
    except Exception as error:
        if row is None or is_transient(error):
            raise
        await failed(parts, row, error)
    return True


async def failed(parts: Parts, row: InboxRow, error: Exception) -> None:
    """Count it; the same failure five times means that it will not pass: a human looks at it, nobody else waits."""
    name = type(error).__name__
    log.warning("turn failed", inbox=row.id, contact=row.contact_id, error=name, exc_info=error)
    failures = await inbox.failed(parts.db, row.id, name)
    if failures.alike < ALIKE and failures.attempts < EVER:
        return
    now = parts.clock()
    async with parts.db.transaction() as tx:
        if not await set_aside(tx, parts, row, f"failed: {name}", now):
            return
        if row.kind == "message":
            now_desk = desk_now(parts, now)
            apology = t("sorry.phone", phone=now_desk.phone) if now_desk.phone else t("sorry")
            # a key of its own: once mended, the row may be taken again, and is answered then
            await answer(tx, parts, row, Reply((apology,)), now, ordinal="sorry")
            await to_desk.stuck(tx, parts, row.contact_id, row.id, now)


async def set_aside(tx: Tx, parts: Parts, row: InboxRow, reason: str, now: datetime) -> bool:
    """Parked, and a human is told. False: it was settled meanwhile."""
    if not await inbox.park(tx, row.id, reason, now):
        return False
    tx.after_commit(parts.metrics.inbound_messages.labels(row.channel, "parked").inc)
    await raise_alarm(tx, parts, "inbox_parked", str(row.id), now, inbox=str(row.id))
    return True


async def take_row(tx: Tx, parts: Parts, who: ContactRow, row: InboxRow) -> None:
    """Whatever the row is: a message, a provider's sign, news."""
    now = parts.clock()
    came: Input | Signal | News
    try:
        came = _opened(parts, row)
    except Undecodable as reason:
        await set_aside(tx, parts, row, str(reason), now)
        return
    if await trusting.forwarded(tx, parts, who, row):
        return
    if isinstance(came, Input):
        who = await trusting.judged(tx, parts, who, row, now)
        row = replace(row, contact_id=who.id)
    if row.kind == "message":
        await contacts.inbound(tx, who.id, row.sent_at or row.received_at, now if isinstance(came, Input) else None)
        who = await shown(tx, who)
    if isinstance(came, Input) and came.edited and not await edited.reworded(tx, parts, who, row, came):
        came = "ignored"
    unheard: inbox.Unheard | None = None
    match came:
        case Input() if unheard := await flooding.verdict(tx, who, row, came, parts.messages_a_minute):
            if unheard == inbox.TOLD:
                await answer(tx, parts, row, Reply((flooding.SLOW_DOWN,)), now)
        case Input() | News():
            await _talk(tx, parts, who, row, came, now)
        case _:
            await _sign(tx, parts, who, row, came, now)
    await inbox.done(tx, row.id, now, unheard)
    tx.after_commit(parts.metrics.inbound_messages.labels(row.channel, "unheard" if unheard else "done").inc)


def _opened(parts: Parts, row: InboxRow) -> Input | Signal | News:
    if row.kind == "news":
        return News(*row.news)
    return parts.channels[row.channel].decode(row.body)


async def _sign(tx: Tx, parts: Parts, who: ContactRow, row: InboxRow, sign: Signal, now: datetime) -> None:
    """What a provider did by itself, and has answered where there was something to answer: nothing is said."""
    match sign:
        case "opted_out" | "blocked":
            await contacts.opt_out(tx, who.id, now)
            if sign == "opted_out":  # nobody blocks a bot in another's name
                await others_are_told(tx, parts, RowStore(tx, parts.directories), who, f"i{row.id}", now)
        case "opted_in" | "unblocked":
            await contacts.opt_in(tx, who.id)


async def _talk(tx: Tx, parts: Parts, who: ContactRow, row: InboxRow, came: Input | News, now: datetime) -> None:
    """One turn of the conversation, and all that follows from it."""
    store = RowStore(tx, parts.directories)
    if isinstance(came, News) and came.event in GATHERS:
        await write(tx, parts, store, await GATHERS[came.event](tx, parts, store, came, now), f"i{row.id}", now)
        return
    if isinstance(came, Input) and (worker := await joining.redeemed(tx, came, who.channel, now)) is not None:
        who = await _anew(tx, parts, who, row, now)
        row, who, came = replace(row, contact_id=who.id), await _joined(tx, store, who, worker), News("joined")
    if isinstance(came, News) and came.event == "unread":
        await unasked(tx, parts, who, now)
        return
    core = Acting(tx, store, parts.rules, now, parts.new_id, contact=who)
    saved = await conversations.load(tx, who.id)
    state = from_json(saved.state, parts.flows) if saved.state else State()
    meant: tuple[Reminded, ...] = ()
    if isinstance(came, Input):
        heard = await _heard(tx, parts, who, state, came, row, now)
        if heard is None:
            return
        who, came, meant = heard
    context = await _context(tx, parts, who, core, now)
    context = replace(context, came=str(row.id), leaves=f"i{row.id}:0")
    turn = await take_turn(parts.flows, state, came, replace(context, reminded=meant or context.reminded))
    before, who = who, await claims.settled(tx, parts, core, who, turn, now)
    if who.id != before.id:  # the address is another contact's from now on: what was said, and is answered, is its
        row, saved = replace(row, contact_id=who.id), await conversations.load(tx, who.id)
    await _keep(tx, who, turn, now)
    await _stopped_here(tx, parts, who, turn, row, now)
    over = keyboards.superseded(state.prompt, turn.state.prompt, came)
    unasked_for = row.kind == "news" and not (isinstance(came, News) and came.event in ANSWERS)
    if turn.reply is not None and unasked_for:
        await question(tx, parts, row, turn.reply, now, over)
    elif turn.reply is not None:
        await answer(tx, parts, row, turn.reply, now, over={**over, **_needed(turn)})
    with_desk = follows(state, turn, came, context.contact.id, context.desk)
    await follow(tx, parts, store, core, f"i{row.id}", now, with_desk)
    await note(tx, parts, who, came, turn.files, now)
    await conversations.save(tx, who.id, to_json(turn.state), saved.revision, now)
    await counting.count(tx, parts, store, context, state, came, turn, core.events)
    for flow, step, outcome in turn.trace:
        tx.after_commit(parts.metrics.conversation_step.labels(flow, step, outcome).inc)


async def _anew(tx: Tx, parts: Parts, who: ContactRow, row: InboxRow, now: datetime) -> ContactRow:
    """A worker's address from now on, which was a person's, perhaps their own: what a worker is told names others, and
    is nothing of that account's."""
    if who.person_id is None:
        return who
    heir = await trusting.taken(tx, parts, who, now)
    if (old := await parting.of_heir(tx, heir.id)) is not None:
        await parting.is_over(tx, old)
    await contacts.inbound(tx, heir.id, row.sent_at or row.received_at, now)
    return await contacts.get(tx, heir.id) or heir


async def _joined(tx: Tx, store: RowStore, who: ContactRow, worker: str) -> ContactRow:
    """A link that was sent to the worker is a proof, also where the channel was somebody's before."""
    if (old := await parting.of_heir(tx, who.id)) is not None:
        await parting.let_go(tx, old)
    await contacts.link_worker(tx, who.id, worker)
    who = replace(who, worker_id=worker, claims=False)
    if (found := (await store.directory()).worker(WorkerId(worker))) is not None:
        await contacts.set_zone(tx, who.id, found.time_zone)
        who = replace(who, time_zone=found.time_zone)
    return who


async def _heard(
    tx: Tx, parts: Parts, who: ContactRow, state: State, came: Input, row: InboxRow, now: datetime
) -> tuple[ContactRow, Input, tuple[Reminded, ...]] | None:
    """Who writes, what, and which reminder it answers. None: they asked for what was kept back, and have it now."""
    read = await discretion.read(tx, parts, who, state, came, now)
    if read.came is None:
        return None
    came, meant = await quoted.opened(tx, who, read.came, now)
    who = await languages.heard(tx, parts, who, state, came)
    return who, replace(came, early=keyboards.early(row.sent_at, state.prompt, came)), meant


def _needed(turn: Turn) -> dict[str, bool]:
    """What no limit holds back: the numbers in danger and the question before them, and that STOP was heard."""
    asked = turn.state.prompt is not None and turn.state.prompt.flow == "danger"
    return {NEEDED: True} if asked or turn.flags & {"danger", "opt_out"} else {}


async def unasked(tx: Tx, parts: Parts, who: ContactRow, now: datetime) -> None:
    """The provider let our last question not through, so nobody has read it:

    what comes next is no answer to it (I15).
    """
    saved = await conversations.load(tx, who.id)
    if saved.state:
        state = replace(from_json(saved.state, parts.flows), prompt=None)
        await conversations.save(tx, who.id, to_json(state), saved.revision, now)


async def _context(tx: Tx, parts: Parts, who: ContactRow, core: Acting, now: datetime) -> Context:
    contact = _contact(who)
    known = await core.known(contact.id)
    zone = known.person.time_zone if known.person else contact.zone
    contact = replace(contact, zone=zone)
    theirs = await contacts.of_person(tx, who.person_id) if who.person_id else []
    return Context(
        contact=contact,
        known=known,
        now=now,
        new_id=parts.new_id,
        booking=core,
        words=words(contact.lang),
        say=Voice(contact.lang, contact.zone),
        desk=desk_now(parts, now),
        languages=parts.languages,
        terms_version=parts.rules.terms_version,
        policy_version=parts.rules.policy_version,
        draft_time=parts.draft_time,
        joins=await joining.doors(tx, parts) if who.worker_id else {},
        privacy_email=parts.privacy_email,
        sms=spaced(parts.sms_number) if parts.sms_number else None,
        stopped=_stopped(who, theirs),
        elsewhere=any(takes_notices(row, parts) for row in theirs if row.id != who.id),
        reminded=await _reminded(tx, theirs, now),
    )


def _stopped(who: ContactRow, theirs: Sequence[ContactRow]) -> tuple[Stopped, ...]:
    """Twilio's block on a number knows its own words only."""
    others = [row for row in theirs if row.id != who.id and row.opted_out_at is not None]
    return tuple(
        Stopped(row.channel, row.opted_out_at, RESTART if row.channel == "sms" else "")
        for row in others
        if row.opted_out_at
    )


async def _reminded(tx: Tx, theirs: Sequence[ContactRow], now: datetime) -> tuple[Reminded, ...]:
    """On whichever channel it was: who is reminded by SMS may answer on Telegram."""
    found = await fates.reminded(tx, [row.id for row in theirs], now - REMINDED) if theirs else []
    return tuple(Reminded(AppointmentId(id), at) for id, at in found)


def _contact(who: ContactRow) -> Contact:
    return Contact(
        id=ContactId(who.id),
        channel=who.channel,  # type: ignore[arg-type]  # the column holds names of CHANNELS only
        lang=who.lang,
        person=PersonId(who.person_id) if who.person_id else None,
        worker=WorkerId(who.worker_id) if who.worker_id else None,
        phone=who.phone,
        zone=who.time_zone,
        opted_out=who.opted_out_at is not None,
        claims=who.claims and who.person_id is None and who.worker_id is None,
    )


async def _keep(tx: Tx, who: ContactRow, turn: Turn, now: datetime) -> None:
    """What a turn changed of the contact itself."""
    if turn.lang is not None:
        await contacts.set_language(tx, who.id, turn.lang)
    if turn.flags & {"opt_out", "not_me"}:
        await contacts.opt_out(tx, who.id, now)
    if "opt_in" in turn.flags:
        await contacts.opt_in(tx, who.id)
    await _forgotten(tx, who, turn, now)
    phone = turn.state.facts.get("phone")
    shows = who.channel in {"sms", "whatsapp"} and who.phone is not None  # by the address itself
    if phone is not None and phone != who.phone and not shows:
        await contacts.set_phone(tx, who.id, phone)


async def _forgotten(tx: Tx, who: ContactRow, turn: Turn, now: datetime) -> None:
    """Who wants none of us is kept for a day, unless they go on meanwhile: a thank-you is not that."""
    if "forgotten" in turn.flags:
        await contacts.forget_at(tx, who.id, now + forgetting.AFTER)
    elif who.forget_at is not None and (
        "agreed" in turn.flags or any(frame.flow == "book" and frame.trail for frame in turn.state.frames)
    ):
        await contacts.forget_at(tx, who.id, None)


async def _stopped_here(tx: Tx, parts: Parts, who: ContactRow, turn: Turn, row: InboxRow, now: datetime) -> None:
    if "opt_out" in turn.flags:
        await others_are_told(tx, parts, RowStore(tx, parts.directories), who, f"i{row.id}", now)


async def answer(
    tx: Tx,
    parts: Parts,
    row: InboxRow,
    reply: Reply,
    now: datetime,
    ordinal: str = "0",
    over: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """The one message that answers this row. Its key is the row's: a row that is taken again cannot answer twice.
    `over`: of the question that it takes the place of (`handlers/keyboards.py`).
    """
    await links.give(tx, parts, reply.link, now)
    out = outbox.Outgoing(
        key=f"i{row.id}:{ordinal}",
        contact=row.contact_id,
        kind="answer",
        content={**content.to_json(reply), **over},
        due_at=now,
        answer=True,
        received_at=row.received_at if row.kind == "message" else None,
        appointment=reply.link.id if reply.link and reply.link.kind == "appointment" else None,
    )
    await outbox.add(tx, out, now)


async def question(tx: Tx, parts: Parts, row: InboxRow, reply: Reply, now: datetime, over: Mapping[str, Any]) -> None:
    """What news made us say: nobody asked for it now, so it is judged like every notice before it leaves."""
    _, data = row.news
    await links.give(tx, parts, reply.link, now)
    out = outbox.Outgoing(
        key=f"i{row.id}:0",
        contact=row.contact_id,
        kind=data.get("kind", "question"),
        content={**content.to_json(reply), **over, "urgent": bool(data.get("urgent"))},
        due_at=now,
        expires_at=datetime.fromisoformat(data["until"]) if data.get("until") else None,
    )
    await outbox.add(tx, out, now)
