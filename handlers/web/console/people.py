"""A day's appointments, and people: found by number, address or id, never by a name (names are sealed).

GET   /console/today          `?on=2026-03-02`: that day; without, today's, with what needs a human
GET   /console/people         the form
POST  /console/people         by number or address: it stands in no address of ours, and in no log
GET   /console/people/{id}    account, tickets, channels, appointments, what became of their messages
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import t
from handlers.console import deciding, desk, people, service
from handlers.web.console.corrections import SAID as CORRECTED
from handlers.web.console.decisions import DECISION_WORDS
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.console.freeing import SAID as FREED
from handlers.web.console.freeing import UNVOUCHED
from handlers.web.console.ticket_words import SAID, TICKET_WORDS
from handlers.web.visitor import day

MOST: Final = 8  # tickets that are shown above a day's appointments
NOTHING: Final[Mapping[str, Any]] = {"board": None, "alarms": 0, "most": MOST, **TICKET_WORDS}


@dataclass(frozen=True, kw_only=True)
class PeoplePages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/today", Deed.SEE_PEOPLE, self._today)
        self.frame.get("/people", Deed.SEE_PEOPLE, self._ask)
        self.frame.post("/people", Deed.SEE_PEOPLE, self._find)
        self.frame.get(f"/people/{ID}", Deed.SEE_PEOPLE, self._person)

    async def _today(self, visit: Visit) -> web.Response:
        parts = self.frame.parts
        today = visit.now.astimezone(parts.zone).date()
        on = day(visit.request.query.get("on", "")) or today
        seen = await people.day(parts, on, visit.actor)
        one = timedelta(days=1)
        human = await self._human(visit) if on == today else NOTHING
        return visit.page("today", **human, day=seen, start=people.midnight(parts, on), before=on - one, after=on + one)

    async def _human(self, visit: Visit) -> Mapping[str, Any]:
        """What needs a human now: it is of no day but today."""
        board = await desk.board(self.frame.parts, visit.actor) if visit.may(Deed.SEE_TICKETS) else None
        alarms = await service.alarms(self.frame.parts)
        return {**NOTHING, "board": board, "alarms": alarms, "now": visit.now}

    async def _ask(self, visit: Visit) -> web.Response:
        return visit.page("people", found=None)

    async def _find(self, visit: Visit) -> web.Response:
        parts = self.frame.parts
        ids = await people.find(parts, visit.fields.get("who", "")[:254])
        if len(ids) == 1:
            raise visit.back(f"/people/{ids[0]}")
        found = await people.named(parts, ids, visit.actor)
        return visit.page("people", said=None if found else t("console.people.nobody"), found=found)

    async def _person(self, visit: Visit) -> web.Response:
        seen = await people.person(self.frame.parts, visit.place("id"), visit.actor)
        if seen is None:
            raise web.HTTPNotFound
        theirs = None
        if visit.may(Deed.SEE_TICKETS):
            theirs = await desk.of_person(self.frame.parts, seen.contacts, seen.person.id)
        how = visit.request.query.get("said", "")
        said, failed = {**SAID, **CORRECTED, **FREED}.get(how), how == UNVOUCHED
        decided = await deciding.of_person(self.frame.parts, seen.person.id)
        values: dict[str, Any] = {"seen": seen, "person": seen.person, "theirs": theirs, "decided": decided}
        return visit.page("person", said=said, failed=failed, **values, **TICKET_WORDS, **DECISION_WORDS)
