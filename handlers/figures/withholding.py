"""Which counts are not told: those of one to nine people, and as many others as it takes that nobody can work them out.

    hidden = withheld(cells, lines, untold)     the keys of counts that are not told; `untold`: those shown nowhere

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
    cells: Mapping[Key, Cell], lines: Sequence[Line], untold: Collection[Key] = (), dear: str = ""
) -> frozenset[Key]:
    """Every key of a line, and of `untold`, is one of `cells`. Where there is a choice, row `dear` is told."""
    secrets = frozenset(key for key, cell in cells.items() if not cell.tells)
    harmless = {key for key in untold if cells[key].count} - secrets  # worked out, they would tell of nobody
    hidden = {*secrets, *harmless}
    while True:
        more = _by_line(cells, lines, hidden, harmless) or _by_solving(cells, lines, hidden, secrets, dear)
        if not more:
            return frozenset(hidden)
        hidden |= more


def _by_line(cells: Mapping[Key, Cell], lines: Sequence[Line], hidden: set[Key], harmless: set[Key]) -> set[Key]:
    """One more cell for each line that gives a hidden one away."""
    found = (_next(cells, line, hidden) for line in lines if not harmless.issuperset(hidden.intersection(_keys(line))))
    return {more for more in found if more is not None}


def _keys(line: Line) -> tuple[Key, ...]:
    return (line.total, *line.parts)


def _next(cells: Mapping[Key, Cell], line: Line, hidden: set[Key]) -> Key | None:
    """The cell that this line needs hidden besides, if any."""
    parts = [part for part in line.parts if part in hidden]
    if line.total in hidden:
        return None if parts else _smallest(cells, line.parts, hidden)
    if not parts:
        return None
    people: frozenset[Hashable] = frozenset().union(*(cells[part].people for part in parts))
    if len(parts) > 1 and len(people) >= FEW:
        return None
    smallest = _smallest(cells, line.parts, hidden)
    return line.total if smallest is None else smallest


def _smallest(cells: Mapping[Key, Cell], keys: Sequence[Key], hidden: set[Key]) -> Key | None:
    told = [key for key in keys if key not in hidden and cells[key].count]
    return min(told, key=lambda key: (cells[key].count, key)) if told else None


def _by_solving(
    cells: Mapping[Key, Cell], lines: Sequence[Line], hidden: set[Key], secrets: frozenset[Key], dear: str
) -> set[Key]:
    """For a secret that all sums together give away: the smallest other cell without which they do not."""
    for key in sorted(solvable(lines, hidden) & secrets):
        told = sorted((cell.count, each) for each, cell in cells.items() if each not in hidden and cell.count)
        for _, other in [*(each for each in told if each[1][0] != dear)][:TRIED]:
            if key not in solvable(lines, {*hidden, other}):
                return {other}
        beside = {each for line in lines if key in _keys(line) for each in _keys(line)}
        more = _smallest(cells, list(beside), hidden)
        if more is not None:
            return {more}
    return set()


def solvable(lines: Sequence[Line], hidden: set[Key]) -> set[Key]:
    """The hidden cells that follow from what is told: equations brought to their reduced form, and looked at."""
    done: dict[Key, dict[Key, Fraction]] = {}  # leading unknown -> equation; what is told does not matter
    for line in lines:
        row: dict[Key, Fraction] = {}
        for key, sign in [(line.total, -1), *((part, 1) for part in line.parts)]:
            if key in hidden:
                row[key] = row.get(key, Fraction()) + sign
        for lead, equation in done.items():
            if lead in row:
                _subtract(row, equation, row[lead])
        first = next(iter(row), None)
        if first is None:
            continue
        row = {key: value / row[first] for key, value in row.items()}
        for equation in done.values():
            if first in equation:
                _subtract(equation, row, equation[first])
        done[first] = row
    return {lead for lead, equation in done.items() if len(equation) == 1}


def _subtract(row: dict[Key, Fraction], equation: Mapping[Key, Fraction], times: Fraction) -> None:
    for key, value in equation.items():
        left = row.get(key, Fraction()) - times * value
        if left:
            row[key] = left
        else:
            row.pop(key, None)
