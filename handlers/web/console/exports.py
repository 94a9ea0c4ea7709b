"""Bulk exports, which two operators make together (threat T24).

GET   /console/exports                 what was asked for, and the form
POST  /console/exports                 {"what", "why", "from", "to"}
POST  /console/exports/{id}/approve, refuse      by another operator than who asked
POST  /console/exports/{id}/fetch      the file: once, by who asked, within a quarter of an hour
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import Text, t
from handlers.console import exporting
from handlers.console.exporting import LONGEST, SHORTEST, Asked, NotExported, Standing, standing
from handlers.web import body
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.visitor import day
from locales.voice import Voice
from storage.exports import What

LIMIT: Final = 16 * body.KIB

WHATS: Final[Mapping[What, Text]] = {
    "appointments": t("console.export.appointments"),
    "people": t("console.export.people"),
    "deeds": t("console.export.deeds"),
}
STANDINGS: Final[Mapping[Standing, Text]] = {
    "asked": t("console.export.asked"),
    "approved": t("console.export.approved"),
    "refused": t("console.export.refused"),
    "fetched": t("console.export.fetched"),
    "lapsed": t("console.export.lapsed"),
}
SAID: Final[Mapping[str, Text]] = {
    "asked": t("console.export.done_asked"),
    "approved": t("console.export.done_approved"),
    "refused": t("console.export.done_refused"),
}
WHY_NOT: Final[Mapping[str, Text]] = {
    "what": t("console.export.choose_what"),
    "why": t("console.export.choose_why", least=SHORTEST, most=LONGEST),
    "period": t("console.export.choose_period"),
    "already": t("console.export.already"),
    "late": t("console.export.late"),
    "own": t("console.export.own"),
    "not_yours": t("console.export.not_yours"),
    "too_many": t("console.export.too_many", most=exporting.MOST),
}
WRONG: Final = frozenset({"what", "why", "period"})  # what was typed, not what happened meanwhile


@dataclass(frozen=True, kw_only=True)
class ExportPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/exports", Deed.EXPORT, self._list)
        self.frame.post("/exports", Deed.EXPORT, self._ask, limit=LIMIT)
        self.frame.post(f"/exports/{ID}/approve", Deed.EXPORT, partial(self._answer, True))
        self.frame.post(f"/exports/{ID}/refuse", Deed.EXPORT, partial(self._answer, False))
        self.frame.post(f"/exports/{ID}/fetch", Deed.EXPORT, self._fetch)

    async def _list(self, visit: Visit) -> web.Response:
        return await self._page(visit, Asked(), SAID.get(visit.request.query.get("said", "")))

    async def _ask(self, visit: Visit) -> web.Response:
        fields = visit.fields
        why = fields.get("why", "").replace("\r\n", "\n")
        form = Asked(fields.get("what", ""), why, day(fields.get("from", "")), day(fields.get("to", "")))
        done = await exporting.ask(self.frame.parts, visit.actor, form)
        if isinstance(done, NotExported):
            return await self._refused(visit, done, form)
        raise visit.back("/exports?said=asked")

    async def _answer(self, yes: bool, visit: Visit) -> web.Response:
        done = await exporting.answer(self.frame.parts, visit.place("id"), visit.actor, yes=yes)
        if isinstance(done, NotExported):
            return await self._refused(visit, done)
        raise visit.back(f"/exports?said={done.status}")

    async def _fetch(self, visit: Visit) -> web.Response:
        done = await exporting.fetch(self.frame.parts, visit.place("id"), visit.actor, self._voice(visit))
        if isinstance(done, NotExported):
            return await self._refused(visit, done)
        headers = {"Content-Disposition": f'attachment; filename="{done.name}"'}
        return web.Response(body=done.content, content_type="text/csv", charset="utf-8", headers=headers)

    async def _refused(self, visit: Visit, why: NotExported, form: Asked = Asked()) -> web.Response:  # noqa: B008 - frozen
        if why.reason == "nobody":
            raise web.HTTPNotFound
        return await self._page(visit, form, WHY_NOT[why.reason], 422 if why.reason in WRONG else 409)

    def _voice(self, visit: Visit) -> Voice:
        parts = self.frame.parts
        return Voice(visit.reader.lang, str(parts.zone), parts.default_lang)

    async def _page(self, visit: Visit, form: Asked, said: Text | None, status: int = 200) -> web.Response:
        listed, voice = await exporting.latest(self.frame.parts), self._voice(visit)
        days = {row.id: (voice.on_paper(row.first), voice.on_paper(row.last)) for row in listed.rows}
        return visit.page(
            "exports",
            status,
            said=said,
            failed=status != 200,
            listed=listed,
            days=days,
            form=form,
            whats=WHATS,
            standings=STANDINGS,
            standing={row.id: standing(row, visit.now) for row in listed.rows},
            least=SHORTEST,
            most=LONGEST,
        )
