"""Which test shows which rule: prints the tables of docs/security.md and docs/privacy.md, so that they cannot drift.

    python scripts/guards.py update    # writes the tables anew
    python scripts/guards.py check     # exit status 1 if a row has no test, no mechanism, or a page is stale

docs/guards.toml has a table a row (`rule`, `by`, and where there is one `fails`, `deviation`) and one table `unproven`:
what each row that is not whole yet lacks. Tests carry `@guards("T05")`, or `partly=True` (tests/guards.py); they are
read, not imported. A row in `unproven` may only be shown partly, any other must be shown wholly: so the list shrinks.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("docs/security.md", "docs/privacy.md")
WANTED = {f"T{number:02}" for number in range(1, 32)} | {f"G{number:02}" for number in range(1, 23)}
PLACE = re.compile(r"(<!-- guards: (\w) -->\n).*?(<!-- end -->\n)", re.DOTALL)
HEAD = "| row | rule | held by | shown by |\n|---|---|---|---|\n"


@dataclass(frozen=True)
class Row:
    """A rule, and what holds it: `by` is `path::name` of Python, the path alone of other files."""

    id: str
    rule: str
    by: tuple[str, ...] = ()
    fails: str = ""
    deviation: str = ""
    lacks: str = ""


@dataclass(frozen=True)
class Mark:
    """A test that says which row it shows. `many`: it is not run in the gate, and so shows nothing there."""

    row: str
    test: str
    partly: bool = False
    many: bool = False


def rows(text: str) -> tuple[list[Row], list[str]]:
    """The rows of the file, and the names in `unproven` that are none."""
    told = tomllib.loads(text)
    lacks = told.pop("unproven", {})
    found = [
        Row(id=name, **{**row, "by": tuple(row.get("by", ()))}, lacks=lacks.get(name, "")) for name, row in told.items()
    ]
    return found, sorted(lacks.keys() - told.keys())


def marks(root: Path) -> Iterator[Mark]:
    """Every marker of the tests: on a function or class, on what a name is given, or `pytestmark` for a whole file."""
    for path in sorted((root / "tests").rglob("*.py")):
        text = path.read_text()
        if "guards(" in text:
            yield from _marks_of(ast.parse(text), path.relative_to(root).as_posix())


def _marks_of(tree: ast.Module, file: str) -> Iterator[Mark]:
    whole = [node for node in tree.body if _assigned(node) == "pytestmark"]
    many = any(_is_many(part) for node in whole for part in ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            decorators: Sequence[ast.AST] = node.decorator_list
            name = node.name
        elif name := _assigned(node):
            decorators = list(ast.walk(node))
        else:
            continue
        test = file if name == "pytestmark" else f"{file}::{name}"
        long = many or any(_is_many(decorator) for decorator in decorators)
        for call in decorators:
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "guards":
                partly = any(word.arg == "partly" for word in call.keywords)
                yield from (Mark(ast.literal_eval(row), test, partly, long) for row in call.args)


def _assigned(node: ast.AST) -> str:
    """The one name that this statement gives a value to."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def _is_many(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "many"


def faults(found: Sequence[Row], shown: Sequence[Mark], root: Path) -> Iterator[str]:
    """What is wrong with the rows and the markers, a sentence each."""
    ids = {row.id for row in found}
    yield from (f"{name} has no row" for name in sorted(WANTED - ids))
    for mark in shown:
        if mark.row not in ids:
            yield f"{mark.test} names {mark.row}, which is no row"
        if mark.many:
            yield f"{mark.test} is only run with --many: it shows nothing in the gate"
    for row in found:
        here = [mark for mark in shown if mark.row == row.id]
        if row.lacks:
            yield from (
                f"{mark.test} shows {row.id}, which is unproven: take it off the list, or say partly=True"
                for mark in here
                if not mark.partly
            )
        else:
            if not row.by:
                yield f"{row.id} names nothing that holds it"
            if all(mark.partly for mark in here):
                yield f"no test shows {row.id}" + (" wholly" if here else "")
        yield from (f"{row.id} is held by {place}, which is not there" for place in row.by if not there(root, place))


def there(root: Path, place: str) -> bool:
    """Whether the file exists and, if it is Python, defines the name: `path::name` or `path::Class.name`."""
    file, _, name = place.partition("::")
    path = root / file
    if path.suffix != ".py" or not path.is_file():
        return path.is_file() and not name
    body: Sequence[ast.stmt] = ast.parse(path.read_text()).body
    for part in name.split("."):
        fitting = [node for node in body if part in _defined(node)]
        if not fitting:
            return False
        body = getattr(fitting[0], "body", [])
    return True


def _defined(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def printed(page: str, found: Sequence[Row], shown: Sequence[Mark]) -> str:
    """The page with its tables made anew: each stands between `<!-- guards: T -->` and `<!-- end -->`."""

    def table(place: re.Match[str]) -> str:
        lines = [_line(row, shown) for row in found if row.id.startswith(place[2])]
        return place[1] + "\n" + HEAD + "".join(lines) + "\n" + place[3]

    return PLACE.sub(table, page)


def _line(row: Row, shown: Sequence[Mark]) -> str:
    rule = row.rule
    for word, text in (
        ("Fails", row.fails),
        ("Otherwise than asked:", row.deviation),
        ("**Not built yet**:", row.lacks),
    ):
        rule += f"<br>{word} {text}" if text else ""
    tests = sorted({mark.test for mark in shown if mark.row == row.id})
    cells = []
    for file, group in groupby(tests, key=lambda test: test.partition("::")[0]):
        names = [f"`{name}`" for test in group if (name := test.partition("::")[2])]
        cells.append(f"`{file}`" + (": " + ", ".join(names) if names else ""))
    return f"| {row.id} | {rule} | {_list(f'`{place}`' for place in row.by)} | {_list(cells)} |\n"


def _list(items: Iterator[str] | list[str]) -> str:
    return "<br>".join(items) or "-"


def main(verb: str = "") -> int:
    """Runs one verb."""
    if verb not in {"update", "check"}:
        sys.stderr.write(__doc__ or "")
        return 2
    found, strange = rows((ROOT / "docs/guards.toml").read_text())
    shown = list(marks(ROOT))
    complaints = [f"{name} is unproven, and no row" for name in strange]
    complaints += faults(found, shown, ROOT)
    for name in PAGES:
        path = ROOT / name
        wanted = printed(path.read_text(), found, shown)
        if verb == "update":
            path.write_text(wanted)
        elif path.read_text() != wanted:
            complaints.append(f"{name} is not up to date: run `python scripts/guards.py update`")
    for complaint in complaints:
        sys.stderr.write(f"guards: {complaint}\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
