"""How things come to the desk: a ticket for what a human must look at, and what is written to them in a talk.

A contact has one ticket of a kind at a time (`storage/tickets.py`); what comes again is an entry of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from booking import deadlines
from conversations.model import State
from conversations.state import from_json
from handlers.alarms import raise_alarm
from handlers.effects import Answered, Entered, Kept, Left, Recipient, ToMail, ToPerson, ToWorker, Worded
from handlers.parts import Parts
from storage import contacts, conversations, inbox, parting, tickets
from storage.db import Tx
from storage.tickets import NewTicket

PRIVACY: Final = "privacy"  # the kind of a ticket of what somebody asks of their data
ASKED: Final = "human"  # the kind of a ticket that somebody asked for by that word
LONGEST: Final = 4000  # characters of one message that are kept
TOLD: Final = ("motive", "mode", "slot", "which")  # answers of the open flow that the desk is shown


async def arrives(
    tx: Tx,
    parts: Parts,
    code: str,
    contact: str,
    now: datetime,
    *,
    subject: str | None = None,
    phone: str | None = None,
) -> str:
    """A ticket of what an alarm is about; its id. Its kind is the alarm's code, without `desk_`. Within a turn, the
    state is still the one before it: where the talk stood when they asked.
    """
    who = await contacts.get(tx, contact)
    person = who.person_id if who is not None else None
    saved = await conversations.load(tx, contact)
    state = from_json(saved.state, parts.flows) if saved.state else State()
    kind = code.removeprefix("desk_")
    context = {**_stood(state), **({"phone": phone} if phone else {})}
    if person is None and kind in {"claim", "shared_phone"} and (old := await parting.of_heir(tx, contact)) is not None:
        subject = f"person:{old.person_id}" if old.person_id is not None else f"worker:{old.worker_id}"
    due = deadlines.due(now, parts.zone) if kind == PRIVACY else None
    new = NewTicket(kind, contact, person, subject, context, due=due)
    opened = await tickets.open_(tx, new, now, parts.new_id)
    if due is not None and opened.again:
        await _asks_more(tx, parts, opened.id, due, now)
    return opened.id


async def _asks_more(tx: Tx, parts: Parts, ticket: str, due: datetime, now: datetime) -> None:
    """More time was taken for what they asked before, not for this: it has a month of its own, and the desk hears of it
    at once.
    """
    row = await tickets.get(tx, ticket)
    if row is not None and row.extended_at is not None and row.due_at is not None and due < row.due_at:
        await tickets.set_due(tx, ticket, due)
        await raise_alarm(tx, parts, "request_due", f"{ticket}:{due.isoformat()}", now, ticket=ticket)


async def _answered(tx: Tx, parts: Parts, contact: str, subject: str, now: datetime) -> None:
    """What somebody asked of their data and had at once: for the desk there is nothing to do, and a ticket that shows
    what was asked when. Where another request of theirs waits, it is an entry of that one.
    """
    who = await contacts.get(tx, contact)
    due = deadlines.due(now, parts.zone)
    new = NewTicket(PRIVACY, contact, who.person_id if who is not None else None, subject, due=due)
    opened = await tickets.open_(tx, new, now, parts.new_id)
    if not opened.again:
        await tickets.close(tx, opened.id, "solved", now)
        await tickets.entry(tx, opened.id, "closed", now, detail="solved")


async def about_message(tx: Tx, parts: Parts, code: str, contact: str, outbox_id: str, now: datetime) -> None:
    """A message that did not reach somebody: they are called."""
    await arrives(tx, parts, code, contact, now, subject=f"outbox:{outbox_id}")


async def stuck(tx: Tx, parts: Parts, contact: str, row: int, now: datetime) -> None:
    """A talk in which we broke on a message. Its state is not looked at: that may be what broke us."""
    who = await contacts.get(tx, contact)
    new = NewTicket("inbox_parked", contact, who.person_id if who is not None else None, f"inbox:{row}")
    await tickets.open_(tx, new, now, parts.new_id)


async def without_talk(tx: Tx, parts: Parts, code: str, to: Recipient, now: datetime, subject: str | None) -> None:
    """Somebody who could not be told has no talk either: the ticket is of the person, or names the worker."""
    person = to.person if isinstance(to, ToPerson | ToMail) else None
    worker = f"worker:{to.worker}" if isinstance(to, ToWorker) else None
    await tickets.open_(tx, NewTicket(code, None, person, worker or subject), now, parts.new_id)


def _stood(state: State) -> Mapping[str, Any]:
    """Where the talk stood: the question that is open, and what was chosen until then."""
    if not state.frames:
        return {}
    top = state.frames[-1]
    step = state.prompt.step if state.prompt is not None and state.prompt.flow == top.flow else ""
    return {"step": f"{top.flow}.{step}" if step else top.flow, **{k: top.answers[k] for k in TOLD if k in top.answers}}


async def happens(tx: Tx, parts: Parts, effect: Entered | Kept | Left | Answered | Worded, now: datetime) -> None:
    """In a talk with the desk; or without it."""
    match effect:
        case Answered(contact, subject):
            await _answered(tx, parts, contact, subject, now)
        case Entered(contact, None):
            if (ticket := await tickets.latest(tx, contact)) is not None:
                await tickets.with_desk(tx, ticket)
        case Entered(contact, str(ticket)):
            await _in_again(tx, parts, contact, ticket, now)
        case Kept():
            await _kept(tx, parts, effect, now)
        case Worded(contact, words):
            ticket = await tickets.waits(tx, contact, PRIVACY) or await arrives(tx, parts, PRIVACY, contact, now)
            await tickets.entry(tx, ticket, "wrote", now, words=words[:LONGEST])
        case Left():
            await _left(tx, parts, effect, now)


async def _in_again(tx: Tx, parts: Parts, contact: str, ticket: str, now: datetime) -> None:
    """An operator's words bring the talk into their ticket, also where the person had just gone back to the bot. Where
    it was closed meanwhile, the talk is handed back: nobody is left in one that is in no ticket.
    """
    row = await tickets.get(tx, ticket)
    if row is not None and row.status != "closed":
        if row.status == "open" and row.operator is not None:
            await tickets.take(tx, ticket, row.operator, now)
        await tickets.with_desk(tx, ticket)
    elif await tickets.live(tx, contact) is None:
        await inbox.add_news(tx, f"closed:{ticket}:{now.isoformat()}", contact, "desk_hands_back", {}, now)
        tx.after_commit(partial(parts.bell.ring, "inbox"))


async def _kept(tx: Tx, parts: Parts, wrote: Kept, now: datetime) -> None:
    """Into the ticket that the talk is in. One that was closed just before has a new one in its place: nothing that
    somebody writes to the desk is lost.
    """
    live = await tickets.live(tx, wrote.contact)
    ticket = live.id if live is not None else await arrives(tx, parts, ASKED, wrote.contact, now)
    if live is None:
        await tickets.with_desk(tx, ticket)
    files = ", ".join(wrote.files) or None
    await tickets.entry(tx, ticket, "wrote", now, words=wrote.words[:LONGEST] or None, detail=files)


async def _left(tx: Tx, parts: Parts, gone: Left, now: datetime) -> None:
    """Whoever had the ticket has it no more: anybody of the desk may take it up. That nobody came is an alarm."""
    for ticket in await tickets.alone(tx, gone.contact):
        entry = await tickets.entry(tx, ticket, gone.how, now)
        if gone.how == "late":
            await raise_alarm(tx, parts, "ticket_unanswered", str(entry), now, ticket=ticket)
