"""What is made of a year of rows leaves the others their turn: counted, not timed."""

from __future__ import annotations

import asyncio

from storage import figures
from storage.figures import AT_ONCE


async def test_others_have_their_turn_between_rows() -> None:
    turns, done = 0, False

    async def another() -> None:
        nonlocal turns
        while not done:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(another())
    made = await figures.in_turns([{"n": n} for n in range(20 * AT_ONCE + 1)], lambda row: row["n"])
    done = True
    await beside
    assert made == list(range(20 * AT_ONCE + 1))
    assert turns >= 20
