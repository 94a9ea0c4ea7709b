"""Tables as pictures: SVG made here, no script, nothing fetched. What a picture shows, its table says beside it.

As wide as a telephone, labels above their bars, so that nothing must shrink to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from conversations.text import Text, t
from handlers.figures.saying import label_of, said
from handlers.figures.tables import Row, Table, Withheld
from locales.voice import Voice

WIDTH: Final = 360
BAR: Final = 344
STEP: Final = 42  # a row: its words, its bar
LEGEND: Final = 20
CUT: Final = 34  # characters of a label that fit beside its value; the table has all of it
# Each at 3:1 on white; told apart by their lines also on grey paper and by eyes that see no colours (WCAG 1.4.1).
COLOURS: Final = ("#0b5d66", "#b35900", "#3d7ab8", "#8a3b74", "#6b6b2e", "#777777")
LINES: Final = ("", "M-2 10L10 -2M-2 2L2 -2M6 10L10 6", "M4 0V8", "M0 4H8", "M0 0L8 8M8 0L0 8", "M3 4h2")  # 8 by 8
REST: Final = "#d9d4c8"  # withheld
TOTALS: Final = (t("figures.all"), t("figures.median"), t("figures.nine_in_ten"))


@dataclass(frozen=True, slots=True)
class Piece:
    x: float
    width: float
    fill: str


@dataclass(frozen=True, slots=True)
class Bar:
    y: int
    label: str
    value: str
    pieces: tuple[Piece, ...]


def svg(table: Table, voice: Voice) -> str:
    """A picture with a title and a description for who does not see it."""
    rows = [row for row in table.rows if _drawn(table, row)]
    drawn = _bars(table, rows, voice) if table.plot.kind == "bars" else _stacks(table, rows, voice)
    bars = tuple(drawn)
    legend = []
    if table.plot.kind == "stack":
        legend = [(voice(table.columns[at].head), _fill(table, n)) for n, at in enumerate(table.plot.columns)]
        if any(piece.fill == REST for bar in bars for piece in bar.pieces):
            legend.append((voice(t("figures.withheld")), REST))
    below = STEP * len(bars) + 8
    return (
        _templates()
        .get_template("plot.svg")
        .render(
            name=table.name,
            title=voice(table.title),
            about=voice(table.columns[table.plot.columns[0]].head) if table.plot.kind == "bars" else voice(table.note),
            beside=voice(t("figures.in_the_table")),
            bars=bars,
            legend=[(text, fill, below + 14 + LEGEND * n) for n, (text, fill) in enumerate(legend)],
            patterns=list(zip(COLOURS, LINES, strict=True))[1 : len(table.plot.columns)] if legend else [],
            width=WIDTH,
            height=below + LEGEND * len(legend) + (8 if legend else 0),
        )
    )


def fragment(tables: Sequence[Table], voice: Voice) -> str:
    """Every plot beside its table, as a piece of a page; safe, all that is in it was escaped."""
    return _templates().get_template("_tables.html").render(_with(tables, voice))


def page(tables: Sequence[Table], voice: Voice, **words: Any) -> str:
    """One page with every plot beside its table; needs nothing else, can be mailed and printed."""
    return _templates().get_template("report.html").render(_with(tables, voice), lang=voice.lang, **words)


def _with(tables: Sequence[Table], voice: Voice) -> dict[str, Any]:
    return {
        "tables": tables,
        "say": voice,
        "t": _sayer(voice),
        "label": lambda row: label_of(row.label, voice),
        "value": lambda table, row, at: said(row.values[at], table.columns[at].kind, voice),
        "picture": lambda table: svg(table, voice),
    }


def _drawn(table: Table, row: Row) -> bool:
    """Totals are no bars; nor is a row in which nothing was counted."""
    values = [row.values[at] for at in table.plot.columns]
    if row.label in TOTALS:
        return False
    return any(value is not None for value in values)


def _bars(table: Table, rows: list[Row], voice: Voice) -> Iterator[Bar]:
    at = table.plot.columns[0]
    numbers = [_number(row.values[at]) for row in rows]
    most = 1.0 if table.columns[at].kind == "share" else max([number for number in numbers if number] or [1.0])
    for n, (row, number) in enumerate(zip(rows, numbers, strict=True)):
        pieces = (Piece(8, round(BAR * number / most, 1), COLOURS[0]),) if number else ()
        yield Bar(
            STEP * n, _short(label_of(row.label, voice)), said(row.values[at], table.columns[at].kind, voice), pieces
        )


def _stacks(table: Table, rows: list[Row], voice: Voice) -> Iterator[Bar]:
    """Shares of what is told; where parts are withheld, the rest of the bar is one piece without its parts' sizes."""
    for n, row in enumerate(rows):
        numbers = [_number(row.values[at]) for at in table.plot.columns]
        whole, hidden = sum(number or 0 for number in numbers), None in numbers
        value = voice(t("figures.withheld")) if hidden else said(int(whole), "count", voice)
        yield Bar(
            STEP * n, _short(label_of(row.label, voice)), value, tuple(_pieces(table, numbers, whole, hidden=hidden))
        )


def _pieces(table: Table, numbers: list[float | None], whole: float, *, hidden: bool) -> Iterator[Piece]:
    if hidden:
        yield Piece(8, BAR, REST)
        return
    x = 8.0
    for n, number in enumerate(numbers):
        if number:
            width = BAR * number / whole
            yield Piece(round(x, 1), round(width, 1), _fill(table, n))
            x += width


def _fill(table: Table, n: int) -> str:
    """Of a stack's part: plain, or a pattern of this picture's own."""
    return f"url(#{table.name}-{n})" if LINES[n] else COLOURS[n]


def _number(value: int | float | Decimal | Withheld | None) -> float | None:
    return None if isinstance(value, Withheld) else float(value or 0)


def _short(label: str) -> str:
    return label if len(label) <= CUT else f"{label[: CUT - 1]}…"


def _sayer(voice: Voice) -> Callable[..., str]:
    def say(msgid: str, /, **args: Any) -> str:
        return voice(Text(msgid, args))

    return say


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
