"""Both databases, migrated, and a town on each: empty at each test's start, lawful and sound at its end."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.processes import Launcher, launcher
from tests.journeys.town import Town, built
from tests.storage.conftest import database_url, postgres_template, sqlite_template, sqlite_url, vault

__all__ = ["database_url", "postgres_template", "sqlite_template", "sqlite_url", "town", "vault"]


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
