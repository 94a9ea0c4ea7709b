"""Hours of people who were erased, counted without them: by month, client and how it ended.

add(tx, month, client, outcome, reminded, count); of_month(db, month) -> counts
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from storage.db import Sql


@dataclass(frozen=True, slots=True)
class PastHours:
    """`month`: its first day; `outcome`: as `handlers/figures` calls it."""

    month: date
    client: str
    outcome: str
    reminded: bool
    count: int


async def add(db: Sql, hours: PastHours) -> None:
    await db.execute(
        "INSERT INTO past_hour (month_on, client_id, outcome, reminded, count) VALUES (?, ?, ?, ?, ?)",
        hours.month,
        hours.client,
        hours.outcome,
        hours.reminded,
        hours.count,
    )


async def of_month(db: Sql, month: date) -> Sequence[PastHours]:
    rows = await db.fetch(
        "SELECT month_on, client_id, outcome, reminded, SUM(count) AS n FROM past_hour WHERE month_on = ? "
        "GROUP BY month_on, client_id, outcome, reminded ORDER BY client_id, outcome",
        month,
    )
    return [
        PastHours(row["month_on"], row["client_id"], row["outcome"], bool(row["reminded"]), int(row["n"]))
        for row in rows
    ]
