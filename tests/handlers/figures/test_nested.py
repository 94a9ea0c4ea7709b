"""A quarter beside its months tells no more of few than they do; nor a year beside its quarters."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from handlers.figures.grid import ALL, UNKNOWN, Grid
from handlers.figures.nested import Judged, nested
from handlers.figures.period import Period, period
from handlers.figures.withholding import FEW

QUARTER = period("2026-Q1", ZoneInfo("Europe/Paris"))
YEAR = period("2026", ZoneInfo("Europe/Paris"))
CLIENTS = ("ports", "phare")
PARTS = ("kept", "missed")
Counts = Mapping[tuple[str, str], int]


def grid(month: int, counts: Counts) -> Grid:
    """Of a month, each count of other people."""
    made = Grid(CLIENTS)
    for (row, which), count in counts.items():
        for n in range(count):
            for column in (which, "all"):
                made.count(row, (column,), f"{row}-{which}-{month}-{n}")
    made.sums(("all",), [(which,) for which in PARTS])
    return made


def of(whole: Period, *months: Counts) -> dict[date, Grid]:
    return {each.first: grid(n, counts) for n, (each, counts) in enumerate(zip(whole.months, months, strict=True))}


def kept(*counts: int) -> list[Counts]:
    return [{("ports", "kept"): count} for count in counts]


def told(whole: Period, *months: Counts) -> int | None:
    found = nested(whole, of(whole, *months))
    return found.grid.told(found.hidden)("ports", ("kept",))


def test_a_quarter_less_two_months_is_not_told() -> None:
    assert told(QUARTER, *kept(12, 20, 3)) is None
    assert told(QUARTER, *kept(12, 20, 10)) == 42
    assert told(QUARTER, *kept(12, 20, 0)) == 32


def test_months_of_few_are_told_together_where_they_are_enough() -> None:
    assert told(QUARTER, *kept(12, 7, 3)) == 22
    assert told(QUARTER, *kept(12, 6, 3)) is None, "nine"
    assert told(QUARTER, *kept(4, 3, 4)) == 11
    assert told(QUARTER, *kept(4, 3, 2)) is None


def test_a_year_less_its_quarters_is_not_told() -> None:
    told_quarters = [12, 0, 0] * 3
    assert told(YEAR, *kept(*told_quarters, 3, 0, 0)) is None
    assert told(YEAR, *kept(*told_quarters, 5, 5, 0)) == 46
    two = [3, 0, 0, 8, 0, 0]
    assert told(YEAR, *kept(*two, *told_quarters[:6])) == 35, "two quarters, of eleven"
    assert told(YEAR, *kept(*[5, 5, 0], *[3, 0, 0], *told_quarters[:6])) is None, "the first tells its sum"


def test_things_without_people_count_where_enough_wrote() -> None:
    """Counts of steps: a month with few people tells none, a quarter with enough does."""

    def talks(month: int, people: int) -> Grid:
        made = Grid(CLIENTS, crowds={"step": ("people",)})
        for n in range(people):
            made.count("ports", ("people",), f"{month}-{n}")
            made.count("ports", ("step", "code"), (month, n))
        return made

    for people, expected in (((5, 4, 3), 12), ((12, 4, 0), None), ((12, 0, 14), 26)):
        months = {each.first: talks(n, people[n]) for n, each in enumerate(QUARTER.months)}
        found = nested(QUARTER, months)
        assert found.grid.told(found.hidden)("ports", ("step", "code")) == expected


# ------------------------------------------------------------ all that a reader could add up

SOME = st.sampled_from((0, 1, 4, 9, 10, 12))
counts = st.fixed_dictionaries({(row, which): SOME for row in CLIENTS for which in PARTS})
Cell = tuple[str, str, tuple[str, ...]]  # period, row, column


@given(st.lists(counts, min_size=3, max_size=3))
def test_no_small_count_of_a_month_follows_from_the_quarter(months: list[Counts]) -> None:
    laid = of(QUARTER, *months)
    judged = {str(each): nested(each, laid) for each in (QUARTER, *QUARTER.parts)}
    unknown = {(name, *key) for name, each in judged.items() for key in each.hidden}
    small = {
        (name, *key)
        for name, each in judged.items()
        for key, cell in each.grid.cells.items()
        if 0 < len(cell.people) < FEW and key[0] != UNKNOWN
    }
    assert small <= unknown
    assert not small & determined([vector(line, unknown) for line in lines(judged)])


def lines(judged: Mapping[str, Judged]) -> list[tuple[Cell, Sequence[Cell]]]:
    """Rows, columns, and time: each total, and what makes it."""
    found: list[tuple[Cell, Sequence[Cell]]] = []
    rows, columns = (*CLIENTS, UNKNOWN), [(which,) for which in (*PARTS, "all")]
    for name in judged:
        found += [((name, row, ("all",)), [(name, row, (which,)) for which in PARTS]) for row in (*rows, ALL)]
        found += [((name, ALL, column), [(name, row, column) for row in rows]) for column in columns]
    parts = [str(part) for part in QUARTER.parts]
    for row in (*rows, ALL):
        found += [((str(QUARTER), row, column), [(part, row, column) for part in parts]) for column in columns]
    return found


def vector(line: tuple[Cell, Sequence[Cell]], unknown: Collection[Cell]) -> dict[Cell, Fraction]:
    total, parts = line
    return {each: Fraction(-1 if each == total else 1) for each in (total, *parts) if each in unknown}


def determined(equations: Sequence[dict[Cell, Fraction]]) -> set[Cell]:
    """What is alone in an equation, after each unknown was taken out of all others."""
    left, done = [each for each in equations if each], list[dict[Cell, Fraction]]()
    while left:
        lead = left.pop()
        cell, factor = next(iter(lead.items()))
        for other in (*left, *done):
            if times := other.get(cell):
                for each, value in lead.items():
                    other[each] = other.get(each, Fraction()) - times / factor * value
                    if not other[each]:
                        del other[each]
        left = [each for each in left if each]
        done.append(lead)
    return {cell for each in done if len(each) == 1 for cell in each}


def test_the_reader_adds_up_well() -> None:
    """Else the test above says nothing."""
    equations = [{"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 1}, {"d": 1, "e": -1}]
    cells: list[dict[Cell, Fraction]] = [
        {("", each, ()): Fraction(value) for each, value in line.items()} for line in equations
    ]
    assert determined(cells) == {("", "c", ())}
    laid = of(QUARTER, *kept(12, 20, 3))
    judged = {str(each): nested(each, laid) for each in (QUARTER, *QUARTER.parts)}
    march = ("2026-03", "ports", ("kept",))
    unknown = {(name, *key) for name, each in judged.items() for key in each.hidden}
    assert march in determined([vector(line, unknown - told_wrongly(judged)) for line in lines(judged)])


def told_wrongly(judged: Mapping[str, Judged]) -> set[Cell]:
    """The quarter as if it stood alone."""
    return {(str(QUARTER), *key) for key in judged[str(QUARTER)].hidden}
