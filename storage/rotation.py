"""New keys for old rows: sealed again under the first encryption key, or indexed again under a new SECRET_KEY.

reseal(db) -> count        put the new key first in ENCRYPTION_KEYS, restart, run this, drop the old one. Under load too
reindex(db) -> count       after SECRET_KEY changed. Nothing else may run; links that were given out die with the old
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from booking.codes import normal
from storage.db import Database, Sql, Tx
from storage.sql import Row

BATCH = 200

# The key of each table that has sealed columns (`models.PERSONAL`).
_NUMBERED = frozenset({"inbox", "outbox", "ticket_entry"})
_NAMED = {"conversation": "contact_id", "worker_setting": "worker_id"}  # else "id"


async def reseal(db: Database) -> int:
    """Values sealed with another key than the first.

    A row that changes meanwhile is left: its writer used the first key.
    """
    from storage.models import PERSONAL

    count = 0
    for table, columns in PERSONAL.items():
        key = _NAMED.get(table, "id")
        last: Any = 0 if table in _NUMBERED else ""
        names = ", ".join({key, *columns, *columns.values()})
        while rows := await db.fetch(f"SELECT {names} FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT {BATCH}", last):
            for row in rows:
                count += await _reseal_row(db, table, key, columns, row)
            last = rows[-1][key]
    return count


async def _reseal_row(db: Sql, table: str, key: str, columns: dict[str, str], row: Row) -> int:
    count = 0
    for column, bound in columns.items():
        old = row[column]
        if old is None or db.vault.is_current(old):
            continue
        place = f"{table}.{column}"
        new = db.vault.seal(place, row[bound], db.vault.unseal(place, row[bound], old))
        count += await db.execute(
            f"UPDATE {table} SET {column} = ? WHERE {key} = ? AND {column} = ?", new, row[key], old
        )
    return count


# ------------------------------------------------------------ blind indexes

# (table, index column, sealed column, kind or column that completes it, how the sealed text becomes what is indexed)
_BLIND: tuple[tuple[str, str, str, str, Callable[[str], str]], ...] = (
    ("contact", "address_index", "address", "address:{channel}", str),
    ("alias", "address_index", "address", "address:{channel}", str),
    ("contact", "phone_index", "phone", "phone", str),
    ("person", "email_index", "email", "email", str.casefold),
    ("person", "phone_index", "phone", "phone", str),
    ("code", "letters_index", "letters", "code", lambda letters: normal(letters) or ""),
    ("worker", "phone_index", "card", "phone", lambda card: str(json.loads(card)["phone"])),
    ("operator", "name_index", "name", "operator", str),
    ("worker", "email_index", "card", "email", lambda card: str(json.loads(card)["email"]).casefold()),
)


async def reindex(db: Database) -> int:
    """All or nothing: in one transaction, together with the fingerprint that start-up compares."""
    count = 0
    async with db.transaction() as tx:
        for table, index, sealed, kind, indexed in _BLIND:
            count += await _reindex_column(tx, table, index, sealed, kind, indexed)
        await tx.execute("UPDATE flag SET value = ? WHERE name = 'index_key'", tx.vault.index_fingerprint)
    return count


async def _reindex_column(tx: Tx, table: str, index: str, sealed: str, kind: str, indexed: Callable[[str], str]) -> int:
    more: Literal["", ", channel"] = ", channel" if "{" in kind else ""
    rows = await tx.fetch(f"SELECT id, {sealed} AS sealed{more} FROM {table} WHERE {sealed} IS NOT NULL")
    for row in rows:
        value = indexed(tx.vault.read(f"{table}.{sealed}", row["id"], row["sealed"]))
        blind = tx.vault.index(kind.format(channel=row.get("channel")), value)
        await tx.execute(f"UPDATE {table} SET {index} = ? WHERE id = ?", blind, row["id"])
    return len(rows)
