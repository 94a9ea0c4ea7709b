"""How an hour becomes somebody's: holding it, booking it, moving to it. Every path secures the hour in the same way.

Which worker gets it, and how a hold is set aside meanwhile: `booking.securing`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from booking import policy
from booking.addresses import EmailProof, EmailProofId
from booking.agreeing import agreed, keep
from booking.confirming import ask_to_confirm
from booking.events import AppointmentBooked, AppointmentMoved, By, DeskNeeded, Event, PersonJoined
from booking.hoarding import cancels_often
from booking.model import (
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
    read_slot_id,
)
from booking.ports import (
    AlreadyOver,
    Booked,
    BookingStore,
    Held,
    Joining,
    Moved,
    Refused,
    SlotGone,
)
from booking.refusing import without_refusing
from booking.securing import Securing, kept_by


@dataclass(frozen=True, slots=True)
class Joined:
    """Who books: a person that exists, or one that is made in this transaction."""

    person: Person
    is_new: bool


class Making:
    def __init__(
        self, store: BookingStore, rules: Rules, now: datetime, new_id: Callable[[], str], events: list[Event]
    ) -> None:
        self.store = store
        self.rules = rules
        self.now = now
        self.new_id = new_id
        self.events = events
        self._securing = Securing(store, rules, now)

    # ------------------------------------------------------------ holding

    async def hold(self, slot: SlotId, contact: ContactId, wish: Wish) -> Held | SlotGone:
        """A contact has one hold: a new one frees the older. Where the new hour is gone, the older one is kept."""
        read = read_slot_id(slot)
        if read is None or not policy.in_window(self.rules, self.now, read[0]):
            return SlotGone()
        start, named = read
        id = HoldId(self.new_id())
        person = await self.store.person_of(contact)
        wish = await without_refusing(self.store, wish, person.id if person else None, self.now)
        older = await self._securing.put_aside(contact)
        worker = await self._securing.secure(
            id, start, replace(wish, worker=named), kept_by(older, start, named), f"c:{contact}"
        )
        if worker is None:
            await self._securing.put_back(older)
            return SlotGone()
        hold = Hold(id, contact, worker.id, start, self.now + self.rules.hold_time)
        await self._securing.keep_for_person(hold)
        await self.store.save_hold(hold)
        return Held(hold, worker)

    async def release(self, contact: ContactId) -> None:
        await self._securing.put_aside(contact)

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
        allowed = await without_refusing(self.store, replace(wish, worker=named), who.person.id, self.now)
        if named in allowed.without:
            return Refused("worker")
        id = AppointmentId(self.new_id())
        worker = await self._take_over(id, start, allowed, contact, who.person)
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
            made_at=self.now,
        )
        await self.store.add_appointment(appointment)
        self.events.append(AppointmentBooked(appointment, by))
        return Booked(appointment, worker)

    async def join(self, contact: ContactId, joining: Joining, consent: Consent) -> Person | Refused:
        """An account before any hour is chosen, as a page does it that asks for everything at once."""
        who = await self._who(contact, joining)
        if isinstance(who, Refused):
            return await self._refuse(who, contact)
        if not await self._agreed(who, consent):
            return Refused("consent")
        await self._write_person(who, contact, consent)
        return who.person

    async def _who(self, contact: ContactId, joining: Joining | None) -> Joined | Refused:
        person = await self.store.person_of(contact)
        if person is not None:
            client = await self.store.client(person.client)
            why = policy.why_shut(person, client)
            return Refused(why) if why is not None else Joined(person, is_new=False)
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
        if by != "desk" and not await self._agreed(who, consent):
            return Refused("consent")
        coming = [] if who.is_new else await self.store.upcoming(who.person.id, self.now)
        if policy.at_cap(coming, self.rules, self.now):
            return Refused("max_appointments")
        if by != "desk" and not who.is_new and await cancels_often(self.store, who.person.id, self.rules, self.now):
            return Refused("cancellations")
        return Refused("overlap") if policy.overlaps(coming, start) else None

    async def _agreed(self, who: Joined, consent: Consent | None) -> bool:
        return await agreed(self.store, self.rules, None if who.is_new else who.person.id, consent)

    async def _write_person(self, who: Joined, contact: ContactId, consent: Consent | None) -> None:
        if who.is_new:
            await self.store.add_person(who.person, contact)
            self.events.append(PersonJoined(who.person, contact))
            if who.person.email is not None:
                id = EmailProofId(f"{who.person.id}.join")  # the first of theirs
                proof = EmailProof(id, who.person.id, who.person.email, "join", self.now, asked_by=contact)
                await ask_to_confirm(self.store, self.events, proof)
        await keep(self.store, self.rules, who.person.id, contact, consent)

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
        old = await self.store.locked(id)
        if old is None or policy.is_over(old, self.now):
            return AlreadyOver()
        read = read_slot_id(slot)
        person = await self.store.person(old.person)
        if read is None or person is None:
            return SlotGone()
        start, named = read
        refused = await self._may_move(person, old, start, by)
        if refused is not None:
            return refused
        wish = replace(wish, worker=named, motive=wish.motive or old.motive, mode=wish.mode or old.mode)
        wish = await without_refusing(self.store, wish, person.id, self.now)
        if named in wish.without:
            return Refused("worker")
        new = replace(
            old,
            id=AppointmentId(self.new_id()),
            start=start,
            contact=contact or old.contact,
            made_at=self.now,
            confirmed_at=None,
        )
        worker = await self._take_over(new.id, start, wish, new.contact, person, old)
        if not isinstance(worker, Worker):
            return worker
        new = replace(new, worker=worker.id, mode=wish.mode or old.mode, version=old.version + 1)
        late = by != "worker" and policy.is_late(old.start, self.now)
        ended = replace(old, status="moved", late=late, ended_at=self.now, ended_by=by)
        await self.store.save_appointment(ended)
        await self.store.add_appointment(new)
        self.events.append(AppointmentMoved(new, ended, late, by))
        return Moved(new, worker, late)

    async def _may_move(self, person: Person, old: Appointment, start: datetime, by: By) -> Refused | None:
        """Appointments made stand when the client is suspended, so they may be moved; not by a suspended person, nor by
        one who has not accepted the terms in force (invariant I19): the desk moves for them, as it books.
        """
        if person.shut is not None:
            return Refused(person.shut)
        if by == "person" and not await agreed(self.store, self.rules, person.id, None):
            return Refused("consent")
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
        """The hour becomes the worker's and the person's; the contact's hold, what was offered for this hour or in
        place of `old`, and `old`, are freed. Or nothing changes.
        """
        hold = await self._securing.put_aside(contact)
        offers = await self._securing.drop_offers(contact, start, old)
        keeps = hold is not None and hold.until > self.now and kept_by(hold, start, wish.worker) is not None
        # Notice was given when a hold was taken: only what is not held (any more) is judged again.
        fits = start > self.now if keeps else policy.in_window(self.rules, self.now, start)
        worker = await self._securing.secure(id, start, wish, kept_by(hold, start, wish.worker)) if fits else None
        if worker is None:
            await self._securing.restore(offers, person.id)
            await self._securing.put_back(hold)
            return SlotGone()
        if old is not None:
            await self.store.free(old.id)
        if await self.store.take(id, [f"p:{person.id}"], start, self.now) is not None:
            # Kept for them on another of their channels. All is put back: each was free a moment ago, within this
            # transaction.
            await self.store.free(id)
            if old is not None:
                await self.store.take(old.id, [f"w:{old.worker}", f"p:{person.id}"], old.start, self.now)
            await self._securing.restore(offers, person.id)
            await self._securing.put_back(hold)
            return Refused("overlap")
        return worker
