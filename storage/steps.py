"""What was asked and answered, by day and client: counted in the turn's own transaction, folded once a day.

    add(tx, day, client, happened)            one row for each thing that happened: no two turns meet in one row
    fold(db) -> rows that are gone            all rows of one day and thing become one; may run at any time, twice too
    of_days(db, first, end) -> counts

Rows that are not folded yet stand in the order in which they came; folded ones in none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date

from storage.db import Database, Sql, Tx
from storage.sql import marks

_COLUMNS = "day_on, client_id, flow, step, outcome"


@dataclass(frozen=True, slots=True, order=True)
class Happened:
    """`flow`, `step`: as they are called in `conversations/flows`; `outcome`: what `handlers/figures` makes of it."""

    flow: str
    step: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How often it happened in some days. `client` is empty where none was known yet."""

    client: str
    what: Happened
    count: int


async def add(tx: Tx, day: date, client: str, happened: Sequence[Happened]) -> None:
    if not happened:
        return
    counts = Counter(happened)
    await tx.execute(
        f"INSERT INTO step_count ({_COLUMNS}, count) VALUES {marks(len(counts), 6)}",
        *(value for what, count in counts.items() for value in (day, client, *astuple(what), count)),
    )


async def fold(db: Database) -> int:
    """In short transactions, one for each thing and day."""
    keys = await db.fetch(f"SELECT {_COLUMNS} FROM step_count GROUP BY {_COLUMNS} HAVING COUNT(*) > 1")
    gone = 0
    for key in keys:
        async with db.transaction() as tx:
            # What another folds at the same time is left to it: each row is deleted once, and counted by who did.
            rows = await tx.fetch(
                "DELETE FROM step_count WHERE day_on = ? AND client_id = ? AND flow = ? AND step = ? AND outcome = ? "
                "RETURNING count",
                *key.values(),
            )
            if rows:
                values = (*key.values(), sum(row["count"] for row in rows))
                await tx.execute(f"INSERT INTO step_count ({_COLUMNS}, count) VALUES ({marks(6)})", *values)
                gone += len(rows) - 1
    return gone


async def of_days(db: Sql, first: date, end: date) -> list[Counted]:
    """From `first` until the day before `end`."""
    rows = await db.fetch(
        "SELECT client_id, flow, step, outcome, SUM(count) AS n FROM step_count WHERE day_on >= ? AND day_on < ? "
        "GROUP BY client_id, flow, step, outcome ORDER BY client_id, flow, step, outcome",
        first,
        end,
    )
    return [
        Counted(row["client_id"], Happened(row["flow"], row["step"], row["outcome"]), int(row["n"])) for row in rows
    ]
