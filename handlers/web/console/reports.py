"""What a worker reported of somebody (terms, article 6.2): what follows from it. It is read on its ticket's page.

GET   /console/tickets/{id}/settle      the form
POST  /console/tickets/{id}/settle      {"kind": no_ground, warning or suspension, and what a decision needs}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from booking.decisions import NotDecided, Verdict
from booking.operating import Deed
from conversations.text import Text
from handlers import deciding as acts
from handlers.console import deciding, people
from handlers.console.deciding import NotRead, Wanted
from handlers.deciding_tickets import reported_person
from handlers.web.console.decisions import FAULTS, LIMIT, decide_page, status_of, why_not
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.visitor import day
from storage import tickets

VERDICTS: Final[tuple[Verdict, ...]] = ("no_ground", "warning", "suspension")


@dataclass(frozen=True, kw_only=True)
class ReportPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get(f"/tickets/{ID}/settle", Deed.DECIDE, self._ask)
        self.frame.post(f"/tickets/{ID}/settle", Deed.DECIDE, self._settle, limit=LIMIT)

    async def _ask(self, visit: Visit) -> web.Response:
        return await self._form(visit, Wanted())

    async def _settle(self, visit: Visit) -> web.Response:
        form = deciding.wanted(visit.fields)
        chosen = deciding.chosen(form, day(form.until), VERDICTS)
        if isinstance(chosen, NotRead):
            return await self._form(visit, form, FAULTS[chosen.field], 422)
        answer = await acts.settle(self.frame.parts, visit.place("id"), visit.actor, chosen)
        if isinstance(answer, NotDecided):
            return await self._form(visit, form, why_not(answer.reason), status_of(answer))
        raise visit.back(f"/tickets/{visit.place('id')}?said=settled")

    async def _form(self, visit: Visit, form: Wanted, why: Text | None = None, status: int = 200) -> web.Response:
        """Where nothing is open any more, its ticket says what was made of it."""
        parts = self.frame.parts
        row = await tickets.get(parts.db, visit.place("id"))
        if row is None:
            raise web.HTTPNotFound
        person = await reported_person(parts.db, row)
        seen = await people.person(parts, person, visit.actor) if person is not None else None
        if seen is None:
            raise visit.back(f"/tickets/{row.id}")
        return decide_page(visit, seen, form, why, status, back=f"/tickets/{row.id}", report=True)
