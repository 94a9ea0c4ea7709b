"""Hours that we offer and keep meanwhile: in place of one that a worker cancelled (terms, article 5.3; which ones:
`booking.replacing`), because the worker proposes another or one more (`booking.further`), from the waiting list.

An offer is a hold beside the one that a contact chose, with an expiry of its own. It takes the worker's quarters of
the hour, and the person's, so two offers of one person lie at different hours and nobody else gets either. Accepting
one turns it into the appointment and frees the others about the same thing; an offer that lapsed frees itself, as
every hold does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeAlias

from booking import policy
from booking.agreeing import agreed, keep
from booking.events import (
    AppointmentBooked,
    AppointmentMoved,
    Event,
    HourProposed,
    HoursOffered,
    OffersDeclined,
    OffersLapsed,
    OffersTaken,
)
from booking.model import (
    Appointment,
    AppointmentId,
    Consent,
    ContactId,
    Hold,
    HoldId,
    HoldKind,
    Person,
    PersonId,
    Rules,
    SlotId,
    Wish,
    Worker,
    read_slot_id,
    slot_id,
    subject_of,
)
from booking.ports import AlreadyOver, Booked, BookingStore, Held, Moved, Offered, Refused, SlotGone
from booking.refusing import without_refusing
from booking.securing import Securing

PROPOSED: Final = frozenset({"proposal", "further"})  # kinds of which the worker named the hour

Accepted: TypeAlias = Booked | Moved | SlotGone | Refused | AlreadyOver


class Offering:
    def __init__(
        self,
        store: BookingStore,
        rules: Rules,
        now: datetime,
        new_id: Callable[[], str],
        events: list[Event],
    ) -> None:
        self.store = store
        self.rules = rules
        self.now = now
        self.new_id = new_id
        self.events = events
        self._securing = Securing(store, rules, now)

    # ------------------------------------------------------------ offering

    async def offer(
        self,
        kind: HoldKind,
        about: str,
        contact: ContactId,
        person: PersonId | None,
        slot: SlotId,
        wish: Wish,
        until: datetime | None = None,
    ) -> Hold | SlotGone:
        """Keep an hour for somebody who has not asked for it. A proposal may lie outside the hours that the worker
        publishes: that they propose it is enough, for this one person.
        """
        read = read_slot_id(slot)
        if read is None or kind == "chosen":
            return SlotGone()
        start, named = read
        lapses = min(filter(None, (policy.offered_until(kind, start, self.rules, self.now), until)))
        if lapses <= self.now or start > policy.last_start(self.rules, self.now):
            return SlotGone()
        old = await self.store.appointment(subject_of(about)) if kind != "waiting" else None
        if kind != "waiting" and not policy.is_offerable(kind, old, self.now):
            return SlotGone()
        id = HoldId(self.new_id())
        wish = await without_refusing(self.store, replace(wish, worker=named), person, self.now)
        worker = await self._proposer(id, start, wish) if kind in PROPOSED else await self._worker(id, start, wish)
        if worker is None:
            return SlotGone()
        hold = Hold(id, contact, worker.id, start, lapses, kind, about, wish.mode)
        if not await self._keep_for(hold, person, None if kind == "further" else old):
            await self.store.free(id)
            return SlotGone()
        await self.store.save_hold(hold)
        return hold

    async def _worker(self, id: HoldId, start: datetime, wish: Wish) -> Worker | None:
        return await self._securing.secure(id, start, wish, None)

    async def _proposer(self, id: HoldId, start: datetime, wish: Wish) -> Worker | None:
        worker = None if wish.worker is None else (await self.store.directory()).worker(wish.worker)
        if worker is None or await self.store.take(id, [f"w:{worker.id}"], start, self.now) is not None:
            return None
        return worker

    async def _keep_for(self, hold: Hold, person: PersonId | None, old: Appointment | None) -> bool:
        """The person's side of the hour. Only the appointment that it would replace may stand there."""
        owner = f"c:{hold.contact}" if person is None else f"p:{person}"
        if await self.store.take(hold.id, [owner], hold.start, self.now) is None:
            return True
        if person is None or old is None or not policy.overlaps([old], hold.start):
            return False
        others = [a for a in await self.store.upcoming(person, self.now) if a.id != old.id]
        return old.status == "booked" and not policy.overlaps(others, hold.start)

    async def propose(self, id: AppointmentId, start: datetime) -> Offered | SlotGone | AlreadyOver:
        """Another hour, which the appointment's worker proposes: one at a time, the newest counts."""
        old = await self.store.locked(id)
        if old is None or policy.is_over(old, self.now):
            return AlreadyOver()
        kept = await self.put_aside(id)
        wish = Wish(old.motive, old.mode, old.worker)
        slot = slot_id(start, old.worker)
        made = await self.offer("proposal", id, old.contact, old.person, slot, wish)
        worker = (await self.store.directory()).worker(old.worker)
        if not isinstance(made, Hold) or worker is None:
            await self.put_back(kept, old.person)
            return SlotGone()
        self.events.append(HourProposed(old, slot, made.until, worker.closes(start)))
        return Offered(made, worker)

    # ------------------------------------------------------------ what is kept

    async def offered(self, about: str) -> Sequence[Offered]:
        return await self._live(await self.store.offers_about(about))

    async def offers(self, contact: ContactId) -> Sequence[Offered]:
        return await self._live(await self.store.offers_of(contact))

    async def _live(self, holds: Sequence[Hold]) -> Sequence[Offered]:
        directory = await self.store.directory()
        live = [(hold, directory.worker(hold.worker)) for hold in holds if hold.until > self.now]
        return tuple(Offered(hold, worker) for hold, worker in live if worker is not None)

    # ------------------------------------------------------------ answering

    async def accept(self, id: HoldId, consent: Consent | None = None, *, closed: bool = False) -> Accepted:
        """The hour becomes the appointment. It was kept, so neither notice nor the cap is judged again. `closed`: what
        the worker proposed lay in a time that they had closed.
        """
        hold = await self.store.hold(id)
        if hold is None or hold.kind not in {"replacement", "proposal"} or hold.until <= self.now:
            return SlotGone()
        old = await self.store.locked(AppointmentId(hold.about or ""))
        if old is None or not policy.is_offerable(hold.kind, old, self.now):
            await self.forget(hold.about or "")
            return AlreadyOver()
        person = await self.store.person(old.person)
        refused = await self._refused(hold, old, person, consent)
        if refused is not None:
            return refused
        worker = await self.still_there(hold, old, closed=closed)
        if worker is None:
            await self._securing.drop(hold)
            if hold.kind == "proposal":
                self.events.append(OffersDeclined("proposal", old.id, hold.contact))
            return SlotGone()
        new = _continued(old, hold, AppointmentId(self.new_id()), self.now)
        if not await self._turn(hold, old, new):
            return Refused("overlap")
        return await self._write(hold, old, new, worker, consent)

    async def _refused(
        self, hold: Hold, old: Appointment, person: Person | None, consent: Consent | None
    ) -> Refused | None:
        """As for a move: what was agreed goes on, though the client be suspended; but not without the terms (I19)."""
        if person is None or person.shut is not None:
            return Refused(person.shut if person is not None and person.shut is not None else "suspended")
        others = [a for a in await self.store.upcoming(person.id, self.now) if a.id != old.id]
        if policy.overlaps(others, hold.start):
            return Refused("overlap")
        if hold.kind == "proposal" or await agreed(self.store, self.rules, person.id, consent):
            return None
        return Refused("consent")

    async def still_there(self, hold: Hold, old: Appointment, *, closed: bool) -> Worker | None:
        """The worker, unless they closed the hour meanwhile, or left. What they proposed needs no published hour."""
        directory = await self.store.settled_directory()
        worker = directory.worker(hold.worker)
        if worker is None or worker.suspended:
            return None
        if hold.kind in PROPOSED:
            return worker if closed or not worker.closes(hold.start) else None
        mask = directory.able_mask(old.motive, hold.mode or old.mode) & directory.timetable.at(hold.start)
        return worker if mask & directory.bit(worker.id) else None

    async def _turn(self, hold: Hold, old: Appointment, new: Appointment) -> bool:
        """The quarters change hands within this transaction. False: the person is taken then, and all is as it was."""
        owners = [f"w:{new.worker}", f"p:{new.person}"]
        await self.store.free(hold.id)
        if old.status == "booked":
            await self.store.free(old.id)
        if await self.store.take(new.id, owners, new.start, self.now) is None:
            return True
        if old.status == "booked":
            await self.store.take(old.id, [f"w:{old.worker}", f"p:{old.person}"], old.start, self.now)
        await self._securing.restore([hold], old.person)
        return False

    async def _write(
        self, hold: Hold, old: Appointment, new: Appointment, worker: Worker, consent: Consent | None
    ) -> Booked | Moved:
        """A replacement goes on with the series, so that a calendar sees one event change: the row that the worker
        cancelled counts as moved.
        """
        await self.forget(old.id)
        await keep(self.store, self.rules, old.person, hold.contact, consent)
        was_booked = old.status == "booked"
        ended = replace(old, status="moved", ended_at=old.ended_at or self.now, ended_by="worker")
        await self.store.save_appointment(ended)
        await self.store.add_appointment(new)
        self.events.append(OffersTaken(hold.kind, old.id, hold.contact))
        if was_booked:
            self.events.append(AppointmentMoved(new, ended, late=False, by="person"))
            return Moved(new, worker, late=False)
        self.events.append(AppointmentBooked(new, "person"))
        return Booked(new, worker)

    async def choose(self, id: HoldId) -> Held | SlotGone:
        """The offer becomes the contact's chosen hold, for a booking that has still something to ask."""
        hold = await self.store.hold(id)
        worker = None if hold is None else (await self.store.directory()).worker(hold.worker)
        if hold is None or worker is None or hold.kind == "chosen" or hold.until <= self.now:
            return SlotGone()
        await self._securing.put_aside(hold.contact)
        await self._securing.drop(hold)
        until = max(hold.until, self.now + self.rules.hold_time)
        chosen = Hold(HoldId(self.new_id()), hold.contact, hold.worker, hold.start, min(until, hold.start))
        await self.store.take(chosen.id, [f"w:{hold.worker}", f"c:{hold.contact}"], hold.start, self.now)
        await self._securing.keep_for_person(chosen)
        await self.store.save_hold(chosen)
        return Held(chosen, worker)

    async def decline(self, contact: ContactId, about: str) -> None:
        """None of them: all that is kept about it is free again, and nobody is reminded."""
        holds = await self.store.offers_about(about)
        await self.forget(about)
        self.events.append(OffersDeclined(holds[0].kind if holds else None, about, contact))

    async def prolong(self, contact: ContactId, about: str) -> Sequence[Offered]:
        """What is kept is kept from now on: they are asked only now, since they slept when it was offered."""
        kept = []
        for hold in await self.store.offers_about(about):
            if hold.until > self.now:
                until = policy.offered_until(hold.kind, hold.start, self.rules, self.now)
                kept.append(replace(hold, until=max(hold.until, until)))
        for hold in kept:
            await self.store.save_hold(hold)
        if kept:
            self.events.append(hours_offered(kept, contact))
        return await self._live(kept)

    async def unanswered(self, contact: ContactId, about: str) -> bool:
        """Nobody answered: what is kept is free again. False: it was settled after all, or cannot be any more."""
        old, kept = await self.store.locked(subject_of(about)), await self.store.offers_about(about)
        kind: HoldKind = "replacement" if old is not None and old.status == "cancelled" else "proposal"
        if subject_of(about) != about:
            kind = "further"
        if not policy.is_offerable(kind, old, self.now) or (kind == "further" and not kept):
            return False
        await self.forget(about)
        self.events.append(OffersLapsed(kind, about, contact))
        return True

    async def put_aside(self, about: str) -> Sequence[Hold]:
        """What is kept about it, out of the way of a newer offer; `put_back` undoes it within the transaction."""
        kept = await self.store.offers_about(about)
        for hold in kept:
            await self._securing.drop(hold)
        return kept

    async def put_back(self, kept: Sequence[Hold], person: PersonId) -> None:
        await self._securing.restore(kept, person)

    async def forget(self, about: str) -> None:
        """What was offered about it is no longer of use."""
        for hold in await self.store.offers_about(about):
            await self._securing.drop(hold)


def hours_offered(kept: Sequence[Hold], contact: ContactId) -> HoursOffered:
    """Hours kept about one thing, of which there is one at least."""
    times = [hold.until for hold in kept]
    return HoursOffered(kept[0].kind, kept[0].about or "", contact, min(times), max(times))


def _continued(old: Appointment, hold: Hold, id: AppointmentId, now: datetime) -> Appointment:
    """The next row of the series."""
    return replace(
        old,
        id=id,
        worker=hold.worker,
        mode=hold.mode or old.mode,
        start=hold.start,
        contact=hold.contact,
        version=old.version + 1,
        status="booked",
        late=False,
        made_at=now,
        ended_at=None,
        ended_by=None,
        confirmed_at=None,
    )
