"""What is asked every few seconds is found by an index: rows of messages are kept for a year, and SQLite takes a
partial index only where its condition stands in the question word for word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import pytest

from bot.work import watch
from handlers.delivery import deliver, settle_unknown
from handlers.waiting import serve_waiting
from storage import db as database
from storage import outbox
from storage.db import Database
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, Place, furnished

GROW: Final = "outbox|inbox|timer|contact|appointment|person|token|audit|ledger|consent|call"
SCANS: Final = re.compile(rf"SCAN ({GROW})\b(?! USING)")


@pytest.fixture
async def place(sqlite_url: str, vault: Any) -> Any:
    db = await Database.open(sqlite_url, vault)
    yield await furnished(db)
    await db.close()


async def test_no_loop_reads_all_messages(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, int] = {}

    def listening(name: str) -> None:
        original = getattr(database, name)

        async def heard(dialect: str, connection: Any, sql: str, args: Sequence[Any]) -> Any:
            asked[sql] = len(args)
            return await original(dialect, connection, sql, args)

        monkeypatch.setattr(database, name, heard)

    place.without("telegram")  # its name is asked of the provider
    await watch(place.parts, "loop")  # the day's purge is done; it may take its time
    listening("_fetch")
    listening("_execute")
    await place.says("sms", CAMILLE, *LATER, "mes rendez-vous", "déplacer", "1", "1")
    await place.says("sms", CLAIRE, "semaine")
    await place.passes(hours=20)
    for step in (deliver, settle_unknown, watch):
        await step(place.parts, "loop")
    await serve_waiting(place.parts)
    await outbox.figures(place.parts.db, place.clock.now)
    monkeypatch.undo()
    found = []
    for sql, count in asked.items():
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            plan = await place.parts.db.fetch(f"EXPLAIN QUERY PLAN {sql}", *[None] * count)
            found += [f"{row['detail']}: {sql}" for row in plan if SCANS.search(row["detail"])]
    assert not found, "\n".join(found)
