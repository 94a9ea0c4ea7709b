"""Securing an hour: the best free worker's, on every path alike; and setting a contact's own hold aside meanwhile.

The store's `take` is the only judge of what is free: it refuses a quarter of an hour that has an owner. What is
looked up before only saves attempts. An hour of 'any' worker gets the least loaded one of that week, among those who
speak the language if there are any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from booking.model import (
    HOUR,
    Appointment,
    AppointmentId,
    ContactId,
    Hold,
    HoldId,
    PersonId,
    Rules,
    Wish,
    Worker,
    WorkerId,
)
from booking.ports import BookingStore, Owner
from booking.search import Search


@dataclass(frozen=True, slots=True)
class Securing:
    store: BookingStore
    rules: Rules
    now: datetime

    async def secure(
        self, id: HoldId | AppointmentId, start: datetime, wish: Wish, kept: WorkerId | None, *owners: Owner
    ) -> Worker | None:
        """Take the hour for the best worker who is free: the one who kept it, one who speaks the language, any."""
        directory = await self.store.settled_directory()
        speaking, others = Search(directory, self.store, self.rules, self.now).candidates(wish, start)
        keeper = (speaking | others) & directory.bit(kept) if kept is not None else 0
        for mask in (keeper, speaking & ~keeper, others & ~keeper):
            for worker in await self._least_loaded(tuple(directory.chosen(mask)), start):
                if await self.store.take(id, [f"w:{worker.id}", *owners], start, self.now) is None:
                    return worker
        return None

    async def _least_loaded(self, workers: tuple[Worker, ...], start: datetime) -> list[Worker]:
        """Those who are free then, the least loaded in the week (of UTC, from Monday) first; ties by ref."""
        if not workers:
            return []
        ids = [worker.id for worker in workers]
        busy = {worker for worker, _ in await self.store.taken(start, start + HOUR, self.now, ids)}
        monday = datetime.combine(start.date() - timedelta(days=start.weekday()), time.min, UTC)
        free = [worker for worker in workers if worker.id not in busy]
        load = await self.store.load([worker.id for worker in free], monday, monday + timedelta(days=7), self.now)
        return sorted(free, key=lambda worker: (load.get(worker.id, 0), worker.ref))

    # ------------------------------------------------------------ the contact's hold

    async def put_aside(self, contact: ContactId) -> Hold | None:
        """Take the hold of a contact away, so that its own hour is not in the way."""
        await self.store.settled_directory()
        hold = await self.store.hold_of(contact)
        if hold is not None:
            await self.store.free(hold.id)
            await self.store.delete_hold(hold.id)
        return hold

    async def put_back(self, hold: Hold | None) -> None:
        """Undo it, within the same transaction. A lapsed one stays away."""
        if hold is None or hold.until <= self.now:
            return
        await self.store.take(hold.id, [f"w:{hold.worker}", f"c:{hold.contact}"], hold.start, self.now)
        await self.keep_for_person(hold)
        await self.store.save_hold(hold)

    async def keep_for_person(self, hold: Hold) -> None:
        """Where the contact has an account, no other of their channels may take the hour.

        Their own appointment may stand at that hour: they are about to move it, or `book` will say so.
        """
        person = await self.store.person_of(hold.contact)
        if person is not None:
            await self.store.take(hold.id, [f"p:{person.id}"], hold.start, self.now)

    # ------------------------------------------------------------ offers

    async def drop_offers(self, contact: ContactId, start: datetime, old: Appointment | None) -> list[Hold]:
        """What a choice of their own makes idle: offers for an hour that meets this one, or in place of `old`."""
        about = await self.store.offers_about(old.id) if old is not None else ()
        mine = {hold.id: hold for hold in (*await self.store.offers_of(contact), *about)}
        dropped = [hold for hold in mine.values() if hold in about or abs(hold.start - start) < HOUR]
        for hold in dropped:
            await self.drop(hold)
        return dropped

    async def drop(self, hold: Hold) -> None:
        await self.store.free(hold.id)
        await self.store.delete_hold(hold.id)

    async def restore(self, offers: Sequence[Hold], person: PersonId | None) -> None:
        """Undo it, within the same transaction. Lapsed ones stay away; the person's own hour may stand there."""
        for hold in offers:
            if hold.until > self.now:
                await self.store.take(hold.id, [f"w:{hold.worker}"], hold.start, self.now)
                owner = f"c:{hold.contact}" if person is None else f"p:{person}"
                await self.store.take(hold.id, [owner], hold.start, self.now)
                await self.store.save_hold(hold)


def kept_by(hold: Hold | None, start: datetime, named: WorkerId | None) -> WorkerId | None:
    """The worker of a hold, also a lapsed one, where it was for this very hour."""
    return hold.worker if hold is not None and hold.start == start and named in {None, hold.worker} else None
