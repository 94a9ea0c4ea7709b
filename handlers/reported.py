"""What a ticket of a worker's report is about (terms, article 6.2): who says it of whom, and what the desk reads to act
on it: the message that is reported and those next to it, while the report is open. Once it is settled, nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from booking.authority import Action
from booking.messages import Message, Report
from booking.model import Person, PersonId, Worker
from storage import audit, messages
from storage.booking import RowStore
from storage.db import Sql, Tx
from storage.tickets import Entry

KIND: Final = "report"  # of the ticket
REPORT: Final = "report:"  # before its id, as the subject of a ticket and of its further entries
NEXT: Final = 3  # messages of the two before the one that is reported, and after it


@dataclass(frozen=True, slots=True)
class Reported:
    """`worker`, `person`: first and last name, None once they are gone. `messages`: the oldest first, none where there
    was none, it is older than its lifetime, or the report is settled.
    """

    report: Report
    worker: str | None
    person: str | None
    messages: Sequence[Message]

    @property
    def is_open(self) -> bool:
        return self.report.settled_at is None


async def reported(tx: Tx, store: RowStore, entries: Sequence[Entry], operator: str, now: datetime) -> list[Reported]:
    """Each report that a ticket's story names, one of each pair: the latest. What is read is in the audit trail."""
    shown: list[Reported] = []
    for each in {(one.worker, one.person): one for one in await named(tx, entries)}.values():
        worker, person = (await store.directory()).worker(each.worker), await store.person(each.person)
        wrote: Sequence[Message] = ()
        if each.settled_at is None:
            wrote = await messages.around(tx, each, NEXT)
            await audit.add(tx, operator, Action.READ, f"appointment:{each.series}", now)
        shown.append(Reported(each, _name(worker), _name(person), wrote))
    return shown


async def named(db: Sql, entries: Sequence[Entry]) -> list[Report]:
    """Those that are kept still, the oldest first."""
    ids = [e.detail.removeprefix(REPORT) for e in entries if e.detail is not None and e.detail.startswith(REPORT)]
    found = [await messages.report(db, id) for id in ids]
    return [each for each in found if each is not None]


async def waiting(db: Sql, entries: Sequence[Entry]) -> PersonId | None:
    """About whom something is reported that nobody has settled."""
    return next((each.person for each in await named(db, entries) if each.settled_at is None), None)


def _name(who: Worker | Person | None) -> str | None:
    return f"{who.first_name} {who.last_name}" if who is not None else None
