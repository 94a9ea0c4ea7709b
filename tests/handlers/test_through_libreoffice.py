"""What leaves as a table, and comes back as one, through a real LibreOffice: it calculates nothing of ours, and changes
nothing (threat T14). Left out where there is none; that no cell begins like a formula is tried everywhere
(figures/test_sheets.py), and what its CSV files look like, too (booking/test_directory_csv.py).
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from booking import directory_csv
from conversations.text import t
from handlers.figures.sheets import comma_separated, guarded, workbook
from handlers.figures.tables import WITHHELD, Column, Plot, Row, Table
from locales.voice import Voice
from tests.booking.test_directory_csv import CLIENTS, WORKERS
from tests.handlers.figures.test_sheets import HOSTILE
from tests.servers.process import NotHere
from tests.servers.spreadsheet import Kind, program, saved

pytestmark = pytest.mark.slow

FR = Voice("fr")
NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
PLAIN = (
    "Mutuelle des Ports",
    'Le "Phare"; mutuelle, SA',
    "L'Étoile – 50 % d'aide",
    "Ben & fils <SARL>",
    "1er Secours; ='x'",
    "a=1+1",
    "http://example.org/=1+1",
)
NAMES = (*HOSTILE, *PLAIN)
NUMBERS = (12, 0.25, Decimal("1.50"))


@pytest.fixture(scope="module", autouse=True)
def office() -> None:
    """Nothing that the gate asks for: large, and these are facts about another program."""
    try:
        program()
    except NotHere as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def table() -> Table:
    columns = (Column(t("figures.people")), Column(t("figures.share"), "share"), Column(t("figures.cost"), "money"))
    rows = (*(Row(name, NUMBERS) for name in NAMES), Row("few", (WITHHELD, None, WITHHELD)))
    head = (t("figures.clients"), t("figures.clients.note"), t("figures.client"))
    return Table("clients", *head, columns, rows, Plot("bars", (0,)))


def cells(path: Path, first: int = 1) -> list[list[tuple[str, Any]]]:
    """What a workbook holds, from a line on: each cell's kind and content."""
    sheet = load_workbook(path).active
    assert sheet is not None
    return [[(cell.data_type, cell.value) for cell in row] for row in sheet.iter_rows(min_row=first)]


def lines(path: Path, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=separator))


def test_it_would_calculate(tmp_path: Path) -> None:
    """Else the tests below would say nothing."""
    wild = tmp_path / "wild.csv"
    wild.write_text('name\n=1+1\n"=HYPERLINK(""http://example.org"",""x"")"\n')
    [made] = saved([wild], "xlsx", tmp_path)
    assert [row[0][0] for row in cells(made)] == ["s", "f", "f"]
    [made] = saved([made], "csv", tmp_path / "back")
    assert [row[0] for row in lines(made)] == ["name", "2", "x"]


def test_the_figures_csv_is_opened_and_saved(table: Table, tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_bytes(comma_separated(table, FR))
    [opened] = saved([file], "xlsx", tmp_path)
    found = cells(opened)
    assert {kind for row in found for kind, _ in row} == {"s", "n"}, "no formula"
    assert [row[0] for row in found[1:-1]] == [("s", guarded(name)) for name in NAMES]
    # A decimal point is none in France: the CSV file is for programs, people are given the workbook.
    assert [Decimal(str(value)) for _, value in found[1][1:]] == [Decimal(str(number)) for number in NUMBERS]
    [again] = saved([opened], "csv", tmp_path / "back")
    assert [row[0] for row in lines(again)[1:-1]] == [guarded(name) for name in NAMES], "and by the next program"


def test_the_workbook_is_opened_and_saved_as_either(table: Table, tmp_path: Path) -> None:
    file = tmp_path / "figures.xlsx"
    file.write_bytes(workbook([table], FR, NOW))
    [same] = saved([file], "xlsx", tmp_path / "same")
    found = cells(same, 5)
    assert {kind for row in found for kind, _ in row} == {"s", "n"}, "no formula"
    assert [[value for _, value in row] for row in found[: len(NAMES)]] == [
        [guarded(name), 12, 0.25, 1.5] for name in NAMES
    ]
    [plain] = saved([file], "csv", tmp_path / "plain")
    assert [row[0] for row in lines(plain)[4 : 4 + len(NAMES)]] == [guarded(name) for name in NAMES]
    [third] = saved([plain], "xlsx", tmp_path / "third")
    assert "f" not in {kind for row in cells(third) for kind, _ in row}, "not by way of CSV, either"


@pytest.mark.parametrize(("by", "separator"), [("csv", ";"), ("xlsx", ",")])
def test_a_directory_that_was_opened_and_saved_is_the_same(by: Kind, separator: str, tmp_path: Path) -> None:
    """A phone number, days and hours are what a spreadsheet likes to take for something else."""
    tables = {"workers": WORKERS, "clients": CLIENTS}
    files = [tmp_path / f"{name}.csv" for name in tables]
    for file, text in zip(files, tables.values(), strict=True):
        found = csv.reader(io.StringIO(text), delimiter=";" if text.count(";") > text.count(",") else ",")
        with file.open("w", newline="") as out:
            csv.writer(out, delimiter=separator).writerows(found)
    opened = saved(files, by, tmp_path / "opened", separator)
    back = saved(opened, "csv", tmp_path / "back", separator)
    for file, text in zip(back, tables.values(), strict=True):
        assert directory_csv.read(file.read_text()) == directory_csv.read(text)
