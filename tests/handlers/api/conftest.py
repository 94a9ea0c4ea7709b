"""The API on both databases, over the small world of the path's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.db import Database
from tests.handlers.api.site import Site, served
from tests.handlers.path.conftest import plain_logs
from tests.handlers.path.place import furnished
from tests.storage.conftest import database_url, db, opened, postgres_template, sqlite_template, sqlite_url, vault

__all__ = [
    "database_url",
    "db",
    "opened",
    "plain_logs",
    "postgres_template",
    "sqlite_template",
    "sqlite_url",
    "vault",
]


@pytest.fixture
async def site(db: Database) -> AsyncIterator[Site]:
    async with served(await furnished(db)) as running:
        yield running
