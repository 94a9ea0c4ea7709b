"""What became of every appointment, seen from outside: its rows, looked at again after each turn. A difference is a
fact
with its instant.
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
    status: str = "booked"
    late: bool = False
    ended_at: datetime | None = None
    modes: list[tuple[datetime, str]] = field(default_factory=list)
    confirmed: list[datetime] = field(default_factory=list)

    def stood(self, at: datetime) -> bool:
        return self.made_at <= at and (self.ended_at is None or at < self.ended_at)


@dataclass(frozen=True, slots=True)
class Change:
    """A fact. `old` is the row that ended, `new` the one that stands now."""

    at: datetime
    kind: Literal["booked", "moved", "cancelled", "restored"]
    by: str  # person, worker, desk
    old: Life | None
    new: Life | None


@dataclass
class History:
    lives: dict[str, Life] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    actor: str = ""  # who is doing something right now: person, worker, desk
    wrong: list[str] = field(default_factory=list)

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
                life.ended_at = now
                new = made.get((life.series, life.version + 1)) if life.status == "moved" else None
                if new is not None:
                    taken.add(new.id)
                self.changes.append(Change(now, life.status, self._who(row), life, new))  # type: ignore[arg-type]
        for life in fresh:
            earlier = next((old for old in self.lives.values() if _next_is(old, life)), None)
            if life.id not in taken:
                # After a worker's cancellation the series goes on with another hour: that is a booking.
                back = earlier is not None and (earlier.start, earlier.worker) == (life.start, life.worker)
                self.changes.append(Change(now, "restored" if back else "booked", "person", None, life))

    def _who(self, row: dict[str, Any]) -> str:
        """As the row says; and if we know who was acting, it must have been them. A worker only ever proposes to move:
        it was their wish, as the row says, but the person's yes has done it.
        """
        told: str = "person" if row["status"] == "moved" and row["ended_by"] == "worker" else row["ended_by"]
        if self.actor and self.actor != told:
            self.wrong.append(f"a row says that the {told} ended it, but it was the {self.actor}")
        return told

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


def _next_is(old: Life, new: Life) -> bool:
    return (old.series, old.version + 1) == (new.series, new.version)
