"""SQLite without a thread: what it keeps of how statements take their turns."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import aiosqlite
import pytest

from tests.servers.sqlite import without_threads


@pytest.fixture(autouse=True)
def here() -> Iterator[None]:
    with without_threads():
        yield


async def opened(folder: Path) -> aiosqlite.Connection:
    return await aiosqlite.connect(folder / "one.sqlite3", isolation_level=None)


async def asking(connection: aiosqlite.Connection) -> int:
    """The thread that its statements run in."""
    answer: int = await connection._execute(threading.get_ident)  # type: ignore[no-untyped-call]
    return answer


async def test_others_have_their_turn_before_each_statement(tmp_path: Path) -> None:
    connection, told = await opened(tmp_path), list[str]()

    async def ask(name: str) -> None:
        for _ in range(2):
            await connection.execute_fetchall("SELECT 1")
            told.append(name)

    await asyncio.gather(ask("a"), ask("b"))
    assert told == ["a", "b", "a", "b"]
    assert await asking(connection) == threading.get_ident()
    await connection.close()


async def test_two_who_write_to_one_file_wait_for_each_other(tmp_path: Path) -> None:
    """In one thread, the first could never end what the second waits for."""
    first = await opened(tmp_path)
    await first.execute("BEGIN IMMEDIATE")
    second = await opened(tmp_path)
    waiting = asyncio.create_task(second.execute("BEGIN IMMEDIATE").__aenter__())
    assert await asking(first) != threading.get_ident()
    await first.commit()
    await waiting
    assert second.in_transaction
    await second.close()
    await first.close()


async def test_what_is_cancelled_was_on_its_way(tmp_path: Path) -> None:
    connection = await opened(tmp_path)
    begun = asyncio.ensure_future(connection.execute("BEGIN IMMEDIATE").__aenter__())
    await asyncio.sleep(0)
    begun.cancel()
    with pytest.raises(asyncio.CancelledError):
        await begun
    assert connection.in_transaction
    await connection.close()
