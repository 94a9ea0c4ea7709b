"""Nothing in a CSV file or a workbook is a formula, and every number is a number (threat T14)."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from conversations.text import t
from handlers.figures.sheets import comma_separated, guarded, workbook
from handlers.figures.tables import WITHHELD, Column, Plot, Row, Table, Value
from locales.voice import Voice
from tests.guards import guards

FR = Voice("fr")
NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+33639980011",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\x00=1+1",
    "\x01=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "＝1+1",
    "＋1",
    "－2",
    "＠SUM(1+1)",
    "\tx",
    "\rx",
    "\0x",
    '=1+1;"a",b\nc',
    "'=1+1",
    '=HYPERLINK("http://example.org","x")',
)


def table(*rows: tuple[str, tuple[Value, ...]]) -> Table:
    columns = (Column(t("figures.people")), Column(t("figures.share"), "share"), Column(t("figures.cost"), "money"))
    return Table(
        "clients",
        t("figures.clients"),
        t("figures.clients.note"),
        t("figures.client"),
        columns,
        tuple(Row(label, values) for label, values in rows),
        Plot("bars", (0,)),
    )


@guards("T14")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_begins_like_a_formula_is_a_text(text: str) -> None:
    assert guarded(text).startswith("'")
    made = table((text, (12, 0.25, Decimal("1.50"))))
    [_, row] = list(csv.reader(io.StringIO(comma_separated(made, FR).decode("utf-8-sig"))))
    assert row[0] == guarded(text)
    assert row[1:] == ["12", "0.25", "1.50"]
    cell = load_workbook(io.BytesIO(workbook([made], FR, NOW)))["clients"]["A5"]
    assert (cell.data_type, cell.value) == ("s", guarded(text))


@guards("T14")
@given(st.text(max_size=20))
def test_whatever_a_client_is_called(name: str) -> None:
    made = table((name, (1, None, WITHHELD)))
    lines = list(csv.reader(io.StringIO(comma_separated(made, FR).decode("utf-8-sig", "surrogatepass"), newline="")))
    assert len(lines) == 2
    assert re.match(r"[\s\x00]*[=+\-@＝＋－＠]", lines[1][0]) is None
    assert re.search(r"[\x00-\x1f]", lines[1][0]) is None


def test_numbers_are_numbers_and_nothing_is_nothing() -> None:
    made = table(("Les Quais", (12, 0.25, Decimal("1.50"))), ("Le Phare", (WITHHELD, None, None)))
    sheet = load_workbook(io.BytesIO(workbook([made], FR, NOW)))["clients"]
    assert [cell.value for cell in sheet[5]] == ["Les Quais", 12, 0.25, 1.5]
    assert [cell.value for cell in sheet[6]] == ["Le Phare", "non communiqué", None, None]
    assert [cell.data_type for cell in sheet[5]] == ["s", "n", "n", "n"]


def test_there_is_no_formula_and_no_link_in_the_workbook() -> None:
    made = table(*((text, (1, None, None)) for text in (*HOSTILE, "https://example.org/x", "mailto:x@example.org")))
    packed = zipfile.ZipFile(io.BytesIO(workbook([made], FR, NOW)))
    for name in packed.namelist():
        assert re.search(rb"<(f|hyperlinks?)[ >]|relationships/hyperlink", packed.read(name)) is None, name


def test_the_same_figures_make_the_same_workbook() -> None:
    made = table(("Les Quais", (12, 0.25, None)))
    assert workbook([made], FR, NOW) == workbook([made], FR, NOW)
