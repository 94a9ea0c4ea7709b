"""Pictures that are read without colours, and numbers as each language writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from conversations.text import t
from handlers.figures.names import FATES, OUTCOMES
from handlers.figures.plots import COLOURS, LINES, svg
from handlers.figures.saying import said
from handlers.figures.tables import WITHHELD, Column, Kind, Plot, Row, Table, Value
from locales.voice import Voice

FR, EN = Voice("fr"), Voice("en")
SVG = "{http://www.w3.org/2000/svg}"
NARROW, FIXED = "\u202f", "\u00a0"


def stacked(*values: Value) -> Table:
    columns = tuple(Column(label) for label in list(OUTCOMES.values())[: len(values)])
    head = (t("figures.clients"), t("figures.clients.note"), t("figures.client"))
    return Table("clients", *head, columns, (Row("Les Quais", values),), Plot("stack", tuple(range(len(values)))))


def test_each_part_of_a_bar_has_lines_of_its_own() -> None:
    assert len(set(LINES)) == len(LINES) == len(COLOURS) >= max(len(OUTCOMES), len(FATES))
    picture = ET.fromstring(svg(stacked(1, 2, 3, 4, 5, 6), FR))
    patterns = {each.get("id"): each.find(f"{SVG}path") for each in picture.iter(f"{SVG}pattern")}
    lines = {f"url(#{id})": path.get("d") for id, path in patterns.items() if path is not None}
    fills = [each.get("fill") or "" for each in picture.findall(f"{SVG}g/{SVG}rect")]
    assert len({lines.get(fill, "") for fill in fills}) == 6, "told apart without a colour"
    legend = [each.get("fill") for each in picture.findall(f"{SVG}rect")][1:]
    assert legend == fills, "and named beside the same lines"


def test_a_picture_stands_alone_and_says_what_it_shows() -> None:
    text = svg(stacked(12, WITHHELD), FR)
    picture = ET.fromstring(text)
    assert (picture.findtext(f"{SVG}title"), picture.get("role")) == (FR(t("figures.clients")), "img")
    assert not re.search(r"script|href|@import|url\((?!#)|https?://(?!www\.w3\.org/2000/svg)", text)
    used = set(re.findall(r"url\(#([^)]+)\)", text))
    assert used <= {each.get("id") for each in picture.iter()}, "no pattern that is not there"


@pytest.mark.parametrize(
    ("value", "kind", "french", "english"),
    [
        (0, "count", "0", "0"),
        (1234567, "count", f"1{NARROW}234{NARROW}567", "1,234,567"),
        (0.125, "share", f"12,5{NARROW}%", "12.5%"),
        (1.0, "share", f"100,0{NARROW}%", "100.0%"),
        (1234.56, "number", f"1{NARROW}234,6", "1,234.6"),
        (Decimal("1234.5"), "money", f"1{NARROW}234,50{FIXED}€", "€1,234.50"),
        (None, "count", "–", "–"),
        (WITHHELD, "share", "non communiqué", "withheld"),
    ],
)
def test_numbers_are_written_as_each_language_does(value: Value, kind: Kind, french: str, english: str) -> None:
    assert (said(value, kind, FR), said(value, kind, EN)) == (french, english)
