"""What a link to a copy of somebody's data shows and gives, on the real rows. Once: whoever opened it first had it."""

from __future__ import annotations

from dataclasses import dataclass

from booking.authority import PersonActor, PersonDeed, may_about
from booking.model import Person, PersonId
from handlers.acting import name
from handlers.parts import Parts
from handlers.web.ports import Gone, Reader
from storage import audit, requests, tokens
from storage.booking import RowStore
from storage.db import Tx

PURPOSE = "export"


@dataclass(frozen=True, slots=True)
class CopyView:
    reader: Reader
    person: str


class CopyCore:
    """The token's object is the copy that they asked for; it was given after their second proof."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    async def view(self, token: str) -> CopyView | Gone | None:
        async with self.parts.db.transaction() as tx:
            return await self._view(tx, await tokens.look(tx, token, PURPOSE, self.parts.clock()))

    async def take(self, token: str) -> CopyView | Gone | None:
        """The link is used from now on, whether the file arrives or not: a new one is for who proves it again."""
        now = self.parts.clock()
        async with self.parts.db.transaction() as tx:
            used = await tokens.use(tx, token, PURPOSE, now)
            view = await self._view(tx, used)
            if isinstance(view, CopyView) and isinstance(used, tokens.Good):
                await requests.fetched(tx, used.object, now)
                actor = PersonActor(PersonId(view.person))
                await audit.add(tx, name(actor), PersonDeed.EXPORT, f"person:{view.person}", now)
            return view

    async def _view(self, tx: Tx, found: tokens.Good | tokens.Over | None) -> CopyView | Gone | None:
        if found is None:
            return None
        asked = await requests.copy(tx, found.object) if isinstance(found, tokens.Good) else None
        person = await self._person(tx, asked.person) if asked is not None else None
        if person is None:
            return Gone("expired")
        return CopyView(Reader(person.language, person.time_zone), person.id)

    async def _person(self, tx: Tx, id: str) -> Person | None:
        person = await RowStore(tx, self.parts.directories).person(PersonId(id))
        if person is None or not may_about(PersonActor(person.id), PersonDeed.EXPORT, person.id, proven=True):
            return None
        return person
