"""In and out of the console.

    GET, POST  /console/login            name, password and second factor, judged at once
    POST       /console/logout
    GET, POST  /console/enrol/{token}    the first visit: QR code of the second factor, password, recovery codes
    GET        /console                  where a login leads
    GET        /console/own              their own sessions
    POST       /console/own/end          all of them but this one

A link is answered 404 or 410 as everywhere; looking at it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import Text, t
from handlers.console import second_factor
from handlers.console.entry import Enrolled, Enrolling, Entry, In, NotIn, NotYet, actor
from handlers.passwords import Busy
from handlers.web.console.frame import INSIDE, ROOT, Frame, Visit
from handlers.web.console.menu import menu
from handlers.web.ports import Gone
from handlers.web.visitor import TOKEN, form, token_of
from storage import audit, operators, sessions

BUSY: Final = t("console.login.busy")


@dataclass(frozen=True, kw_only=True)
class Entrance:
    frame: Frame
    entry: Entry

    def add(self) -> None:
        router = self.frame.app.router
        router.add_get(f"{ROOT}/login", self._ask)
        router.add_post(f"{ROOT}/login", self._log_in)
        router.add_get(f"{ROOT}/enrol/{TOKEN}", self._enrolling)
        router.add_post(f"{ROOT}/enrol/{TOKEN}", self._enrol)
        self.frame.get("", Deed.SEE_OWN, self._home)
        self.frame.post("/logout", Deed.END_OWN, self._log_out)
        self.frame.get("/own", Deed.SEE_OWN, self._own)
        self.frame.post("/own/end", Deed.END_OWN, self._end_others)

    # In

    async def _ask(self, request: web.Request) -> web.Response:
        said = t("console.login.out") if "out" in request.query else None
        return self._login(request, said, onwards=request.query.get("next", ""))

    async def _log_in(self, request: web.Request) -> web.Response:
        if not self.frame.own_page(request):
            raise web.HTTPForbidden
        fields = await form(request)
        try:
            done = await self.entry.log_in(*(fields.get(name, "") for name in ("name", "password", "code")))
        except Busy:
            return self._login(request, BUSY, 503, fields.get("next", ""))
        if isinstance(done, NotIn):
            said = t("console.login.wait", until=done.until) if done.until else t("console.login.wrong")
            return self._login(request, said, 429 if done.until else 401, fields.get("next", ""))
        return self._enter(done, fields.get("next", ""))

    def _enter(self, done: In, onwards: str) -> web.Response:
        """A session of its own at each login: one that was there before is none of ours to go on with."""
        path = onwards if INSIDE.fullmatch(onwards) else ROOT
        response = web.Response(status=303, headers={"Location": self.frame.renderer.base + path})
        self.frame.cookie.put(response, done.token)
        return response

    def _login(self, request: web.Request, said: Text | None, status: int = 200, onwards: str = "") -> web.Response:
        reader = self.frame.renderer.visitor(request)
        onwards = onwards if INSIDE.fullmatch(onwards) else ""
        return self.frame.draw("login", reader, status, visit=None, said=said, failed=status != 200, onwards=onwards)

    # The first visit

    async def _enrolling(self, request: web.Request) -> web.Response:
        found = await self.entry.enrolling(token_of(request))
        if isinstance(found, Enrolling):
            return self._enrolment(request, found)
        return self.frame.renderer.no(request, Gone(found.why) if found else None)

    async def _enrol(self, request: web.Request) -> web.Response:
        if not self.frame.own_page(request):
            raise web.HTTPForbidden
        fields = await form(request)
        typed = (fields.get(name, "") for name in ("password", "again", "code"))
        try:
            done = await self.entry.enrol(token_of(request), *typed)
        except Busy:
            return self._login(request, BUSY, 503)
        if isinstance(done, NotYet):
            return self._enrolment(request, done.enrolling, done.why)
        if isinstance(done, Enrolled):
            reader = self.frame.renderer.visitor(request)
            return self.frame.draw("enrolled", reader, visit=None, said=None, codes=done.codes)
        return self.frame.renderer.no(request, Gone(done.why) if done else None)

    def _enrolment(self, request: web.Request, enrolling: Enrolling, why: Text | None = None) -> web.Response:
        return self.frame.draw(
            "enrol",
            self.frame.renderer.visitor(request),
            422 if why else 200,
            visit=None,
            said=why,
            failed=why is not None,
            enrolling=enrolling,
            token=token_of(request),
            secret=second_factor.in_fours(enrolling.secret),
            picture=second_factor.picture(enrolling.address),
        )

    # Inside, and out

    async def _home(self, visit: Visit) -> web.Response:
        """What their role sees first."""
        raise visit.back(menu(visit.live.role)[0].path)

    async def _own(self, visit: Visit) -> web.Response:
        db = self.frame.parts.db
        return visit.page(
            "own",
            said=t("console.own.ended") if "ended" in visit.request.query else None,
            live=await sessions.of(db, visit.live.operator, visit.now),
            codes=await operators.codes_left(db, visit.live.operator),
        )

    async def _end_others(self, visit: Visit) -> web.Response:
        async with self.frame.parts.db.transaction() as tx:
            for live in await sessions.of(tx, visit.live.operator, visit.now):
                if live.hash != visit.live.hash:
                    await sessions.end(tx, live.hash, visit.now)
            await audit.add(tx, visit.actor, "end sessions", actor(visit.live.operator), visit.now)
        raise visit.back("/own?ended")

    async def _log_out(self, visit: Visit) -> web.Response:
        await self.entry.log_out(visit.live.hash, visit.live.operator)
        response = web.Response(status=303, headers={"Location": f"{self.frame.renderer.base}{ROOT}/login?out"})
        self.frame.cookie.drop(response)
        return response
