"""Putting right somebody's name or e-mail address, for who cannot do it where they write (regulation 2016/679, article
16; safety G05).

GET   /console/people/{id}/correct      the form, as it stands
POST  /console/people/{id}/correct      {"first", "last", "email", "vouched"}: a link goes to a new address
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import Text, t
from handlers.console import correcting, people
from handlers.console.correcting import Corrected, Wanted
from handlers.web.console.frame import ID, Frame, Visit

FAULTS: Final[Mapping[str, Text]] = {
    "vouched": t("console.correct.vouch"),
    "name": t("console.call.name_wrong"),
    "email": t("console.call.email_wrong"),
    "same": t("console.correct.same"),
    "slow": t("console.correct.slow"),
}
SAID: Final[Mapping[str, Text]] = {
    "corrected": t("console.correct.done"),
    "mailed": t("console.correct.mailed"),
}


@dataclass(frozen=True, kw_only=True)
class CorrectionPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get(f"/people/{ID}/correct", Deed.CORRECT_PEOPLE, self._ask)
        self.frame.post(f"/people/{ID}/correct", Deed.CORRECT_PEOPLE, self._correct)

    async def _ask(self, visit: Visit) -> web.Response:
        return await self._form(visit, None)

    async def _correct(self, visit: Visit) -> web.Response:
        form = correcting.wanted(visit.fields)
        done = await correcting.correct(self.frame.parts, visit.place("id"), visit.actor, form)
        if done is None:
            raise web.HTTPNotFound
        if isinstance(done, Corrected):
            raise visit.back(f"/people/{visit.place('id')}?said={'mailed' if done.mailed else 'corrected'}")
        return await self._form(visit, form, FAULTS[done], 422)

    async def _form(
        self, visit: Visit, form: Wanted | None, why: Text | None = None, status: int = 200
    ) -> web.Response:
        """Of somebody who is not there any more there is nothing to put right."""
        seen = await people.person(self.frame.parts, visit.place("id"), visit.actor)
        if seen is None:
            raise web.HTTPNotFound
        form = form or correcting.as_it_is(seen.person)
        return visit.page("correct", status, said=why, failed=why is not None, person=seen.person, form=form)
