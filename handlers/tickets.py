"""What an operator of the desk does with a ticket: the functions that the console and `socialdirect tickets` call.

    take(parts, ticket, operator)               it is theirs, and its talk is with the desk: the person is told so,
                                                unless they are who a worker reports
    say(parts, ticket, operator, words)         to the person, in their talk; takes the ticket where nobody had it
    hand_back(parts, ticket, operator)          the bot answers again: the person is told so. The ticket stays theirs
    note(parts, ticket, operator, words)        for the desk alone
    attempt(parts, ticket, operator, how)       a call back; who did not answer it is told that we called
    close(parts, ticket, operator, outcome)     done with; a talk that is with the desk is handed back. Not before what
                                                it asks for is decided (`handlers/deciding_tickets.py`)
    take_over(parts, contact, operator)         a talk that is stuck: the ticket that it is in, else one of its own

One operator at a time is in a talk. A colleague keeps it, by whichever ticket they are in it, until it is taken `over`
from them; then both stories say so, and the person is told again that somebody answers (threat T24).

`operator` is who does it, as the audit trail names them: `operator:` and an id. Each act is one transaction, audited,
and answers with `Done` or with why not, as values. With `once`, the same deed that comes twice is done once. What a
person is told goes through their talk's inbox, as news, so it stands in the order in which it was done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from handlers import deciding_tickets
from handlers.human import CALL_LATE, calls_of
from handlers.parts import Parts
from handlers.reported import KIND as REPORTED
from handlers.ticket_answers import (
    Answer,
    BadWords,
    Closed,
    Done,
    How,
    InTalk,
    NoSuchTicket,
    NoTalk,
    NoteAnswer,
    NotYours,
    OfAnother,
    Outcome,
    SayAnswer,
    Undecided,
    Why,
)
from handlers.writing import window_open
from storage import audit, contacts, inbox, tickets, timers
from storage.contacts import ContactRow
from storage.db import Sql, Tx
from storage.tickets import EntryKind, NewTicket, TicketRow

MISSED: Final[frozenset[How]] = frozenset({"no_answer", "busy", "message_left"})
LONGEST: Final = 1000  # characters of what is said or noted at once
DANGER: Final = "danger"
ANNOUNCED: Final = "announced"  # of what was said: they were told of it, and have not read it yet
BY_HAND: Final = "takeover"  # the kind of a ticket that nothing but an operator opened


@dataclass(frozen=True, slots=True)
class Scene:
    """One ticket under its contact's lock, for one operator."""

    tx: Tx
    parts: Parts
    ticket: TicketRow
    contact: ContactRow | None
    operator: str

    async def noted(
        self, kind: EntryKind, words: str | None = None, detail: str | None = None, once: str | None = None
    ) -> int:
        """In the ticket's story and in the audit trail."""
        now, id = self.parts.clock(), self.ticket.id
        await audit.add(self.tx, self.operator, f"ticket {kind}", f"ticket:{id}", now)
        who = self.operator
        return await tickets.entry(self.tx, id, kind, now, operator=who, words=words, detail=detail, once=once)

    async def told(self, entry: int, event: str, data: Mapping[str, Any] | None = None) -> None:
        """News for the person's talk, which is taken up after what came before it."""
        assert self.contact is not None
        await inbox.add_news(self.tx, f"ticket:{entry}", self.contact.id, event, data or {}, self.parts.clock())
        self.tx.after_commit(partial(self.parts.bell.ring, "inbox"))

    async def done(self) -> Done:
        found = await tickets.get(self.tx, self.ticket.id)
        assert found is not None
        return Done(found)


async def take(parts: Parts, ticket: str, operator: str, *, over: bool = False) -> Answer | NoTalk:
    """Where the person cannot be written to, the ticket is theirs all the same, to call; `NoTalk` says why."""
    async with scene_of(parts, ticket, operator) as scene:
        return scene if not isinstance(scene, Scene) else await _take(scene, over=over)


async def say(parts: Parts, ticket: str, operator: str, words: str, once: str | None = None) -> SayAnswer:
    """`words` go out as they are; who has left the talk with the desk is back in it, and is told so. Outside WhatsApp's
    24 hours they are announced, and go out as they are with the person's next message.
    """
    said = words.strip()
    if not 0 < len(said) <= LONGEST:
        return BadWords()
    async with scene_of(parts, ticket, operator, once) as scene:
        if not isinstance(scene, Scene):
            return scene
        if (shut := out_of_reach(parts, scene.contact)) is not None:
            return shut
        if (held := await held_by(scene.tx, scene.ticket, operator)) is not None:
            return InTalk(held.operator or "", held.id)
        if (refused := await theirs(scene)) is not None:
            return refused
        await tickets.with_desk(scene.tx, scene.ticket.id)
        announced = why_not(parts, scene.contact) is not None
        entry = await scene.noted("said", said, ANNOUNCED if announced else None, once=once)
        data = {"words": said, "ticket": scene.ticket.id, **({"announced": True} if announced else {})}
        await scene.told(entry, "desk_says", data)
        return await scene.done()


async def hand_back(parts: Parts, ticket: str, operator: str) -> Answer:
    """Nothing is said where the talk is not with the desk."""
    async with scene_of(parts, ticket, operator) as scene:
        if not isinstance(scene, Scene):
            return scene
        if (refused := await theirs(scene)) is not None:
            return refused
        await handed_back(scene)
        return await scene.done()


async def note(parts: Parts, ticket: str, operator: str, words: str, once: str | None = None) -> NoteAnswer:
    """By anybody of the desk, also in a colleague's ticket."""
    said = words.strip()
    if not 0 < len(said) <= LONGEST:
        return BadWords()
    async with scene_of(parts, ticket, operator, once) as scene:
        if isinstance(scene, Scene):
            await scene.noted("note", said, once=once)
        return scene if not isinstance(scene, Scene) else await scene.done()


async def attempt(parts: Parts, ticket: str, operator: str, how: How, once: str | None = None) -> Answer:
    """Who missed our call learns of it in their talk, if there is one."""
    async with scene_of(parts, ticket, operator, once) as scene:
        if not isinstance(scene, Scene):
            return scene
        if (refused := await theirs(scene)) is not None:
            return refused
        entry = await scene.noted("attempt", detail=how, once=once)
        if scene.contact is not None:
            await timers.cancel(scene.tx, calls_of(scene.contact.id), "called", parts.clock(), kinds=(CALL_LATE,))
        if how in MISSED and out_of_reach(parts, scene.contact) is None:
            await scene.told(entry, "desk_called", {"kind": "desk", "urgent": True})
        return await scene.done()


async def close(parts: Parts, ticket: str, operator: str, outcome: Outcome, once: str | None = None) -> Answer:
    async with scene_of(parts, ticket, operator, once) as scene:
        if not isinstance(scene, Scene):
            return scene
        if (refused := await theirs(scene)) is not None:
            return refused
        if await deciding_tickets.undecided(scene.tx, scene.ticket):
            return Undecided()
        await handed_back(scene)
        await tickets.close(scene.tx, scene.ticket.id, outcome, parts.clock())
        await scene.noted("closed", detail=outcome, once=once)
        return await scene.done()


async def take_over(parts: Parts, contact: str, operator: str, *, over: bool = False) -> Answer | NoTalk:
    """The talk of a contact, without anything having asked for it; outside WhatsApp's 24 hours the ticket alone, for
    words that are announced. Raises LookupError for no such contact.
    """
    async with parts.db.transaction() as tx:
        who = await contacts.lock(tx, contact)
        if (shut := out_of_reach(parts, who)) is not None:
            return shut
        row = await _of_talk(tx, contact)
        if row is None:
            new = NewTicket(BY_HAND, who.id, who.person_id)
            opened = await tickets.open_(tx, new, parts.clock(), parts.new_id)
            row = await tickets.get(tx, opened.id)
        assert row is not None
        scene = Scene(tx, parts, row, who, operator)
        taken = await _take(scene, over=over)
        return await scene.done() if isinstance(taken, NoTalk) else taken


async def held_by(db: Sql, ticket: TicketRow, operator: str) -> TicketRow | None:
    """Another ticket, by which a colleague of `operator` is in the talk of this one's person."""
    live = await tickets.live(db, ticket.contact_id) if ticket.contact_id else None
    if live is None or live.id == ticket.id or live.status == "open":
        return None
    return live if live.operator != operator else None


def why_not(parts: Parts, who: ContactRow | None) -> NoTalk | None:
    """Whether words of the desk would not reach this contact now, and why. None: they would."""
    if who is None:
        return NoTalk("nobody_known")
    return next((NoTalk(reason) for reason, holds in _obstacles(parts, who) if holds), None)


def out_of_reach(parts: Parts, who: ContactRow | None) -> NoTalk | None:
    """Whether words of the desk cannot even be announced to them. Outside WhatsApp's 24 hours they can, by a template
    (`locales/whatsapp.toml`), and are read with the person's next message.
    """
    shut = why_not(parts, who)
    return shut if shut is not None and shut.reason != "window_closed" else None


def _obstacles(parts: Parts, who: ContactRow) -> Iterator[tuple[Why, bool]]:
    yield "one_way", who.channel == "email"
    yield "not_set_up", who.channel not in parts.channels
    yield "dead", who.dead_at is not None
    yield "stopped", who.opted_out_at is not None
    yield "window_closed", who.channel == "whatsapp" and not window_open(who, parts.clock())


# ------------------------------------------------------------


@asynccontextmanager
async def scene_of(
    parts: Parts, ticket: str, operator: str, once: str | None = None
) -> AsyncIterator[Scene | Done | NoSuchTicket | Closed]:
    """In the order of a turn: the contact is locked before the ticket is looked at. What came before is done."""
    async with parts.db.transaction() as tx:
        found = await tickets.get(tx, ticket)
        if found is None:
            yield NoSuchTicket()
            return
        who = await contacts.lock(tx, found.contact_id) if found.contact_id else None
        found = await tickets.get(tx, ticket)
        assert found is not None
        if once is not None and await tickets.entered(tx, ticket, once):
            yield Done(found)
            return
        yield Closed() if found.status == "closed" else Scene(tx, parts, found, who, operator)


async def _of_talk(tx: Tx, contact: str) -> TicketRow | None:
    """Where a talk belongs that is taken over: in the ticket that it is in, else of its danger, else by hand before."""
    found = [row for row in await tickets.of_contacts(tx, [contact]) if row.status != "closed"]
    fits = [row for row in found if row.live or row.kind in {DANGER, BY_HAND}]
    return min(fits, key=lambda row: (not row.live, row.kind != DANGER), default=None)


async def _take(scene: Scene, *, over: bool) -> Answer | NoTalk:
    silent = scene.ticket.kind == REPORTED  # who is reported learns of it by words, not by the desk's looking at it
    shut = why_not(scene.parts, scene.contact)
    held = await held_by(scene.tx, scene.ticket, scene.operator) if not silent and shut is None else None
    if held is not None and not over:
        return InTalk(held.operator or "", held.id)
    if (refused := await theirs(scene, over=over)) is not None:
        return refused
    if scene.ticket.operator == scene.operator and (scene.ticket.live or (silent and scene.ticket.status == "taken")):
        return await scene.done()  # they have it, or are in the talk, already
    entry = await scene.noted("taken")
    if silent:
        return await scene.done()
    if shut is not None:
        return shut
    if held is not None:
        now, other = scene.parts.clock(), f"ticket:{scene.ticket.id}"
        await tickets.entry(scene.tx, held.id, "passed", now, operator=scene.operator, detail=other)
    await tickets.with_desk(scene.tx, scene.ticket.id)
    await scene.told(entry, "desk_takes", {"ticket": scene.ticket.id})
    return await scene.done()


async def theirs(scene: Scene, *, over: bool = False) -> OfAnother | NotYours | None:
    """The ticket is the operator's from now on, unless a colleague has it, or has to."""
    ticket, now = scene.ticket, scene.parts.clock()
    if await deciding_tickets.barred(scene.tx, ticket, scene.operator):
        return NotYours()
    if not await tickets.take(scene.tx, ticket.id, scene.operator, now, over=over):
        return OfAnother(ticket.operator or "")
    return None


async def handed_back(scene: Scene) -> None:
    if scene.ticket.live:
        await tickets.without_desk(scene.tx, scene.ticket.id)
        await scene.told(await scene.noted("handed_back"), "desk_hands_back")
