"""Operators, and what was done by whom.

    GET   /console/operators                      who may log in, in which role, who is in now
    POST  /console/operators/{id}/suspend, lift, end
    GET   /console/deeds                          the audit trail, the latest first; `?of=` one object, `?by=` one actor

Adding and resetting is the command's: a link that lets somebody in is made where the operator of the servers sits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from booking.operating import Deed, Role
from conversations.text import Text, t
from handlers.console import operating
from handlers.web.console import deed_words
from handlers.web.console.frame import ID, NAMED, Frame, Visit
from storage import audit, directory, figures, operators, sessions

ROLES: Final[dict[Role, Text]] = {
    Role.DESK: t("console.role.desk"),
    Role.ADMINISTRATOR: t("console.role.administrator"),
    Role.AUDITOR: t("console.role.auditor"),
}
SHOWN: Final = 100


@dataclass(frozen=True, kw_only=True)
class Staff:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/operators", Deed.SEE_OPERATORS, self._operators)
        self.frame.post(f"/operators/{ID}/suspend", Deed.CHANGE_OPERATORS, self._suspend)
        self.frame.post(f"/operators/{ID}/lift", Deed.CHANGE_OPERATORS, self._lift)
        self.frame.post(f"/operators/{ID}/end", Deed.CHANGE_OPERATORS, self._end)
        self.frame.get("/deeds", Deed.SEE_DEEDS, self._deeds)

    async def _operators(self, visit: Visit) -> web.Response:
        db = self.frame.parts.db
        rows = await operators.all_of(db)
        return visit.page(
            "operators",
            rows=rows,
            roles=ROLES,
            live={row.id: await sessions.of(db, row.id, visit.now) for row in rows},
        )

    async def _suspend(self, visit: Visit) -> web.Response:
        """Not oneself: the last administrator would lock the door from inside."""
        if visit.place("id") == visit.live.operator:
            raise web.HTTPForbidden
        await operating.suspend(self.frame.parts, visit.place("id"), visit.actor)
        raise visit.back("/operators")

    async def _lift(self, visit: Visit) -> web.Response:
        await operating.lift(self.frame.parts, visit.place("id"), visit.actor)
        raise visit.back("/operators")

    async def _end(self, visit: Visit) -> web.Response:
        await operating.end_sessions(self.frame.parts, visit.place("id"), visit.actor)
        raise visit.back("/operators")

    async def _deeds(self, visit: Visit) -> web.Response:
        db = self.frame.parts.db
        of, by = (_named(visit.request.query.get(name, "")) for name in ("of", "by"))
        names = await self._names()
        lines = [(deed, deed_words.read(deed, names)) for deed in await audit.latest(db, SHOWN, of=of, by=by)]
        about = deed_words.called(of or by, names) if of or by else None
        return visit.page("deeds", lines=lines, about=about)

    async def _names(self) -> dict[str, str]:
        """Of operators, workers and clients, as the trail calls them. Nobody's whom we help."""
        db = self.frame.parts.db
        names = {f"operator:{row.id}": row.name for row in await operators.all_of(db)}
        names |= {f"worker:{w.id}": f"{w.first_name} {w.last_name}" for w in await directory.workers(db)}
        return names | {f"client:{client.id}": client.name for client in await figures.clients(db)}


def _named(typed: str) -> str:
    return typed if NAMED.fullmatch(typed) else ""
