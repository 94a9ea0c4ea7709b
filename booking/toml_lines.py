"""On which line each table and key of a TOML text stands. `tomllib` reads the values but forgets where they were.

Only what opens a line at the top level is found, which is how such files are written; a key within an inline table or a
value within an array stands on the line of what contains it. The text must be valid: it was parsed before.
(`tomlkit` keeps positions no better, and is ten times as slow.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]

_STRING = r'"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'"
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})|(?P<comment>#[^\n]*)|(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<end>\n)", re.DOTALL
)
_NAME = r"(?:[A-Za-z0-9_-]+|\"[^\"\n]*\"|'[^'\n]*')"
_NAMES = rf"{_NAME}(?:[ \t]*\.[ \t]*{_NAME})*"
_HEADER = re.compile(rf"[ \t]*(?P<array>\[)?\[[ \t]*(?P<names>{_NAMES})[ \t]*\]")
_KEY = re.compile(rf"[ \t]*(?P<names>{_NAMES})[ \t]*=")


def lines_of(text: str) -> Mapping[Path, int]:
    """`("worker", 2, "hours", 0, "from")` -> its line, counted from 1. Elements of arrays of tables by their index."""
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in _statements(text):
        if header := _HEADER.match(line):
            table = _resolve(_split(header["names"]), counts, opens=bool(header["array"]))
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = table
            for name in _split(key["names"]):
                path = (*path, name)
                found.setdefault(path, number)
    return found


def line_at(lines: Mapping[Path, int], path: Path) -> int:
    """The line of the nearest thing that is known: the key, else the table that it is, or should be, in."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _statements(text: str) -> list[tuple[int, str]]:
    """Each line that begins a statement rather than going on within a string, an array or an inline table."""
    statements, depth, start, position = [], 0, 0, 0
    while token := _TOKEN.search(text, position):
        position = token.end()
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
        elif token["end"] and depth == 0:
            statements.append((text.count("\n", 0, start) + 1, text[start : token.start()]))
            start = position
    return [*statements, (text.count("\n", 0, start) + 1, text[start:])]


def _split(names: str) -> list[str]:
    return [name.strip("\"'") for name in re.findall(_NAME, names)]


def _resolve(names: list[str], counts: dict[Path, int], *, opens: bool) -> Path:
    """The path of a header: of each array of tables in it, the last element; of one that it opens, the next."""
    path: Path = ()
    for place, name in enumerate(names):
        path = (*path, name)
        if opens and place == len(names) - 1:
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path
