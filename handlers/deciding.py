"""What an operator decides about a person: the functions that the console and `socialdirect person` call.

    warn(parts, person, operator, ground, words)
    suspend(parts, person, operator, ground, words, last_day, cancels)
    close(parts, person, operator, ground, words)
    end_suspension(parts, decision, operator, words)
    review(parts, decision, operator, words, upheld, declares)
                                                          of what the person contested; its ticket is closed with it
    settle(parts, ticket, operator, verdict, …)           of what workers reported; its ticket is closed with it
    end_due(parts)                                        suspensions whose day came

`operator` is who does it, as the audit trail names them. Each is one transaction under the person's lock, audited, told
to the person, and answers with the decision or with why not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from booking.authority import DeskActor
from booking.decisions import DecideAnswer, Decision, DecisionId, Ground, NotDecided, Verdict
from booking.messages import Report
from booking.model import ContactId, PersonId
from booking.operating import why_not_review
from handlers.acting import Acting
from handlers.alone import one_by_one
from handlers.deciding_tickets import reported_person
from handlers.decision_reactions import DECISION
from handlers.following import follow
from handlers.parts import Parts
from handlers.reported import REPORT
from storage import audit, contacts, decisions, operators, tickets
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


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an operator decided, of a person or of a report; no report alone closes an account. The rest is empty for
    `no_ground`; `last_day` and `cancels` are of a suspension."""

    verdict: Verdict | Literal["closing"]
    ground: Ground = Ground.OTHER
    words: str = ""
    last_day: date | None = None
    cancels: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """`reports`: all that are settled now, one at least; `decision`: the warning or suspension, if it was one."""

    reports: Sequence[Report]
    decision: Decision | None


async def warn(parts: Parts, person: str, operator: str, ground: Ground, words: str) -> DecideAnswer:
    return await decide(parts, person, operator, Chosen("warning", ground, words))


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
    return await decide(parts, person, operator, Chosen("suspension", ground, words, last_day, cancels))


async def close(parts: Parts, person: str, operator: str, ground: Ground, words: str) -> DecideAnswer:
    return await decide(parts, person, operator, Chosen("closing", ground, words))


async def end_suspension(parts: Parts, decision: str, operator: str, words: str) -> DecideAnswer:
    found = await decisions.get(parts.db, decision)
    if found is None:
        return NotDecided("nobody")
    async with bench(parts, found.person, operator) as at:
        return await at.done(await at.core.end_suspension(DecisionId(decision), operator, words), "ended")


async def review(
    parts: Parts, decision: str, operator: str, words: str, *, upheld: bool, declares: bool = False
) -> DecideAnswer:
    """`declares`: the operator says that it was not they who decided, where it was decided at a keyboard."""
    found = await decisions.get(parts.db, decision)
    if found is None or found.contested is None:
        return NotDecided("nobody")
    async with bench(parts, found.person, operator) as at:
        console = await operators.called(at.tx)
        if (why := why_not_review(operator, found.by, console, declares=declares)) is not None:
            return NotDecided(why)
        done = await at.done(await at.core.review(DecisionId(decision), operator, words, upheld=upheld), "reviewed")
        if isinstance(done, Decision):
            await settled(at.tx, f"{DECISION}{decision}", operator, at.now)
            if found.by not in console:
                await audit.add(at.tx, operator, "declare another decided", f"person:{found.person}", at.now)
        return done


async def decide(parts: Parts, person: str, operator: str, chosen: Chosen) -> DecideAnswer:
    """A warning, a suspension, or that the account closes, as was chosen."""
    async with bench(parts, person, operator) as at:
        return await at.done(await _decided(at, PersonId(person), operator, chosen), "made")


async def settle(parts: Parts, ticket: str, operator: str, chosen: Chosen) -> Settled | NotDecided:
    """All that is reported of the person until now; the workers who did are told that it was dealt with. Where what was
    chosen cannot be decided, nothing is settled."""
    row = await tickets.get(parts.db, ticket)
    person = await reported_person(parts.db, row) if row is not None else None
    if row is None or person is None:
        return NotDecided("nobody" if row is None else "already")
    async with bench(parts, person, operator) as at:
        if (why := await _not_settled(at.tx, ticket, operator)) is not None:
            return why
        decided = None if chosen.verdict == "no_ground" else await _decided(at, person, operator, chosen)
        if isinstance(decided, NotDecided):
            return decided
        await tickets.take(at.tx, ticket, operator, at.now)
        assert chosen.verdict != "closing"
        reports = await at.core.settle_reports(person, chosen.verdict, operator)
        await follow(at.tx, parts, at.store, at.core, f"settled:{ticket}:{reports[-1].id}", at.now)
        for report in reports:
            await settled(at.tx, f"{REPORT}{report.id}", operator, at.now)
        return Settled(reports, decided)


async def _not_settled(tx: Tx, ticket: str, operator: str) -> NotDecided | None:
    """Looked at under the lock: a colleague may have it, or have settled it a moment ago."""
    row = await tickets.get(tx, ticket)
    if row is None or await reported_person(tx, row) is None:
        return NotDecided("already")
    taken = row.status == "taken" and row.operator != operator
    return NotDecided("taken") if taken else None


async def _decided(at: Bench, person: PersonId, operator: str, chosen: Chosen) -> DecideAnswer:
    if chosen.verdict == "warning":
        return await at.core.warn(person, chosen.ground, chosen.words, operator)
    theirs = [ContactId(each.id) for each in at.contacts]
    if chosen.verdict == "closing":
        return await at.core.close_account(person, chosen.ground, chosen.words, operator, contacts=theirs)
    return await at.core.suspend(
        person,
        chosen.ground,
        chosen.words,
        operator,
        last_day=chosen.last_day,
        cancels=chosen.cancels,
        contacts=theirs,
    )


async def settled(tx: Tx, subject: str, operator: str, now: datetime) -> None:
    """The ticket of what is decided now. One whose talk is with the desk stays: that talk is not over yet."""
    for row in await tickets.about(tx, subject):
        if not row.live and await tickets.close(tx, row.id, SOLVED, now):
            await tickets.entry(tx, row.id, "closed", now, operator=operator, detail=SOLVED)


async def end_due(parts: Parts) -> int:
    """How many suspensions ended because their day came. Each once, whoever looks."""

    async def see_to(id: DecisionId) -> bool:
        found = await decisions.get(parts.db, id)
        assert found is not None
        async with bench(parts, found.person, "timer") as at:
            return isinstance(await at.done(await at.core.expire(id), "over"), Decision)

    return await one_by_one("suspensions", await decisions.due(parts.db, parts.clock()), see_to)


@asynccontextmanager
async def bench(parts: Parts, person: str, operator: str) -> AsyncIterator[Bench]:
    now = parts.clock()
    async with parts.db.transaction() as tx:
        theirs = await contacts.lock_person(tx, person)
        store = RowStore(tx, parts.directories)
        core = Acting(tx, store, parts.rules, now, parts.new_id, actor=DeskActor(), called=operator)
        yield Bench(tx, parts, store, core, theirs, now)
