"""The handlers on both databases, with channels whose providers do what a test says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog

from bot.logs import only_classes
from storage.db import Database
from tests.handlers.path.place import Place, furnished
from tests.storage.conftest import database_url, db, opened, postgres_template, sqlite_template, sqlite_url, vault

__all__ = ["database_url", "db", "opened", "postgres_template", "sqlite_template", "sqlite_url", "vault"]


@pytest.fixture(scope="package", autouse=True)
def plain_logs() -> Iterator[None]:
    """As in production, an exception is its class: drawing it with all its values takes seconds."""
    structlog.configure(processors=[only_classes, structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture
async def place(db: Database) -> Place:
    return await furnished(db)
