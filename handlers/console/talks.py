"""What the console shows of talks that need a human: with one, in danger, or stuck (`storage/stuck.py` says when).

board(parts, actor, only)     one line for each talk: danger, then who waits, then the others; of each the newest first
talk(parts, id, actor)        one: who it is, where it stands, its tickets, what became of our messages
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from booking.model import PersonId, WorkerId
from handlers import fates, tickets
from handlers.fates import Fate
from handlers.parts import Parts
from handlers.ticket_answers import NoTalk
from storage import audit, contacts, conversations, looking, operators, outbox, stuck
from storage import tickets as rows
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Sql, Tx
from storage.looking import Kept
from storage.stuck import Need, Why
from storage.tickets import TicketRow

Group: TypeAlias = Literal["danger", "human", "stuck"]

GROUPS: Final[tuple[Group, ...]] = get_args(Group)
SHOWN: Final = 100
TOLD: Final = 30  # messages of ours, the latest
LISTED: Final = "see listed"  # in the audit trail: a talk as a line of the list


@dataclass(frozen=True, slots=True)
class Line:
    """A talk in the list. `needs`: danger, then the newest first. `live`: the ticket by which it is with the desk;
    `whose`: the name of the operator who has that one. `open`: it can be taken over now, from nobody.
    """

    contact: ContactRow
    needs: Sequence[Need]
    name: str | None
    live: TicketRow | None
    whose: str | None
    mine: bool
    open: bool

    @property
    def since(self) -> datetime:
        return self.needs[0].since

    @property
    def by_ticket(self) -> bool:
        return self.live is not None or any(need.ticket for need in self.needs)

    @property
    def groups(self) -> frozenset[Group]:
        return frozenset(group_of(need.why) for need in self.needs)


@dataclass(frozen=True, slots=True)
class TalkBoard:
    """`counts`: of all talks, by group; `more`: how many of the group that is shown do not stand in the list."""

    lines: Sequence[Line]
    counts: Mapping[Group, int]
    more: int


@dataclass(frozen=True, slots=True)
class TalkSeen:
    """`number`: where to call, E.164. `stands`: the open question, `(flow.step, misses, since)`. `theirs`: tickets that
    are not closed. `kept`: hours that are kept for them. `shut`: why nothing can be written to them.
    """

    line: Line
    number: str | None
    worker: bool
    stands: tuple[str, int, datetime] | None
    theirs: Sequence[TicketRow]
    names: Mapping[str, str]
    kept: Sequence[Kept]
    told: Sequence[Fate]
    shut: NoTalk | None


def group_of(why: Why) -> Group:
    match why:
        case "danger" | "human":
            return why
        case _:
            return "stuck"


async def board(parts: Parts, actor: str, only: Group | None = None) -> TalkBoard:
    now = parts.clock()
    async with parts.db.transaction() as tx:
        found: dict[str, list[Need]] = {}
        for need in await stuck.needs(tx, now, parts.draft_time):
            found.setdefault(need.contact, []).append(need)
        taken = {need.ticket for needs in found.values() for need in needs if need.ticket and need.taken}
        waiting = await stuck.waits(tx, sorted(taken))
        groups = {id: {group_of(need.why) for need in needs} for id, needs in found.items()}
        wanted = [id for id in stuck.in_order(found, waiting) if only is None or only in groups[id]]
        lines = await _lines(tx, parts, {id: found[id] for id in wanted[:SHOWN]}, actor)
        await audit.looked(tx, actor, "conversations", now)
        # Who has a ticket is known by that to have stood here; of the others nothing else would tell it later.
        unasked = [f"talk:{line.contact.id}" for line in lines if not line.by_ticket]
        await audit.looked_at_each(tx, actor, unasked, now, LISTED)
    counts = {group: sum(group in each for each in groups.values()) for group in GROUPS}
    return TalkBoard(lines, counts, max(len(wanted) - SHOWN, 0))


async def talk(parts: Parts, id: str, actor: str) -> TalkSeen | None:
    """Also one that needs nobody. None: there is no such contact."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        who = await contacts.get(tx, id)
        if who is None:
            return None
        await audit.looked(tx, actor, f"talk:{id}", now)
        needs = await stuck.of_contact(tx, id, now, parts.draft_time)
        [line] = await _lines(tx, parts, {id: needs}, actor)
        store = RowStore(tx, parts.directories)
        person = await store.person(PersonId(who.person_id)) if who.person_id else None
        worker = (await store.directory()).worker(WorkerId(who.worker_id)) if who.worker_id else None
        known = person or worker
        theirs = [row for row in await rows.of_contacts(tx, [id]) if row.status != "closed"]
        stands, kept = await conversations.stands(tx, id), await looking.kept(tx, id, now)
        names = await _names(tx)
    return TalkSeen(
        line=line,
        number=who.phone or (known.phone if known is not None else None),
        worker=worker is not None,
        stands=stands,
        theirs=theirs,
        names=names,
        kept=kept,
        told=await fates.of_messages(parts, await outbox.history(parts.db, contacts=[id], limit=TOLD)),
        shut=tickets.why_not(parts, who),
    )


async def live(parts: Parts, id: str) -> TicketRow | None:
    """The ticket by which a talk is with the desk."""
    return await rows.live(parts.db, id)


# ------------------------------------------------------------


async def _lines(tx: Tx, parts: Parts, found: Mapping[str, Sequence[Need]], actor: str) -> list[Line]:
    who = await contacts.get_many(tx, list(found))
    known = await looking.people(tx, [row.person_id for row in who.values() if row.person_id])
    directory = await RowStore(tx, parts.directories).directory()
    lives = await rows.lives(tx, list(found))
    names = await _names(tx)

    def line(contact: ContactRow) -> Line:
        worker = directory.worker(WorkerId(contact.worker_id)) if contact.worker_id else None
        somebody = known.get(contact.person_id or "") or worker
        live = lives.get(contact.id)
        taken = live.operator if live is not None and live.status == "taken" else None
        return Line(
            contact=contact,
            needs=sorted(found[contact.id], key=lambda need: need.why != "danger"),
            name=f"{somebody.first_name} {somebody.last_name}" if somebody is not None else None,
            live=live,
            whose=names.get(taken, taken) if taken else None,
            mine=taken == actor,
            open=taken is None and tickets.out_of_reach(parts, contact) is None,
        )

    return [line(who[id]) for id in found if id in who]


async def _names(db: Sql) -> dict[str, str]:
    return {f"operator:{row.id}": row.name for row in await operators.all_of(db)}
