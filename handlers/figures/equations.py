"""Equations brought to their reduced form, so that one sees which unknowns follow from them. What is known does not
matter, only that it is.

    equations.add({"a": 1, "b": 1}); equations.add({"b": 2}); equations.alone() -> a, b
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

Row: TypeAlias = dict[Hashable, Fraction]  # unknown -> how often


class Equations:
    def __init__(self) -> None:
        self._done: dict[Hashable, Row] = {}  # by an unknown that is in no other
        self._among: defaultdict[Hashable, set[Hashable]] = defaultdict(set)  # unknown -> in which of them it is

    def add(self, given: Mapping[Hashable, Fraction]) -> None:
        row = {key: value for key, value in given.items() if value}
        for lead in [key for key in row if key in self._done]:
            _subtract(row, self._done[lead], row[lead])
        first = next(iter(row), None)
        if first is None:
            return  # it said nothing new
        row = {key: value / row[first] for key, value in row.items()}
        for lead in list(self._among[first]):
            self._take_out(lead, row, first)
        self._done[first] = row
        for key in row:
            self._among[key].add(first)

    def alone(self) -> Iterator[Hashable]:
        return (lead for lead, row in self._done.items() if len(row) == 1)

    def _take_out(self, lead: Hashable, row: Row, first: Hashable) -> None:
        of = self._done[lead]
        before = set(of)
        _subtract(of, row, of[first])
        for key in before - of.keys():
            self._among[key].discard(lead)
        for key in of.keys() - before:
            self._among[key].add(lead)


def _subtract(row: Row, other: Row, times: Fraction) -> None:
    for key, value in other.items():
        left = row.get(key, Fraction()) - times * value
        if left:
            row[key] = left
        else:
            row.pop(key, None)
