"""One SQL text for both databases: placeholders, and values on their way in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]


@lru_cache(maxsize=1024)
def numbered(sql: str) -> str:
    """`a = ? AND b = ?` as PostgreSQL wants it:

    `a = $1 AND b = $2`. Our statements have no question mark in literals.
    """
    head, *rest = sql.split("?")
    return head + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))


def marks(count: int, row: int = 0) -> str:
    """`?, ?, ?` for an IN list; with `row`, that many placeholders in each of `count` parentheses, for VALUES."""
    if row:
        return ", ".join([f"({marks(row)})"] * count)
    return ", ".join("?" * count)


def storable(text: str) -> str:
    """NUL and lone surrogates cannot be stored; refused late, they look like a database that is away."""
    if "\x00" in text:
        text = text.replace("\x00", "�")
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def to_postgres(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, datetime):
        _refuse_naive(value)
    return value


def to_sqlite(value: Any) -> Any:
    """Instants as Tortoise writes them: ISO text in UTC, which sorts as time does ('+' comes before '.')."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, datetime):
        _refuse_naive(value)
        return value.astimezone(UTC).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return value


def from_sqlite(row: Mapping[str, Any]) -> Row:
    """SQLite knows no instants or dates: the column's name says which it is."""
    out = dict(row)
    for name, value in out.items():
        if isinstance(value, str):
            if name.endswith("_at"):
                out[name] = datetime.fromisoformat(value)
            elif name.endswith("_on"):
                out[name] = date.fromisoformat(value)
    return out


def from_postgres(rows: Iterable[Any]) -> list[Row]:
    return [dict(row) for row in rows]


def _refuse_naive(value: datetime) -> None:
    if value.tzinfo is None:
        raise ValueError("a naive datetime: instants carry their zone")
