"""People's pages around the hour itself: the way into the video, and what they tell the worker.

    GET  /a/{token}/join     before its time a page that waits, in its time the room
    POST /a/{token}/late     "I am late", with `minutes`         POST /a/{token}/here     "I am there"
    POST /a/{token}/phone    "the video does not work": a call at the same hour

What was done is said on the appointment's page, reached by a GET: loading it again does nothing twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from booking.model import Mode
from booking.ports import AlreadyOver, Heard, NotTurned, Turned
from conversations.text import Text, t
from handlers.web.door import door
from handlers.web.ports import JOIN_OPENS, AppointmentView, AtTheHour, Gone, Pages, Rooms, Seat
from handlers.web.render import Renderer
from handlers.web.visitor import TOKEN, own_form, token_of

LONGEST_WAIT: Final = timedelta(days=1)  # a countdown is of use on the day itself
LATE: Final = (5, 10, 15, 20, 30, 45)  # minutes that the page offers

# What `?said=` means on the appointment's page. Whoever writes it by hand reads a sentence and does nothing.
SAID: Final[Mapping[str, Text]] = {
    "late": t("page.said.late"),
    "here": t("page.said.here"),
    "phone": t("page.said.phone"),
    "number": t("page.said.number"),
    "not_offered": t("page.said.not_offered"),
    "over": t("page.said.over"),
}


@dataclass(frozen=True, kw_only=True)
class HourPages:
    pages: Pages
    hour: AtTheHour
    renderer: Renderer
    rooms: Rooms
    clock: Callable[[], datetime]

    def add_to(self, app: web.Application) -> None:
        add = app.router
        add.add_get(f"/a/{TOKEN}/join", self._join)
        add.add_post(f"/a/{TOKEN}/late", self._late)
        add.add_post(f"/a/{TOKEN}/here", self._here)
        add.add_post(f"/a/{TOKEN}/phone", self._phone)

    # The way in

    async def _join(self, request: web.Request) -> web.Response:
        """A redirect changes nothing. The room's address is made for this click; whoever is early waits here."""
        view = await self.pages.appointment(token_of(request))
        if not isinstance(view, AppointmentView):
            return self.renderer.no(request, view)
        appointment = view.appointment
        state = door(appointment, self.clock())
        if appointment.mode is not Mode.VIDEO or state == "over":
            raise web.HTTPSeeOther(f"{self.renderer.base}/a/{token_of(request)}")
        if state == "early":
            return self._wait(request, view)
        guest = self.renderer.words(view.reader, {"name": t("room.guest")})["name"]
        raise web.HTTPSeeOther(self.rooms(appointment, Seat("person", guest)))

    def _wait(self, request: web.Request, view: AppointmentView) -> web.Response:
        left = view.appointment.start - JOIN_OPENS - self.clock()
        return self.renderer.page(
            "waiting",
            view.reader,
            token=token_of(request),
            view=view,
            appointment=view.appointment,
            opens=view.appointment.start - JOIN_OPENS,
            left=int(left.total_seconds()) + 1 if left <= LONGEST_WAIT else None,
        )

    # What is told

    async def _late(self, request: web.Request) -> web.Response:
        fields = await own_form(request, self.renderer.origin)
        asked = fields.get("minutes", "")
        minutes = next((each for each in LATE if str(each) == asked), None)
        return self._said(request, "late", await self.hour.say_late(token_of(request), minutes))

    async def _here(self, request: web.Request) -> web.Response:
        await own_form(request, self.renderer.origin)
        return self._said(request, "here", await self.hour.say_here(token_of(request)))

    async def _phone(self, request: web.Request) -> web.Response:
        await own_form(request, self.renderer.origin)
        done = await self.hour.by_phone(token_of(request))
        match done:
            case Turned():
                return self._back(request, "phone")
            case NotTurned(reason):
                return self._back(request, {"no_phone": "number", "not_offered": "not_offered"}.get(reason, "over"))
            case AlreadyOver():
                return self._back(request, "over")
        return self.renderer.no(request, done)

    def _said(self, request: web.Request, what: str, done: Heard | AlreadyOver | Gone | None) -> web.Response:
        match done:
            case Heard():
                return self._back(request, what)
            case AlreadyOver():
                return self._back(request, "over")
        return self.renderer.no(request, done)

    def _back(self, request: web.Request, said: str) -> web.Response:
        raise web.HTTPSeeOther(f"{self.renderer.base}/a/{token_of(request)}?said={said}")
