"""Counts of all clients side by side, so that what is told of one cannot be taken from what is told of all.

grid.count("ports", ("hours", "missed"), "p1")      one more, of this person, for this client and for everybody
grid.sums(("hours", "all"), [("hours", "missed"), …])     columns that make another, in each row
joined(grids)                                       of all these periods together
told = grid.told(grid.hidden())
told("ports", ("hours", "missed")) -> 12, or None
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeAlias

from handlers.figures.withholding import FEW, Cell, Key, Line, withheld

ALL: Final = "*"  # the row of everybody; no client's id
UNKNOWN: Final = ""  # who gave no code yet

Column: TypeAlias = tuple[str, ...]
Told: TypeAlias = Callable[[str, Column], int | None]


class Grid:
    """`clients`: the rows. With `everybody`, a row of all of them is told too. `crowds`: families of columns (their
    first words) of which no people are known, so that each thing counts as one of its own, where enough of the row's
    people are in another column.
    """

    def __init__(
        self, clients: Iterable[str], *, everybody: bool = True, crowds: Mapping[str, Column] | None = None
    ) -> None:
        self.clients = tuple(clients)
        self.everybody, self.crowds = everybody, crowds or {}
        self._own = (*self.clients, UNKNOWN)
        self._counts: defaultdict[Key, int] = defaultdict(int)
        self._people: defaultdict[Key, set[Hashable]] = defaultdict(set)
        self._columns: dict[Column, None] = {}
        self._sums: dict[tuple[Column, tuple[Column, ...]], None] = {}

    def count(self, row: str, column: Column, *people: Hashable, times: int = 1) -> None:
        """`times` more, of these people."""
        self._columns[column] = None
        key = row if row in self._own else UNKNOWN, column
        self._counts[key] += times
        self._people[key].update(people)

    def sums(self, total: Column, parts: Sequence[Column]) -> None:
        self._sums[total, tuple(parts)] = None
        self._columns |= dict.fromkeys((total, *parts))

    def add(self, other: Grid) -> None:
        """What another period counted."""
        self._columns |= other._columns
        self._sums |= other._sums
        for key, count in other._counts.items():
            self._counts[key] += count
            self._people[key] |= other._people[key]

    @cached_property
    def cells(self) -> Mapping[Key, Cell]:
        """Once all is counted."""
        cells = {(row, column): self._cell(row, column) for row in self._own for column in self._columns}
        if self.everybody:
            for column in self._columns:
                beside = [cells[row, column] for row in self._own]
                people: frozenset[Hashable] = frozenset().union(*(cell.people for cell in beside))
                cells[ALL, column] = Cell(sum(cell.count for cell in beside), people)
        return cells

    def _cell(self, row: str, column: Column) -> Cell:
        crowd = self.crowds.get(column[0])
        few = crowd is not None and row != UNKNOWN and len(self._people[row, crowd]) < FEW
        return Cell(self._counts[row, column], frozenset() if few else frozenset(self._people[row, column]))

    def whose(self, key: Key) -> frozenset[Hashable]:
        """Also where fewer than enough are in the crowd: a longer period may have enough of them."""
        rows = self._own if key[0] == ALL else (key[0],)
        return frozenset().union(*(self._people[row, key[1]] for row in rows))

    def hidden(self, *, also: Collection[Key] = (), known: Collection[Key] = ()) -> frozenset[Key]:
        """As `withholding.withheld` has it."""
        untold = [(UNKNOWN, column) for column in self._columns]
        return withheld(self.cells, self.lines, untold, dear=ALL, also=also, known=known)

    @cached_property
    def lines(self) -> Sequence[Line]:
        rows = (*self._own, ALL) if self.everybody else self._own
        lines = [
            Line((row, total), tuple((row, part) for part in parts)) for row in rows for total, parts in self._sums
        ]
        if self.everybody:
            lines += [Line((ALL, column), tuple((row, column) for row in self._own)) for column in self._columns]
        return lines

    def told(self, hidden: Collection[Key]) -> Told:
        def told(row: str, column: Column) -> int | None:
            if (row, column) in hidden:
                return None
            if row != ALL:
                return self._counts[row, column]
            return sum(self._counts[each, column] for each in self._own)

        return told


def joined(grids: Sequence[Grid]) -> Grid:
    """Of the same rows, one at least."""
    whole = Grid(grids[0].clients, everybody=grids[0].everybody, crowds=grids[0].crowds)
    for grid in grids:
        whole.add(grid)
    return whole
