"""New keys for old rows: sealed again under the first encryption key, or indexed again under a new SECRET_KEY.

census(db) -> key id -> values         how many are sealed with which key
reseal(db) -> Resealed                 the rest under the first key. While others read and write; again it goes on
reindex(db, now, printed) -> count     after SECRET_KEY changed. Nothing else may run
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from booking.codes import normal
from storage import tokens
from storage.crypto import KEY_ID, Unreadable, token_hash
from storage.db import Database, Sql, Tx
from storage.sql import Row

BATCH = 200


@dataclass(frozen=True, slots=True)
class Resealed:
    """`done`: values that have the first key now. `shut`: that opened with none, and stay as they are."""

    done: int
    shut: int


async def census(db: Sql) -> Mapping[str, int]:
    """Values by the id of the key that they are sealed with, as `Vault.key_ids` tells them."""
    from storage.models import PERSONAL

    found: Counter[str] = Counter()
    for table, columns in PERSONAL.items():
        for column in columns:
            key = f"substr({column}, 1, {KEY_ID})"
            rows = await db.fetch(
                f"SELECT {key} AS key, count(*) AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY {key}"
            )
            found.update({bytes(row["key"]).hex(): row["n"] for row in rows})
    return found


async def reseal(db: Database, tell: Callable[[int], None] | None = None) -> Resealed:
    """Everything that another key than the first sealed, row by row, so that nobody waits.

    A row that changes meanwhile is left: its writer used the first key, or a later run finds it. What was done stays
    done when this is interrupted.
    """
    from storage.backup import tables
    from storage.models import PERSONAL

    done = shut = 0
    first = bytes.fromhex(db.vault.key_ids[0])
    for table in tables():
        columns = PERSONAL.get(table.name, {})
        old = " OR ".join(f"substr({column}, 1, {KEY_ID}) <> ?" for column in columns)
        names = ", ".join({table.key, *columns, *columns.values()})
        page = f"{table.key} > ? AND ({old}) ORDER BY {table.key} LIMIT {BATCH}"
        last: Any = 0 if table.counted else ""
        while columns and (
            rows := await db.fetch(f"SELECT {names} FROM {table.name} WHERE {page}", last, *[first for _ in columns])
        ):
            for row in rows:
                made = await _reseal_row(db, table.name, table.key, columns, row)
                done, shut = done + made.done, shut + made.shut
            last = rows[-1][table.key]
            if tell:
                tell(done)
    return Resealed(done, shut)


async def _reseal_row(db: Sql, table: str, key: str, columns: dict[str, str], row: Row) -> Resealed:
    done = shut = 0
    for column, bound in columns.items():
        old = row[column]
        if old is None or db.vault.is_current(old):
            continue
        place = f"{table}.{column}"
        try:
            new = db.vault.seal(place, row[bound], db.vault.unseal(place, row[bound], old))
        except Unreadable:
            shut += 1
            continue
        done += await db.execute(
            f"UPDATE {table} SET {column} = ? WHERE {key} = ? AND {column} = ?", new, row[key], old
        )
    return Resealed(done, shut)


# ------------------------------------------------------------ blind indexes

# (table, index column, sealed column, kind or column that completes it, how the sealed text becomes what is indexed)
_BLIND: tuple[tuple[str, str, str, str, Callable[[str], str]], ...] = (
    ("contact", "address_index", "address", "address:{where}", str),
    ("alias", "address_index", "address", "address:{where}", str),
    ("contact", "phone_index", "phone", "phone", str),
    ("person", "email_index", "email", "email", str.casefold),
    ("email_proof", "email_index", "email", "email", str.casefold),
    ("person", "phone_index", "phone", "phone", str),
    ("archive", "phone_index", "phone", "phone", str),
    ("code", "letters_index", "letters", "code", lambda letters: normal(letters) or ""),
    ("worker", "phone_index", "card", "phone", lambda card: str(json.loads(card)["phone"])),
    ("operator", "name_index", "name", "operator", str),
    ("worker", "email_index", "card", "email", lambda card: str(json.loads(card)["email"]).casefold()),
)

# A person's mailbox is found as theirs alone (`contacts.mailbox`).
_WHERE: Final = {
    "contact": "channel || CASE WHEN channel = 'email' AND worker_id IS NULL AND person_id IS NOT NULL "
    "THEN ':' || person_id ELSE '' END",
    "alias": "channel",
}


async def reindex(db: Database, now: datetime, printed: Collection[str], *, end_links: bool = False) -> int:
    """All or nothing: in one transaction, together with the fingerprint that start-up compares. How many indexes.

    `printed`: the purposes of the links that are printed again, in the version that is printed now. Their tokens under
    the new secret are good for as long as the former; these stay good, too, unless `end_links`: then each link that was
    given out is over.
    """
    count = 0
    async with db.transaction() as tx:
        await _reprint(tx, now, printed, end_links=end_links)
        for table, index, sealed, kind, indexed in _BLIND:
            count += await _reindex_column(tx, table, index, sealed, kind, indexed)
        await tx.execute("UPDATE flag SET value = ? WHERE name = 'index_key'", tx.vault.index_fingerprint)
    return count


async def _reindex_column(tx: Tx, table: str, index: str, sealed: str, kind: str, indexed: Callable[[str], str]) -> int:
    where = _WHERE[table] if "{" in kind else "''"
    rows = await tx.fetch(f"SELECT id, {sealed} AS sealed, {where} AS found_by FROM {table} WHERE {sealed} IS NOT NULL")
    for row in rows:
        value = indexed(tx.vault.read(f"{table}.{sealed}", row["id"], row["sealed"]))
        blind = tx.vault.index(kind.format(where=row["found_by"]), value)
        await tx.execute(f"UPDATE {table} SET {index} = ? WHERE id = ?", blind, row["id"])
    return len(rows)


async def _reprint(tx: Tx, now: datetime, printed: Collection[str], *, end_links: bool) -> None:
    rows = await tx.fetch(
        "SELECT purpose, object, expires_at, used_at FROM token WHERE revoked_at IS NULL AND expires_at > ?", now
    )
    if end_links:
        await tx.execute("UPDATE token SET revoked_at = ? WHERE revoked_at IS NULL AND used_at IS NULL", now)
    # One that was used is used under its new name, too, also where another of the same object was not.
    for row in sorted(rows, key=lambda row: row["used_at"] is None):
        if row["purpose"] in printed:
            await tx.execute(
                "INSERT INTO token (hash, purpose, object, expires_at, used_at) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (hash) DO NOTHING",
                token_hash(
                    tx.vault.token(
                        row["purpose"], row["object"], await tokens.version(tx, row["purpose"], row["object"])
                    )
                ),
                *(row[name] for name in ("purpose", "object", "expires_at", "used_at")),
            )
