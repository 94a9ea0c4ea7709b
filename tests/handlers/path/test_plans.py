"""What is asked every few seconds is found by an index: rows of messages are kept for a year, and SQLite takes a
partial index only where its condition stands in the question word for word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias, cast

import pytest

from bot.work import watch
from handlers import provider_copies
from handlers.channels.copies import Copies
from handlers.delivery import deliver, settle_unknown
from handlers.privacy import closing, deadlines, erasing, forgetting
from handlers.waiting import serve_waiting
from storage import db as database
from storage import outbox
from storage.db import Database
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, Place, furnished

MESSAGES: Final = "outbox|inbox"
GROW: Final = f"{MESSAGES}|timer|contact|appointment|person|token|audit|ledger|consent|call|proof"
Asked: TypeAlias = dict[str, int]


@pytest.fixture
async def place(sqlite_url: str, vault: Any) -> Any:
    db = await Database.open(sqlite_url, vault)
    yield await furnished(db)
    await db.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Every statement from here on, and how many values it has."""
    asked: Asked = {}

    def listening(name: str) -> None:
        original = getattr(database, name)

        async def heard(dialect: str, connection: Any, sql: str, args: Sequence[Any]) -> Any:
            asked[sql] = len(args)
            return await original(dialect, connection, sql, args)

        monkeypatch.setattr(database, name, heard)

    listening("_fetch")
    listening("_execute")
    return asked


async def scanned(place: Place, asked: Asked, tables: str) -> list[str]:
    """What reads one of the tables from end to end."""
    scans, found = re.compile(rf"SCAN ({tables})\b(?! USING)"), []
    for sql, count in list(asked.items()):
        if sql.startswith(("SELECT", "UPDATE", "DELETE")):
            plan = await place.parts.db.fetch(f"EXPLAIN QUERY PLAN {sql}", *[None] * count)
            found += [f"{row['detail']}: {sql}" for row in plan if scans.search(row["detail"])]
    return found


async def test_no_loop_reads_all_messages(place: Place, asked: Asked) -> None:
    place.parts = replace(place.parts, copies={"sms": cast("Copies", None)})  # nothing is due there yet
    place.without("telegram")  # its name is asked of the provider
    await watch(place.parts, "loop")  # the day's purge is done; it may take its time
    asked.clear()
    await place.says("sms", CAMILLE, *LATER, "mes rendez-vous", "déplacer", "1", "1")
    await place.says("sms", CLAIRE, "semaine")
    await place.passes(hours=20)
    for step in (deliver, settle_unknown, watch):
        await step(place.parts, "loop")
    await serve_waiting(place.parts)
    for look in (closing.look, erasing.look, forgetting.look, deadlines.look, provider_copies.look):
        await look(place.parts)
    await outbox.figures(place.parts.db, place.clock.now)
    found = await scanned(place, asked, GROW)
    assert not found, "\n".join(found)


async def test_nobody_is_erased_by_reading_all_messages(place: Place, asked: Asked) -> None:
    """Turns of all their addresses, and of their workers, wait meanwhile."""
    await place.says("sms", CAMILLE, *LATER)
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    asked.clear()
    assert isinstance(await erasing.erase(place.parts, person, "operator:anna"), erasing.Erased)
    found = await scanned(place, asked, f"{MESSAGES}|tries")
    assert not found, "\n".join(found)
