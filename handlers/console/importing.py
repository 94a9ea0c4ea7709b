"""An administrator hands in a directory file or a table: first what it would change is shown, field by field, then
it is carried out, if the directory is still the one that was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias

from booking import directory_csv, directory_file
from booking.directory_file import BadDirectory, DirectoryFile, Weekday
from booking.fields import Problem
from booking.model import Appointment, Client, Closure, Code, Hours, Worker
from handlers import loading
from handlers.console.second_factor import Chance
from handlers.loading import Planned
from handlers.parts import Parts

MOST: Final = 256 * 1024  # characters of a file
HIDDEN: Final = frozenset({"id", "spans", "client"})  # not of the file


@dataclass(frozen=True, slots=True)
class Field:
    """As the directory holds it, to be put into words by who shows it. `old` is None for what is new."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """`kind`: client, code or worker. `made`: the letters of a code that we made, shown this once."""

    kind: str
    name: str
    new: bool
    fields: Sequence[Field]
    made: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`moved`: somebody changed the directory since it was looked at, so nothing was written."""

    changes: Sequence[Change]
    outside: Sequence[Appointment]
    warnings: Sequence[Problem]
    version: int
    written: bool
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Wrong:
    problems: Sequence[Problem]


Answer: TypeAlias = Outcome | Wrong


async def preview(parts: Parts, chance: Chance, text: str, by: str) -> Answer:
    """Writes nothing."""
    return await _load(parts, chance, lambda: read(text), by, dry=True)


async def apply(parts: Parts, chance: Chance, text: str, by: str, seen: int) -> Answer:
    """`seen`: the version of the directory that the preview was made of."""
    return await _load(parts, chance, lambda: read(text), by, seen=seen)


async def edit(parts: Parts, chance: Chance, values: Mapping[str, Any], by: str, seen: int) -> Answer:
    """`values`: as the directory file would have them."""
    return await _load(parts, chance, lambda: directory_file.check(values, {}), by, seen=seen)


async def _load(
    parts: Parts,
    chance: Chance,
    file: Callable[[], DirectoryFile],
    by: str,
    *,
    dry: bool = False,
    seen: int | None = None,
) -> Answer:
    try:
        done = await loading.load(parts, file(), chance, by, dry=dry, seen=seen)
    except BadDirectory as error:
        return Wrong(error.problems)
    moved = seen is not None and not done.written and seen != done.version
    changed = list(_changes(done))
    return Outcome(changed, done.plan.outside, done.plan.warnings, done.version, done.written, moved)


def read(text: str) -> DirectoryFile:
    """A table, if its first line names columns; else a directory file. Or `BadDirectory`."""
    if len(text) > MOST:
        raise BadDirectory([Problem(1, "", f"longer than {MOST} characters")])
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    if "ref" in first.casefold().replace(";", ",").replace('"', "").split(",") or first.casefold().startswith("ref;"):
        return directory_csv.read(text)
    return directory_file.read(text)


def _changes(done: Planned) -> Iterator[Change]:
    plan, standing = done.plan, done.standing
    names = {client.id: client.name for client in (*standing.clients.values(), *plan.new_clients)}
    codes = {code.id: code for code in standing.codes.values()}
    for client in (*plan.new_clients, *plan.changed_clients):
        yield _change("client", client.name, client, standing.clients.get(client.ref))
    for new in plan.new_codes:
        change = _change("code", names.get(new.code.client, ""), new.code, None)
        yield Change(change.kind, change.name, True, change.fields, new.letters if new.made and done.written else "")
    for code in plan.changed_codes:
        yield _change("code", names.get(code.client, ""), code, codes.get(code.id))
    for worker in (*plan.new_workers, *plan.changed_workers):
        name = f"{worker.first_name} {worker.last_name}"
        yield _change("worker", name, worker, standing.workers.get(worker.ref))


def _change(kind: str, name: str, new: Client | Code | Worker, old: Client | Code | Worker | None) -> Change:
    shown = [each.name for each in fields(new) if each.name not in HIDDEN]
    pairs = [(field, getattr(old, field, None) if old else None, getattr(new, field)) for field in shown]
    told = [Field(field, before, after) for field, before, after in pairs if before != after]
    return Change(kind, name, old is None, [field for field in told if written(field.old) or written(field.new)])


def written(value: Any) -> str:  # noqa: PLR0911 - one line a kind
    """A value as the file has it."""
    match value:
        case None | () | "" | False:
            return ""
        case True:
            return "true"
        case Hours(days, start, end):
            weekdays = list(Weekday)
            return f"{' '.join(weekdays[day] for day in sorted(days))} {start:%H:%M}-{end:%H:%M}"
        case Closure(first, last):
            return f"{first} – {last}"
        case frozenset():
            return " ".join(sorted(map(str, value)))
        case tuple():
            return " | ".join(map(written, value)) if isinstance(value[0], Hours | Closure) else " ".join(value)
        case Mapping():
            return " | ".join(f"{language}: {words}" for language, words in sorted(value.items()))
    return str(value)
