"""Tables as CSV and as a workbook, in which no text can become a formula (threat T14).

A cell that begins like one (`= + - @`, their wide forms, TAB, CR, LF, NUL) gets an apostrophe in front, in the workbook
too: saved from there as CSV, it would be read as one by the next program. Numbers are numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from conversations.text import t
from handlers.figures.saying import label_of
from handlers.figures.tables import Kind, Table, Value, Withheld
from locales.voice import Voice

STARTS: Final = frozenset("=+-@\t\r\n\0＝＋－＠")  # OWASP, CSV injection
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")
SHEET_NAME: Final = 31  # characters that Excel takes
FORMATS: Final[dict[Kind, str]] = {"count": "#,##0", "share": "0.0%", "number": "0.0", "money": '#,##0.00 "€"'}


def guarded(text: str) -> str:
    """As a text that no table program calculates. Control characters become blanks, after they were looked at."""
    plain = CONTROL.sub(" ", text)
    begins = {text[:1], plain.lstrip()[:1]}
    return f"'{plain}" if begins & STARTS else plain


def comma_separated(table: Table, voice: Voice) -> bytes:
    """RFC 4180, UTF-8 with a mark at its start, by which Excel knows it. Decimal points; a share is of one."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow([guarded(voice(table.first)), *(guarded(voice(column.head)) for column in table.columns)])
    for row in table.rows:
        lines.writerow([guarded(label_of(row.label, voice)), *(_plain(value, voice) for value in row.values)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(value: Value, voice: Voice) -> str:
    match value:
        case None:
            return ""
        case Withheld():
            return guarded(voice(t("figures.withheld")))
        case Decimal():
            return f"{value:f}"
        case float():
            return f"{value:.4f}".rstrip("0").rstrip(".")
    return str(value)


def workbook(tables: Sequence[Table], voice: Voice, made_at: datetime) -> bytes:
    """A sheet a table, with its note. The same figures make the same bytes."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, options) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        bold, wrap = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"italic": True})
        formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}
        for table in tables:
            sheet = book.add_worksheet(table.name[:SHEET_NAME])
            sheet.write_string(0, 0, guarded(voice(table.title)), bold)
            sheet.write_string(1, 0, guarded(voice(table.note)), wrap)
            heads = [table.first, *(column.head for column in table.columns)]
            for at, head in enumerate(heads):
                sheet.write_string(3, at, guarded(voice(head)), bold)
            for line, row in enumerate(table.rows, 4):
                sheet.write_string(line, 0, guarded(label_of(row.label, voice)))
                for at, (column, value) in enumerate(zip(table.columns, row.values, strict=True), 1):
                    match value:
                        case None:
                            continue
                        case Withheld():
                            sheet.write_string(line, at, _plain(value, voice))
                        case _:
                            sheet.write_number(line, at, float(value), formats[column.kind])
            sheet.set_column(0, 0, 34)
            sheet.set_column(1, len(heads), 16)
            sheet.freeze_panes(4, 1)
    return out.getvalue()
