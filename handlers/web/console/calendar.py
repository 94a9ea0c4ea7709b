"""Workers' calendars: a week of one of them, where an appointment is moved to, and an hour is taken for a caller.

    GET  /console/calendar    `?worker=ID&on=2026-03-02`; `&move=ID`: free hours become where that appointment goes

A week is seven lists of links and buttons: it is read and worked by keyboard, and on a telephone, as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from booking.model import WorkerId
from booking.operating import Deed
from handlers.console import calendars, people
from handlers.console.people import AppointmentSeen
from handlers.web.console.frame import NAMED, Frame, Visit
from handlers.web.visitor import day


@dataclass(frozen=True, kw_only=True)
class CalendarPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/calendar", Deed.SEE_PEOPLE, self._week)

    async def _week(self, visit: Visit) -> web.Response:
        parts, asked = self.frame.parts, visit.request.query
        on = day(asked.get("on", "")) or visit.now.astimezone(parts.zone).date()
        worker = WorkerId(asked["worker"]) if NAMED.fullmatch(asked.get("worker", "")) else None
        moves = await self._moves(visit, asked.get("move", ""))
        if worker is None and moves is not None:
            worker = moves.appointment.worker
        week = await calendars.week(parts, worker, on, visit.actor)
        one = timedelta(days=calendars.DAYS)
        return visit.page(
            "calendar",
            week=week,
            moves=moves,
            start=people.midnight(parts, week.monday),
            before=week.monday - one,
            after=week.monday + one,
        )

    async def _moves(self, visit: Visit, id: str) -> AppointmentSeen | None:
        """The appointment that is to be moved, while it can be."""
        seen = await people.appointment(self.frame.parts, id, visit.actor) if NAMED.fullmatch(id) else None
        if seen is None or seen.appointment.status != "booked" or seen.appointment.start <= visit.now:
            return None
        return seen if visit.may(Deed.HELP_PEOPLE) else None
