"""What is withheld cannot be worked out: not in a line, not by solving all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from handlers.figures.withholding import FEW, Cell, Key, Line, solvable, withheld
from tests.guards import guards

COLUMNS = ("kept", "missed", "late")


def of(*counts: int) -> dict[Key, Cell]:
    """A row of these counts, each of other people, and their total."""
    cells: dict[Key, Cell] = {}
    everybody: frozenset[object] = frozenset()
    for name, count in zip("abcdef", counts, strict=False):
        people = frozenset(f"{name}{n}" for n in range(count))
        everybody |= people
        cells["r", (name,)] = Cell(count, people)
    cells["r", ("all",)] = Cell(sum(counts), everybody)
    return cells


def hidden_of(cells: Mapping[Key, Cell]) -> str:
    parts = tuple(key for key in cells if key[1] != ("all",))
    return " ".join(sorted(key[1][0] for key in withheld(cells, [Line(("r", ("all",)), parts)])))


def test_enough_people_are_told() -> None:
    assert hidden_of(of(10, 25, 0)) == ""


def test_one_small_count_takes_the_smallest_other_with_it() -> None:
    assert hidden_of(of(30, 9, 12)) == "b c"


def test_two_small_counts_hide_each_other_where_they_are_ten_together() -> None:
    assert hidden_of(of(30, 8, 2)) == "b c"
    assert hidden_of(of(30, 3, 2)) == "a b c"


def test_a_part_that_is_the_whole_takes_the_total_with_it() -> None:
    assert hidden_of(of(9, 0, 0)) == "a all"


def test_often_is_not_many() -> None:
    """Twelve hours of two people tell of two people."""
    many = Cell(12, frozenset({"x", "y"}))
    other = Cell(20, frozenset(f"p{n}" for n in range(20)))
    total = Cell(32, many.people | other.people)
    cells: dict[Key, Cell] = {("r", ("a",)): many, ("r", ("b",)): other, ("r", ("all",)): total}
    assert hidden_of(cells) == "a b"


def test_a_small_client_is_not_all_less_the_others() -> None:
    people = {"big": 40, "middle": 15, "small": 3}
    cells: dict[Key, Cell] = {
        (row, ("n",)): Cell(count, frozenset(f"{row}{n}" for n in range(count))) for row, count in people.items()
    }
    whole: frozenset[object] = frozenset().union(*(cell.people for cell in cells.values()))
    cells["*", ("n",)] = Cell(len(whole), whole)
    hidden = withheld(cells, [Line(("*", ("n",)), tuple((row, ("n",)) for row in people))])
    assert {row for row, _ in hidden} == {"small", "middle"}


def test_what_is_shown_nowhere_is_no_secret_by_itself_and_hides_one_beside_it() -> None:
    cells: dict[Key, Cell] = {("", ("n",)): of(30)["r", ("a",)], ("*", ("n",)): of(30)["r", ("a",)]}
    line = Line(("*", ("n",)), (("", ("n",)),))
    assert withheld(cells, [line], [("", ("n",))]) == {("", ("n",))}
    cells |= {("c", ("n",)): Cell(3, frozenset("xyz")), ("d", ("n",)): of(0, 20)["r", ("b",)]}
    line = Line(("*", ("n",)), (("", ("n",)), ("c", ("n",)), ("d", ("n",))))
    assert withheld(cells, [line], [("", ("n",))]) == {("", ("n",)), ("c", ("n",))}


def test_what_only_all_sums_together_give_away() -> None:
    """No line tells of them; a row less what everybody's columns say of its other cells does."""
    counts = {"ports": (24, 12, 11, 3), "lavande": (12, 2, 0, 0), "brume": (3, 0, 0, 0)}
    cells, lines = both_margins(
        {(row, name): n for row, each in counts.items() for name, n in zip("abcd", each, strict=True)}, "abcd"
    )
    hidden = withheld(cells, lines, dear="*")
    assert ("lavande", ("b",)) not in solvable(lines, set(hidden))
    assert {(row, *column) for row, column in hidden if row == "*"} == {("*", "c"), ("*", "d")}, (
        "their own few, no more"
    )


# ------------------------------------------------------------ tables of clients and outcomes, with both margins


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[Key, Cell], list[Line]]:
    rows = [f"c{n}" for n in range(draw(st.integers(1, 6)))]
    counts = {(row, column): draw(st.sampled_from((0, 1, 4, 9, 10, 11, 30))) for row in rows for column in COLUMNS}
    return both_margins(counts, COLUMNS)


def both_margins(counts: Mapping[tuple[str, str], int], columns: Sequence[str]) -> tuple[dict[Key, Cell], list[Line]]:
    """With totals of rows in column `all`, and of columns in row `*`."""
    rows = list(dict.fromkeys(row for row, _ in counts))
    cells: dict[Key, Cell] = {}
    for row in (*rows, "*"):
        for column in (*columns, "all"):
            parts = [(r, c) for (r, c) in counts if row in {r, "*"} and column in {c, "all"}]
            people = frozenset((r, c, n) for r, c in parts for n in range(counts[r, c]))
            cells[row, (column,)] = Cell(len(people), people)
    lines = [Line((row, ("all",)), tuple((row, (column,)) for column in columns)) for row in (*rows, "*")]
    lines += [Line(("*", (column,)), tuple((row, (column,)) for row in rows)) for column in (*columns, "all")]
    return cells, lines


@guards("G16")
@given(tables())
def test_no_small_count_follows_from_what_is_told(table: tuple[dict[Key, Cell], list[Line]]) -> None:
    cells, lines = table
    hidden = withheld(cells, lines)
    small = {key for key, cell in cells.items() if 0 < len(cell.people) < FEW}
    assert small <= hidden
    unknown = sorted(hidden)
    equations = [coefficients(line, unknown) for line in lines]
    for key in small:
        one = [Fraction(key == each) for each in unknown]
        assert rank([*equations, one]) > rank(equations), "it follows from the sums"


@guards("G16")
@given(tables())
def test_what_is_left_of_a_total_is_of_ten_people(table: tuple[dict[Key, Cell], list[Line]]) -> None:
    cells, lines = table
    hidden = withheld(cells, lines)
    for line in lines:
        parts = [part for part in line.parts if part in hidden]
        if parts and line.total not in hidden:
            assert len(parts) > 1
            assert sum(len(cells[part].people) for part in parts) >= FEW


@given(tables())
def test_nothing_is_withheld_where_all_are_enough(table: tuple[dict[Key, Cell], list[Line]]) -> None:
    cells, lines = table
    if all(cell.tells for cell in cells.values()):
        assert withheld(cells, lines) == frozenset()


def coefficients(line: Line, unknown: Sequence[Key]) -> list[Fraction]:
    return [Fraction((each in line.parts) - (each == line.total)) for each in unknown]


def rank(rows: Collection[Sequence[Fraction]]) -> int:
    """By plain elimination, column by column."""
    matrix, done = [list(row) for row in rows], 0
    for column in range(len(matrix[0]) if matrix else 0):
        lead = next((n for n in range(done, len(matrix)) if matrix[n][column]), None)
        if lead is None:
            continue
        matrix[done], matrix[lead] = matrix[lead], matrix[done]
        for n in range(done + 1, len(matrix)):
            times = matrix[n][column] / matrix[done][column]
            matrix[n] = [a - times * b for a, b in zip(matrix[n], matrix[done], strict=True)]
        done += 1
    return done
