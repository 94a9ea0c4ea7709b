"""A day's appointments, and people: found by number, address or id, never by a name (names are sealed).

GET   /console/today          `?on=2026-03-02`: that day; without, today's
GET   /console/people         the form
POST  /console/people         by number or address: it stands in no address of ours, and in no log
GET   /console/people/{id}    account, channels, appointments, what became of their messages
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from booking.operating import Deed
from conversations.text import t
from handlers.console import people
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.visitor import day


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
        return visit.page("today", day=seen, start=people.midnight(parts, on), before=on - one, after=on + one)

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
        return visit.page("person", seen=seen, person=seen.person)
