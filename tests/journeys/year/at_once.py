"""SQLite without the thread that `aiosqlite` keeps for it: each call is done where it is asked for.

A year takes one step after the other, so nobody waits for that thread but the year itself, twice a call: without it a
year passes in less than half the time, and the same seed tells the same year again, whatever else the machine does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from aiosqlite import core


class AtOnce:
    """In place of the queue between the two threads."""

    def put_nowait(self, asked: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = asked
        try:
            result = function()
        except Exception as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)

    def get(self) -> tuple[None, Callable[[], Any]]:
        """All that the thread ever hears: there is nothing to do."""
        return None, lambda: core._STOP_RUNNING_SENTINEL


def without_threads(patch: pytest.MonkeyPatch) -> None:
    """From now on; a connection that is open keeps its own."""
    patch.setattr(core, "SimpleQueue", AtOnce)
