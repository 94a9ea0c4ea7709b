"""What of a quarter or a year is not told beside its months: a reader has those, too, and subtracts.

    judged = nested(period, {month: grid})     of a period: what of it is not told; every part is judged first

A longer period tells a count only if what its parts did not tell of it is in two of them at least, and of ten people
together; else the difference would be of few. Of a part that tells its sum nothing is unknown; of one that does not,
what its own parts did not tell. What all parts tell is known, and hides nothing. At the end the sums of all these
periods are solved together, and what still comes out is hidden better, in the longer one: the shorter ones are handed
out already. Since periods lie in each other, and never overlap (`period.py`), there is no other difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from handlers.figures.grid import ALL, UNKNOWN, Grid, joined
from handlers.figures.period import Period
from handlers.figures.withholding import FEW, TRIED, Cell, Key, Line, solvable

Months: TypeAlias = Mapping[date, Grid]  # by their first day
Unknown: TypeAlias = Mapping[Key, Sequence[frozenset[Hashable]]]


@dataclass(frozen=True, slots=True)
class Judged:
    """`hidden`: what is not told of this period. `unknown`: for each count, whose it is in each of the months that
    nothing tells.
    """

    period: Period
    grid: Grid
    hidden: frozenset[Key]
    unknown: Unknown
    parts: Sequence[Judged] = ()


def nested(period: Period, months: Months) -> Judged:
    if not period.parts:
        grid = months[period.first]
        hidden = grid.hidden()
        return Judged(period, grid, hidden, {key: [grid.whose(key)] for key in hidden if grid.cells[key].count})
    parts = [nested(part, months) for part in period.parts]
    grid = joined([part.grid for part in parts])
    unknown: defaultdict[Key, list[frozenset[Hashable]]] = defaultdict(list)
    for part in parts:
        for key, left in part.unknown.items():
            unknown[key] += left
    unsafe = {key for key, left in unknown.items() if key[0] != UNKNOWN and not _safe(left, grid.cells[key])}
    known = [key for key in grid.cells if key not in unknown]
    while True:
        hidden = grid.hidden(also=unsafe, known=known)
        judged = Judged(period, grid, hidden, {key: unknown[key] for key in hidden if key in unknown}, parts)
        more = _given_away(judged, unknown)
        if not more:
            return judged
        unsafe |= more


def _safe(left: Sequence[frozenset[Hashable]], whole: Cell) -> bool:
    """Whether the sum of what is unknown may be known."""
    return whole.tells and len(left) > 1 and len(whole.people.intersection(frozenset().union(*left))) >= FEW


# ------------------------------------------------------------ all sums together


def _given_away(judged: Judged, unknown: Collection[Key]) -> set[Key]:
    """Of this period one more count to be hidden, without which the sums of all periods tell a small one."""
    lines, hidden, small = list(_lines(judged)), set(_hidden(judged)), set(_small(judged))
    found = sorted(solvable(lines, hidden) & small)
    if not found:
        return set()
    cells = judged.grid.cells
    free = sorted((key[0] == ALL, cells[key].count, key) for key in unknown if key not in judged.hidden)
    near = [key for _, _, key in free if key[1] == found[0][1][1:] or key[0] == found[0][0]]
    rest = [key for _, _, key in free]
    for key in (*near, *rest)[:TRIED]:
        if found[0] not in solvable(lines, {*hidden, _in(judged.period, key)}):
            return {key}
    return set(near or rest)


def _in(period: Period, key: Key) -> Key:
    """The same count, of this period."""
    return key[0], (str(period), *key[1])


def _hidden(judged: Judged) -> Iterator[Key]:
    yield from (_in(judged.period, key) for key in judged.hidden)
    for part in judged.parts:
        yield from _hidden(part)


def _small(judged: Judged) -> Iterator[Key]:
    yield from (_in(judged.period, key) for key, cell in judged.grid.cells.items() if not cell.tells)
    for part in judged.parts:
        yield from _small(part)


def _lines(judged: Judged) -> Iterator[Line]:
    """Its own, its parts', and that these make it."""
    for line in judged.grid.lines:
        yield Line(_in(judged.period, line.total), tuple(_in(judged.period, part) for part in line.parts))
    for part in judged.parts:
        yield from _lines(part)
    if judged.parts:
        for key in judged.grid.cells:
            yield Line(_in(judged.period, key), tuple(_in(part.period, key) for part in judged.parts))
