"""Deliveries and alarms: what stands, which messages did not arrive, which documents were set aside.

GET   /console/deliveries                     nobody's data; an appointment or a contact by its id
POST  /console/deliveries/aside/{id}/delete   a document that was set aside, before its time
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import Text, t
from handlers.alarm_words import alarm_words
from handlers.console import asides, service
from handlers.web.console.frame import ID, Frame, Visit

ASIDE: Final[Mapping[str, Text]] = {
    "script": t("console.aside.script"),
    "outward": t("console.aside.outward"),
    "form": t("console.aside.form"),
    "attachment": t("console.aside.attachment"),
    "virus": t("console.aside.virus"),
}
SAID: Final[Mapping[str, Text]] = {"deleted": t("console.aside.deleted"), "gone": t("console.aside.gone")}


@dataclass(frozen=True, kw_only=True)
class DeliveryPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/deliveries", Deed.SEE_DELIVERIES, self._deliveries)
        self.frame.post(f"/deliveries/aside/{ID}/delete", Deed.DELETE_DOCUMENTS, self._delete)

    async def _deliveries(self, visit: Visit) -> web.Response:
        return await self._page(visit, SAID.get(visit.request.query.get("said", "")))

    async def _delete(self, visit: Visit) -> web.Response:
        """That it ended meanwhile is what was wanted, too."""
        done = await asides.delete(self.frame.parts, visit.place("id"), visit.actor)
        if done == "held":
            return await self._page(visit, t("console.aside.held"), 409)
        raise visit.back(f"/deliveries?said={done}")

    async def _page(self, visit: Visit, said: Text | None, status: int = 200) -> web.Response:
        seen = await service.look(self.frame.parts)
        return visit.page(
            "deliveries",
            status,
            said=said,
            failed=status != 200,
            service=seen,
            reasons=ASIDE,
            alarm_words=alarm_words,
        )
