"""What became of every appointment, seen from outside: its rows, looked at again after each turn. A difference is a
fact
with its instant, and with whoever was acting then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from storage.db import Database

HOUR: Final = timedelta(hours=1)


@dataclass
class Life:
    """One row of an appointment, from when it was first seen to when it was seen to have ended."""

    id: str
    series: str
    version: int
    person: str
    worker: str
    contact: str
    mode: str
    start: datetime
    made_at: datetime
    made_by: str
    status: str = "booked"
    late: bool = False
    ended_at: datetime | None = None
    ended_by: str = ""
    modes: list[tuple[datetime, str]] = field(default_factory=list)
    confirmed: list[datetime] = field(default_factory=list)

    def stood(self, at: datetime) -> bool:
        return self.made_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True, slots=True)
class Change:
    """A fact. `old` is the row that ended, `new` the one that stands now."""

    at: datetime
    kind: Literal["booked", "moved", "cancelled", "restored"]
    by: str  # person:3, worker:claire, desk, nobody
    old: Life | None
    new: Life | None


@dataclass
class History:
    lives: dict[str, Life] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    actor: str = "nobody"

    async def look(self, db: Database, now: datetime) -> None:
        """Rows of hours not long past; older ones only get their last word, done or missed."""
        rows = await db.fetch("SELECT * FROM appointment WHERE start_at > ? ORDER BY version, id", now - 72 * HOUR)
        fresh = [self._seen(row, now) for row in rows if row["id"] not in self.lives]
        made = {(life.series, life.version): life for life in fresh}
        taken = set()
        for row in rows:
            life = self.lives[row["id"]]
            self._noticed(life, row, now)
            if row["status"] == life.status:
                continue
            before, life.status, life.late = life.status, row["status"], bool(row["late"])
            if before == "booked" and life.status in {"moved", "cancelled"}:
                life.ended_at, life.ended_by = now, self.actor
                new = made.get((life.series, life.version + 1)) if life.status == "moved" else None
                if new is not None:
                    taken.add(new.id)
                self.changes.append(Change(now, life.status, self.actor, life, new))  # type: ignore[arg-type]
            elif life.status == "booked":
                life.ended_at = None
                self.changes.append(Change(now, "restored", self.actor, life, life))
        self.changes += [Change(now, "booked", self.actor, None, life) for life in fresh if life.id not in taken]

    def _seen(self, row: dict[str, Any], now: datetime) -> Life:
        life = Life(
            id=row["id"],
            series=row["series"],
            version=row["version"],
            person=row["person_id"],
            worker=row["worker_id"],
            contact=row["contact_id"],
            mode=row["mode"],
            start=row["start_at"],
            made_at=now,
            made_by=self.actor,
        )
        self.lives[life.id] = life
        return life

    def _noticed(self, life: Life, row: dict[str, Any], now: datetime) -> None:
        if row["mode"] != life.mode:
            life.modes.append((now, life.mode))
            life.mode = row["mode"]
        confirmed = row.get("confirmed_at")
        if confirmed is not None and (not life.confirmed or life.confirmed[-1] != confirmed):
            life.confirmed.append(confirmed)
