"""The use cases of the core, for one turn: `Booking` is what conversations call as `BookingCore`.

It is made anew for each turn on the store of that turn's transaction; events gather in `events` and are acted upon when
the turn commits. Whoever returns a refusal has left the store as it was. Who writes: `booking.admitting`; making and
moving appointments: `booking.making`; who came: `booking.attending`; what a worker sets: `booking.workday`; messages:
`booking.messaging`; documents: `booking.documenting`; what the desk decides about a person: `booking.deciding`;
one-time codes: `booking.proving`, and whose an address was: `booking.claiming`.

Long, because the port is one: most of it hands on to the part whose job it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from booking import calling, policy
from booking.admitting import Admitting
from booking.arriving import Arriving
from booking.attending import Attending
from booking.claiming import Claiming
from booking.closing import Closing
from booking.deciding import Deciding
from booking.directory import Directory
from booking.documenting import Documenting
from booking.documents import Documents
from booking.erasing import Erasing
from booking.events import (
    AppointmentCancelled,
    AppointmentConfirmed,
    By,
    CalendarGiven,
    DeskNeeded,
    Event,
)
from booking.further import Further
from booking.instead import instead_of
from booking.joining_channels import JoiningChannels
from booking.making import Making
from booking.messaging import Messaging
from booking.model import (
    Appointment,
    AppointmentId,
    Consent,
    ContactId,
    Hold,
    HoldId,
    HoldKind,
    Mode,
    Person,
    PersonId,
    Refusal,
    Rules,
    Slot,
    SlotId,
    Slots,
    Span,
    Waiting,
    WaitingId,
    Wish,
    Worker,
    WorkerId,
    slot_id,
)
from booking.offering import Accepted, Offering
from booking.ports import (
    AgendaEntry,
    AlreadyOver,
    Booked,
    BookingStore,
    Cancelled,
    CannotUndo,
    Confirmed,
    Heard,
    Held,
    Joining,
    Moved,
    NothingLate,
    NothingToUndo,
    Offered,
    Opened,
    Refusable,
    Refused,
    SlotGone,
    TurnAnswer,
    Undoable,
    Undone,
)
from booking.profiling import Profiling
from booking.refusing import Refusing
from booking.replacing import Replacing
from booking.rights import Rights
from booking.search import Search
from booking.timekeeping import Timekeeping
from booking.turning import Turning
from booking.undoing import Undoing
from booking.waiting import WaitingList
from booking.workday import Workday


class Booking(
    Admitting,
    JoiningChannels,
    Profiling,
    Attending,
    Workday,
    Messaging,
    Documenting,
    Deciding,
    Closing,
    Erasing,
    Claiming,
    Rights,
):
    def __init__(self, store: BookingStore, rules: Rules, now: datetime, new_id: Callable[[], str]) -> None:
        self.events: list[Event] = []
        self._store = store
        self._rules = rules
        self._now = now
        self._new_id = new_id
        self._making = Making(store, rules, now, new_id, self.events)
        self._timekeeping = Timekeeping(store, now, new_id, self.events)
        self._offering = Offering(store, rules, now, new_id, self.events)
        self._further = Further(store, rules, now, new_id, self.events, self._offering)
        self._replacing = Replacing(store, rules, now, self.events, self._offering)
        self._refusing = Refusing(store, rules, now, new_id)
        self._undoing = Undoing(store, rules, now, new_id, self.events)
        self._documents = Documents(store, now, new_id)
        self.waiting_list = WaitingList(store, rules, now, new_id, self.events, self._offering, self)

    # ------------------------------------------------------------ which hour

    async def open_slots(self, wish: Wish, limit: int) -> Slots:
        return await (await self._search()).slots(wish, limit)

    async def workers(self, wish: Wish, limit: int) -> Sequence[Worker]:
        return await (await self._search()).workers(wish, limit)

    async def worker(self, id: WorkerId) -> Worker | None:
        return (await self._directory()).worker(id)

    async def worker_named(self, ref: str) -> Worker | None:
        return (await self._directory()).named(ref)

    async def hold(self, slot: SlotId, contact: ContactId, wish: Wish) -> Held | SlotGone:
        return await self._making.hold(slot, contact, wish)

    async def held(self, contact: ContactId) -> Held | None:
        hold = await self._live_hold(contact)
        worker = hold and (await self._directory()).worker(hold.worker)
        return Held(hold, worker) if hold and worker else None

    async def release(self, contact: ContactId) -> None:
        await self._making.release(contact)

    async def ask_desk(
        self,
        contact: ContactId,
        reason: Literal[
            "no_email", "no_hour", "human", "call_back", "danger", "not_me", "privacy", "claim", "shared_phone", "terms"
        ],
        phone: str | None = None,
        back: datetime | None = None,
    ) -> None:
        """Without an e-mail address the hour is kept for the desk; one that lapsed is taken again if free."""
        if reason == "no_email":
            lapsed = await self._store.hold_of(contact)
            if lapsed is not None and lapsed.until <= self._now:
                await self._making.hold(slot_id(lapsed.start, lapsed.worker), contact, Wish())
        hold = await self._live_hold(contact)
        if hold is not None and reason == "no_email":
            until = self._now + self._rules.desk_hold_time
            if back is not None:
                until = max(until, back + self._rules.desk_back_time)
            until = min(until, hold.start)  # an hour that has begun is kept for nobody
            hold = replace(hold, until=max(hold.until, until))
            await self._store.save_hold(hold)
        self.events.append(DeskNeeded(contact, reason, hold, phone))

    # ------------------------------------------------------------ appointments

    async def join(self, contact: ContactId, joining: Joining, consent: Consent) -> Person | Refused:
        """The account of a contact, made with its consent (terms, article 4.1.2); the one that is there, if any."""
        return await self._making.join(contact, joining, consent)

    async def book(
        self,
        slot: SlotId,
        wish: Wish,
        contact: ContactId,
        joining: Joining | None,
        consent: Consent | None,
        by: By = "person",
    ) -> Booked | SlotGone | Refused:
        done = await self._making.book(slot, wish, contact, joining, consent, by)
        if isinstance(done, Booked):
            await self.waiting_list.served(done.appointment)
        return done

    async def move(
        self, id: AppointmentId, slot: SlotId, wish: Wish, by: By, contact: ContactId | None = None
    ) -> Moved | SlotGone | AlreadyOver | Refused:
        return await self._making.move(id, slot, wish, by, contact)

    async def cancel(self, id: AppointmentId, by: By) -> Cancelled | AlreadyOver:
        """`by`: whose wish it is, whoever carries it out; the desk's own where the hour cannot be held. Late (article
        5.1) is only what comes from the person. An hour that the worker gives up is closed: who cannot come then can
        come for nobody.
        """
        appointment = await self._store.locked(id)
        if appointment is None or policy.is_over(appointment, self._now):
            return AlreadyOver()
        if by == "worker" and await self.publishes(appointment.worker, appointment.start):
            # Before anything of it is freed: who takes that quarter waits for the hours first, then for the quarter.
            await self._timekeeping.close(appointment.worker, appointment.start, appointment.end)
        await self._offering.forget(id)
        late = by == "person" and policy.is_late(appointment.start, self._now)
        return Cancelled(await self._ends(appointment, by, late=late), late)

    async def _ends(self, appointment: Appointment, by: By, *, late: bool, told: bool = False) -> Appointment:
        """Its hour is free again."""
        cancelled = replace(appointment, status="cancelled", late=late, ended_at=self._now, ended_by=by)
        await self._store.save_appointment(cancelled)
        await self._store.free(appointment.id)
        self.events.append(AppointmentCancelled(cancelled, by, told))
        return cancelled

    async def call_back(self, id: AppointmentId, at: datetime | None) -> bool:
        """They missed the worker's call; `at` None: rather another day."""
        return await calling.call_back(self._store, id, at, self._now, self.events)

    async def cancel_all(self, ids: Sequence[AppointmentId], by: By) -> Sequence[Appointment]:
        """All are locked before any is ended, so that two who want some of them wait for each other in no ring."""
        for id in sorted(ids):
            await self._store.locked(id)
        done = [await self.cancel(id, by) for id in ids]
        return [each.appointment for each in done if isinstance(each, Cancelled)]

    async def cancel_for_them(self, ids: Sequence[AppointmentId]) -> Sequence[Appointment]:
        """Of somebody who is suspended. It is nobody's late cancellation (article 5.1): they did not want it."""
        found = [await self._store.locked(id) for id in sorted(ids)]
        gone = [each for each in found if each is not None and not policy.is_over(each, self._now)]
        for each in gone:
            await self._offering.forget(each.id)
        return [await self._ends(each, "desk", late=False, told=True) for each in gone]

    async def confirm(self, id: AppointmentId) -> Confirmed | AlreadyOver:
        """The person says that they will come; said again, it is the latest time that counts."""
        appointment = await self._store.appointment(id)
        if appointment is None or policy.is_over(appointment, self._now):
            return AlreadyOver()
        confirmed = replace(appointment, confirmed_at=self._now)
        await self._store.save_appointment(confirmed)
        self.events.append(AppointmentConfirmed(confirmed))
        return Confirmed(confirmed)

    async def instead_of(self, id: AppointmentId, limit: int) -> Sequence[Slot]:
        """Free hours that may stand in place of an appointment; none where the worker has none, or refuses them."""
        old = await self._store.appointment(id)
        person = await self._store.person(old.person) if old else None
        if old is None or person is None or person.shut is not None:
            return ()
        if old.worker in {refusal.worker for refusal in await self._store.refusals(person.id, self._now)}:
            return ()
        others = [each for each in await self._store.upcoming(person.id, self._now) if each.id != id]
        return await instead_of(await self._search(), old, others, person.time_zone, limit)

    async def undoable(self, person: PersonId) -> Undoable | None:
        return await self._undoing.undoable(person)

    async def undo(self, person: PersonId, contact: ContactId) -> Undone | CannotUndo | NothingToUndo:
        return await self._undoing.undo(person, contact)

    async def is_late(self, id: AppointmentId) -> bool:
        appointment = await self._store.appointment(id)
        return appointment is not None and policy.is_late(appointment.start, self._now)

    async def appointment(self, id: AppointmentId) -> Appointment | None:
        return await self._store.appointment(id)

    async def upcoming(self, person: PersonId) -> Sequence[Appointment]:
        return await self._store.upcoming(person, self._now)

    async def past(self, person: PersonId, limit: int) -> Sequence[Appointment]:
        return await self._store.past(person, self._now, limit)

    async def agenda(self, worker: WorkerId, since: datetime, until: datetime) -> Sequence[AgendaEntry]:
        entries = []
        for appointment in await self._store.agenda(worker, since, until):
            person = await self._store.person(appointment.person)
            entries.append(AgendaEntry(appointment, person.first_name if person else ""))
        return entries

    # ------------------------------------------------------------ a worker's own times

    async def own_times(self, worker: WorkerId) -> Sequence[Span]:
        return await self._timekeeping.own_times(worker)

    async def close(self, worker: WorkerId, start: datetime, end: datetime) -> Sequence[Appointment]:
        return await self._timekeeping.close(worker, start, end)

    async def open_hours(self, worker: WorkerId, start: datetime, end: datetime) -> Opened:
        return await self._timekeeping.open_hours(worker, start, end)

    async def unblock(self, worker: WorkerId, start: datetime, end: datetime) -> bool:
        return await self._timekeeping.unblock(worker, start, end)

    async def take_back(self, worker: WorkerId, span: str) -> Span | None:
        return await self._timekeeping.take_back(worker, span)

    async def calendar_of(self, worker: WorkerId) -> str:
        return await self._store.calendar_of(worker)

    async def set_calendar(self, worker: WorkerId, address: str) -> None:
        await self._store.set_calendar(worker, address, self._now)
        if address:
            self.events.append(CalendarGiven(worker))

    # ------------------------------------------------------------ around the hour

    async def change_mode(self, id: AppointmentId, mode: Mode, by: By, phone: str | None = None) -> TurnAnswer:
        return await Turning(self._store, self._now, self.events).change_mode(id, mode, by, phone)

    async def say_late(self, id: AppointmentId, minutes: int | None, *, written: bool = False) -> Heard | AlreadyOver:
        return await Arriving(self._store, self._now, self.events).say_late(id, minutes, written=written)

    async def say_here(self, id: AppointmentId) -> Heard | AlreadyOver:
        return await Arriving(self._store, self._now, self.events).say_here(id)

    # ------------------------------------------------------------ hours that we offer

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
        return await self._offering.offer(kind, about, contact, person, slot, wish, until)

    async def replacements(self, about: AppointmentId, contact: ContactId) -> Sequence[Offered]:
        return await self._replacing.replacements(about, contact)

    async def offered(self, about: str) -> Sequence[Offered]:
        return await self._offering.offered(about)

    async def offers(self, contact: ContactId) -> Sequence[Offered]:
        return await self._offering.offers(contact)

    async def accept(self, id: HoldId, consent: Consent | None = None, *, closed: bool = False) -> Accepted:
        return await self._offering.accept(id, consent, closed=closed)

    async def choose(self, id: HoldId) -> Held | SlotGone:
        return await self._offering.choose(id)

    async def decline(self, contact: ContactId, about: str) -> None:
        await self._offering.decline(contact, about)

    async def prolong(self, contact: ContactId, about: str) -> Sequence[Offered]:
        return await self._offering.prolong(contact, about)

    async def unanswered(self, contact: ContactId, about: str) -> bool:
        return await self._offering.unanswered(contact, about)

    async def propose(self, id: AppointmentId, start: datetime) -> Offered | SlotGone | AlreadyOver:
        return await self._offering.propose(id, start)

    async def propose_further(self, id: AppointmentId, start: datetime) -> Offered | SlotGone | Refused | AlreadyOver:
        return await self._further.propose(id, start)

    async def further(self, id: AppointmentId, slot: SlotId, contact: ContactId) -> Hold | None:
        return await self._further.kept(id, slot, contact)

    async def take_further(
        self,
        id: AppointmentId,
        slot: SlotId,
        contact: ContactId,
        consent: Consent | None = None,
        *,
        closed: bool = False,
    ) -> Booked | SlotGone | Refused | AlreadyOver:
        done = await self._further.take(id, slot, contact, consent, closed=closed)
        if isinstance(done, Booked):
            await self.waiting_list.served(done.appointment)
        return done

    async def proposable(self) -> tuple[datetime, datetime]:
        return policy.proposable(self._rules, self._now)

    async def publishes(self, worker: WorkerId, start: datetime) -> bool:
        directory = await self._directory()
        return bool(directory.timetable.at(start) & directory.bit(worker))

    # ------------------------------------------------------------ article 5.2

    async def refusable(self, worker: WorkerId) -> Sequence[Refusable]:
        return await self._refusing.refusable(worker)

    async def refusals(self, worker: WorkerId) -> Sequence[tuple[Refusal, str]]:
        return await self._refusing.in_force(worker)

    async def refuse(self, id: AppointmentId) -> Refusal | NothingLate:
        return await self._refusing.refuse(id)

    async def accept_again(self, id: AppointmentId) -> Refusal | NothingLate:
        return await self._refusing.accept_again(id)

    async def waive(self, worker: WorkerId, refusal: str) -> bool:
        return await self._refusing.waive(worker, refusal)

    # ------------------------------------------------------------ the waiting list

    async def waiting(self, contact: ContactId) -> Waiting | None:
        return await self.waiting_list.of(contact)

    async def place(self, waiting: Waiting) -> int:
        return await self.waiting_list.place(waiting)

    async def wait(self, contact: ContactId, wish: Wish, moves: AppointmentId | None = None) -> Waiting:
        return await self.waiting_list.wait(contact, wish, moves)

    async def leave_waiting(self, contact: ContactId) -> bool:
        return await self.waiting_list.leave(contact)

    async def accept_waiting(
        self, id: WaitingId, slot: SlotId, contact: ContactId
    ) -> Booked | Moved | Held | SlotGone | Refused | AlreadyOver:
        return await self.waiting_list.accept(id, slot, contact)

    async def decline_waiting(self, id: WaitingId) -> Waiting | None:
        return await self.waiting_list.decline(id)

    # ------------------------------------------------------------ inside

    async def _directory(self) -> Directory:
        return await self._store.directory()

    async def _search(self) -> Search:
        return Search(await self._directory(), self._store, self._rules, self._now)

    async def _live_hold(self, contact: ContactId) -> Hold | None:
        hold = await self._store.hold_of(contact)
        return hold if hold is not None and hold.until > self._now else None
