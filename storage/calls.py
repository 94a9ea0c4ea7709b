"""Calls of a worker to a person: one row an attempt. States only rise, whatever comes late or twice.

    asked → placed → ringing → answered → dialling → talking → ended
            unknown: Twilio's answer was lost; what it tells of the call still raises the row

`outcome` is set with 'ended'. `worker_left` may still be replaced, since the end of the person's leg is sometimes told
after the end of the worker's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from storage.db import Sql, Tx
from storage.sql import marks

State: TypeAlias = Literal["asked", "unknown", "placed", "ringing", "answered", "dialling", "talking", "ended"]
Outcome: TypeAlias = Literal[
    "not_placed",  # Twilio refused, or was not reached
    "worker_no_answer",
    "worker_busy",
    "worker_failed",
    "no_key",  # a voicemail, or the worker put the telephone down before pressing
    "worker_left",  # put down while the person's telephone rang
    "person_no_answer",
    "person_busy",
    "person_failed",
    "person_voicemail",  # so the worker says
    "talked",
]

STATES: Final[tuple[State, ...]] = (
    "asked",
    "unknown",
    "placed",
    "ringing",
    "answered",
    "dialling",
    "talking",
    "ended",
)
MISSED: Final[frozenset[Outcome]] = frozenset({"person_no_answer", "person_busy", "person_failed", "person_voicemail"})
BETTER: Final[frozenset[Outcome]] = MISSED | {"talked"}  # told of the person's own leg

_COLUMNS: Final = "id, appointment_id, attempt, status, outcome, provider_id, started_at, changed_at, ended_at, seconds"


@dataclass(frozen=True, slots=True)
class CallRow:
    id: str
    appointment_id: str
    attempt: int
    status: State
    outcome: Outcome | None
    provider_id: str | None
    started_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    seconds: int | None


async def add(tx: Tx, id: str, appointment: str, attempt: int, now: datetime) -> bool:
    """False: this attempt was made already; two taps are one call."""
    rows = await tx.fetch(
        "INSERT INTO call (id, appointment_id, attempt, status, started_at, changed_at) "
        "VALUES (?, ?, ?, 'asked', ?, ?) ON CONFLICT (appointment_id, attempt) DO NOTHING RETURNING id",
        id,
        appointment,
        attempt,
        now,
        now,
    )
    return bool(rows)


async def get(db: Sql, id: str) -> CallRow | None:
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM call WHERE id = ?", id)
    return CallRow(**rows[0]) if rows else None


async def of(db: Sql, appointment: str) -> list[CallRow]:
    """The latest first."""
    rows = await db.fetch(f"SELECT {_COLUMNS} FROM call WHERE appointment_id = ? ORDER BY attempt DESC", appointment)
    return [CallRow(**row) for row in rows]


async def rise(db: Sql, id: str, status: State, now: datetime, provider_id: str | None = None) -> bool:
    """To a higher state. False: it is there, or further. The provider's id is kept either way."""
    if provider_id is not None:
        await db.execute("UPDATE call SET provider_id = ? WHERE id = ? AND provider_id IS NULL", provider_id, id)
    lower = STATES[: STATES.index(status)]
    return bool(
        await db.execute(
            f"UPDATE call SET status = ?, changed_at = ? WHERE id = ? AND status IN ({marks(len(lower))})",
            status,
            now,
            id,
            *lower,
        )
    )


async def end(db: Sql, id: str, outcome: Outcome, now: datetime, seconds: int | None = None) -> bool:
    """Over, in this way. False: it was over before, and better known."""
    open_ = "status <> 'ended'" if outcome not in BETTER else "(status <> 'ended' OR outcome = 'worker_left')"
    return bool(
        await db.execute(
            "UPDATE call SET status = 'ended', outcome = ?, changed_at = ?, ended_at = COALESCE(ended_at, ?), "
            f"seconds = COALESCE(?, seconds) WHERE id = ? AND {open_}",
            outcome,
            now,
            now,
            seconds,
            id,
        )
    )


async def was_voicemail(db: Sql, id: str, now: datetime) -> bool:
    """The worker says that nobody was there. False: said before, or no such talk."""
    return bool(
        await db.execute(
            "UPDATE call SET outcome = 'person_voicemail', changed_at = ? WHERE id = ? AND outcome = 'talked'", now, id
        )
    )


async def missed(db: Sql, appointment: str) -> int:
    """How many calls did not reach the person."""
    rows = await db.fetch(
        f"SELECT count(*) AS n FROM call WHERE appointment_id = ? AND outcome IN ({marks(len(MISSED))})",
        appointment,
        *sorted(MISSED),
    )
    return int(rows[0]["n"])
