"""Rows of the waiting list, a part of `storage.booking.RowStore`. The wish is sealed: it holds what somebody needs help
with.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from booking.model import AppointmentId, ContactId, Mode, Motive, PersonId, Waiting, WaitingId, Wish, WorkerId
from storage.db import Sql
from storage.sql import Row, marks

_WAITING = "id, contact_id, person_id, wish, since_at, offers, offered_at, status, ended_at"
_OPEN = "status IN ('waiting', 'offered')"


class WaitingRows:
    """Needs nothing but the transaction."""

    _tx: Sql

    async def waiting(self, id: WaitingId) -> Waiting | None:
        return next(iter(await self._waiting("id = ?", id)), None)

    async def waiting_of(self, contact: ContactId, person: PersonId | None) -> Waiting | None:
        found = await self._waiting(f"{_OPEN} AND (contact_id = ? OR person_id = ?) ORDER BY since_at", contact, person)
        return next(iter(found), None)

    async def waiting_list(self) -> Sequence[Waiting]:
        return await self._waiting(f"{_OPEN} ORDER BY since_at, id")

    async def save_waiting(self, waiting: Waiting) -> None:
        await self._tx.execute(
            f"INSERT INTO waiting ({_WAITING}) VALUES ({marks(9)}) ON CONFLICT (id) DO UPDATE SET "
            "contact_id = excluded.contact_id, person_id = excluded.person_id, wish = excluded.wish, "
            "offers = excluded.offers, offered_at = excluded.offered_at, status = excluded.status, "
            "ended_at = excluded.ended_at",
            waiting.id,
            waiting.contact,
            waiting.person,
            self._tx.vault.seal("waiting.wish", waiting.id, json.dumps(_to_json(waiting))),
            waiting.since,
            waiting.offers,
            waiting.offered_at,
            waiting.status,
            waiting.ended_at,
        )

    async def _waiting(self, where: str, *args: object) -> list[Waiting]:
        rows = await self._tx.fetch(f"SELECT {_WAITING} FROM waiting WHERE {where}", *args)
        return [_waiting_of(self._tx, row) for row in rows]


def _waiting_of(db: Sql, row: Row) -> Waiting:
    kept = json.loads(db.vault.read("waiting.wish", row["id"], row["wish"]))
    return Waiting(
        id=row["id"],
        contact=row["contact_id"],
        person=row["person_id"],
        wish=_wish(kept["wish"]),
        since=row["since_at"],
        offers=row["offers"],
        offered_at=row["offered_at"],
        offered=tuple(datetime.fromisoformat(start) for start in kept["offered"]),
        moves=AppointmentId(kept["moves"]) if kept["moves"] else None,
        status=row["status"],
        ended_at=row["ended_at"],
    )


def _to_json(waiting: Waiting) -> dict[str, Any]:
    """`{"wish": {...}, "offered": ["2026-03-03T08:00:00+00:00"], "moves": null}`: all that says something of them."""
    wish = waiting.wish
    return {
        "wish": {
            "motive": wish.motive,
            "mode": wish.mode,
            "worker": wish.worker,
            "language": wish.language,
            "days": [day.isoformat() for day in wish.days],
            "from": wish.earliest and wish.earliest.isoformat(),
            "to": wish.latest and wish.latest.isoformat(),
            "before": wish.before and wish.before.isoformat(),
            "zone": wish.zone,
        },
        "offered": [start.isoformat() for start in waiting.offered],
        "moves": waiting.moves,
    }


def _wish(kept: dict[str, Any]) -> Wish:
    return Wish(
        motive=Motive(kept["motive"]) if kept["motive"] else None,
        mode=Mode(kept["mode"]) if kept["mode"] else None,
        worker=WorkerId(kept["worker"]) if kept["worker"] else None,
        language=kept["language"],
        days=tuple(date.fromisoformat(day) for day in kept["days"]),
        earliest=time.fromisoformat(kept["from"]) if kept["from"] else None,
        latest=time.fromisoformat(kept["to"]) if kept["to"] else None,
        before=datetime.fromisoformat(kept["before"]) if kept["before"] else None,
        zone=kept["zone"],
    )
