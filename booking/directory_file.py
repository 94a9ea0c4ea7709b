"""The directory file: clients, codes, workers and hours in TOML, parsed and checked whole before anything is loaded.

Every problem is reported together, with line, field and reason. What is absent stays as it is (`given` tells what was
there); so a file need not repeat what nobody changed, but a client or worker that it names has all its required fields.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Any

from booking import codes
from booking.calendar import minutes
from booking.fields import Problem, Table
from booking.model import Client, ClientId, ClientKind, Closure, Hours, Mode, Motive, NotifyBy, Worker, WorkerId
from booking.toml_lines import Path, lines_of

WEEK = 7 * 24 * 60


class Weekday(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class BadDirectory(Exception):
    """The file cannot be loaded. Its text names no value of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems in the directory file")
        self.problems = tuple(sorted(problems))


@dataclass(frozen=True, slots=True)
class CodeEntry:
    letters: str
    normal: str
    valid_from: date | None
    valid_until: date | None
    max_accounts: int | None
    given: frozenset[str]
    line: int


@dataclass(frozen=True, slots=True)
class ClientEntry:
    client: Client
    codes: tuple[CodeEntry, ...]
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class WorkerEntry:
    worker: Worker
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    clients: tuple[ClientEntry, ...]
    workers: tuple[WorkerEntry, ...]
    warnings: tuple[Problem, ...]  # codes that are easily guessed


def read(text: str) -> DirectoryFile:
    """Or `BadDirectory`."""
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadDirectory([_syntax(text, str(error))]) from None
    return check(values, lines_of(text))


def check(values: Mapping[str, Any], lines: Mapping[Path, int]) -> DirectoryFile:
    """The same of what was read otherwise, as the file would have it. Or `BadDirectory`."""
    problems: list[Problem] = []
    warnings: list[Problem] = []
    top = Table(values, (), lines, problems)
    clients: tuple[ClientEntry, ...] = top.tables("client", lambda table: _client(table, warnings))
    workers: tuple[WorkerEntry, ...] = top.tables("worker", _worker)
    top.refuse_unknown()
    problems += _twice(top, "client", [entry.client.ref for entry in clients])
    problems += _twice(top, "worker", [entry.worker.ref for entry in workers])
    problems += _collisions(clients)
    if problems:
        raise BadDirectory(problems)
    return DirectoryFile(clients, workers, tuple(sorted(warnings)))


def _syntax(text: str, message: str) -> Problem:
    """`tomllib` ends its messages with '(at line 2, column 4)' or '(at end of document)'."""
    at = re.search(r" \(at line (\d+), column \d+\)$", message)
    line = int(at[1]) if at else text.count("\n") + 1
    return Problem(line, "", "not TOML: " + re.sub(r" \(at [^()]*\)$", "", message))


# ------------------------------------------------------------ clients


def _client(table: Table, warnings: list[Problem]) -> ClientEntry:
    ref = table.ref("ref")
    client = Client(
        id=ClientId(ref),
        ref=ref,
        name=table.text("name"),
        kind=table.choice("kind", ClientKind),
        suspended=table.flag("suspended"),
    )
    entries: tuple[CodeEntry, ...] = table.tables("code", lambda code: _code(code, client, warnings))
    return ClientEntry(client, entries, table.given)


def _code(table: Table, client: Client, warnings: list[Problem]) -> CodeEntry:
    letters = table.text("code")
    normal = codes.normal(letters)
    if letters and normal is None:
        table.wrong("code", f"must be made of letters A-Z, digits and dashes, at most {codes.LONGEST}")
    elif letters and codes.is_weak(letters, client.name, client.ref):
        warnings.append(table.problem("code", "easily guessed: better let `load` make one"))
    valid_from, valid_until = table.day("valid_from"), table.day("valid_until")
    if valid_from and valid_until and valid_until < valid_from:
        table.wrong("valid_until", "is before valid_from")
    return CodeEntry(
        letters, normal or "", valid_from, valid_until, table.count("max_accounts"), table.given, table.line_of("code")
    )


def _twice(top: Table, kind: str, refs: Sequence[str]) -> list[Problem]:
    return [
        Problem(top.line_of(kind, number, "ref"), f"{kind}.ref", "is used by another one before")
        for number, ref in enumerate(refs)
        if ref and ref in refs[:number]
    ]


def _collisions(clients: Sequence[ClientEntry]) -> list[Problem]:
    """Codes that read alike once typed (O as 0, I and L as 1): nobody could tell whose they are."""
    problems, first_line = [], dict[str, int]()
    for code in (code for entry in clients for code in entry.codes if code.normal):
        if code.normal in first_line:
            reason = f"cannot be told from the code of line {first_line[code.normal]}"
            problems.append(Problem(code.line, "client.code.code", reason))
        first_line.setdefault(code.normal, code.line)
    return problems


# ------------------------------------------------------------ workers


def _worker(table: Table) -> WorkerEntry:
    ref = table.ref("ref")
    worker = Worker(
        id=WorkerId(ref),
        ref=ref,
        first_name=table.text("first_name"),
        last_name=table.text("last_name"),
        phone=table.phone("phone"),
        email=table.email("email"),
        notify_by=table.choice("notify_by", NotifyBy),
        motives=table.choices("motives", Motive),
        modes=table.choices("modes", Mode),
        languages=table.languages("languages"),
        hours=table.tables("hours", _hours),
        closed=table.tables("closed", _closure),
        time_zone=table.zone("time_zone", "Europe/Paris"),
        address=table.text("address", required=False),
        works_on_holidays=table.flag("works_on_holidays"),
        suspended=table.flag("suspended"),
        bio=table.words("bio"),
    )
    if Mode.IN_PERSON in worker.modes and not worker.address:
        table.wrong("address", "is required with in_person")
    if _overlap(worker.hours):
        table.wrong("hours", "overlap each other")
    return WorkerEntry(worker, table.given)


def _hours(table: Table) -> Hours:
    weekdays = list(Weekday)
    days = frozenset(weekdays.index(day) for day in table.choices("days", Weekday))
    hours = Hours(days, table.clock("from"), table.clock("to"))
    begin, end = minutes(hours)
    if {"from", "to"} <= table.given and end - begin < 60:
        table.wrong("to", "is less than one hour after from")
    return hours


def _closure(table: Table) -> Closure:
    first, last = table.day("from", required=True), table.day("to", required=True)
    if first and last and last < first:
        table.wrong("to", "is before from")
    return Closure(first or date.min, last or date.max)


def _overlap(hours: Sequence[Hours]) -> bool:
    """Whether two blocks of a week share a minute; Sunday night runs into Monday."""
    blocks = [
        (day * 24 * 60 + begin, day * 24 * 60 + end)
        for block in hours
        for begin, end in [minutes(block)]
        for day in block.days
    ]
    return any(
        one[0] < two[1] + turn and two[0] + turn < one[1]
        for one, two in combinations(blocks, 2)
        for turn in (-WEEK, 0, WEEK)
    )
