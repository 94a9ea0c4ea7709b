"""Messages and reports of the store in memory, a part of `booking.memory.MemoryStore`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from booking.messages import Last, Message, MessageId, Report, Side
from booking.model import PersonId, WorkerId

if TYPE_CHECKING:
    from booking.memory import Rows


class MemoryMessages:
    """Needs nothing but the rows."""

    rows: Rows

    async def add_message(self, message: Message) -> None:
        self.rows.messages[message.id] = message

    async def messages(self, person: PersonId, worker: WorkerId, limit: int) -> Sequence[Message]:
        theirs = [m for m in self.rows.messages.values() if (m.person, m.worker) == (person, worker)]
        return sorted(theirs, key=_by_time, reverse=True)[:limit]

    async def unread_messages(self, reader: Side, id: str) -> Sequence[Message]:
        mine = [m for m in self.rows.messages.values() if m.author != reader and _of(reader, m) == id]
        return sorted((m for m in mine if m.read_at is None), key=_by_time)

    async def read_messages(self, ids: Sequence[MessageId], now: datetime) -> None:
        for id in ids:
            if (message := self.rows.messages[id]).read_at is None:
                self.rows.messages[id] = replace(message, read_at=now)

    async def last_messages(self, side: Side, id: str, since: datetime) -> Sequence[Last]:
        mine = [m for m in self.rows.messages.values() if _of(side, m) == id and m.written_at >= since]
        lasts: dict[tuple[PersonId, WorkerId], Last] = {}
        for m in sorted(mine, key=_by_time, reverse=True):
            lasts.setdefault((m.person, m.worker), Last(m.series, m.person, m.worker, m.author, m.written_at))
        return list(lasts.values())

    async def add_report(self, report: Report) -> None:
        self.rows.reports[report.id] = report

    async def reports(self, worker: WorkerId, person: PersonId) -> Sequence[Report]:
        made = [r for r in self.rows.reports.values() if (r.worker, r.person) == (worker, person)]
        return sorted(made, key=lambda r: (r.made_at, r.id), reverse=True)

    async def open_reports(self, person: PersonId) -> Sequence[Report]:
        waiting = [r for r in self.rows.reports.values() if r.person == person and r.settled_at is None]
        return sorted(waiting, key=lambda r: (r.made_at, r.id))

    async def save_report(self, report: Report) -> None:
        self.rows.reports[report.id] = report


def _of(side: Side, message: Message) -> str:
    return message.person if side == "person" else message.worker


def _by_time(message: Message) -> tuple[datetime, str]:
    return message.written_at, message.id
