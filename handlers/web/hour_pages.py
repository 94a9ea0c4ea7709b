"""People's pages around the hour itself: the way into the video.

GET  /a/{token}/join     before its time a page that waits, in its time the room
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from booking.model import Mode
from conversations.text import t
from handlers.web.door import door
from handlers.web.ports import JOIN_OPENS, AppointmentView, Pages, Rooms, Seat
from handlers.web.render import Renderer
from handlers.web.visitor import TOKEN, token_of

LONGEST_WAIT: Final = timedelta(days=1)  # a countdown is of use on the day itself


@dataclass(frozen=True, kw_only=True)
class HourPages:
    pages: Pages
    renderer: Renderer
    rooms: Rooms
    clock: Callable[[], datetime]

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(f"/a/{TOKEN}/join", self._join)

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
