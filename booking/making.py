"""How an hour becomes somebody's: holding it, booking it, moving to it. Every path secures the hour in the same way.

The store's `take` is the only judge of what is free: it refuses a quarter of an hour that has an owner. What is
looked up before only saves attempts. An hour of 'any' worker gets the least loaded one of that week, among those who
speak the language if there are any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from booking import policy
from booking.events import AppointmentBooked, AppointmentMoved, By, DeskNeeded, Event, PersonJoined
from booking.model import (
    HOUR,
    Appointment,
    AppointmentId,
    Consent,
    ContactId,
    Hold,
    HoldId,
    Person,
    PersonId,
    Rules,
    SlotId,
    Wish,
    Worker,
    WorkerId,
    read_slot_id,
)
from booking.ports import (
    AlreadyOver,
    Booked,
    BookingStore,
    Held,
    Joining,
    Moved,
    Owner,
    Refused,
    SlotGone,
)
from booking.search import Search


@dataclass(frozen=True, slots=True)
class Joined:
    """Who books: a person that exists, or one that is made in this transaction."""

    person: Person
    is_new: bool


@dataclass(frozen=True, slots=True)
class Making:
    store: BookingStore
    rules: Rules
    now: datetime
    new_id: Callable[[], str]
    events: list[Event]

    # ------------------------------------------------------------ holding

    async def hold(self, slot: SlotId, contact: ContactId, wish: Wish) -> Held | SlotGone:
        """A contact has one hold: a new one frees the older. Where the new hour is gone, the older one is kept."""
        read = read_slot_id(slot)
        if read is None or not policy.in_window(self.rules, self.now, read[0]):
            return SlotGone()
        start, named = read
        id = HoldId(self.new_id())
        older = await self._put_aside(contact)
        worker = await self._secure(id, start, replace(wish, worker=named), _kept(older, start, named), f"c:{contact}")
        if worker is None:
            await self._put_back(older)
            return SlotGone()
        hold = Hold(id, contact, worker.id, start, self.now + self.rules.hold_time)
        await self._keep_for_person(hold)
        await self.store.save_hold(hold)
        return Held(hold, worker)

    async def release(self, contact: ContactId) -> None:
        await self._put_aside(contact)

    # ------------------------------------------------------------ booking

    async def book(
        self,
        slot: SlotId,
        wish: Wish,
        contact: ContactId,
        joining: Joining | None,
        consent: Consent | None,
        by: By = "person",
    ) -> Booked | SlotGone | Refused:
        read = read_slot_id(slot)
        if read is None or wish.motive is None or wish.mode is None:
            return SlotGone()
        start, named = read
        who = await self._who(contact, joining)
        if isinstance(who, Refused):
            return await self._refuse(who, contact)
        refused = await self._may_book(who, consent, start, by)
        if refused is not None:
            return await self._refuse(refused, contact)
        id = AppointmentId(self.new_id())
        worker = await self._take_over(id, start, replace(wish, worker=named), contact, who.person)
        if not isinstance(worker, Worker):
            return worker
        await self._write_person(who, contact, consent)
        appointment = Appointment(
            id=id,
            person=who.person.id,
            client=who.person.client,
            worker=worker.id,
            motive=wish.motive,
            mode=wish.mode,
            start=start,
            contact=contact,
            series=id,
        )
        await self.store.add_appointment(appointment)
        self.events.append(AppointmentBooked(appointment, by))
        return Booked(appointment, worker)

    async def _who(self, contact: ContactId, joining: Joining | None) -> Joined | Refused:
        person = await self.store.person_of(contact)
        if person is not None:
            client = await self.store.client(person.client)
            return Refused("suspended") if policy.is_suspended(person, client) else Joined(person, is_new=False)
        if joining is None:
            return Refused("consent")  # nobody: no account, so nothing was accepted
        code = await self.store.code(joining.code)
        client = await self.store.client(code.client) if code else None
        accounts = await self.store.accounts(joining.code)
        if code is None or not policy.code_opens(code, client, accounts, self.rules, self.now):
            return Refused("suspended")
        person = Person(
            id=PersonId(self.new_id()),
            client=code.client,
            code=code.id,
            first_name=joining.first_name,
            last_name=joining.last_name,
            email=joining.email,
            phone=joining.phone,
            language=joining.language,
            time_zone=joining.time_zone,
        )
        return Joined(person, is_new=True)

    async def _may_book(self, who: Joined, consent: Consent | None, start: datetime, by: By) -> Refused | None:
        """Who is helped on the phone has nothing to tick (article 4.1.2): nothing is recorded as accepted, and the
        terms are asked for when they first write to us.
        """
        if not policy.may_request(who.person):
            return Refused("dispute")
        if by != "desk" and not await self._consents(who, consent):
            return Refused("consent")
        coming = [] if who.is_new else await self.store.upcoming(who.person.id, self.now)
        if policy.at_cap(coming, self.rules, self.now):
            return Refused("max_appointments")
        return Refused("overlap") if policy.overlaps(coming, start) else None

    async def _consents(self, who: Joined, consent: Consent | None) -> bool:
        if consent is not None:
            return policy.consents(consent, self.rules)
        return not who.is_new and await self.store.consented(who.person.id, self.rules.terms_version)

    async def _write_person(self, who: Joined, contact: ContactId, consent: Consent | None) -> None:
        if who.is_new:
            await self.store.add_person(who.person, contact)
            self.events.append(PersonJoined(who.person, contact))
        if consent is not None:
            await self.store.add_consent(who.person.id, contact, consent)

    async def _refuse(self, refused: Refused, contact: ContactId) -> Refused:
        if refused.reason == "suspended":
            self.events.append(DeskNeeded(contact, "suspended"))
        return refused

    # ------------------------------------------------------------ moving

    async def move(
        self, id: AppointmentId, slot: SlotId, wish: Wish, by: By, contact: ContactId | None
    ) -> Moved | SlotGone | AlreadyOver | Refused:
        """The new hour is the worker's before the old one is freed.

        It may overlap the person's own old hour, no other.
        """
        old = await self.store.appointment(id)
        if old is None or policy.is_over(old, self.now):
            return AlreadyOver()
        read = read_slot_id(slot)
        person = await self.store.person(old.person)
        if read is None or person is None:
            return SlotGone()
        start, named = read
        refused = await self._may_move(person, old, start)
        if refused is not None:
            return refused
        wish = replace(wish, worker=named, motive=wish.motive or old.motive, mode=wish.mode or old.mode)
        new = replace(old, id=AppointmentId(self.new_id()), start=start, contact=contact or old.contact)
        worker = await self._take_over(new.id, start, wish, new.contact, person, old)
        if not isinstance(worker, Worker):
            return worker
        new = replace(new, worker=worker.id, mode=wish.mode or old.mode, version=old.version + 1)
        late = by != "worker" and policy.is_late(old.start, self.now)
        ended = replace(old, status="moved", late=late)
        await self.store.save_appointment(ended)
        await self.store.add_appointment(new)
        self.events.append(AppointmentMoved(new, ended, late, by))
        return Moved(new, worker, late)

    async def _may_move(self, person: Person, old: Appointment, start: datetime) -> Refused | None:
        """Appointments made stand when the client is suspended, so they may be moved; not by a suspended person."""
        if person.suspended:
            return Refused("suspended")
        others = [a for a in await self.store.upcoming(person.id, self.now) if a.id != old.id]
        return Refused("overlap") if policy.overlaps(others, start) else None

    # ------------------------------------------------------------ securing an hour

    async def _take_over(
        self,
        id: AppointmentId,
        start: datetime,
        wish: Wish,
        contact: ContactId,
        person: Person,
        old: Appointment | None = None,
    ) -> Worker | SlotGone | Refused:
        """The hour becomes the worker's and the person's; the contact's hold, and `old`, are freed.

        Or nothing changes.
        """
        hold = await self._put_aside(contact)
        keeps = hold is not None and hold.until > self.now and _kept(hold, start, wish.worker) is not None
        # Notice was given when a hold was taken: only what is not held (any more) is judged again.
        fits = start > self.now if keeps else policy.in_window(self.rules, self.now, start)
        worker = await self._secure(id, start, wish, _kept(hold, start, wish.worker)) if fits else None
        if worker is None:
            await self._put_back(hold)
            return SlotGone()
        if old is not None:
            await self.store.free(old.id)
        if await self.store.take(id, [f"p:{person.id}"], start, self.now) is not None:
            # Kept for them on another of their channels. All is put back: each was free a moment ago, within this
            # transaction.
            await self.store.free(id)
            if old is not None:
                await self.store.take(old.id, [f"w:{old.worker}", f"p:{person.id}"], old.start, self.now)
            await self._put_back(hold)
            return Refused("overlap")
        return worker

    async def _secure(
        self, id: HoldId | AppointmentId, start: datetime, wish: Wish, kept: WorkerId | None, *owners: Owner
    ) -> Worker | None:
        """Take the hour for the best worker who is free: the one who kept it, one who speaks the language, any."""
        directory = await self.store.directory()
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

    async def _put_aside(self, contact: ContactId) -> Hold | None:
        """Take the hold of a contact away, so that its own hour is not in the way."""
        hold = await self.store.hold_of(contact)
        if hold is not None:
            await self.store.free(hold.id)
            await self.store.delete_hold(hold.id)
        return hold

    async def _put_back(self, hold: Hold | None) -> None:
        """Undo it, within the same transaction. A lapsed one stays away."""
        if hold is None or hold.until <= self.now:
            return
        await self.store.take(hold.id, [f"w:{hold.worker}", f"c:{hold.contact}"], hold.start, self.now)
        await self._keep_for_person(hold)
        await self.store.save_hold(hold)

    async def _keep_for_person(self, hold: Hold) -> None:
        """Where the contact has an account, no other of their channels may take the hour.

        Their own appointment may stand at that hour: they are about to move it, or `book` will say so.
        """
        person = await self.store.person_of(hold.contact)
        if person is not None:
            await self.store.take(hold.id, [f"p:{person.id}"], hold.start, self.now)


def _kept(hold: Hold | None, start: datetime, named: WorkerId | None) -> WorkerId | None:
    """The worker of a hold, also a lapsed one, where it was for this very hour."""
    return hold.worker if hold is not None and hold.start == start and named in {None, hold.worker} else None
