"""What the judge is given: what happened, what was said, and the reason on each row of what was not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from storage import oracle
from storage.db import Database
from storage.sql import marks
from tests.journeys.year.history import Change, Life
from tests.journeys.year.people import Person
from tests.journeys.year.phones import Said
from tests.journeys.year.staff import Worker

SOON: Final = timedelta(minutes=15)
_OUTBOX: Final = (
    "id, contact_id, channel, kind, answer, appointment_id, status, reason, created_at, possible_duplicate, changed_at"
)


@dataclass
class Files:
    """Rows gathered now and then, since their lifetimes are shorter than a year."""

    outbox: dict[str, dict[str, Any]] = field(default_factory=dict)
    timers: dict[int, dict[str, Any]] = field(default_factory=dict)
    unsound: list[str] = field(default_factory=list)
    sweeps: int = 0
    oracles: int = 0
    until: int = 0  # the highest outbox id that had come to rest

    async def filed(self, db: Database, fresh: Sequence[Said]) -> None:
        """Whether each of these was asked for, and what it was about."""
        ids = [int(said.outbox) for said in fresh]
        if ids:
            for row in await db.fetch(f"SELECT {_OUTBOX} FROM outbox WHERE id IN ({marks(len(ids))})", *ids):
                self._keep(row)

    def _keep(self, row: dict[str, Any]) -> None:
        self.outbox[str(row["id"])] = {
            **row,
            "answer": bool(row["answer"]),
            "possible_duplicate": bool(row["possible_duplicate"]),
        }

    async def sweep(self, db: Database, now: datetime, lives: Mapping[str, Life]) -> None:
        """Keep what became of each row, and find what waits although its time is over, or its hour is gone."""
        self.sweeps += 1
        # A row may change for as long as it may be resent or told of by a receipt: a few days.
        for row in await db.fetch(f"SELECT {_OUTBOX} FROM outbox WHERE created_at > ?", now - timedelta(days=20)):
            self._keep(row)
        for row in await db.fetch("SELECT id, kind, subject, status, reason, due_at, contact_id FROM timer"):
            self.timers[row["id"]] = row
            life = lives.get(row["subject"] or "")
            if row["status"] == "waiting" and life is not None and life.status in {"moved", "cancelled"}:
                self.unsound.append(
                    f"{now:%F %R} timer {row['id']} ({row['kind']}) waits for an hour that was {life.status}"
                )
        late = await db.fetch(
            "SELECT id, kind FROM outbox WHERE status IN ('queued', 'sending', 'unknown') "
            "AND (next_try_at < ? OR expires_at < ?)",
            now - SOON,
            now - SOON,
        )
        self.unsound += [f"{now:%F %R} outbox {row['id']} ({row['kind']}) waits past its time" for row in late]
        late = await db.fetch(
            "SELECT id, kind FROM timer WHERE status = 'waiting' AND (due_at < ? OR expires_at < ?)",
            now - 2 * SOON,
            now - SOON,
        )
        self.unsound += [f"{now:%F %R} timer {row['id']} ({row['kind']}) waits past its time" for row in late]
        for row in await db.fetch("SELECT id, kind, last_error FROM inbox WHERE status = 'parked'"):
            self.unsound.append(f"inbox {row['id']} ({row['kind']}) was set aside: {row['last_error']}")

    async def ask_oracle(self, db: Database, now: datetime) -> None:
        self.oracles += 1
        self.unsound += [f"{now:%F %R} {broken}" for broken in await oracle.judge(db, now)]


@dataclass
class Case:
    """One year, as it lies before the judge."""

    lives: Sequence[Life]
    changes: Sequence[Change]
    said: Sequence[Said]
    files: Files
    people: dict[str, Person]  # by contact
    workers: dict[str, Worker]  # by id
    ends: datetime
    alarms: Sequence[tuple[datetime, str, dict[str, str]]]  # what the desk was told: when, what, of which rows

    def __post_init__(self) -> None:
        self.heard: dict[tuple[str, str], list[Said]] = defaultdict(list)
        for said in self.said:
            self.heard[said.channel, said.address].append(said)
        self.by_address = {address: person for person in self.people.values() for address in person.addresses}
        self._reasons: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in self.files.timers.values():
            if row["reason"] is not None:
                self._reasons[row["subject"], row["kind"]].add(row["reason"])
        self._lives: dict[int, list[Life]] = defaultdict(list)
        self._hours: dict[str, list[Life]] = defaultdict(list)
        for life in self.lives:
            self._lives[self.people[life.contact].number].append(life)
            self._hours[self.worker(life).ref].append(life)
        self._rows = {life.id: life for life in self.lives}
        self._at_work = {address: worker for worker in self.workers.values() for address in worker.addresses}

    def on_screens(self, who: Person | Worker, since: datetime, until: datetime) -> list[Said]:
        """All that somebody was shown between two instants, on whichever of their telephones."""
        found = [said for address in who.addresses for said in self.heard.get(address, ()) if since <= said.at <= until]
        return sorted(found, key=lambda said: said.at)

    def reasons(self, subject: str, kind: str) -> set[str]:
        """What stands on the timers of an appointment, of a kind."""
        return self._reasons[subject, kind]

    def lives_of(self, who: Person | Worker) -> list[Life]:
        return self._lives[who.number] if isinstance(who, Person) else self._hours[who.ref]

    def whose(self, said: Said) -> Person | Worker | None:
        """Whose telephone or mailbox; of people, telephones alone."""
        address = said.channel, said.address
        return self.by_address.get(address) or self._at_work.get(address)

    def life(self, id: str) -> Life:
        return self._rows[id]

    def person(self, life: Life) -> Person:
        return self.people[life.contact]

    def worker(self, life: Life) -> Worker:
        return self.workers[life.worker]

    def rows_of(self, life: Life, kind: str = "") -> list[dict[str, Any]]:
        return [
            row
            for row in self.files.outbox.values()
            if row["appointment_id"] == life.id and not row["answer"] and (not kind or row["kind"] == kind)
        ]
