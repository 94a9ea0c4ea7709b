"""The ledger of who was erased: ids only, in an order that has no gap, so that whoever restores a backup knows how far
it goes. A row is there from when somebody is to be erased, and stays for ever.

ask(tx, person, by, now, closes) -> Erasure        the one that is open, where there is one
open_(db), latest(db, limit) -> erasures; get(db, id), of_person(db, person) -> the erasure or None
begun(tx, id, theirs, byes, now); done(db, erasure, now) -> bool
withdraw(tx, erasure); withdrawn(db) -> numbers; corrected(db, numbers)
last(db), all_begun(db) -> number; lines(db, after) -> ledger lines       for backups
add(tx, line, theirs, now); ask_again(tx, line)                           when one is read back
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from storage.db import Sql, Tx
from storage.sql import Row
from storage.theirs import Theirs

_COLUMNS: Final = "id, person_id, ids, asked_by, asked_at, begun_at, done_at, closes"
WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True, slots=True)
class Erasure:
    """`byes`: the contacts that the last words went to, made for that; each with theirs of the same address. `closes`:
    their account is closed, so that who they were goes into the archive before the rest goes."""

    id: int
    theirs: Theirs
    asked_by: str
    asked_at: datetime
    begun_at: datetime | None = None
    done_at: datetime | None = None
    byes: tuple[tuple[str, str], ...] = ()
    closes: bool = False

    @property
    def person(self) -> str:
        return self.theirs.person


@dataclass(frozen=True, slots=True)
class Line:
    """As it is kept outside of the database: its number, whom, which addresses' rows, when. `asked_by`: who asked for
    it, while it has not begun; empty when their rows are gone."""

    id: int
    person: str
    contacts: tuple[str, ...]
    at: datetime
    closes: bool = False
    asked_by: str = ""

    @classmethod
    def of(cls, each: Erasure) -> Line:
        at, asked_by = (each.begun_at, "") if each.begun_at is not None else (each.asked_at, each.asked_by)
        return cls(each.id, each.person, each.theirs.contacts, at, each.closes, asked_by)

    def to_json(self) -> str:
        line: dict[str, Any] = {"id": self.id, "person": self.person, "contacts": self.contacts}
        line["at"] = self.at.isoformat()
        line |= {"closes": True} if self.closes else {}
        line |= {"asked_by": self.asked_by} if self.asked_by else {}
        return json.dumps(line, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Line:
        """Raises ValueError for anything else. An older one that says nothing of who asked has begun."""
        try:
            data = json.loads(text)
            contacts, closes, asked_by = tuple(data["contacts"]), bool(data.get("closes")), data.get("asked_by", "")
            return cls(int(data["id"]), str(data["person"]), contacts, _instant(data["at"]), closes, str(asked_by))
        except (AttributeError, TypeError, KeyError) as error:
            raise ValueError(type(error).__name__) from None


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a naive instant")
    return at


async def ask(tx: Tx, person: str, by: str, now: datetime, *, closes: bool = False) -> Erasure:
    """Under the person's lock. Who wants to be erased while their account is still to be closed is erased."""
    rows = await tx.fetch(f"SELECT {_COLUMNS} FROM erasure WHERE person_id = ? AND done_at IS NULL", person)
    if rows:
        found = _open(rows[0])
        if found.begun_at is not None or not found.closes or closes:
            return found
        await tx.execute("UPDATE erasure SET closes = ?, asked_by = ? WHERE id = ?", False, by, found.id)
        return replace(found, closes=False, asked_by=by)
    made = Erasure(await _next(tx), Theirs(person), by, now, closes=closes)
    await tx.execute(
        "INSERT INTO erasure (id, person_id, ids, asked_by, asked_at, closes) VALUES (?, ?, ?, ?, ?, ?)",
        made.id,
        person,
        "{}",
        by,
        now,
        closes,
    )
    return made


async def _next(tx: Tx) -> int:
    """No number is left out, so none can be missing unnoticed: whoever adds one waits for whoever does."""
    if tx.dialect == "postgres":
        await tx.execute("LOCK TABLE erasure IN SHARE ROW EXCLUSIVE MODE")
    return await last(tx) + 1


async def last(db: Sql) -> int:
    """The highest number; 0 where nobody was erased yet."""
    rows = await db.fetch("SELECT COALESCE(max(id), 0) AS n FROM erasure")
    return int(rows[0]["n"])


async def all_begun(db: Sql) -> int:
    """The number up to which everybody's rows are gone: what a backup need not be told of. 0 where that is none."""
    begun = "COALESCE(min(CASE WHEN begun_at IS NULL THEN id END) - 1, max(id), 0)"
    rows = await db.fetch(f"SELECT {begun} AS n FROM erasure")
    return int(rows[0]["n"])


async def open_(db: Sql) -> Sequence[Erasure]:
    return [_open(row) for row in await db.fetch(f"SELECT {_COLUMNS} FROM erasure WHERE done_at IS NULL ORDER BY id")]


async def latest(db: Sql, limit: int) -> Sequence[Erasure]:
    """Those that are open, however old, and of the others the last ones; the latest first."""
    return [
        _open(row)
        for row in await db.fetch(
            f"SELECT {_COLUMNS} FROM erasure WHERE done_at IS NULL OR id > (SELECT max(id) FROM erasure) - ? "
            "ORDER BY id DESC",
            limit,
        )
    ]


async def get(db: Sql, id: int) -> Erasure | None:
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM erasure WHERE id = ?", id)
    return _open(rows[0]) if rows else None


async def of_person(db: Sql, person: str) -> Erasure | None:
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM erasure WHERE person_id = ? ORDER BY id DESC LIMIT 1", person)
    return _open(rows[0]) if rows else None


async def withdraw(tx: Tx, erasure: Erasure) -> None:
    """Nothing was erased: it is said in place of it. The number stays taken, and whoever was told otherwise outside of
    the database is told again (`corrected`)."""
    await tx.execute(
        "UPDATE erasure SET person_id = '', ids = ?, begun_at = asked_at, done_at = asked_at "
        "WHERE id = ? AND begun_at IS NULL",
        json.dumps({WITHDRAWN: True}),
        erasure.id,
    )


async def withdrawn(db: Sql) -> Sequence[int]:
    """The numbers under which nobody was erased, and of which the ledger outside may still say otherwise."""
    rows = await db.fetch("SELECT id FROM erasure WHERE person_id = '' AND ids = ?", json.dumps({WITHDRAWN: True}))
    return [int(row["id"]) for row in rows]


async def corrected(db: Sql, ids: Sequence[int]) -> None:
    for id in ids:
        await db.execute("UPDATE erasure SET ids = '{}' WHERE id = ? AND person_id = ''", id)


async def begun(tx: Tx, id: int, theirs: Theirs, byes: Sequence[tuple[str, str]], now: datetime) -> None:
    """In the transaction that their rows go in."""
    ids = json.dumps({**theirs.to_json(), "byes": byes})
    await tx.execute("UPDATE erasure SET ids = ?, begun_at = ? WHERE id = ? AND begun_at IS NULL", ids, now, id)


async def done(db: Sql, erasure: Erasure, now: datetime) -> bool:
    """Everything is gone. What is still remembered: which addresses' rows were theirs, by ids."""
    ids = json.dumps({"contacts": erasure.theirs.contacts})
    changed = await db.execute(
        "UPDATE erasure SET ids = ?, done_at = ? WHERE id = ? AND done_at IS NULL", ids, now, erasure.id
    )
    return changed == 1


async def lines(db: Sql, after: int) -> Sequence[Line]:
    """Of all: begun, or asked for a moment ago; and of the numbers that nobody was erased under (an empty person)."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM erasure WHERE id > ? ORDER BY id", after)
    return [Line.of(_open(row)) for row in rows]


async def add(tx: Tx, line: Line, theirs: Theirs, now: datetime) -> None:
    """A line that a restored database does not know yet, or as one that is open: its rows are gone, and what follows is
    a worker's. Where it names nobody nothing follows, but that it is told outside of the database (`corrected`)."""
    ids = theirs.to_json() if line.person else {WITHDRAWN: True}
    await tx.execute(
        f"INSERT INTO erasure ({_COLUMNS}) VALUES (?, ?, ?, 'restore', ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET person_id = excluded.person_id, ids = excluded.ids, "
        "asked_at = excluded.asked_at, begun_at = excluded.begun_at, done_at = excluded.done_at, "
        "closes = excluded.closes",
        line.id,
        line.person,
        json.dumps(ids),
        now,
        line.at,
        None if line.person else now,
        line.closes,
    )


async def ask_again(tx: Tx, line: Line) -> None:
    """As it was asked for, for whoever looks next: nothing of theirs is gone, nobody was told."""
    await tx.execute(
        "INSERT INTO erasure (id, person_id, ids, asked_by, asked_at, closes) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET asked_by = excluded.asked_by, closes = excluded.closes",
        line.id,
        line.person,
        "{}",
        line.asked_by,
        line.at,
        line.closes,
    )


def _open(row: Row) -> Erasure:
    data: Mapping[str, Any] = json.loads(row["ids"])
    return Erasure(
        id=int(row["id"]),
        theirs=Theirs.from_json(row["person_id"], data),
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        begun_at=row["begun_at"],
        done_at=row["done_at"],
        byes=tuple((fresh, old) for fresh, old in data.get("byes", ())),
        closes=bool(row["closes"]),
    )
