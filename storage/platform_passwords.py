"""The platform's password of a person: its hash alone, sealed, and since when (terms, article 4.1.1).

Nothing here compares it: the platform does, and how it learns the hash is not agreed with it yet.

keep(tx, person, hashed, now)          in place of the one before
since(db, person) -> instant or None   when it was chosen
"""

from __future__ import annotations

from datetime import datetime

from storage.db import Sql


async def keep(tx: Sql, person: str, hashed: str, now: datetime) -> None:
    await tx.execute(
        "UPDATE person SET password = ?, password_at = ? WHERE id = ?",
        tx.vault.seal("person.password", person, hashed),
        now,
        person,
    )


async def since(db: Sql, person: str) -> datetime | None:
    rows = await db.fetch("SELECT password_at FROM person WHERE id = ?", person)
    return rows[0]["password_at"] if rows else None
