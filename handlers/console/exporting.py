"""Bulk exports by two people (threat T24): one operator asks, with a reason, another one approves; who asked fetches
the file, once and soon. It is made while it is fetched and kept nowhere. Nothing else gives many people's data at once.

ask(parts, actor, form)             waits a week for its answer
answer(parts, id, actor, yes)       not by who asked
fetch(parts, id, actor, voice)      within a quarter of an hour from the yes; each person in it is noted
latest(parts), standing(row, now)   what was asked for, and how it stands
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, TypeAlias, get_args

from booking.authority import DeskActor, PersonDeed, may_about
from booking.messaging import cleaned
from booking.model import Appointment, Client, Person, PersonId
from booking.operating import may_judge
from conversations.text import Text, t
from handlers.figures.sheets import guarded
from handlers.parts import Parts
from locales.voice import Voice
from storage import audit, exports, figures, operators
from storage.booking import RowStore
from storage.db import Tx
from storage.exports import ExportRow, What

ANSWER_WITHIN: Final = timedelta(days=7)
FETCH_WITHIN: Final = timedelta(minutes=15)
LONGEST_PERIOD: Final = timedelta(days=366)
MOST: Final = 50_000  # rows of one file: a longer list is asked for in shorter periods
SHORTEST, LONGEST = 10, 300  # characters of a reason
SHOWN: Final = 50

Standing: TypeAlias = Literal["asked", "approved", "refused", "fetched", "lapsed"]
Cell: TypeAlias = str | datetime | Text

COLUMNS: Final[Mapping[What, tuple[Text, ...]]] = {
    "appointments": (
        t("console.export.id"),
        t("console.export.start"),
        t("console.export.status"),
        t("console.export.mode"),
        t("console.export.client"),
        t("console.export.worker"),
        t("console.export.person"),
        t("console.export.first_name"),
        t("console.export.last_name"),
    ),
    "people": (
        t("console.export.person"),
        t("console.export.first_name"),
        t("console.export.last_name"),
        t("console.export.phone"),
        t("console.export.email"),
        t("console.export.client"),
        t("console.export.language"),
    ),
    "deeds": (
        t("console.export.at"),
        t("console.export.actor"),
        t("console.export.action"),
        t("console.export.object"),
    ),
}


@dataclass(frozen=True, slots=True)
class NotExported:
    """Nothing was done. `what`, `why`, `period`: of the form; `nobody`: no such export; `already`: answered or fetched;
    `late`: its time is over; `own`: who asks does not answer; `not_yours`: who asked fetches it; `too_many`: rows.
    """

    reason: Literal["what", "why", "period", "nobody", "already", "late", "own", "not_yours", "too_many"]


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as it was filled in."""

    what: str = ""
    why: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """`names`: of operators, as the rows call them."""

    rows: Sequence[ExportRow]
    names: Mapping[str, str]


async def ask(parts: Parts, actor: str, form: Asked) -> ExportRow | NotExported:
    what, why = next((each for each in get_args(What) if each == form.what), None), cleaned(form.why)
    if what is None:
        return NotExported("what")
    if not SHORTEST <= len(why) <= LONGEST:
        return NotExported("why")
    if form.first is None or form.last is None or not timedelta() <= form.last - form.first < LONGEST_PERIOD:
        return NotExported("period")
    now = parts.clock()
    row = ExportRow(parts.new_id(), what, why, form.first, form.last, "asked", actor, now)
    async with parts.db.transaction() as tx:
        await exports.ask(tx, row)
        await _noted(tx, actor, "ask export", row.id, now)
    return row


async def answer(parts: Parts, id: str, actor: str, *, yes: bool) -> ExportRow | NotExported:
    now = parts.clock()
    async with parts.db.transaction() as tx:
        row = await exports.get(tx, id)
        if row is None:
            return NotExported("nobody")
        if not may_judge(actor, row.asked_by):
            return NotExported("own")
        if standing(row, now) != "asked":
            return NotExported("late" if row.status == "asked" else "already")
        if not await exports.answer(tx, id, "approved" if yes else "refused", actor, now):
            return NotExported("already")
        await _noted(tx, actor, "approve export" if yes else "refuse export", id, now)
        return await exports.get(tx, id) or row


async def fetch(parts: Parts, id: str, actor: str, voice: Voice) -> File | NotExported:
    """In one transaction with the mark that it was fetched: of two at once, one has it."""
    now = parts.clock()
    async with parts.db.transaction() as tx:
        row = await exports.get(tx, id)
        if row is None or row.asked_by != actor:
            return NotExported("nobody" if row is None else "not_yours")
        if (stands := standing(row, now)) != "approved":
            return NotExported("late" if stands == "lapsed" else "already")
        lines, people = await LINES[row.what](tx, parts, row)
        if len(lines) > MOST:
            return NotExported("too_many")
        if not await exports.fetched(tx, id, actor, now - FETCH_WITHIN, now):
            return NotExported("already")
        agreed = row.answered_by != actor  # by two, who are the proof here
        if not all(may_about(DeskActor(), PersonDeed.EXPORT, PersonId(each), proven=agreed) for each in people):
            return NotExported("own")
        await _noted(tx, actor, "fetch export", id, now)
        await audit.add_all(tx, actor, PersonDeed.EXPORT, [f"person:{each}" for each in people], now)
    name = f"{row.what}-{row.first}-{row.last}.csv"
    return File(name, comma_separated([COLUMNS[row.what], *lines], voice))


async def latest(parts: Parts) -> Listed:
    return Listed(await exports.latest(parts.db, SHOWN), await operators.called(parts.db))


def standing(row: ExportRow, now: datetime) -> Standing:
    """What nobody answered within its time, or nobody fetched, is over."""
    if row.status == "asked" and now - row.asked_at > ANSWER_WITHIN:
        return "lapsed"
    if row.status == "approved" and (row.answered_at is None or now - row.answered_at >= FETCH_WITHIN):
        return "lapsed"
    return row.status


def comma_separated(lines: Iterable[Sequence[Cell]], voice: Voice) -> bytes:
    """As `handlers/figures/sheets.py` writes tables: RFC 4180, UTF-8 with a mark, no text that becomes a formula (T14).
    Instants by the operator's clock, with its distance from UTC."""
    out = io.StringIO()
    written = csv.writer(out)
    for line in lines:
        written.writerow([guarded(_plain(cell, voice)) for cell in line])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


# ------------------------------------------------------------


def _plain(cell: Cell, voice: Voice) -> str:
    return voice(cell) if isinstance(cell, Text) else cell.isoformat() if isinstance(cell, datetime) else cell


async def _noted(tx: Tx, actor: str, action: str, id: str, now: datetime) -> None:
    await audit.add(tx, actor, action, f"export:{id}", now)


def _span(parts: Parts, row: ExportRow) -> tuple[datetime, datetime]:
    """Whole days of the operator's calendar."""
    until = row.last + timedelta(days=1)
    return datetime.combine(row.first, time(), parts.zone), datetime.combine(until, time(), parts.zone)


Lines: TypeAlias = tuple[list[tuple[Cell, ...]], Sequence[str]]


async def _appointments(tx: Tx, parts: Parts, row: ExportRow) -> Lines:
    """Without what they are about: that is for the worker."""
    found, people, clients = await _booked(tx, parts, row)
    directory = await RowStore(tx, parts.directories).directory()

    def line(one: Appointment) -> tuple[Cell, ...]:
        worker, person, client = directory.worker(one.worker), people.get(one.person), clients.get(one.client)
        return (
            one.id,
            one.start.astimezone(parts.zone),
            one.status,
            one.mode.value,
            client.ref if client else "",
            worker.ref if worker else "",
            one.person,
            person.first_name if person else "",
            person.last_name if person else "",
        )

    return [line(one) for one in found], sorted(people)


async def _people(tx: Tx, parts: Parts, row: ExportRow) -> Lines:
    """Who had an appointment in that time."""
    _, people, clients = await _booked(tx, parts, row)

    def line(one: Person) -> tuple[Cell, ...]:
        ref = clients[one.client].ref if one.client in clients else ""
        return (one.id, one.first_name, one.last_name, one.phone or "", one.email or "", ref, one.language)

    return [line(people[id]) for id in sorted(people)], sorted(people)


async def _booked(
    tx: Tx, parts: Parts, row: ExportRow
) -> tuple[list[Appointment], dict[str, Person], dict[str, Client]]:
    found = await exports.appointments(tx, *_span(parts, row), MOST + 1)
    people = await exports.people(tx, [one.person for one in found])
    return found, people, {client.id: client for client in await figures.clients(tx)}


async def _deeds(tx: Tx, parts: Parts, row: ExportRow) -> Lines:
    found = await exports.deeds(tx, *_span(parts, row), MOST + 1)
    return [(one.done_at.astimezone(parts.zone), one.actor, one.action, one.object) for one in found], ()


LINES: Final = {"appointments": _appointments, "people": _people, "deeds": _deeds}
