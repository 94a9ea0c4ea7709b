"""Requests as bytes to a town's real door, and all that they could leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp
from yarl import URL

from handlers.channels.base import Request
from storage.db import Database
from tests.handlers.channels import samples
from tests.journeys.town import Town


async def posted(session: aiohttp.ClientSession, town: Town, call: Request) -> tuple[int, bytes]:
    """The answer's status and body."""
    url = URL(call.url.replace(samples.PUBLIC_URL, town.base), encoded=True)
    async with session.request(call.method, url, data=call.body, headers=call.headers) as answer:
        return answer.status, await answer.read()


async def everything(db: Database) -> Mapping[str, Any]:
    """Every row of every table of an SQLite file."""
    tables = await db.fetch("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {row["name"]: await db.fetch(f"SELECT * FROM {row['name']}") for row in tables}
