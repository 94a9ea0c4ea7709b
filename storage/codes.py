"""Rows of clients, codes and guesses at codes, a part of `storage.booking.RowStore`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from booking.model import Client, ClientId, Code, CodeId, ContactId
from storage import contacts, counters, directory
from storage.db import Sql
from storage.directory import client_of, code_of


class CodeRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def client(self, id: ClientId) -> Client | None:
        rows = await self._tx.fetch("SELECT id, ref, name, kind, suspended FROM client WHERE id = ?", id)
        return client_of(rows[0]) if rows else None

    async def code(self, id: CodeId) -> Code | None:
        return await self._code("id", id)

    async def code_typed(self, normal: str) -> Code | None:
        return await self._code("letters_index", directory.code_index(self._tx, normal))

    async def accounts(self, code: CodeId) -> int:
        if self._tx.dialect == "postgres":  # SQLite has the only write lock already
            await self._tx.fetch("SELECT id FROM code WHERE id = ? FOR UPDATE", code)
        return await directory.accounts(self._tx, code)

    def keyed(self, kind: str, value: str) -> str:
        return self._tx.vault.index(kind, value).hex()

    async def tries(self, key: str, since: datetime, most: int) -> Sequence[datetime]:
        return await counters.tries(self._tx, key, since, most)

    async def nth_try(self, key: str, since: datetime, nth: int) -> datetime | None:
        return await counters.nth_try(self._tx, key, since, nth)

    async def alone(self, key: str) -> None:
        await counters.alone(self._tx, key)

    async def add_try(self, key: str, now: datetime) -> None:
        await counters.add_try(self._tx, key, now)

    async def first_wrote(self, contact: ContactId) -> datetime | None:
        return await contacts.first_wrote(self._tx, contact)

    async def _code(self, column: str, value: str | bytes) -> Code | None:
        rows = await self._tx.fetch(
            f"SELECT id, client_id, valid_from_on, valid_until_on, max_accounts FROM code WHERE {column} = ?", value
        )
        return code_of(rows[0]) if rows else None
