"""Rows of appointments, a part of `storage.booking.RowStore`. The motive is sealed: it says what somebody needs help
with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from booking.model import HOUR, Appointment, AppointmentId, Mode, Motive, PersonId, WorkerId
from storage.db import Sql
from storage.sql import Row, marks

_APPOINTMENT = (
    "id, series, version, person_id, client_id, worker_id, contact_id, motive, mode, start_at, status, late, made_at, "
    "ended_at, ended_by, confirmed_at"
)


class AppointmentRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def appointment(self, id: AppointmentId) -> Appointment | None:
        found = await self._appointments("id = ?", id)
        return found[0] if found else None

    async def locked(self, id: AppointmentId) -> Appointment | None:
        if self._tx.dialect == "postgres":  # SQLite has the only write lock already
            await self._tx.fetch("SELECT id FROM appointment WHERE id = ? FOR UPDATE", id)
        return await self.appointment(id)

    async def ended_late(self, worker: WorkerId, since: datetime) -> Sequence[Appointment]:
        return await self._appointments(
            "worker_id = ? AND late AND ended_at >= ? ORDER BY ended_at DESC, id DESC", worker, since
        )

    async def add_appointment(self, appointment: Appointment) -> None:
        await self._tx.execute(
            f"INSERT INTO appointment ({_APPOINTMENT}) VALUES ({marks(16)})",
            appointment.id,
            appointment.series,
            appointment.version,
            appointment.person,
            appointment.client,
            appointment.worker,
            appointment.contact,
            self._tx.vault.seal("appointment.motive", appointment.id, appointment.motive.value),
            appointment.mode.value,
            appointment.start,
            appointment.status,
            appointment.late,
            appointment.made_at,
            appointment.ended_at,
            appointment.ended_by,
            appointment.confirmed_at,
        )

    async def save_appointment(self, appointment: Appointment) -> None:
        """What may change of a booked hour: its mode, how it ended, and who has the news of it."""
        await self._tx.execute(
            "UPDATE appointment SET status = ?, late = ?, contact_id = ?, mode = ?, version = ?, ended_at = ?, "
            "ended_by = ?, confirmed_at = ? WHERE id = ?",
            appointment.status,
            appointment.late,
            appointment.contact,
            appointment.mode.value,
            appointment.version,
            appointment.ended_at,
            appointment.ended_by,
            appointment.confirmed_at,
            appointment.id,
        )

    async def upcoming(self, person: PersonId, now: datetime) -> Sequence[Appointment]:
        return await self._appointments(
            "person_id = ? AND status IN ('booked', 'done', 'missed') AND start_at > ? ORDER BY start_at, id",
            person,
            now - HOUR,
        )

    async def past(self, person: PersonId, now: datetime, limit: int) -> Sequence[Appointment]:
        return await self._appointments(
            "person_id = ? AND status IN ('booked', 'done', 'missed') AND start_at <= ? "
            "ORDER BY start_at DESC, id DESC LIMIT ?",
            person,
            now - HOUR,
            limit,
        )

    async def since(
        self, whose: PersonId | WorkerId, since: datetime, *, worker: bool = False
    ) -> Sequence[Appointment]:
        """All of somebody's that begin after an instant, whatever became of them."""
        column = "worker_id" if worker else "person_id"
        return await self._appointments(f"{column} = ? AND start_at > ? ORDER BY start_at, id", whose, since)

    async def series(self, id: AppointmentId) -> Sequence[Appointment]:
        return await self._appointments("series = ? ORDER BY version", id)

    async def ended(self, person: PersonId, since: datetime) -> Sequence[Appointment]:
        return await self._appointments(
            "person_id = ? AND ended_at >= ? ORDER BY ended_at DESC, version DESC, id DESC", person, since
        )

    async def agenda(self, worker: WorkerId, since: datetime, until: datetime) -> Sequence[Appointment]:
        return await self._appointments(
            "worker_id = ? AND status IN ('booked', 'done', 'missed') AND start_at >= ? AND start_at < ? "
            "ORDER BY start_at, id",
            worker,
            since,
            until,
        )

    async def _appointments(self, where: str, *args: object) -> list[Appointment]:
        rows = await self._tx.fetch(f"SELECT {_APPOINTMENT} FROM appointment WHERE {where}", *args)
        return [appointment_of(self._tx, row) for row in rows]


async def next_start(db: Sql, after: datetime) -> datetime | None:
    """When the next booked hour begins."""
    rows = await db.fetch(
        "SELECT min(start_at) AS start_at FROM appointment WHERE status = 'booked' AND start_at > ?", after
    )
    start: datetime | None = rows[0]["start_at"]
    return start


def appointment_of(db: Sql, row: Row) -> Appointment:
    return Appointment(
        id=row["id"],
        person=row["person_id"],
        client=row["client_id"],
        worker=row["worker_id"],
        motive=Motive(db.vault.read("appointment.motive", row["id"], row["motive"])),
        mode=Mode(row["mode"]),
        start=row["start_at"],
        contact=row["contact_id"],
        series=row["series"],
        version=row["version"],
        status=row["status"],
        late=bool(row["late"]),
        made_at=row["made_at"],
        ended_at=row["ended_at"],
        ended_by=row["ended_by"],
        confirmed_at=row["confirmed_at"],
    )
