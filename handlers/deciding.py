"""What an operator decides about a person: the functions that the console and `socialdirect person` call.

    warn(parts, person, operator, ground, words)
    suspend(parts, person, operator, ground, words, last_day, cancels)
    end_suspension(parts, decision, operator, words)
    review(parts, decision, operator, words, upheld)      of what the person contested; its ticket is closed with it
    end_due(parts)                                        suspensions whose day came

`operator` is who does it, as the audit trail names them. Each is one transaction under the person's lock, audited, told
to the person, and answers with the decision or with why not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from booking.authority import DeskActor
from booking.decisions import DecideAnswer, Decision, DecisionId, Ground, NotDecided
from booking.model import ContactId, PersonId
from handlers.acting import Acting
from handlers.decision_reactions import DECISION
from handlers.following import follow
from handlers.parts import Parts
from storage import contacts, decisions, tickets
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx

SOLVED: Final = "solved"  # the outcome of a ticket that was judged


@dataclass(frozen=True, slots=True)
class Bench:
    """One transaction under a person's lock."""

    tx: Tx
    parts: Parts
    store: RowStore
    core: Acting
    contacts: list[ContactRow]
    now: datetime

    async def done(self, answer: DecideAnswer, what: str) -> DecideAnswer:
        """What follows from it is written; of what was not decided, nothing."""
        if isinstance(answer, Decision):
            await follow(self.tx, self.parts, self.store, self.core, f"decision:{answer.id}:{what}", self.now)
        return answer


async def warn(parts: Parts, person: str, operator: str, ground: Ground, words: str) -> DecideAnswer:
    async with bench(parts, person, operator) as at:
        return await at.done(await at.core.warn(PersonId(person), ground, words, operator), "made")


async def suspend(
    parts: Parts,
    person: str,
    operator: str,
    ground: Ground,
    words: str,
    *,
    last_day: date | None,
    cancels: bool,
) -> DecideAnswer:
    async with bench(parts, person, operator) as at:
        theirs = [ContactId(each.id) for each in at.contacts]
        made = await at.core.suspend(
            PersonId(person), ground, words, operator, last_day=last_day, cancels=cancels, contacts=theirs
        )
        return await at.done(made, "made")


async def end_suspension(parts: Parts, decision: str, operator: str, words: str) -> DecideAnswer:
    found = await decisions.get(parts.db, decision)
    if found is None:
        return NotDecided("nobody")
    async with bench(parts, found.person, operator) as at:
        return await at.done(await at.core.end_suspension(DecisionId(decision), operator, words), "ended")


async def review(parts: Parts, decision: str, operator: str, words: str, *, upheld: bool) -> DecideAnswer:
    found = await decisions.get(parts.db, decision)
    if found is None:
        return NotDecided("nobody")
    async with bench(parts, found.person, operator) as at:
        done = await at.done(await at.core.review(DecisionId(decision), operator, words, upheld=upheld), "reviewed")
        if isinstance(done, Decision):
            await settled(at.tx, f"{DECISION}{decision}", operator, at.now)
        return done


async def settled(tx: Tx, subject: str, operator: str, now: datetime) -> None:
    """The ticket of what is decided now. One whose talk is with the desk stays: that talk is not over yet."""
    for row in await tickets.about(tx, subject):
        if not row.live and await tickets.close(tx, row.id, SOLVED, now):
            await tickets.entry(tx, row.id, "closed", now, operator=operator, detail=SOLVED)


async def end_due(parts: Parts) -> int:
    """How many suspensions ended because their day came. Each once, whoever looks."""
    ended = 0
    for id in await decisions.due(parts.db, parts.clock()):
        found = await decisions.get(parts.db, id)
        assert found is not None
        async with bench(parts, found.person, "timer") as at:
            ended += isinstance(await at.done(await at.core.expire(id), "over"), Decision)
    return ended


@asynccontextmanager
async def bench(parts: Parts, person: str, operator: str) -> AsyncIterator[Bench]:
    now = parts.clock()
    async with parts.db.transaction() as tx:
        theirs = await contacts.lock_person(tx, person)
        store = RowStore(tx, parts.directories)
        core = Acting(tx, store, parts.rules, now, parts.new_id, actor=DeskActor(), called=operator)
        yield Bench(tx, parts, store, core, theirs, now)
