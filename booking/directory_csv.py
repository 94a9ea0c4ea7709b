"""Clients or workers as a table (CSV), as spreadsheets write it: the same fields, checks and problems as in the
directory file. Which of the two it is, the header tells.

    ref;name;kind;suspended;code;valid_from;valid_until;max_accounts            a line for each code
    ref;first_name;last_name;phone;email;notify_by;motives;modes;languages;address;time_zone;hours;suspended;…

Lists stand in one cell, with spaces: `finance housing`. Hours: `mon tue 09:00-12:00 | thu 14:00-18:00`. An empty cell
leaves what stands as it is.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Any, Final

from booking.directory_file import BadDirectory, DirectoryFile, check
from booking.fields import Problem
from booking.toml_lines import Path

MOST_ROWS: Final = 5000
YES, NO = frozenset({"true", "yes", "oui", "vrai", "1"}), frozenset({"false", "no", "non", "faux", "0"})
_DAY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", re.ASCII)  # LibreOffice writes two digits of a year
_BARE: Final = re.compile(r"[1-9]\d{10,14}", re.ASCII)  # +33639980101, taken for a number
_HOURS: Final = re.compile(r"(.*?)\s+(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})", re.ASCII)


def read(text: str) -> DirectoryFile:
    """Or `BadDirectory`."""
    header, rows = _rows(text.removeprefix("\ufeff"))
    if "code" in header or "kind" in header:
        return check(*_clients(header, rows))
    return check(*_workers(header, rows))


# ------------------------------------------------------------ rows


def _rows(text: str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Each with its line. Excel separates by semicolons where the comma is decimal."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error:
        raise BadDirectory([Problem(reader.line_num, "", "not a table: a quote is not closed")]) from None
    if "ref" not in header:
        raise BadDirectory([Problem(1, "", "the first line names the columns; 'ref' must be one of them")])
    if len(set(header)) < len(header):
        raise BadDirectory([Problem(1, "", "a column is there twice")])
    if len(rows) > MOST_ROWS:
        raise BadDirectory([Problem(1, "", f"more than {MOST_ROWS} lines")])
    long = [Problem(line, "", "more cells than the first line has") for line, cells in rows if len(cells) > len(header)]
    if long:
        raise BadDirectory(long)
    return header, [(line, dict(zip(header, map(_plain, cells), strict=False))) for line, cells in rows]


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps spreadsheets from reading a cell as a formula."""
    cell = cell.strip()
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@＝＋－＠" else cell


# ------------------------------------------------------------ as the file has it


def _clients(header: list[str], rows: list[tuple[int, dict[str, str]]]) -> tuple[dict[str, Any], dict[Path, int]]:
    clients: dict[str, dict[str, Any]] = {}
    lines: dict[Path, int] = {}
    names = list[str]()
    of_code = ("code", "valid_from", "valid_until", "max_accounts")
    for line, cells in rows:
        ref = cells.get("ref", "")
        if ref not in clients:
            clients[ref] = _values({name: cells.get(name, "") for name in header if name not in of_code})
            names.append(ref)
            lines["client", len(names) - 1] = line
        if code := _values({name: cells.get(name, "") for name in of_code if name in header}):
            codes = clients[ref].setdefault("code", [])
            lines["client", names.index(ref), "code", len(codes)] = line
            codes.append(code)
    return {"client": list(clients.values())}, lines


def _workers(header: list[str], rows: list[tuple[int, dict[str, str]]]) -> tuple[dict[str, Any], dict[Path, int]]:
    lines: dict[Path, int] = {("worker", number): line for number, (line, _) in enumerate(rows)}
    return {"worker": [_values({name: cells.get(name, "") for name in header}) for _, cells in rows]}, lines


def _values(cells: Mapping[str, str]) -> dict[str, Any]:
    """Empty ones are not given; `bio.fr` becomes one of the words of `bio`. What cannot be read stays a text: the check
    says what it should be.
    """
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        if not cell:
            continue
        column, dot, language = name.partition(".")
        if dot:
            values.setdefault(column, {})[language] = cell
        else:
            values[name] = READ.get(name, str)(cell)
    return values


def _flag(cell: str) -> bool | str:
    return True if cell.casefold() in YES else False if cell.casefold() in NO else cell


def _count(cell: str) -> int | str:
    return int(cell) if cell.isascii() and cell.isdecimal() and len(cell) < 12 else cell


def _day(cell: str) -> date | str:
    found = _DAY.fullmatch(cell)
    try:
        if found is None:
            return date.fromisoformat(cell)
        return date(int(found[3]) + (2000 if len(found[3]) == 2 else 0), int(found[2]), int(found[1]))
    except ValueError:
        return cell


def _phone(cell: str) -> str:
    """A spreadsheet drops the plus. Without it only what is long enough for a country's number is one."""
    return f"+{cell}" if _BARE.fullmatch(cell) else cell


def _list(cell: str) -> list[str]:
    return [word for word in re.split(r"[\s,;|]+", cell.casefold()) if word]


def _hours(cell: str) -> Any:
    blocks = []
    for block in cell.split("|"):
        found = _HOURS.fullmatch(block.strip())
        if found is None:
            return cell
        blocks.append({"days": _list(found[1]), "from": _clock(found[2]), "to": _clock(found[3])})
    return blocks


def _clock(text: str) -> time | str:
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError:
        return text


READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "phone": _phone,
    "suspended": _flag,
    "works_on_holidays": _flag,
    "max_accounts": _count,
    "valid_from": _day,
    "valid_until": _day,
    "motives": _list,
    "modes": _list,
    "languages": _list,
    "hours": _hours,
}
