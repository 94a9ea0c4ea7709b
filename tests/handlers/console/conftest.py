"""The console on both databases, with passwords that are quick to hash."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.handlers.console.site import Site, opened_site
from tests.handlers.path.conftest import place, plain_logs
from tests.storage.conftest import database_url, db, opened, postgres_template, sqlite_template, sqlite_url, vault

__all__ = [
    "database_url",
    "db",
    "opened",
    "place",
    "plain_logs",
    "postgres_template",
    "sqlite_template",
    "sqlite_url",
    "vault",
]


@pytest.fixture
async def site(place: object) -> AsyncIterator[Site]:
    async with opened_site(place) as site:  # type: ignore[arg-type]
        yield site
