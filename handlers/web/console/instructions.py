"""What somebody said of their data for after their death, and carrying it out.

GET   /console/people/{id}/instruction     what they said, to whom
POST  /console/people/{id}/instruction     {"words"}: which proof; erased from then on, or a zip to hand over
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from booking.model import PersonId
from booking.operating import Deed
from conversations.text import Text, t
from handlers.privacy import after_death, exporting
from handlers.privacy.after_death import NotCarried
from handlers.web.console.frame import ID, Frame, Visit
from handlers.web.copy_pages import HEADERS
from locales.voice import Voice
from storage import audit
from storage.booking import RowStore

NOT_CARRIED: Final[Mapping[str, Text]] = {
    "nothing": t("console.instruction.nothing"),
    "reference": t("console.instruction.reference_wrong"),
    "held": t("console.instruction.held"),
}


@dataclass(frozen=True, kw_only=True)
class InstructionPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get(f"/people/{ID}/instruction", Deed.CARRY_OUT, self._show)
        self.frame.post(f"/people/{ID}/instruction", Deed.CARRY_OUT, self._carry_out)

    async def _show(self, visit: Visit) -> web.Response:
        return await self._page(visit, None)

    async def _carry_out(self, visit: Visit) -> web.StreamResponse:
        parts, id = self.frame.parts, visit.place("id")
        copy = await exporting.gather(parts, id)
        done = await after_death.carry_out(parts, id, visit.actor, visit.words)
        if isinstance(done, NotCarried):
            return await self._page(visit, NOT_CARRIED[done.why], 422 if done.why == "reference" else 409)
        if done.wish == "erase" or copy is None:
            raise visit.back(f"/people/{id}/instruction?done")
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(visit.request)
        async for piece in exporting.archive(parts, copy, Voice(copy.lang, copy.zone)):
            await response.write(piece)
        await response.write_eof()
        return response

    async def _page(self, visit: Visit, said: Text | None, status: int = 200) -> web.Response:
        parts, id = self.frame.parts, visit.place("id")
        async with parts.db.transaction() as tx:
            store = RowStore(tx, parts.directories)
            person = await store.person(PersonId(id))
            stands = await store.instruction(PersonId(id)) if person is not None else None
            if person is not None:
                await audit.looked(tx, visit.actor, f"person:{id}", visit.now)
        if person is None:
            raise web.HTTPNotFound
        if said is None and "done" in visit.request.query:
            said = t("console.instruction.done")
        return visit.page(
            "instruction", status, said=said, failed=status != 200, person=person, stands=stands, typed=visit.typed
        )
