"""Legal holds, and how far the erasing of people is (safety G17, G6).

GET   /console/law                     which holds stand, the one to be reviewed first; the latest erasings, by numbers
POST  /console/law/{id}/keep           {"review"}: it was looked at, and is still open
POST  /console/law/{id}/release        the dispute is over
GET   /console/people/{id}/hold        the form
POST  /console/people/{id}/hold        {"reference", "words", "review"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import Text, t
from handlers.console import law, people
from handlers.console.law import State
from handlers.privacy import disputes
from handlers.privacy.disputes import AT_MOST, LONGEST, SHORTEST, NotHeld
from handlers.web import body
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.visitor import day

LIMIT: Final = 16 * body.KIB

STATES: Final[Mapping[State, Text]] = {
    "asked": t("console.law.asked"),
    "begun": t("console.law.begun"),
    "done": t("console.law.done"),
    "not_done": t("console.law.not_done"),
}
SAID: Final[Mapping[str, Text]] = {
    "held": t("console.law.said_held"),
    "kept": t("console.law.said_kept"),
    "released": t("console.law.said_released"),
}
WHY_NOT: Final[Mapping[str, Text]] = {
    "words": t("console.law.words_wrong", least=SHORTEST, most=LONGEST),
    "review": t("console.law.review_wrong"),
    "already": t("console.law.already"),
}


@dataclass(frozen=True, kw_only=True)
class LawPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/law", Deed.SEE_HOLDS, self._show)
        self.frame.post(f"/law/{ID}/keep", Deed.HOLD, self._keep)
        self.frame.post(f"/law/{ID}/release", Deed.HOLD, self._release)
        self.frame.get(f"/people/{ID}/hold", Deed.HOLD, self._ask)
        self.frame.post(f"/people/{ID}/hold", Deed.HOLD, self._hold, limit=LIMIT)

    async def _show(self, visit: Visit) -> web.Response:
        return await self._page(visit, SAID.get(visit.request.query.get("said", "")))

    async def _keep(self, visit: Visit) -> web.Response:
        review = day(visit.fields.get("review", ""))
        done = await disputes.renew(self.frame.parts, visit.place("id"), visit.actor, review)
        if isinstance(done, NotHeld):
            return await self._refused(visit, done)
        raise visit.back("/law?said=kept")

    async def _release(self, visit: Visit) -> web.Response:
        why = await disputes.release(self.frame.parts, visit.place("id"), visit.actor)
        if why is not None:
            return await self._refused(visit, why)
        raise visit.back("/law?said=released")

    async def _refused(self, visit: Visit, why: NotHeld) -> web.Response:
        if why.reason == "nobody":
            raise web.HTTPNotFound
        return await self._page(visit, WHY_NOT[why.reason], _status(why))

    async def _page(self, visit: Visit, said: Text | None, status: int = 200) -> web.Response:
        seen = await law.seen(self.frame.parts, visit.actor)
        return visit.page("law", status, said=said, failed=status != 200, seen=seen, states=STATES, **_days(visit))

    async def _ask(self, visit: Visit) -> web.Response:
        return await self._form(visit)

    async def _hold(self, visit: Visit) -> web.Response:
        review = day(visit.fields.get("review", ""))
        reference = visit.fields.get("reference", "")
        done = await disputes.hold(self.frame.parts, visit.place("id"), visit.actor, reference, visit.words, review)
        if isinstance(done, NotHeld):
            return await self._form(visit, done)
        raise visit.back("/law?said=held")

    async def _form(self, visit: Visit, why: NotHeld | None = None) -> web.Response:
        """What was typed is not lost where it could not be done."""
        seen = await people.person(self.frame.parts, visit.place("id"), visit.actor)
        if seen is None:
            raise web.HTTPNotFound
        return visit.page(
            "hold",
            200 if why is None else _status(why),
            said=None if why is None else WHY_NOT[why.reason],
            failed=why is not None,
            person=seen.person,
            form=visit.fields,
            least=SHORTEST,
            most=LONGEST,
            **_days(visit),
        )


def _status(why: NotHeld) -> int:
    return 409 if why.reason == "already" else 422


def _days(visit: Visit) -> dict[str, Any]:
    """Between which days it may be looked at again."""
    today = visit.now.astimezone(visit.frame.parts.zone).date()
    return {"soonest": today + timedelta(days=1), "latest": today + AT_MOST}
