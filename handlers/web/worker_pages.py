"""A worker's page of one appointment: who, when, how, and the way to them.

    GET  /w/{token}              first name, hour, mode; the call and where it stands
    POST /w/{token}/call         rings the worker's telephone, then the person's; back to the page
    POST /w/{token}/voicemail    "it was the voicemail": the person is asked what suits them
    POST /w/{token}/unanswered   nobody picked up, said by a worker who dials themselves: likewise

A GET never acts. The subject is not on it: links are forwarded. 404 and 410 as on people's pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from booking.model import Mode
from booking.phones import spaced
from conversations.text import Text, t
from handlers.web.door import door
from handlers.web.pages import MODES
from handlers.web.ports import JOIN_OPENS, Gone, WorkersPages, WorkerView
from handlers.web.render import Renderer
from handlers.web.visitor import TOKEN, form, own_page, token_of

MOST_CALLS: Final = 100  # what a form may say it knows of
SHORT: Final = 90  # seconds: so short a talk may have been with a voicemail

# Where a call stands, in words; and what to do next, where there is something.
STATES: Final[Mapping[str, Text]] = {
    "asked": t("page.call.ringing_you"),
    "unknown": t("page.call.ringing_you"),
    "placed": t("page.call.ringing_you"),
    "ringing": t("page.call.ringing_you"),
    "answered": t("page.call.press"),
    "dialling": t("page.call.ringing_them"),
    "talking": t("page.call.talking"),
    "not_placed": t("page.call.not_placed"),
    "worker_no_answer": t("page.call.worker_no_answer"),
    "worker_busy": t("page.call.worker_busy"),
    "worker_failed": t("page.call.worker_failed"),
    "no_key": t("page.call.no_key"),
    "worker_left": t("page.call.worker_left"),
    "person_no_answer": t("page.call.person_no_answer"),
    "person_busy": t("page.call.person_busy"),
    "person_failed": t("page.call.person_failed"),
    "person_voicemail": t("page.call.person_voicemail"),
    "talked": t("page.call.talked"),
    "lost": t("page.call.lost"),
}
MISSED: Final = frozenset({"person_no_answer", "person_busy", "person_failed", "person_voicemail"})


@dataclass(frozen=True, kw_only=True)
class WorkerPages:
    pages: WorkersPages
    renderer: Renderer

    def add_to(self, app: web.Application) -> None:
        add = app.router
        add.add_get(f"/w/{TOKEN}", self._page)
        add.add_post(f"/w/{TOKEN}/call", self._call)
        add.add_post(f"/w/{TOKEN}/voicemail", self._voicemail)
        add.add_post(f"/w/{TOKEN}/unanswered", self._unanswered)

    async def _page(self, request: web.Request) -> web.Response:
        view = await self.pages.view(token_of(request))
        return self._show(request, view) if isinstance(view, WorkerView) else self._no(request, view)

    async def _call(self, request: web.Request) -> web.Response:
        fields = await self._own_form(request)
        return await self._done(request, await self.pages.call(token_of(request), _count(fields.get("calls", ""))))

    async def _voicemail(self, request: web.Request) -> web.Response:
        fields = await self._own_form(request)
        return await self._done(request, await self.pages.voicemail(token_of(request), _count(fields.get("call", ""))))

    async def _unanswered(self, request: web.Request) -> web.Response:
        fields = await self._own_form(request)
        seen = _count(fields.get("calls", ""))
        return await self._done(request, await self.pages.unanswered(token_of(request), seen))

    async def _done(self, request: web.Request, done: Gone | None) -> web.Response:
        """Back to the page by a GET: loading it again rings nobody."""
        if isinstance(done, Gone):
            return self._no(request, done)
        raise web.HTTPSeeOther(f"{self.renderer.base}/w/{token_of(request)}")

    def _show(self, request: web.Request, view: WorkerView) -> web.Response:
        appointment, state = view.appointment, _state(view)
        return self.renderer.page(
            "worker",
            view.reader,
            token=token_of(request),
            view=view,
            appointment=appointment,
            mode=appointment.mode.value,
            mode_words=MODES[appointment.mode],
            by_phone=appointment.mode is Mode.PHONE,
            door=door(appointment, view.now),
            opens=appointment.start - JOIN_OPENS,
            state=state,
            state_words=Text(STATES[state].msgid, {"name": view.name}) if state else None,
            missed=state in MISSED,
            perhaps_voicemail=state == "talked" and (view.call.seconds or 0) < SHORT if view.call else False,
            shown=spaced(view.phone) if view.phone else "",
        )

    def _no(self, request: web.Request, gone: Gone | None) -> web.Response:
        if gone is None:
            return self.renderer.no(request, None)
        reader = gone.reader or self.renderer.visitor(request)
        return self.renderer.page("worker_gone", reader, 410, why=gone.why)

    async def _own_form(self, request: web.Request) -> Mapping[str, str]:
        if not own_page(request, self.renderer.origin):
            raise web.HTTPForbidden
        return await form(request)


def _state(view: WorkerView) -> str:
    """Of the last call; empty before the first one. 'lost': it was not told how it ended."""
    if view.call is None:
        return ""
    if view.call.status != "ended" and not view.live:
        return "lost"
    return view.call.outcome or view.call.status


def _count(text: str) -> int:
    """-1, which fits nothing, for what our form never sends."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= MOST_CALLS else -1
