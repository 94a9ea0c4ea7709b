"""Six years pass over some people and strangers: nothing goes early, nothing is over a day late, and of who is erased
or closed nothing is left, in any row, in the database's bytes or among the files (invariant I18; safety G11 to G14).

The judge goes by a table of its own, by what the rows said while they were there. In the gate the clock jumps to the
hours before and after each end; with `--many` it looks every day.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from booking.decisions import Ground
from booking.model import ContactId
from handlers import deciding
from handlers.acting import Acting
from handlers.documents.ending import end_documents
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.stores import Folder
from handlers.documents.taking import take
from handlers.privacy import closing, disputes, erasing
from storage import audit, contacts, oracle, purge
from storage.booking import RowStore
from storage.crypto import Vault
from storage.db import Database
from storage.holds import LegalHold
from storage.whose import WHOSE
from tests.guards import guards
from tests.handlers.documents import corpus
from tests.handlers.path import all_rows
from tests.handlers.path.erased import bytes_of, documents_in, everything
from tests.handlers.path.place import BOOKS, Place, furnished

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ANNA = "operator:anna"
NAMES: Final = {"closes": "Odile", "silent": "Firmin", "erased": "Ginette", "held": "Bastien", "active": "Solange"}
NUMBERS: Final = {who: f"+3363998004{n}" for n, who in enumerate(NAMES)}
STRANGER: Final = "+33639980049"


def years(at: datetime, count: int) -> datetime:
    """By the calendar; no test begins on 29 February."""
    return at.replace(year=at.year + count)


PROOFS: Final = {"warn", "hold", "release hold", "erase", "close account", "suspend"}
NAMED: Final = ("appointment_id", "contact_id")  # by which a row is somebody's
NOTED: Final = ("appointment", "ticket", "report", "decision", "document")
MATTER: Final = {"appointment", "message", "conversation"}
NAMING: Final = {table for table in WHOSE if "person_id" in all_rows.of(table)._meta.fields_map} - {"contact"}


def _known(row: dict[str, Any]) -> bool:
    return bool(row["person_id"] or row["worker_id"])


# What a row says of its own end: the table, the column that must be empty from then on (None: the row), when.
OWN: Final = (
    ("inbox", "body", lambda row: row["settled_at"] and row["settled_at"] + 2 * DAY),
    ("inbox", None, lambda row: row["settled_at"] and row["settled_at"] + 365 * DAY),
    ("outbox", "content", lambda row: row["changed_at"] + 7 * DAY),
    ("outbox", None, lambda row: row["changed_at"] + 365 * DAY),
    ("timer", None, lambda row: row["settled_at"] and row["settled_at"] + 30 * DAY),
    ("audit", None, lambda row: years(row["done_at"], 5) if row["action"] in PROOFS else row["done_at"] + 365 * DAY),
    ("decision", None, lambda row: years(row["decided_at"], 2)),
    ("proof", None, lambda row: row["made_at"] + 30 * DAY),
    ("email_proof", None, lambda row: row["made_at"] + 60 * DAY),
    ("data_copy", None, lambda row: row["made_at"] + 365 * DAY),
    ("call", None, lambda row: row["changed_at"] + 365 * DAY),
    ("ticket", "context", lambda row: row["closed_at"] and row["closed_at"] + 90 * DAY),
    ("ticket", None, lambda row: row["closed_at"] and row["closed_at"] + 365 * DAY),
    ("waiting", None, lambda row: row["ended_at"] and row["ended_at"] + 30 * DAY),
    ("refusal", None, lambda row: row["lapses_at"] + 30 * DAY),
    ("hold", None, lambda row: row["lapses_at"] + 7 * DAY),
    ("contact", None, lambda row: row["received"] and not _known(row) and row["last_inbound_at"] + 365 * DAY),
    ("feedback", "words", lambda row: years(datetime.combine(row["given_on"], time.max, UTC), 2)),
    ("archive", None, lambda row: years(row["closed_at"], 5)),
)


@dataclass
class Judged:
    """What was there when it was last looked, and when each person is to be gone."""

    place: Place
    ends: dict[str, datetime] = field(default_factory=dict)  # by person
    held: dict[str, datetime] = field(default_factory=dict)  # by person: until then nothing goes
    owners: dict[str, str] = field(default_factory=dict)  # contact or appointment -> person
    noted: dict[str, str] = field(default_factory=dict)  # as the audit trail calls what is somebody's -> person
    about: dict[tuple[str, str | None, str], str] = field(default_factory=dict)  # a row of the trail -> person
    matter: dict[str, datetime] = field(default_factory=dict)  # by person, where why they came goes before the account
    seen: dict[tuple[str, str | None, str], datetime] = field(default_factory=dict)  # what -> its own end
    whose: dict[tuple[str, str | None, str], str | None] = field(default_factory=dict)
    loose: set[object] = field(default_factory=set)  # said to workers, and last words: they go with whom they name
    workers: set[str] = field(default_factory=set)
    early: list[object] = field(default_factory=list)
    late: list[object] = field(default_factory=list)

    async def look(self) -> None:
        now, there = self.place.clock.now, set()
        await self._owners()
        for table, column, end in OWN:
            for row in await self.place.parts.db.fetch(f"SELECT * FROM {table}"):
                if not (at := end(row)) or (column is not None and row[column] is None):
                    continue
                what = (table, column, str(row["id"]))
                there.add(what)
                self.seen[what], self.whose[what] = at, self._person(row)
                if row.get("object") in self.noted:
                    self.about[what] = self.noted[row["object"]]
                if str(row.get("key", "")).startswith("erased:") or row.get("contact_id") in self.workers:
                    self.loose.add(what)
                held = self._held(what, at)
                due = min(held, self.ends.get(self.whose[what] or "", held))
                if due + DAY < now:
                    self.late.append((what, due, now))
        for what in self.seen.keys() - there:
            at = self._held(what, self.seen.pop(what))
            person = self.whose.pop(what)
            if what not in self.loose and now < min(at, self.ends.get(person or "", at)):
                self.early.append((what, at, now))
        for table in ("person", "conversation", *sorted(NAMING)):
            await self._people(table, now)

    async def _people(self, table: str, now: datetime) -> None:
        """Nobody's rows stay over their end, and nobody's account goes before it."""
        column = "id" if table == "person" else "contact_id" if table == "conversation" else "person_id"
        rows = await self.place.parts.db.fetch(f"SELECT {column} AS whose FROM {table}")
        there = {self.owners.get(row["whose"], row["whose"]) for row in rows}
        ends = self.ends | (self.matter if table in MATTER else {})
        self.late += [(table, who) for who, end in ends.items() if who in there and end + DAY < now]
        if table in {"person", "consent"}:
            self.early += [(table, who) for who, end in self.ends.items() if who not in there and now < end]

    async def _owners(self) -> None:
        for row in await self.place.parts.db.fetch("SELECT id, person_id FROM contact"):
            if row["person_id"] is not None:
                self.owners[row["id"]] = row["person_id"]
        rows = await self.place.parts.db.fetch("SELECT id FROM contact WHERE worker_id IS NOT NULL")
        self.workers = {row["id"] for row in rows}
        for row in await self.place.parts.db.fetch("SELECT id, person_id FROM appointment"):
            self.owners[row["id"]] = row["person_id"]
        self.noted |= {f"{kind}:{who}": who for who in self.held for kind in ("person", "archive")}
        for kind, table in (("talk", "contact"), *((each, each) for each in NOTED)):
            for row in await self.place.parts.db.fetch(f"SELECT id, person_id FROM {table}"):
                self.noted |= {f"{kind}:{row['id']}": row["person_id"]} if row["person_id"] else {}

    def _person(self, row: dict[str, Any]) -> str | None:
        of = [row.get("person_id"), *(self.owners.get(row.get(name) or "") for name in NAMED)]
        return next((each for each in of if each), None)

    def _held(self, what: tuple[str, str | None, str], at: datetime) -> datetime:
        """Who looked at them, too, is known as long."""
        return max(at, self.held.get(self.whose[what] or self.about.get(what, ""), at))


@pytest.fixture
async def place(sqlite_url: str, vault: Vault, tmp_path: Path) -> AsyncIterator[Place]:
    """On SQLite alone, whose file is read byte by byte."""
    db = await Database.open(sqlite_url, vault)
    made = await furnished(db)
    made.parts = replace(made.parts, documents=Keeping(Judge(), Folder(tmp_path / "papers")))
    yield made
    await db.close()


async def lives(place: Place) -> dict[str, str]:
    """Each has an hour, a message to the worker, a warning, and a row in every other table; ids by name."""
    people = {}
    for who, name in NAMES.items():
        typed = [text.replace("Camille", name).replace("camille", name.lower()) for text in BOOKS]
        await place.says("sms", NUMBERS[who], *typed, "message", f"canary de {name}")
        person = (await place.contact("sms", NUMBERS[who])).person_id
        assert person is not None, who
        people[who] = person
        await deciding.warn(place.parts, person, ANNA, Ground.OTHER, f"canary: un mot à {name}")
        await audit.add(place.parts.db, ANNA, "see", f"person:{person}", place.clock.now)
        await all_rows.fill(place, person, (await place.contact("sms", NUMBERS[who])).id, f"canary de {name}")
    await place.says("sms", STRANGER, "bonjour", "Hippolyte, canary")
    return people


async def sends_a_photo(place: Place, who: str) -> None:
    contact = (await place.contact("sms", NUMBERS[who])).id
    async with place.parts.db.transaction() as tx:
        row = await contacts.lock(tx, contact)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=row)
        found = await core.expect_document(ContactId(contact))
    assert place.parts.documents is not None
    await take(place.parts, place.parts.documents, found.document.id, corpus.photo())  # type: ignore[union-attr]


async def machines(place: Place) -> None:
    """What a worker's loops and the daily purge do."""
    await place.settle()
    await closing.look(place.parts)
    await erasing.look(place.parts)
    await end_documents(place.parts)
    await purge.purge(place.parts.db, place.clock.now)
    await place.settle()


def moments(start: datetime, known: list[datetime], *, daily: bool) -> Iterator[datetime]:
    """Each day; or an hour before each end, and an hour more than a day after it."""
    last = years(start, 6)
    if daily:
        found = {start + n * DAY for n in range(6 * 366)}
    else:
        spans = {start + span for span in (2 * DAY, 7 * DAY, 30 * DAY, 60 * DAY, 90 * DAY, 365 * DAY)}
        ends = spans | set(known) | {years(at, n) for at in known[:2] for n in (2, 5)}
        found = {at + around for at in ends for around in (-HOUR, 25 * HOUR)} | {last, *known}
    yield from sorted(at for at in found if start < at <= last)


@dataclass
class Plan:
    """What happens to each, and when it is to be gone."""

    place: Place
    people: dict[str, str]
    start: datetime
    hours: dict[str, datetime]  # by person, when theirs ends
    hold: str = ""
    done: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.closed, self.erased = self.start + 40 * DAY, self.start + 60 * DAY
        self.lifted = years(self.start, 3) + 10 * DAY
        self.silent = years(self.hours[self.people["silent"]], 2)
        self.speaks = self.start + 200 * DAY

    @property
    def known(self) -> list[datetime]:
        silent = (self.silent, self.silent - 30 * DAY, self.silent - 7 * DAY)
        held = (self.lifted, self.lifted + 23 * DAY, self.lifted + 30 * DAY)
        return [self.start, self.closed, self.erased, *silent, *held]

    def judge(self) -> Judged:
        """Who was held has their account for the month of the warnings, and nothing else of old."""
        ids = self.people
        return Judged(
            self.place,
            ends={
                ids["closes"]: self.closed,
                ids["erased"]: self.erased,
                ids["silent"]: self.silent,
                ids["held"]: self.lifted + 30 * DAY,
            },
            held={ids["held"]: self.lifted},
            matter={ids["held"]: self.lifted},
        )

    async def until(self, now: datetime) -> None:
        parts, ids = self.place.parts, self.people
        while self.speaks <= now:
            self.place.clock.now = self.speaks
            await self.place.says("sms", NUMBERS["active"], "mes rdv")
            self.speaks += 200 * DAY
        for what, at in (("close", self.closed), ("erase", self.erased), ("release", self.lifted)):
            if at > now or what in self.done:
                continue
            self.done.add(what)
            self.place.clock.now = at
            if what == "close":
                await closing.close(parts, ids["closes"], f"person:{ids['closes']}")
            elif what == "erase":
                await erasing.erase(parts, ids["erased"], f"person:{ids['erased']}")
            else:
                await disputes.release(parts, self.hold, ANNA)
        self.place.clock.now = now


@guards("G11", "G12", "G13", "G14", "G17")
async def test_six_years(place: Place, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    people, parts = await lives(place), place.parts
    for who in ("closes", "erased"):
        await sends_a_photo(place, who)
    hours = await parts.db.fetch("SELECT person_id, start_at FROM appointment")
    plan = Plan(place, people, place.clock.now, {row["person_id"]: row["start_at"] + HOUR for row in hours})
    review = (plan.start + 100 * DAY).date()
    hold = await disputes.hold(parts, people["held"], ANNA, "RG 26/00123", "canary: un litige", review)
    assert isinstance(hold, LegalHold)
    plan.hold, judged = hold.id, plan.judge()
    for now in moments(plan.start, plan.known, daily=request.config.getoption("--many")):
        await plan.until(now)
        await machines(place)
        await judged.look()
        assert (judged.early, judged.late) == ([], []), now
    assert {row["id"] for row in await parts.db.fetch("SELECT id FROM person")} == {people["active"]}
    assert await residue(parts.db) == {"Firmin", NUMBERS["silent"], "Bastien", NUMBERS["held"]}, "the archive's"
    assert await asyncio.to_thread(documents_in, tmp_path / "papers") == []
    assert [each for each in await oracle.judge(parts.db, place.clock.now) if "(I18)" in each.rule] == []


async def residue(db: Database) -> set[str]:
    """Of those who are gone, in any value of any row, opened; in the file's bytes nobody's at all."""
    texts = [text for rows in (await everything(db)).values() for text in rows]
    assert {text for text in texts if "canary" in text} == {"canary de Solange"}, "what the active one wrote"
    raw = await bytes_of(db)
    assert not any(word.encode() in raw for word in (*NAMES.values(), "canary", "Hippolyte"))
    gone = {*NAMES.values(), *NUMBERS.values(), "Hippolyte", STRANGER} - {"Solange", NUMBERS["active"]}
    return {word for word in gone if any(word.removeprefix("+") in text for text in texts)}
