"""Article 5.2 of the terms: after a late cancellation a worker may refuse further requests of this person for a while.

It binds this worker and this person only: the worker's hours are not offered to them, and nobody else is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from booking.model import Appointment, AppointmentId, PersonId, Refusal, Rules, Wish, WorkerId
from booking.ports import BookingStore, NothingLate, Refusable

REMEMBERED: Final = timedelta(days=14)  # so long after a late cancellation a worker may still refuse


async def without_refusing(store: BookingStore, wish: Wish, person: PersonId | None, now: datetime) -> Wish:
    """The wish, less the workers who refuse this person."""
    if person is None:
        return wish
    refusing = {refusal.worker for refusal in await store.refusals(person, now)}
    return replace(wish, without=wish.without | refusing) if refusing else wish


class Refusing:
    def __init__(self, store: BookingStore, rules: Rules, now: datetime, new_id: Callable[[], str]) -> None:
        self.store = store
        self.rules = rules
        self.now = now
        self.new_id = new_id

    async def refusable(self, worker: WorkerId) -> Sequence[Refusable]:
        """The late ends that this worker has not answered yet, the latest first; one of each person."""
        answered = {(r.person, r.appointment) for r in await self.store.refusals_by(worker, self.now - REMEMBERED)}
        found: dict[PersonId, Refusable] = {}
        for appointment in await self.store.ended_late(worker, self.now - REMEMBERED):
            if appointment.person not in found and (appointment.person, appointment.id) not in answered:
                name = await self._name(appointment.person)
                found[appointment.person] = Refusable(appointment, name, self.now + self.rules.refusal_time)
        return tuple(found.values())

    async def in_force(self, worker: WorkerId) -> Sequence[tuple[Refusal, str]]:
        """With the person's first name; the latest first."""
        made = await self.store.refusals_by(worker, self.now - self.rules.refusal_time)
        return [(r, await self._name(r.person)) for r in made if r.waived_at is None and r.lapses_at > self.now]

    async def refuse(self, id: AppointmentId) -> Refusal | NothingLate:
        return await self._answer(id, waived=False)

    async def accept_again(self, id: AppointmentId) -> Refusal | NothingLate:
        """They may come again: said at once, so it is not asked for any more."""
        return await self._answer(id, waived=True)

    async def _answer(self, id: AppointmentId, *, waived: bool) -> Refusal | NothingLate:
        appointment = await self.store.appointment(id)
        if appointment is None or not _may_be_refused(appointment, self.now):
            return NothingLate()
        made = await self.store.refusals_by(appointment.worker, self.now - self.rules.refusal_time)
        before = next((r for r in made if r.appointment == id), None)
        refusal = before or Refusal(
            id=self.new_id(),
            worker=appointment.worker,
            person=appointment.person,
            appointment=id,
            refused_at=self.now,
            lapses_at=self.now + self.rules.refusal_time,
        )
        refusal = replace(refusal, waived_at=self.now if waived else None)
        await self.store.save_refusal(refusal)
        return refusal

    async def waive(self, worker: WorkerId, id: str) -> bool:
        """False: it is not theirs, or not in force any more."""
        for refusal, _ in await self.in_force(worker):
            if refusal.id == id:
                await self.store.save_refusal(replace(refusal, waived_at=self.now))
                return True
        return False

    async def _name(self, person: PersonId) -> str:
        found = await self.store.person(person)
        return found.first_name if found else ""


def _may_be_refused(appointment: Appointment, now: datetime) -> bool:
    ended = appointment.ended_at
    return appointment.late and ended is not None and now - ended <= REMEMBERED
