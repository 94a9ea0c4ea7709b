"""Deliveries and alarms: what stands, which messages did not arrive, which documents were set aside.

GET  /console/deliveries    nobody's data; an appointment or a contact by its id
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import Text, t
from handlers.alarm_words import alarm_words
from handlers.console import service
from handlers.web.console.frame import Frame, Visit

ASIDE: Final[Mapping[str, Text]] = {
    "script": t("console.aside.script"),
    "outward": t("console.aside.outward"),
    "form": t("console.aside.form"),
    "attachment": t("console.aside.attachment"),
    "virus": t("console.aside.virus"),
}


@dataclass(frozen=True, kw_only=True)
class DeliveryPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/deliveries", Deed.SEE_DELIVERIES, self._deliveries)

    async def _deliveries(self, visit: Visit) -> web.Response:
        seen = await service.look(self.frame.parts)
        return visit.page("deliveries", service=seen, reasons=ASIDE, alarm_words=alarm_words)
