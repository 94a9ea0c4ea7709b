"""The same searches on a database: `python -m bench.slots_on_rows [DATABASE_URL]`, an empty one; without it, a SQLite
file.

A thousand workers, and five in a hundred of their hours of eight weeks taken. Printed, never asserted; compare the
lines of one run with each other and with `bench.slots`.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from random import Random  # noqa: TID251 - seeded: the same service at each run
from typing import Any

from bench.slots import fill, made_up_workers, measure
from booking.loading import Plan
from storage import directory, schema
from storage.booking import Directories, RowStore
from storage.crypto import Vault
from storage.db import Database

VAULT = Vault("made up for a benchmark, of no use elsewhere", ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="])


async def main(url: str, count: int = 1000) -> None:
    dice, directories = Random(7), Directories()
    db = await Database.open(url, VAULT)
    try:
        await schema.migrate(db)
        async with db.transaction() as tx:
            nothing: dict[str, Any] = dict.fromkeys(Plan.__dataclass_fields__, ())
            await directory.write(tx, Plan(**nothing | {"new_workers": tuple(made_up_workers(count, dice))}))
            taken = await fill(RowStore(tx, directories), 0.05, dice)
        print(f"{count} workers, {taken} hours taken; first five free hours, on {db.dialect}:")
        async with db.transaction() as tx:
            for name, (first, further) in (await measure(RowStore(tx, directories), rounds=10)).items():
                print(f"  {name:18} first {first:7.2f} ms, then {further:7.2f} ms")
    finally:
        await db.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(sys.argv[1] if sys.argv[1:] else f"sqlite://{Path(folder) / 'slots.sqlite3'}"))
