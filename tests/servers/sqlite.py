"""SQLite without a thread: the same statements in the same order, in the loop that asks for them.

aiosqlite hands each statement to a thread and waits for its answer, which takes several times what the statement does.
What aiosqlite itself does is shown where processes run (`tests/storage`, `tests/bot`, `tests/journeys`).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar
from weakref import WeakSet

import aiosqlite
import pytest

Answer = TypeVar("Answer")


class Here(aiosqlite.Connection):
    """As long as nobody else in this process has the file open: two would hold up the loop in which the other is to end
    what it began. From then on both have their threads.
    """

    open_now: Final[defaultdict[Path, WeakSet[Here]]] = defaultdict(WeakSet)

    def __init__(self, file: Path, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self.others = self.open_now[file]
        self.alone = True

    async def _connect(self) -> aiosqlite.Connection:
        self.others.add(self)
        if len(self.others) > 1:
            for each in self.others:
                each.alone = False
        return await super()._connect()

    async def close(self) -> None:
        await super().close()
        self.others.discard(self)

    async def _execute(self, fn: Callable[..., Answer], *args: Any, **kwargs: Any) -> Answer:
        """All others have their turn before each statement, as they have while a thread is at it; and one that is
        cancelled was on its way already.
        """
        try:
            if self.alone:
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            if self.alone:
                with suppress(Exception):
                    fn(*args, **kwargs)
            raise
        if not self.alone:
            answer: Answer = await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
            return answer
        return fn(*args, **kwargs)


@contextmanager
def without_threads() -> Iterator[None]:
    """Whatever is opened inside."""

    def connect(database: str | Path, *, isolation_level: None) -> Here:
        return Here(
            Path(database).resolve(),
            lambda: sqlite3.connect(database, isolation_level=isolation_level, check_same_thread=False),
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aiosqlite, "connect", connect)
        yield
