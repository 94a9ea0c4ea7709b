"""Counts of all clients side by side, so that what is told of one cannot be taken from what is told of all.

grid.count("ports", ("hours", "missed"), "p1")      one more, of this person, for this client and for everybody
grid.sums(("hours", "all"), [("hours", "missed"), …])     columns that make another, in each row
told = grid.told()
told("ports", ("hours", "missed")) -> 12, or None
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, TypeAlias

from handlers.figures.withholding import Cell, Line, withheld

ALL: Final = "*"  # the row of everybody; no client's id
UNKNOWN: Final = ""  # who gave no code yet

Column: TypeAlias = tuple[str, ...]
Told: TypeAlias = Callable[[str, Column], int | None]


class Grid:
    """`rows`: the clients' ids. With `everybody`, a row of all of them is told too."""

    def __init__(self, rows: Iterable[str], *, everybody: bool = True) -> None:
        self._rows = (*rows, UNKNOWN)
        self._everybody = everybody
        self._counts: defaultdict[tuple[str, Column], int] = defaultdict(int)
        self._people: defaultdict[tuple[str, Column], set[Hashable]] = defaultdict(set)
        self._columns: dict[Column, None] = {}
        self._sums: list[tuple[Column, tuple[Column, ...]]] = []

    def count(self, row: str, column: Column, *people: Hashable, times: int = 1) -> None:
        """`times` more, of these people."""
        self._columns[column] = None
        for each in (row if row in self._rows else UNKNOWN, ALL):
            self._counts[each, column] += times
            self._people[each, column].update(people)

    def sums(self, total: Column, parts: Sequence[Column]) -> None:
        self._sums.append((total, tuple(parts)))
        self._columns |= dict.fromkeys((total, *parts))

    def told(self) -> Told:
        rows = (*self._rows, ALL) if self._everybody else self._rows
        cells = {
            (row, column): Cell(self._counts[row, column], frozenset(self._people[row, column]))
            for row in rows
            for column in self._columns
        }
        lines = [
            Line((row, total), tuple((row, part) for part in parts)) for row in rows for total, parts in self._sums
        ]
        if self._everybody:
            lines += [Line((ALL, column), tuple((row, column) for row in self._rows)) for column in self._columns]
        hidden = withheld(cells, lines, untold=[(UNKNOWN, column) for column in self._columns], dear=ALL)

        def told(row: str, column: Column) -> int | None:
            return None if (row, column) in hidden else self._counts[row, column]

        return told
