"""Freeing an account that its person froze, on their word.

POST  /console/people/{id}/free      {"vouched"}: who asks was asked who they are
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from booking.operating import Deed
from conversations.text import Text, t
from handlers.console import freeing
from handlers.web.console.frame import ID, Frame, Visit

UNVOUCHED: Final = "vouched"
SAID: Final[Mapping[str, Text]] = {"freed": t("console.free.done"), UNVOUCHED: t("console.free.vouch")}


@dataclass(frozen=True, kw_only=True)
class FreeingPages:
    frame: Frame

    def add(self) -> None:
        self.frame.post(f"/people/{ID}/free", Deed.FREE_PEOPLE, self._free)

    async def _free(self, visit: Visit) -> web.Response:
        id, vouched = visit.place("id"), visit.fields.get("vouched") == "yes"
        done = await freeing.free(self.frame.parts, id, visit.actor, vouched=vouched)
        if done is None:
            raise web.HTTPNotFound
        raise visit.back(f"/people/{id}?said={done}")
