"""What a ticket of a worker's report is about (terms, article 6.2): who says it of whom, and what the two wrote to each
other, which the desk reads to act on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from booking.authority import Action
from booking.messages import Message
from booking.model import Person, Worker
from storage import audit, messages
from storage.booking import RowStore
from storage.db import Tx
from storage.tickets import Entry

KIND: Final = "report"  # of the ticket
REPORT: Final = "report:"  # before its id, as the subject of a ticket and of its further entries
SHOWN: Final = 20  # messages of the two, the latest


@dataclass(frozen=True, slots=True)
class Reported:
    """`worker`, `person`: first and last name, None once they are gone. `messages`: the oldest first; what is older
    than their lifetime is missing.
    """

    worker: str | None
    person: str | None
    made_at: datetime
    messages: Sequence[Message]


async def reported(tx: Tx, store: RowStore, entries: Sequence[Entry], operator: str, now: datetime) -> list[Reported]:
    """Each report that a ticket's story names, one of each pair: the latest. What is read is in the audit trail."""
    ids = [e.detail.removeprefix(REPORT) for e in entries if e.detail is not None and e.detail.startswith(REPORT)]
    found = {(each.worker, each.person): each for id in ids if (each := await messages.report(tx, id)) is not None}
    shown: list[Reported] = []
    for each in found.values():
        worker, person = (await store.directory()).worker(each.worker), await store.person(each.person)
        wrote = await store.messages(each.person, each.worker, SHOWN)
        await audit.add(tx, operator, Action.READ, f"appointment:{each.series}", now)
        shown.append(Reported(_name(worker), _name(person), each.made_at, tuple(reversed(wrote))))
    return shown


def _name(who: Worker | Person | None) -> str | None:
    return f"{who.first_name} {who.last_name}" if who is not None else None
