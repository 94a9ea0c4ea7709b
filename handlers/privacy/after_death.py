"""What somebody said of their data for after their death is carried out (law of 6 January 1978, article 85; safety G8):
by an administrator, on a proof that is named. Erased, or given to whom they named.

    carry_out(parts, person, operator, reference) -> Instruction | NotCarried

Erasing begins with a worker's next round. What is handed over is a copy as the person would have had it
(`exporting.py`); it is made by whoever calls this, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

from booking.authority import DeskActor, PersonDeed, may_about
from booking.messaging import cleaned
from booking.model import Instruction, PersonId
from handlers.parts import Parts
from storage import audit, contacts, erasures, holds, requests
from storage.booking import RowStore

SHORTEST, LONGEST = 3, 300  # characters of what names the proof


@dataclass(frozen=True, slots=True)
class NotCarried:
    """Nothing was done. `nothing`: no instruction stands; `reference`: too short or too long; `held`: a dispute is
    open."""

    why: Literal["nothing", "reference", "held"]


async def carry_out(parts: Parts, person: str, operator: str, reference: str) -> Instruction | NotCarried:
    named, now = cleaned(reference), parts.clock()
    proven = SHORTEST <= len(named) <= LONGEST
    if not may_about(DeskActor(), PersonDeed.INSTRUCT, PersonId(person), proven=proven):
        return NotCarried("reference")
    async with parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        stands = await RowStore(tx, parts.directories).instruction(PersonId(person))
        if stands is None:
            return NotCarried("nothing")
        if stands.wish == "erase" and await holds.holds(tx, person):
            return NotCarried("held")
        await requests.carried_out(tx, stands.id, operator, named, now)
        await audit.add(tx, operator, PersonDeed.INSTRUCT, f"person:{person}", now)
        if stands.wish == "erase":
            await erasures.ask(tx, person, operator, now)
            tx.after_commit(partial(parts.bell.ring, "erasing"))
        else:
            await audit.add(tx, operator, PersonDeed.EXPORT, f"person:{person}", now)
        return stands
