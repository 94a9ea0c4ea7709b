"""The handlers on both databases, with channels whose providers do what a test says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from bot.logs import only_classes
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.stores import Folder
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


@pytest.fixture
def papers(place: Place, tmp_path: Path) -> Path:
    """The folder that documents are kept in."""
    place.parts = replace(place.parts, documents=Keeping(Judge(), Folder(tmp_path / "papers")))
    return tmp_path / "papers"
