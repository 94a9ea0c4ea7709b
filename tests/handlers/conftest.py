"""What all handlers' tests have: statements on SQLite that wait for no thread."""

from collections.abc import Iterator

import pytest

from tests.servers.sqlite import without_threads


@pytest.fixture(scope="module", autouse=True)
def sqlite_here() -> Iterator[None]:
    with without_threads():
        yield
