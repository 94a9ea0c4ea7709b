"""Both databases, migrated, and a town on each: empty at each test's start, lawful and sound at its end."""

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from bot.logs import only_classes
from bot.standins.twilio_content import Content
from tests.journeys.processes import Launcher, launcher
from tests.journeys.town import Town, built
from tests.storage.conftest import database_url, patient, postgres_template, sqlite_template, sqlite_url, vault

__all__ = ["database_url", "patient", "postgres_template", "sqlite_template", "sqlite_url", "town", "vault"]


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """As in production, an exception is its class: drawing it with all its values takes seconds, or minutes on a busy
    machine, in which nobody is answered.
    """
    structlog.configure(processors=[only_classes, structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


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


@pytest.fixture(scope="module")
def made() -> dict[str, Content]:
    """What lies at Twilio once every content was made and every template approved."""
    return {}
