"""Both databases, migrated, and a town on each: empty at each test's start, lawful and sound at its end."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
import structlog

from bot.logs import only_classes
from storage import db
from tests.journeys.processes import Launcher, launcher
from tests.journeys.town import Town, built
from tests.storage.conftest import database_url, postgres_template, sqlite_template, sqlite_url, vault

__all__ = ["database_url", "postgres_template", "sqlite_template", "sqlite_url", "town", "vault"]


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """As in production, an exception is its class: drawing it with all its values takes seconds, or minutes on a busy
    machine, in which nobody is answered.
    """
    structlog.configure(processors=[only_classes, structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database may take its time: where a crowd queues for it, or it starts anew, a busy machine is no fault."""
    for wait in ("BUSY_TIMEOUT", "ACQUIRE_TIMEOUT", "CONNECT_TIMEOUT", "COMMAND_TIMEOUT"):
        monkeypatch.setattr(db, wait, timedelta(minutes=2))
    for wait in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
        monkeypatch.setitem(db.SERVER_SETTINGS, wait, "2min")


@pytest.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    async with built(database_url) as town:
        yield town
        assert town.problems() == []  # no call of ours was unlawful
        assert await town.unsound() == []


@pytest.fixture(scope="session")
async def launching() -> AsyncIterator[Launcher]:
    async with launcher() as running:
        yield running
