"""The console's pages, put together. Where it could not be reached safely, it is not there."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from handlers.console.entry import Entry
from handlers.parts import Parts
from handlers.passwords import Passwords
from handlers.web.console.appointments import AppointmentPages
from handlers.web.console.calendar import CalendarPages
from handlers.web.console.calls import CallPages
from handlers.web.console.cookie import Cookie
from handlers.web.console.corrections import CorrectionPages
from handlers.web.console.decisions import DecisionPages
from handlers.web.console.deliveries import DeliveryPages
from handlers.web.console.directory import DirectoryPages
from handlers.web.console.editing import EditPages
from handlers.web.console.entrance import Entrance
from handlers.web.console.exports import ExportPages
from handlers.web.console.figures import FigurePages
from handlers.web.console.frame import Frame
from handlers.web.console.freeing import FreeingPages
from handlers.web.console.instructions import InstructionPages
from handlers.web.console.kits import KitPages
from handlers.web.console.law import LawPages
from handlers.web.console.people import PeoplePages
from handlers.web.console.reports import ReportPages
from handlers.web.console.staff import Staff
from handlers.web.console.talks import TalkPages
from handlers.web.console.tickets import TicketPages
from handlers.web.render import Renderer

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def add_console(
    app: web.Application,
    parts: Parts,
    renderer: Renderer,
    passwords: Passwords | None = None,
    prices: Mapping[str, Decimal] = MappingProxyType({}),
) -> Frame | None:
    """Passwords travel by https only, or on this machine: elsewhere there is no console, and the doctor says so.

    `prices`: of a segment, by channel, for the figures.
    """
    url = urlsplit(parts.pages.public_url)
    if url.scheme != "https" and url.hostname not in LOOPBACK:
        return None
    frame = Frame(app=app, parts=parts, renderer=renderer, cookie=Cookie(secure=url.scheme == "https"))
    Entrance(frame=frame, entry=Entry(parts, passwords or Passwords(), secrets.token_bytes)).add()
    PeoplePages(frame=frame).add()
    CorrectionPages(frame=frame).add()
    FreeingPages(frame=frame).add()
    InstructionPages(frame=frame).add()
    TicketPages(frame=frame).add()
    TalkPages(frame=frame).add()
    DecisionPages(frame=frame).add()
    ReportPages(frame=frame).add()
    AppointmentPages(frame=frame).add()
    CalendarPages(frame=frame).add()
    CallPages(frame=frame).add()
    DeliveryPages(frame=frame).add()
    ExportPages(frame=frame).add()
    LawPages(frame=frame).add()
    FigurePages(frame=frame, prices=prices).add()
    directory = DirectoryPages(frame=frame, chance=secrets.token_bytes)
    directory.add()
    EditPages(frame=frame, chance=secrets.token_bytes, pages=directory).add()
    KitPages(frame=frame).add()
    Staff(frame=frame).add()
    return frame
