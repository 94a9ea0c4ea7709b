"""Which counts are not told: those of one to nine people, and as many others as it takes that nobody can work them out.

    hidden = withheld(cells, lines, untold)     the keys of counts that are not told; `untold`: those shown nowhere

`also` would give somebody away elsewhere, and is not told either; `known` is known from elsewhere: to hide it is of no
use.

A count is a cell: how many, and of which people. A line is a sum that a reader may do: parts that make a total. What
stands in a line is worked out by subtraction where only one cell of it is hidden, or where the hidden ones together
belong to fewer than ten people; then the smallest one that is still told is hidden too (complementary suppression). At
the end the sums are solved like a reader with patience would, and what comes out is hidden better, until nothing does.
Nought is told: it is of nobody. (Anonymous figures after the end of a person's data: terms, annex, retention.)
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeAlias

from handlers.figures.equations import Equations

FEW: Final = 10  # people; below that a count is of somebody
TRIED: Final = 100  # cells, before what stands beside a secret is hidden without looking further

Key: TypeAlias = tuple[str, tuple[str, ...]]  # a row and a column


@dataclass(frozen=True, slots=True)
class Cell:
    """How many things, and whose: ids that go no further than this module."""

    count: int
    people: frozenset[Hashable]

    @property
    def tells(self) -> bool:
        """Of nobody, or of enough people."""
        return self.count == 0 or len(self.people) >= FEW


@dataclass(frozen=True, slots=True)
class Line:
    """The counts of `parts` make the count of `total`."""

    total: Key
    parts: tuple[Key, ...]


def withheld(
    cells: Mapping[Key, Cell],
    lines: Sequence[Line],
    untold: Collection[Key] = (),
    dear: str = "",
    *,
    also: Collection[Key] = (),
    known: Collection[Key] = (),
) -> frozenset[Key]:
    """Every key of a line, and of the others, is one of `cells`. Where there is a choice, row `dear` is told."""
    secrets = frozenset(key for key, cell in cells.items() if not cell.tells).union(also)
    harmless = {key for key in untold if cells[key].count} - secrets  # worked out, they would tell of nobody
    hidden = {*secrets, *harmless}
    free = {key: cell for key, cell in cells.items() if cell.count and key not in known}
    while True:
        more = _by_line(cells, free, lines, hidden, harmless) or _by_solving(free, lines, hidden, secrets, dear)
        if not more:
            return frozenset(hidden)
        hidden |= more


def _by_line(
    cells: Mapping[Key, Cell], free: Mapping[Key, Cell], lines: Sequence[Line], hidden: set[Key], harmless: set[Key]
) -> set[Key]:
    """One more cell for each line that gives a hidden one away. `free`: those that may be hidden."""
    found = (
        _next(cells, free, line, hidden) for line in lines if not harmless.issuperset(hidden.intersection(_keys(line)))
    )
    return {more for more in found if more is not None}


def _keys(line: Line) -> tuple[Key, ...]:
    return (line.total, *line.parts)


def _next(cells: Mapping[Key, Cell], free: Mapping[Key, Cell], line: Line, hidden: set[Key]) -> Key | None:
    """The cell that this line needs hidden besides, if any."""
    parts = [part for part in line.parts if part in hidden]
    if line.total in hidden:
        return None if parts else _smallest(free, line.parts, hidden)
    if not parts:
        return None
    people: frozenset[Hashable] = frozenset().union(*(cells[part].people for part in parts))
    if len(parts) > 1 and len(people) >= FEW:
        return None
    smallest = _smallest(free, line.parts, hidden)
    return smallest or (line.total if line.total in free else None)


def _smallest(free: Mapping[Key, Cell], keys: Sequence[Key], hidden: set[Key]) -> Key | None:
    told = [key for key in keys if key in free and key not in hidden]
    return min(told, key=lambda key: (free[key].count, key)) if told else None


def _by_solving(
    free: Mapping[Key, Cell], lines: Sequence[Line], hidden: set[Key], secrets: frozenset[Key], dear: str
) -> set[Key]:
    """For a secret that all sums together give away: the smallest other cell without which they do not."""
    for key in sorted(solvable(lines, hidden) & secrets):
        told = sorted((cell.count, each) for each, cell in free.items() if each not in hidden)
        for _, other in [*(each for each in told if each[1][0] != dear)][:TRIED]:
            if key not in solvable(lines, {*hidden, other}):
                return {other}
        beside = {each for line in lines if key in _keys(line) for each in _keys(line)}
        more = _smallest(free, list(beside), hidden)
        if more is not None:
            return {more}
    return set()


def solvable(lines: Sequence[Line], hidden: Collection[Key]) -> set[Key]:
    """The hidden cells that follow from what is told."""
    equations = Equations()
    for line in lines:
        row: dict[Hashable, Fraction] = {}
        for key, sign in ((line.total, -1), *((part, 1) for part in line.parts)):
            if key in hidden:
                row[key] = row.get(key, Fraction()) + sign
        equations.add(row)
    alone = set(equations.alone())
    return {key for key in hidden if key in alone}
