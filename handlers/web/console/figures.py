"""Figures of a month, a quarter or a year, of everybody or of one client: nobody's data, for who administers or audits.

GET  /console/figures            `?of=2026-Q1&client=` a client's id; the last month that is over without. Of a
                                 month of everybody also the words that people added to how it was
GET  /console/figures/workbook   the same as a workbook

Plots and workbooks take a while to draw: on a thread of their own, as messages are answered by the same process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from booking.model import Client
from booking.operating import Deed
from handlers.figures.files import heads
from handlers.figures.kinds import Report
from handlers.figures.period import Period, before, offered, period
from handlers.figures.plots import fragment
from handlers.figures.report import report
from handlers.figures.sheets import workbook
from handlers.figures.tables import tables
from handlers.figures.withholding import FEW
from handlers.web.console.frame import Frame, Visit
from handlers.web.render import page_voice
from locales.voice import Voice
from storage import audit, feedback, figures
from storage.periods import SILENT

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True)
class FigurePages:
    """`prices`: of a segment, by channel."""

    frame: Frame
    prices: Mapping[str, Decimal]

    def add(self) -> None:
        self.frame.get("/figures", Deed.SEE_FIGURES, self._look)
        self.frame.get("/figures/workbook", Deed.SEE_FIGURES, self._workbook)

    async def _look(self, visit: Visit) -> web.Response:
        clients = await figures.clients(self.frame.parts.db)
        found, parts = await self._report(visit, clients), self.frame.parts
        voice = page_voice(visit.reader.lang, str(parts.zone), parts.default_lang)
        said, shown = await asyncio.to_thread(_drawn, found, voice)
        return visit.page(
            "figures",
            heads=said,
            shown=shown,
            periods=offered(visit.now, parts.zone),
            chosen=found.period,
            clients=clients,
            client=found.client,
            words=await self._words(found),
            years=SILENT.count,
        )

    async def _words(self, found: Report) -> Sequence[str] | None:
        """Of a month alone: who reads two periods that lie in each other would read those between. Never a few."""
        if found.client is not None or len(found.period.months) > 1:
            return None
        said = await feedback.words(self.frame.parts.db, found.period.first, found.period.end)
        return said if len(said) >= FEW else ()

    async def _workbook(self, visit: Visit) -> web.Response:
        found = await self._report(visit, await figures.clients(self.frame.parts.db))
        whose = f"-{found.client.ref}" if found.client else ""
        name = f"figures{whose}-{found.period}"
        return web.Response(
            body=await asyncio.to_thread(_book, found, self._voice(visit)),
            content_type=WORKBOOK,
            headers={"Content-Disposition": f'attachment; filename="{_plain(name)}.xlsx"'},
        )

    async def _report(self, visit: Visit, clients: Sequence[Client]) -> Report:
        """That it was looked at is kept, as it is of the command."""
        asked = visit.request.query
        client = next((each for each in clients if each.id == asked.get("client")), None)
        if client is None and asked.get("client"):
            raise web.HTTPNotFound
        over = chosen(asked.get("of", ""), visit.now, self.frame.parts.zone)
        object_ = f"client:{client.id}" if client else "service"
        db = self.frame.parts.db
        await audit.add(db, visit.actor, f"figures {over}", object_, visit.now)
        return await report(self.frame.parts, over, self.prices, client)

    def _voice(self, visit: Visit) -> Voice:
        parts = self.frame.parts
        return Voice(visit.reader.lang, str(parts.zone), parts.default_lang)


def chosen(text: str, now: datetime, zone: ZoneInfo) -> Period:
    """One that is over; the last month in place of what is none."""
    try:
        found = period(text, zone)
    except ValueError:
        return before(now, zone)
    return found if found.ends_at <= now else before(now, zone)


def _drawn(found: Report, voice: Voice) -> tuple[Mapping[str, str], str]:
    return heads(found, voice), fragment(tables(found), voice)


def _book(found: Report, voice: Voice) -> bytes:
    return workbook(tables(found), voice, found.made_at)


def _plain(name: str) -> str:
    """A client's ref may hold anything; a header may not."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "_" for sign in name)
