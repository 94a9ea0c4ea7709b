"""Deliveries and alarms: what stands, and which messages did not arrive.

GET  /console/deliveries    nobody's data; an appointment or a contact by its id
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from booking.operating import Deed
from handlers.console import service
from handlers.web.console.frame import Frame, Visit


@dataclass(frozen=True, kw_only=True)
class DeliveryPages:
    frame: Frame

    def add(self) -> None:
        self.frame.get("/deliveries", Deed.SEE_DELIVERIES, self._deliveries)

    async def _deliveries(self, visit: Visit) -> web.Response:
        return visit.page("deliveries", service=await service.look(self.frame.parts))
