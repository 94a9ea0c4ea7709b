"""The handlers on both databases, with channels whose providers do what a test says."""

from __future__ import annotations

import pytest

from storage.db import Database
from tests.handlers.path.place import Place, furnished
from tests.storage.conftest import database_url, db, opened, postgres_template, sqlite_template, sqlite_url, vault

__all__ = ["database_url", "db", "opened", "postgres_template", "sqlite_template", "sqlite_url", "vault"]


@pytest.fixture
async def place(db: Database) -> Place:
    return await furnished(db)
