"""A further hour with the same person, which their worker proposes: about the same matter, in the same way. It is kept
for the person (`booking.offering`) and is an appointment of its own once they say yes.

Of whom: somebody whom the worker met within 30 days or will meet (`policy.is_offerable`). The hour that they had or
will have together says about what and how, and stands as it is: a proposal to move it is another thing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from booking import policy
from booking.agreeing import agreed, keep
from booking.events import AppointmentBooked, Event, FurtherProposed, OffersTaken
from booking.model import (
    Appointment,
    AppointmentId,
    Consent,
    ContactId,
    Hold,
    Person,
    Rules,
    SlotId,
    Wish,
    about_further,
    read_slot_id,
    slot_id,
)
from booking.offering import Offering
from booking.ports import AlreadyOver, Booked, BookingStore, Offered, Refused, SlotGone


class Further:
    def __init__(
        self,
        store: BookingStore,
        rules: Rules,
        now: datetime,
        new_id: Callable[[], str],
        events: list[Event],
        offering: Offering,
    ) -> None:
        self.store = store
        self.rules = rules
        self.now = now
        self.new_id = new_id
        self.events = events
        self._offering = offering

    async def propose(self, id: AppointmentId, start: datetime) -> Offered | SlotGone | Refused | AlreadyOver:
        """One at a time: the newest counts. Nobody is asked for an hour that they could not take."""
        met = await self.store.locked(id)
        person = await self.store.person(met.person) if met else None
        if met is None or person is None or not policy.is_offerable("further", met, self.now):
            return AlreadyOver()
        if (refused := await self._refused(person)) is not None:
            return refused
        kept = await self._offering.put_aside(about_further(id))
        made = await self._offer(met, met.contact, start)
        worker = (await self.store.directory()).worker(met.worker)
        if not isinstance(made, Hold) or worker is None:
            await self._offering.put_back(kept, met.person)
            return SlotGone()
        self.events.append(FurtherProposed(met, slot_id(start, met.worker), made.until, worker.closes(start)))
        return Offered(made, worker)

    async def kept(self, id: AppointmentId, slot: SlotId, contact: ContactId) -> Hold | None:
        """What is kept for them; what lapsed is taken again while the worker's published hours have it free."""
        live = [offer.hold for offer in await self._offering.offered(about_further(id))]
        found = next((hold for hold in live if slot_id(hold.start, hold.worker) == slot), None)
        met, read = await self.store.appointment(id), read_slot_id(slot)
        if found is not None or met is None or read is None or read[1] != met.worker:
            return found
        directory = await self.store.settled_directory()
        if not directory.timetable.at(read[0]) & directory.bit(met.worker):
            return None
        again = await self._offer(met, contact, read[0])
        return again if isinstance(again, Hold) else None

    async def take(
        self, id: AppointmentId, slot: SlotId, contact: ContactId, consent: Consent | None, *, closed: bool
    ) -> Booked | SlotGone | Refused | AlreadyOver:
        """The person says yes: judged as any booking is, except for notice, since the hour was kept. `closed`: as it
        was when the worker proposed it.
        """
        met = await self.store.locked(id)
        person = await self.store.person_of(contact)
        if met is None or person is None or met.person != person.id:
            return AlreadyOver()
        if (refused := await self._refused(person) or await self._unagreed(person, consent)) is not None:
            return refused
        hold = await self.kept(id, slot, contact)
        worker = None if hold is None else await self._offering.still_there(hold, met, closed=closed)
        if hold is None or worker is None:
            if hold is not None:
                await self._offering.decline(contact, about_further(id))
            return SlotGone()
        new = self._following(met, hold, contact)
        await self._offering.forget(about_further(id))
        if await self.store.take(new.id, [f"w:{new.worker}", f"p:{new.person}"], new.start, self.now) is not None:
            await self._offering.put_back([hold], person.id)
            return Refused("overlap")
        await keep(self.store, self.rules, person.id, contact, consent)
        await self.store.add_appointment(new)
        self.events += [OffersTaken("further", about_further(id), contact), AppointmentBooked(new)]
        return Booked(new, worker)

    # ------------------------------------------------------------ inside

    async def _offer(self, met: Appointment, contact: ContactId, start: datetime) -> Hold | SlotGone:
        wish = Wish(met.motive, met.mode, met.worker)
        slot = slot_id(start, met.worker)
        return await self._offering.offer("further", about_further(met.id), contact, met.person, slot, wish)

    async def _refused(self, person: Person) -> Refused | None:
        if (why := policy.why_shut(person, await self.store.client(person.client))) is not None:
            return Refused(why)
        if not policy.may_request(person):
            return Refused("dispute")
        coming = await self.store.upcoming(person.id, self.now)
        return Refused("max_appointments") if policy.at_cap(coming, self.rules, self.now) else None

    async def _unagreed(self, person: Person, consent: Consent | None) -> Refused | None:
        """Invariant I19."""
        return None if await agreed(self.store, self.rules, person.id, consent) else Refused("consent")

    def _following(self, met: Appointment, hold: Hold, contact: ContactId) -> Appointment:
        """A series of its own: two events in a calendar."""
        id = AppointmentId(self.new_id())
        return Appointment(
            id=id,
            person=met.person,
            client=met.client,
            worker=hold.worker,
            motive=met.motive,
            mode=met.mode,
            start=hold.start,
            contact=contact,
            series=id,
            made_at=self.now,
        )
