"""Which errors of a database pass by themselves. One place, since three libraries speak here and none tells."""

from __future__ import annotations

import sqlite3
from typing import Any

# Main codes of https://sqlite.org/rescode.html: busy, locked, out of memory, input/output, full, cannot open, locking
# protocol.
_SQLITE_PASSING = frozenset({5, 6, 7, 10, 13, 14, 15})

# Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES_CLASSES = ("08", "53", "57", "58")  # connection, out of resources, operator intervention, system error
_POSTGRES_CODES = frozenset(
    {
        "25006",  # read only: a standby, during failover
        "25P03",  # idle in transaction for too long: we were frozen
        "25P04",  # transaction for too long
        "40001",  # serialization
        "40P01",  # deadlock
        "55P03",  # lock not available
    }
)


class Refused(Exception):
    """A constraint said no.

    Holds the constraint's name only: the database's own text holds the value.
    """

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class Nested(RuntimeError):
    """The database was asked from inside one of its transactions. On SQLite that would wait for itself for ever."""


def is_transient(error: BaseException) -> bool:
    """Whether the same call may succeed later: the database is away, restarting, full, or chose a victim."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        exc = todo.pop()
        if exc is None or id(exc) in seen:
            continue
        seen.add(id(exc))
        if _passes(exc):
            return True
        todo += [exc.__cause__, exc.__context__, *(arg for arg in exc.args if isinstance(arg, BaseException))]
    return False


def _passes(exc: BaseException) -> bool:
    if isinstance(exc, OSError | TimeoutError):  # refused, reset, unreachable, no answer in time
        return True
    if isinstance(exc, sqlite3.OperationalError):
        return (getattr(exc, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_PASSING
    module = type(exc).__module__
    if not module.startswith("asyncpg"):
        return False
    state: Any = getattr(exc, "sqlstate", None)
    if isinstance(state, str):
        return state[:2] in _POSTGRES_CLASSES or state in _POSTGRES_CODES
    # asyncpg's own errors have no code. InterfaceError is also what a wrong call of ours raises; InternalClientError
    # ('cannot switch to state …') comes when the server hung up while the connection was idle.
    name = type(exc).__name__
    return name == "InternalClientError" or (name == "InterfaceError" and "clos" in str(exc))


def without_values(error: Exception) -> Refused | None:
    """An integrity error of either database as `Refused`; None for any other error."""
    if isinstance(error, sqlite3.IntegrityError):
        # 'UNIQUE constraint failed: busy.owner, busy.quarter' names columns, never values
        return Refused(str(error).partition(": ")[2] or "constraint")
    name: Any = getattr(error, "constraint_name", None)
    if type(error).__module__.startswith("asyncpg") and str(getattr(error, "sqlstate", "")).startswith("23"):
        return Refused(name or getattr(error, "column_name", None) or "constraint")
    return None
