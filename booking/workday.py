"""A worker's day, and how the people of that day found it: the next appointment, which notices they want, feedback."""

from __future__ import annotations

from datetime import datetime

from booking.events import Event, NoticesChosen, NoticesTried
from booking.model import HOUR, AppointmentId, Feedback, NoticeLevel, Rules, WorkerId
from booking.ports import AgendaEntry, BookingStore


class Workday:
    """Use cases of `core.Booking`."""

    _store: BookingStore
    _rules: Rules
    _now: datetime
    events: list[Event]

    async def entry(self, id: AppointmentId, worker: WorkerId) -> AgendaEntry | None:
        """One of theirs, whatever became of it."""
        found = await self._store.appointment(id)
        if found is None or found.worker != worker:
            return None
        person = await self._store.person(found.person)
        return AgendaEntry(found, person.first_name if person else "")

    async def next_of(self, worker: WorkerId) -> AgendaEntry | None:
        """The one under way, too: the link is still of use."""
        coming = await self._store.agenda(worker, self._now - HOUR, self._now + self._rules.horizon + HOUR)
        found = next((a for a in coming if a.end > self._now and a.status != "missed"), None)
        if found is None:
            return None
        return await self.entry(found.id, worker)

    async def notices(self, worker: WorkerId) -> NoticeLevel:
        return await self._store.notices(worker)

    async def set_notices(self, worker: WorkerId, level: NoticeLevel) -> None:
        await self._store.save_notices(worker, level)
        self.events.append(NoticesChosen(worker, level))

    async def try_notices(self, worker: WorkerId) -> None:
        self.events.append(NoticesTried(worker))

    async def give_feedback(self, feedback: Feedback) -> None:
        """Given again with the same id, it is the words that are added."""
        await self._store.save_feedback(feedback)
