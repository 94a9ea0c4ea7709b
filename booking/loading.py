"""What loading a directory file would change, worked out before anything is written: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, TypeVar

from booking import codes
from booking.calendar import IsHoliday
from booking.directory_file import BadDirectory, ClientEntry, CodeEntry, DirectoryFile
from booking.fields import Problem
from booking.holidays import is_holiday as public_holiday
from booking.model import Appointment, Client, Code, CodeId, Worker
from booking.timetable import Timetable

T = TypeVar("T", Client, Code, Worker)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in the database: clients and workers by ref, codes by their normal form, live appointments to come."""

    clients: Mapping[str, Client]
    codes: Mapping[str, Code]
    workers: Mapping[str, Worker]
    appointments: Sequence[Appointment] = ()


@dataclass(frozen=True, slots=True)
class NewCode:
    code: Code
    letters: str
    made: bool = False  # by us: to be printed, it is written nowhere else


@dataclass(frozen=True, slots=True)
class Plan:
    new_clients: tuple[Client, ...]
    changed_clients: tuple[Client, ...]
    new_codes: tuple[NewCode, ...]
    changed_codes: tuple[Code, ...]
    new_workers: tuple[Worker, ...]
    changed_workers: tuple[Worker, ...]
    outside: tuple[Appointment, ...]  # fall outside the new hours; they are kept
    warnings: tuple[Problem, ...]


def plan(
    file: DirectoryFile,
    standing: Standing,
    now: datetime,
    new_id: Callable[[], str],
    random_bytes: Callable[[int], bytes],
    is_holiday: IsHoliday = public_holiday,
) -> Plan:
    """Or `BadDirectory`, when a code of the file cannot be told from the code of another client that stands."""
    clients = [_merged(e.client, standing.clients.get(e.client.ref), e.given) for e in file.clients]
    workers = [_merged(e.worker, standing.workers.get(e.worker.ref), e.given) for e in file.workers]
    foreign = [
        Problem(code.line, "client.code.code", "cannot be told from the code of another client")
        for entry, client in zip(file.clients, clients, strict=True)
        for code in entry.codes
        if code.normal in standing.codes and standing.codes[code.normal].client != client.id
    ]
    if foreign:
        raise BadDirectory(foreign)
    given = [
        _code(code, client, standing, new_id)
        for e, client in zip(file.clients, clients, strict=True)
        for code in e.codes
    ]
    taken = {*standing.codes, *(code.normal for e in file.clients for code in e.codes)}
    made = [
        _make(client, taken, new_id, random_bytes)
        for entry, client in zip(file.clients, clients, strict=True)
        if _has_none(entry, client, standing)
    ]
    return Plan(
        new_clients=tuple(client for client in clients if client.ref not in standing.clients),
        changed_clients=tuple(client for client in clients if _changes(client, standing.clients.get(client.ref))),
        new_codes=(*(new for new, old in given if old is None), *made),
        changed_codes=tuple(new.code for new, old in given if _changes(new.code, old)),
        new_workers=tuple(worker for worker in workers if worker.ref not in standing.workers),
        changed_workers=tuple(worker for worker in workers if _changes(worker, standing.workers.get(worker.ref))),
        outside=_outside(workers, standing.appointments, now, is_holiday),
        warnings=file.warnings,
    )


def _merged(entry: T, old: T | None, given: frozenset[str]) -> T:
    """The entry with its standing id, and with the standing value of each field that the file does not name."""
    if old is None:
        return entry
    kept: dict[str, Any] = {f.name: getattr(old, f.name) for f in fields(entry) if f.name not in given}
    return replace(entry, **kept)


def _changes(new: T, old: T | None) -> bool:
    return old is not None and new != old


def _code(
    entry: CodeEntry, client: Client, standing: Standing, new_id: Callable[[], str]
) -> tuple[NewCode, Code | None]:
    old = standing.codes.get(entry.normal)
    code = Code(old.id if old else CodeId(new_id()), client.id, entry.valid_from, entry.valid_until, entry.max_accounts)
    return NewCode(_merged(code, old, entry.given), entry.letters), old


def _has_none(entry: ClientEntry, client: Client, standing: Standing) -> bool:
    return not entry.codes and all(code.client != client.id for code in standing.codes.values())


def _make(client: Client, taken: set[str], new_id: Callable[[], str], random_bytes: Callable[[int], bytes]) -> NewCode:
    """A fresh code that reads like no other; drawn again when chance made a pattern of it."""
    while True:
        letters = codes.make(client.ref, random_bytes(codes.RANDOM_BYTES))
        normal = codes.normal(letters) or ""
        if normal not in taken and not codes.is_weak(letters, client.name, client.ref):
            taken.add(normal)
            return NewCode(Code(CodeId(new_id()), client.id), letters, made=True)


def _outside(
    workers: Sequence[Worker], appointments: Sequence[Appointment], now: datetime, is_holiday: IsHoliday
) -> tuple[Appointment, ...]:
    """What the worker opened counts; what they closed, or do at that hour, they were told of then."""
    opened = [replace(w, spans=tuple(span for span in w.spans if span.kind == "open")) for w in workers]
    timetable = Timetable(opened, is_holiday)
    bits = {worker.id: 1 << number for number, worker in enumerate(workers)}
    return tuple(
        appointment
        for appointment in sorted(appointments, key=lambda a: (a.start, a.id))
        if appointment.start > now
        and (bit := bits.get(appointment.worker))
        and not timetable.at(appointment.start) & bit
    )
