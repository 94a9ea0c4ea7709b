"""People's pages: the appointment, its calendar file, cancelling and moving it.

    GET  /a/{token}          what, when, with whom
    GET  /a/{token}.ics      calendar file                  GET        /calendar/{token}.ics   a worker's feed
    GET, POST  /a/{token}/cancel, /a/{token}/move           asks, then does

Around the hour itself: `handlers/web/hour_pages.py`; the e-mail address: `handlers/web/email_pages.py`.

A GET never acts: scanners of mail and previews of messengers open every link. The subject is on no page: others may
read along. 404 for a token that never was, 410 for one that is of no more use.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from urllib.parse import urlsplit

from aiohttp import web

from booking.model import Mode, SlotId
from booking.ports import AlreadyOver, Refused, SlotGone
from conversations.text import Text, t
from handlers.calendars import elsewhere
from handlers.calendars.writing import Entry, calendar
from handlers.web.door import door
from handlers.web.hour_pages import LATE, SAID
from handlers.web.ports import (
    JOIN_OPENS,
    AppointmentView,
    Feed,
    Gone,
    MoveAnswer,
    MovedTo,
    Pages,
)
from handlers.web.render import Renderer
from handlers.web.visitor import TOKEN, instant, own_form, token_of

SHOWN_HOURS: Final = 8

MODES: Final[Mapping[Mode, Text]] = {
    Mode.VIDEO: t("mode.video"),
    Mode.PHONE: t("mode.phone"),
    Mode.IN_PERSON: t("mode.in_person"),
}
REFUSALS: Final[Mapping[str, Text]] = {
    "overlap": t("page.refused.overlap"),
    "max_appointments": t("page.refused.max_appointments"),
    "cancellations": t("page.refused.desk"),
    "suspended": t("page.refused.desk"),
    "frozen": t("page.refused.frozen"),
    "consent": t("page.refused.desk"),
    "dispute": t("page.refused.desk"),
    "worker": t("refused.worker"),
}

View = TypeVar("View", AppointmentView, Feed)


@dataclass(frozen=True, kw_only=True)
class PersonPages:
    pages: Pages
    renderer: Renderer
    clock: Callable[[], datetime]
    public_url: str

    def add_to(self, app: web.Application) -> None:
        add = app.router
        add.add_get(f"/a/{TOKEN}.ics", self._calendar_file)
        add.add_get(f"/a/{TOKEN}", self._appointment)
        add.add_get(f"/a/{TOKEN}/cancel", self._ask_cancel)
        add.add_post(f"/a/{TOKEN}/cancel", self._cancel)
        add.add_get(f"/a/{TOKEN}/move", self._ask_move)
        add.add_post(f"/a/{TOKEN}/move", self._move)
        add.add_get(f"/calendar/{TOKEN}.ics", self._feed)

    # The appointment

    async def _appointment(self, request: web.Request) -> web.Response:
        view = await self.pages.appointment(token_of(request))
        if not isinstance(view, AppointmentView):
            return self.renderer.no(request, view)
        return self._show(request, view)

    async def _calendar_file(self, request: web.Request) -> web.Response:
        view = await self.pages.appointment(token_of(request))
        if not isinstance(view, AppointmentView):
            return self.renderer.no(request, view)
        summary = self._summary(view)
        place = view.worker.address if view.appointment.mode is Mode.IN_PERSON else ""
        url = f"{self.public_url.rstrip('/')}/a/{token_of(request)}"
        return self._ics([Entry(view.appointment, summary, url, place)])

    def _summary(self, view: AppointmentView) -> str:
        """What stands in a calendar that others may see."""
        return self.renderer.words(view.reader, {"summary": t("page.calendar.summary")})["summary"]

    def _show(self, request: web.Request, view: AppointmentView) -> web.Response:
        appointment, summary = view.appointment, self._summary(view)
        return self.renderer.page(
            "appointment",
            view.reader,
            token=token_of(request),
            view=view,
            appointment=appointment,
            mode=appointment.mode.value,
            mode_words=MODES[appointment.mode],
            door=door(appointment, self.clock()),
            opens=appointment.start - JOIN_OPENS,
            said=SAID.get(request.query.get("said", "")),
            late_by=LATE,
            google=elsewhere.google(appointment, summary),
            outlook=elsewhere.outlook(appointment, summary),
        )

    # Cancelling: asked first, and what is late is said before the yes (terms, articles 5.1 and 5.2)

    async def _ask_cancel(self, request: web.Request) -> web.Response:
        view = await self.pages.appointment(token_of(request))
        if not isinstance(view, AppointmentView):
            return self.renderer.no(request, view)
        return self._ask(request, view, "cancel")

    async def _cancel(self, request: web.Request) -> web.Response:
        fields = await own_form(request, self.renderer.origin)
        view = await self.pages.appointment(token_of(request))
        if not isinstance(view, AppointmentView):
            return self.renderer.no(request, view)
        if view.late and "late" not in fields:
            return self._ask(request, view, "cancel")  # it became late while the page was open: now it is said
        done = await self.pages.cancel(token_of(request))
        if isinstance(done, AlreadyOver):
            return self._show(request, view)
        if done is None or isinstance(done, Gone):
            return self.renderer.no(request, done)
        return self.renderer.page("cancelled", view.reader, appointment=done.appointment, late=done.late)

    def _ask(self, request: web.Request, view: AppointmentView, name: str) -> web.Response:
        if not view.changeable:
            return self._show(request, view)
        return self.renderer.page(name, view.reader, token=token_of(request), view=view, appointment=view.appointment)

    # Moving: another hour is chosen, the old one is given back in the same moment

    async def _ask_move(self, request: web.Request) -> web.Response:
        return await self._hours(request, None)

    async def _move(self, request: web.Request) -> web.Response:
        fields = await own_form(request, self.renderer.origin)
        view = await self.pages.appointment(token_of(request))
        if not isinstance(view, AppointmentView):
            return self.renderer.no(request, view)
        if "slot" not in fields:
            return await self._hours(request, t("page.move.choose_one"))
        if view.late and "late" not in fields:
            return await self._hours(request, None)
        return await self._moved(request, view, await self.pages.move(token_of(request), SlotId(fields["slot"])))

    async def _moved(self, request: web.Request, view: AppointmentView, done: MoveAnswer) -> web.Response:
        match done:
            case MovedTo(token):
                raise web.HTTPSeeOther(f"{self.renderer.base}/a/{token}")
            case SlotGone():
                return await self._hours(request, t("page.move.gone"))
            case Refused(reason):
                return await self._hours(request, REFUSALS[reason])
            case AlreadyOver():
                return self._show(request, view)
        return self.renderer.no(request, done)

    async def _hours(self, request: web.Request, notice: Text | None) -> web.Response:
        """The next free hours; `?after=` gives later ones."""
        token = token_of(request)
        view = await self.pages.appointment(token)
        if not isinstance(view, AppointmentView):
            return self.renderer.no(request, view)
        if not view.changeable:
            return self._show(request, view)
        after = instant(request.query.get("after", ""))
        hours = await self.pages.hours(token, after, SHOWN_HOURS)
        if hours is None or isinstance(hours, Gone):
            return self.renderer.no(request, hours)
        return self.renderer.page(
            "move",
            view.reader,
            token=token,
            view=view,
            appointment=view.appointment,
            hours=hours,
            notice=notice,
            later=hours.slots[-1].start.strftime("%Y%m%dT%H%M") if len(hours.slots) == SHOWN_HOURS else None,
        )

    # The worker's feed

    async def _feed(self, request: web.Request) -> web.Response:
        feed = await self.pages.feed(token_of(request))
        if not isinstance(feed, Feed):
            return self.renderer.no(request, feed)
        texts = {mode.value: t("page.calendar.worker", mode=text) for mode, text in MODES.items()}
        words = self.renderer.words(feed.reader, {"feed": t("page.calendar.summary"), **texts})
        events = [
            Entry(one, words[one.mode.value], description=feed.names.get(one.person, "")) for one in feed.appointments
        ]
        return self._ics(events, feed=words["feed"])

    # What they share

    def _ics(self, entries: list[Entry], *, feed: str | None = None) -> web.Response:
        file = calendar(entries, urlsplit(self.public_url).hostname or "", self.clock(), feed=feed)
        headers = {"Content-Type": "text/calendar; charset=utf-8; method=PUBLISH"}
        return web.Response(body=file, headers=headers | {"Content-Disposition": 'attachment; filename="calendar.ics"'})
