"""What every test may ask for: a real PostgreSQL, a real Redis, a real browser, started once and only if asked for.

Not there: skipped with the reason in the summary; under CI it fails, so that nobody takes a skip for a pass.
"""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser

from handlers import alone
from tests.servers.browser import browser as launch
from tests.servers.browser import program
from tests.servers.postgres import Postgres, postgres
from tests.servers.process import NotHere
from tests.servers.redis import redis

Server = TypeVar("Server")

# No deadline: a busy machine is no bug. Under CI the same examples each time, so that nothing fails by chance.
settings.register_profile(
    "house",
    deadline=None,
    max_examples=60,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")


def missing(reason: str) -> None:
    """Skips, or fails where everything is required."""
    if os.environ.get("CI"):
        pytest.fail(f"required under CI: {reason}", pytrace=False)
    pytest.skip(reason)


def serve(server: AbstractContextManager[Server]) -> Iterator[Server]:
    """Keeps it up as long as the fixture lives."""
    try:
        running = server.__enter__()
    except NotHere as error:
        missing(str(error))
        raise
    try:
        yield running
    finally:
        server.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def aside() -> Iterator[list[str]]:
    """Of which work something broke us and stood aside (`handlers.alone`). Nothing, but where a test plants it: that
    one clears the list.
    """
    found: list[str] = []
    log = alone.log

    class Told:
        def exception(self, event: str, **more: str) -> None:
            found.append(more["loop"])
            log.error(event, **more)

    alone.log = Told()
    yield found
    alone.log = log
    assert found == []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """The cluster of this run."""
    yield from serve(postgres())


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The Redis of this run; use keys of your own, or flush it."""
    yield from serve(redis())


@pytest.fixture(scope="session")
def postgres_template() -> str:
    """What each module's database is a copy of: empty here; a folder whose tests need tables overrides this."""
    return "template0"


@pytest.fixture(scope="module")
async def postgres_url(postgres_server: Postgres, postgres_template: str) -> AsyncIterator[str]:
    """DATABASE_URL of a database of this module's own."""
    name = await postgres_server.create(postgres_template)
    yield postgres_server.address(name)
    await postgres_server.drop(name)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The Chromium of this run; open a context of your own. Mark such tests with `browser`."""
    try:
        program()
    except NotHere as error:
        missing(str(error))
    async with launch() as running:
        yield running


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the talks with today's answers, for review")
    parser.addoption("--seed", default="1", help="which year tests/journeys/test_year.py plays")
    parser.addoption("--many", action="store_true", help="also what is tried hundreds of times (marker `many`)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Hours of kills and races are run when asked for; the gate has a few of each."""
    if config.getoption("--many"):
        return
    left_out = [*(item for item in items if item.get_closest_marker("many")), *repeated(items)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def repeated(items: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """On PostgreSQL, all but the first of each table of `cases`, and all but the first of a file that is `sampled`: the
    same statements, with other values in them, which the stores' own tests play on both.
    """
    seen: set[object] = set()
    for item in items:
        if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
            continue
        sampled, cases = item.get_closest_marker("sampled"), item.get_closest_marker("cases")
        if item.callspec.params.get("database_url") == "postgres" and (sampled or cases):
            of: object = item.path if sampled else item.function
            if of in seen:
                yield item
            seen.add(of)


def pytest_collection_finish() -> None:
    """A seventh of the gate was the collector, going again and again through what imports and collection had made.

    That stays to the end anyhow: it is set apart, and the collector looks less often at what tests make. Nothing is
    kept that it would free: what the tests leave behind is a few megabytes between two looks.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
