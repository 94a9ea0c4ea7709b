"""Backup and restore: every row in one file that either database can read back.

The file is gzipped lines of JSON: a header (what wrote it, which keys it needs), a line for each row, and a last line
that counts them, so that a torn file is noticed. Personal columns stay sealed: the file is of no use without
ENCRYPTION_KEYS, and its header names them by fingerprint. A restored database starts with sending paused, since what it
thinks unsent may be sent.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

from storage import erasures, flags, schema
from storage.db import Database, Tx
from storage.sql import Row, marks

FORMAT = 1
BATCH = 500
RESTORING = "restoring"  # why sending is paused until all is done


class BadBackup(Exception):
    """It cannot be restored here. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    key: str
    columns: tuple[str, ...]
    truths: frozenset[str]  # SQLite has no booleans: they are numbers there
    counted: bool  # the key is given by the database


Tell = Callable[[int], None]  # how many rows are done, now and then
Then = Callable[[Tx], Awaitable[None]]


async def backup(db: Database, path: Path, now: datetime, tell: Tell | None = None) -> int:
    """Writes the file beside its name first, then in its place. How many rows."""
    header = {
        "socialdirect": FORMAT,
        "at": now.isoformat(),
        "migration": await schema.latest(db),
        "keys": db.vault.key_ids,
        "index_key": db.vault.index_fingerprint,
        "erasures": await erasures.last(db),
        "erased": await erasures.all_begun(db),  # read first: whoever is erased meanwhile is erased again
    }
    unfinished = path.with_name(path.name + ".part")
    count = 0
    with _writer(unfinished) as file:
        _line(file, header)
        async with db.snapshot() as tx:
            for table in tables():
                count += await _dump(tx, table, file)
                if tell:
                    tell(count)
        _line(file, {"rows": count})
    unfinished.replace(path)
    return count


async def restore(db: Database, path: Path, now: datetime, tell: Tell | None = None, then: Then | None = None) -> int:
    """Into an empty database only, all or nothing. How many rows. `then`: done before the database may be used; until
    that has come true it says that it is being restored, and sends nothing."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = _lines(file, path)
        header: Any = next(lines, {})
        _check(header, db, path)
        await _refuse_rows(db)
        await schema.migrate(db, header["migration"])
        async with db.transaction() as tx:
            await tx.execute("DELETE FROM flag")
            count = await _load(tx, lines, path, tell)
            await _set_counters(tx)
            await flags.pause(tx, now, RESTORING)
        await schema.migrate(db)
        async with db.transaction() as tx:
            if then is not None:
                await then(tx)
            await flags.keep(tx, flags.PAUSED, "restored", now)
    return count


def erased_until(path: Path) -> tuple[int, int]:
    """The number of the erasure up to which a backup has nothing of anybody any more (0 where it does not say), and
    that of the last one it knows of (0 where it was made before there were any)."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        header: Any = next(_lines(file, path), {})
    known = header if isinstance(header, dict) else {}
    return int(known.get("erased", 0)), int(known.get("erasures", 0))


def tables() -> tuple[Table, ...]:
    """As the models describe them."""
    from tortoise import fields
    from tortoise.models import Model

    from storage import models

    found = [(m, m._meta) for m in vars(models).values() if isinstance(m, type) and issubclass(m, Model)]  # noqa: SLF001
    return tuple(
        Table(
            name=meta.db_table,
            key=meta.db_pk_column or "id",
            columns=tuple(meta.fields_db_projection.values()),
            truths=frozenset(n for n, f in meta.fields_map.items() if isinstance(f, fields.BooleanField)),
            counted=bool(meta.pk.generated),
        )
        for model, meta in found
        if model is not Model
    )


# ------------------------------------------------------------ out


async def _dump(tx: Tx, table: Table, file: TextIO) -> int:
    columns, count = ", ".join(table.columns), 0
    after: list[Any] = []
    while True:
        where = f"WHERE {table.key} > ?" if after else ""
        rows = await tx.fetch(f"SELECT {columns} FROM {table.name} {where} ORDER BY {table.key} LIMIT {BATCH}", *after)
        for row in rows:
            _line(file, [table.name, {name: _out(value) for name, value in row.items()}])
        count += len(rows)
        if len(rows) < BATCH:
            return count
        after = [rows[-1][table.key]]


def _out(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return value


# ------------------------------------------------------------ in


async def _load(tx: Tx, lines: Iterator[Any], path: Path, tell: Tell | None) -> int:
    known, count = {table.name: table for table in tables()}, 0
    for line in lines:
        if isinstance(line, dict):
            if line.get("rows") != count:
                raise BadBackup(f"{path.name}: {count} rows read, {line.get('rows')} were written")
            return count
        name, row = line
        if name not in known:
            raise BadBackup(f"{path.name}: a table of another version: {name}")
        await _insert(tx, known[name], row)
        count += 1
        if tell and count % BATCH == 0:
            tell(count)
    raise BadBackup(f"{path.name}: torn after {count} rows")


async def _insert(tx: Tx, table: Table, row: Row) -> None:
    names = [name for name in row if name in table.columns]
    values = [bool(row[name]) if name in table.truths else _in(row[name]) for name in names]
    await tx.execute(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks(len(names))})", *values)


def _in(value: Any) -> Any:
    match value:
        case {"bytes": text}:
            return base64.b64decode(text)
        case {"at": text}:
            return datetime.fromisoformat(text)
        case {"on": text}:
            return date.fromisoformat(text)
    return value


def _check(header: Any, db: Database, path: Path) -> None:
    if not isinstance(header, dict) or header.get("socialdirect") != FORMAT:
        raise BadBackup(f"{path.name}: not a backup of this program, or of a later version")
    missing = sorted(set(header["keys"]) - set(db.vault.key_ids))
    if missing:
        raise BadBackup(f"ENCRYPTION_KEYS lacks the keys that the backup was made with: {', '.join(missing)}")
    if header["index_key"] != db.vault.index_fingerprint:
        raise BadBackup("SECRET_KEY is not the one that the backup was made with")


async def _refuse_rows(db: Database) -> None:
    if not await schema.is_there(db, "contact"):
        return
    for table in tables():
        if table.name != "flag" and await db.fetch(f"SELECT 1 AS one FROM {table.name} LIMIT 1"):
            raise BadBackup(f"the database is not empty ({table.name} has rows): restore into a new one")


async def _set_counters(tx: Tx) -> None:
    """PostgreSQL's counters do not notice ids that were given; SQLite's do."""
    if tx.dialect == "postgres":
        for table in tables():
            if table.counted:
                await tx.fetch(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{table.key}'), "
                    f"(SELECT COALESCE(max({table.key}), 0) + 1 FROM {table.name}), false)"
                )


# ------------------------------------------------------------ the file


@contextmanager
def _writer(path: Path) -> Iterator[TextIO]:
    """For its owner's eyes only, and on the disk when it is closed."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
        with gzip.open(raw, "wt", encoding="utf-8") as file:
            yield file
        raw.flush()
        os.fsync(raw.fileno())


def _line(file: TextIO, value: Any) -> None:
    file.write(json.dumps(value, separators=(",", ":")) + "\n")


def _lines(file: TextIO, path: Path) -> Iterator[Any]:
    try:
        for line in file:
            yield json.loads(line)
    except (OSError, EOFError, ValueError):
        raise BadBackup(f"{path.name}: not readable to its end") from None
