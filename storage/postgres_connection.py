"""A connection to PostgreSQL that goes back to the pool as it is."""

from __future__ import annotations

from asyncpg import Connection


class Kept(Connection):  # type: ignore[misc]  # asyncpg has no types
    """asyncpg asks the server to put everything back before it lends a connection again: a second way there and back
    for each statement. We leave nothing behind to be put back: locks end with their transaction, nobody listens here,
    and what `Database.vacuum` sets it sets back. An open transaction is still rolled back.
    """

    def get_reset_query(self) -> str:
        return ""
