"""What is counted by day: added by many at once, folded without loss."""

from __future__ import annotations

import asyncio
from datetime import date

from storage import purge, steps
from storage.db import Database
from storage.steps import Counted, Happened
from tests.storage.conftest import NOW

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)
ASKED, MISSED = Happened("book", "motive", "asked"), Happened("book", "motive", "missed")


async def add(db: Database, day: date, client: str, *happened: Happened) -> None:
    async with db.transaction() as tx:
        await steps.add(tx, day, client, happened)


async def rows(db: Database) -> int:
    found = await db.fetch("SELECT COUNT(*) AS n FROM step_count")
    return int(found[0]["n"])


async def test_it_is_counted_by_client_in_the_days_that_are_asked_for(db: Database) -> None:
    await add(db, DAY, "ports", ASKED, MISSED, ASKED)
    await add(db, DAY, "", ASKED)
    await add(db, NEXT, "ports", ASKED)
    await add(db, NEXT, "ports")
    assert await steps.of_days(db, DAY, NEXT) == [
        Counted("", ASKED, 1),
        Counted("ports", ASKED, 2),
        Counted("ports", MISSED, 1),
    ]
    assert await steps.of_days(db, DAY, date(2026, 3, 4)) == [
        Counted("", ASKED, 1),
        Counted("ports", ASKED, 3),
        Counted("ports", MISSED, 1),
    ]


async def test_folding_loses_nothing_though_two_fold_and_others_add(
    patient: None, db: Database, another: Database
) -> None:
    for _ in range(20):
        await add(db, DAY, "ports", ASKED, MISSED)
        await add(db, NEXT, "ports", ASKED)
    await asyncio.gather(
        steps.fold(db),
        steps.fold(another),
        *(add(each, DAY, "ports", ASKED) for each in (db, another) for _ in range(5)),
    )
    expected = [Counted("ports", ASKED, 50), Counted("ports", MISSED, 20)]
    assert await steps.of_days(db, DAY, date(2026, 3, 4)) == expected
    await steps.fold(db)
    assert await rows(db) == 3
    assert await steps.fold(db) == 0
    assert await steps.of_days(db, DAY, date(2026, 3, 4)) == expected


async def test_the_daily_purge_folds_and_keeps(db: Database) -> None:
    for _ in range(3):
        await add(db, DAY, "ports", ASKED)
    assert await purge.purge(db, NOW) == {"counts folded": 2}
    assert await purge.purge(db, NOW) == {}
    assert await steps.of_days(db, DAY, NEXT) == [Counted("ports", ASKED, 3)]
