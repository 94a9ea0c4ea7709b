"""The figures of a month of many people, photographed as they are mailed: wide, and on a telephone."""

from __future__ import annotations

import asyncio
import tempfile
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Browser

from handlers.figures.files import PAGE, files
from handlers.figures.period import period
from handlers.figures.report import report
from handlers.figures.tables import tables
from locales.voice import Voice
from storage import schema
from storage.crypto import Vault
from storage.db import Database
from tests.journeys.served import serve
from tests.journeys.town import built, given

SIZES = {"figures": (1200, 1500), "figures-small": (390, 1400)}


async def photograph(chromium: Browser, pictures: Path) -> None:
    february = period("2026-02", ZoneInfo("Europe/Paris"))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite://{folder}/figures.sqlite3"
        await migrated(url)
        async with built(url) as town:
            await serve(town.parts)
            found = await report(town.parts, february, {"sms": Decimal("0.0725")})
        page = Path(folder) / PAGE
        await asyncio.to_thread(page.write_bytes, files(found, tables(found), Voice("fr"))[PAGE])
        for name, (width, height) in SIZES.items():
            context = await chromium.new_context(viewport={"width": width, "height": height})
            opened = await context.new_page()
            await opened.goto(f"file://{page}")
            await opened.screenshot(path=pictures / f"{name}.png")
            await context.close()


async def migrated(url: str) -> None:
    keys = given(url, "", "")
    db = await Database.open(url, Vault(str(keys["secret_key"]), (str(keys["encryption_keys"]),)))
    await schema.migrate(db)
    await db.close()
