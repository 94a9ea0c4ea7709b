"""The small world of people's pages (`site.py`), served."""

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient

from tests.handlers.web.site import World, application, started
from tests.handlers.web.visits import Client


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def client(world: World) -> AsyncIterator[Client]:
    async with TestClient(await started(application(world))) as client:
        yield client
