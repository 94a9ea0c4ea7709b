"""The core for one actor: whoever acts on an appointment is asked for by the one policy function, and it is noted who
did what to whose (invariant I11). Default no: what may not be done answers as if there were nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from booking.authority import Action, Actor, ClockActor, DeskActor, PersonActor, WorkerActor, may
from booking.documents import HandedOver
from booking.events import By
from booking.model import (
    Appointment,
    AppointmentId,
    Consent,
    ContactId,
    HoldId,
    Mode,
    NoticeLevel,
    PersonId,
    Refusal,
    Rules,
    SlotId,
    Span,
    Wish,
    WorkerId,
    subject_of,
)
from booking.offering import Accepted
from booking.ports import (
    AgendaEntry,
    AlreadyOver,
    Booked,
    Cancelled,
    CannotUndo,
    Confirmed,
    Heard,
    Joining,
    Moved,
    Noted,
    NothingLate,
    NothingToUndo,
    NotNow,
    Offered,
    Opened,
    Refusable,
    Refused,
    SlotGone,
    TurnAnswer,
    Turned,
    Undone,
)
from handlers.acting_on_channels import ActingOnChannels
from storage import audit
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.db import Tx


class Acting(ActingOnChannels):
    """`Booking` in the name of `actor`, else of `contact`'s person, who may be made by this very turn."""

    def __init__(
        self,
        tx: Tx,
        store: RowStore,
        rules: Rules,
        now: datetime,
        new_id: Callable[[], str],
        *,
        actor: Actor | None = None,
        contact: ContactRow | None = None,
        called: str | None = None,
    ) -> None:
        super().__init__(store, rules, now, new_id)
        self._tx = tx
        self._rows = store
        self._at = now
        self._given = actor
        self._contact = contact
        self._called = called  # who of the desk it is, where that is known

    async def book(
        self,
        slot: SlotId,
        wish: Wish,
        contact: ContactId,
        joining: Joining | None,
        consent: Consent | None,
        by: By = "person",
    ) -> Booked | SlotGone | Refused:
        done = await super().book(slot, wish, contact, joining, consent, by)
        if isinstance(done, Booked):
            await self._note(await self._actor(), "book", done.appointment.id)
        return done

    async def agree(self, contact: ContactId, consent: Consent) -> bool:
        """Of who was signed up by somebody else, the proof says by whom."""
        person = await self._rows.person_of(contact)
        if person is not None and not await self._rows.agreed_ever(person.id):
            by = await audit.first(self._tx, "join", f"person:{person.id}")
            consent = replace(consent, how=by or consent.how)
        return await super().agree(contact, consent)

    async def move(
        self, id: AppointmentId, slot: SlotId, wish: Wish, by: By, contact: ContactId | None = None
    ) -> Moved | SlotGone | AlreadyOver | Refused:
        if not await self._allowed(Action.MOVE, id):
            return AlreadyOver()
        done = await super().move(id, slot, wish, by, contact)
        if isinstance(done, Moved):
            await self._note(await self._actor(), Action.MOVE, id)
        return done

    async def cancel(self, id: AppointmentId, by: By) -> Cancelled | AlreadyOver:
        if not await self._allowed(Action.CANCEL, id):
            return AlreadyOver()
        done = await super().cancel(id, by)
        if isinstance(done, Cancelled):
            await self._note(await self._actor(), Action.CANCEL, id)
        return done

    async def change_mode(self, id: AppointmentId, mode: Mode, by: By, phone: str | None = None) -> TurnAnswer:
        if not await self._allowed(Action.TURN, id):
            return AlreadyOver()
        done = await super().change_mode(id, mode, by, phone)
        if isinstance(done, Turned) and done.before is not mode:
            await self._note(await self._actor(), Action.TURN, id)
        return done

    async def say_late(self, id: AppointmentId, minutes: int | None, *, written: bool = False) -> Heard | AlreadyOver:
        if not await self._allowed(Action.TELL, id):
            return AlreadyOver()
        return await super().say_late(id, minutes, written=written)

    async def say_here(self, id: AppointmentId) -> Heard | AlreadyOver:
        return await super().say_here(id) if await self._allowed(Action.TELL, id) else AlreadyOver()

    async def call_back(self, id: AppointmentId, at: datetime | None) -> bool:
        if not await self._allowed(Action.TELL, id):
            return False
        return await super().call_back(id, at)

    async def confirm(self, id: AppointmentId) -> Confirmed | AlreadyOver:
        if not await self._allowed(Action.CONFIRM, id):
            return AlreadyOver()
        done = await super().confirm(id)
        if isinstance(done, Confirmed):
            await self._note(await self._actor(), Action.CONFIRM, id)
        return done

    async def hand_over(
        self, contact: ContactId, id: AppointmentId, only: Collection[str] | None = None
    ) -> HandedOver | None:
        if not await self._allowed(Action.HAND_OVER, id):
            return None
        done = await super().hand_over(contact, id, only)
        if done is not None:
            await self._note(await self._actor(), Action.HAND_OVER, id)
        return done

    async def undo(self, person: PersonId, contact: ContactId) -> Undone | CannotUndo | NothingToUndo:
        """Only what they did themselves; the desk and workers have their own ways."""
        actor = await self._actor()
        if actor != PersonActor(person):
            return NothingToUndo()
        done = await super().undo(person, contact)
        if isinstance(done, Undone):
            await self._note(actor, "undo", done.appointment.id)
        return done

    # ------------------------------------------------------------ hours that are offered, and refusing

    async def replacements(self, about: AppointmentId, contact: ContactId) -> Sequence[Offered]:
        return await super().replacements(about, contact) if await self._allowed(Action.MOVE, about) else ()

    async def accept(self, id: HoldId, consent: Consent | None = None, *, closed: bool = False) -> Accepted:
        hold = await self._rows.hold(id)
        about = AppointmentId((hold and hold.about) or "")
        if not await self._allowed(Action.MOVE, about):
            return SlotGone()
        done = await super().accept(id, consent, closed=closed)
        if isinstance(done, Booked | Moved):
            await self._note(await self._actor(), Action.MOVE, about)
        return done

    async def decline(self, contact: ContactId, about: str) -> None:
        if await self._allowed(Action.MOVE, subject_of(about)):
            await super().decline(contact, about)

    async def propose(self, id: AppointmentId, start: datetime) -> Offered | SlotGone | AlreadyOver:
        if not await self._allowed(Action.PROPOSE, id):
            return AlreadyOver()
        done = await super().propose(id, start)
        if isinstance(done, Offered):
            await self._note(await self._actor(), Action.PROPOSE, id)
        return done

    async def propose_further(self, id: AppointmentId, start: datetime) -> Offered | SlotGone | Refused | AlreadyOver:
        if not await self._allowed(Action.FURTHER, id):
            return AlreadyOver()
        done = await super().propose_further(id, start)
        if isinstance(done, Offered):
            await self._note(await self._actor(), Action.FURTHER, id)
        return done

    async def take_further(
        self,
        id: AppointmentId,
        slot: SlotId,
        contact: ContactId,
        consent: Consent | None = None,
        *,
        closed: bool = False,
    ) -> Booked | SlotGone | Refused | AlreadyOver:
        if not await self._allowed(Action.MOVE, id):
            return AlreadyOver()
        done = await super().take_further(id, slot, contact, consent, closed=closed)
        if isinstance(done, Booked):
            await self._note(await self._actor(), "book", done.appointment.id)
        return done

    async def refuse(self, id: AppointmentId) -> Refusal | NothingLate:
        if not await self._allowed(Action.REFUSE, id):
            return NothingLate()
        await self._note(await self._actor(), Action.REFUSE, id)
        return await super().refuse(id)

    async def accept_again(self, id: AppointmentId) -> Refusal | NothingLate:
        return await super().accept_again(id) if await self._allowed(Action.REFUSE, id) else NothingLate()

    async def refusable(self, worker: WorkerId) -> Sequence[Refusable]:
        return await super().refusable(worker) if await self._actor() == WorkerActor(worker) else ()

    async def refusals(self, worker: WorkerId) -> Sequence[tuple[Refusal, str]]:
        return await super().refusals(worker) if await self._actor() == WorkerActor(worker) else ()

    async def waive(self, worker: WorkerId, refusal: str) -> bool:
        return await self._actor() == WorkerActor(worker) and await super().waive(worker, refusal)

    # ------------------------------------------------------------ who came, and what workers set

    async def attend(self, id: AppointmentId, there: bool, by: By = "worker") -> Noted | NotNow:
        if not await self._allowed(Action.ATTEND, id):
            return NotNow()
        done = await super().attend(id, there, by)
        if isinstance(done, Noted):
            await self._note(await self._actor(), f"{Action.ATTEND} {done.appointment.status}", id)
        return done

    async def try_again(self, id: AppointmentId, asked: int) -> Noted | NotNow:
        return await super().try_again(id, asked) if await self._allowed(Action.ATTEND, id) else NotNow()

    async def settle(self, id: AppointmentId, *, nobody: bool = False) -> Appointment | None:
        before = await self._rows.appointment(id)
        settled = await super().settle(id, nobody=nobody)
        if settled is not None and before is not None and before.status != settled.status:
            action = f"{Action.ATTEND} {settled.status} assumed"
            await audit.add(self._tx, "timer", action, f"appointment:{id}", self._at)
        return settled

    async def entry(self, id: AppointmentId, worker: WorkerId) -> AgendaEntry | None:
        actor = await self._actor()
        entry = await super().entry(id, worker) if actor == WorkerActor(worker) else None
        if entry is None or not may(WorkerActor(worker), Action.SEE, entry.appointment, self._at):
            return None
        await self._note(actor, Action.SEE, id)
        return entry

    async def set_notices(self, worker: WorkerId, level: NoticeLevel) -> None:
        if await self._actor() == WorkerActor(worker):
            await super().set_notices(worker, level)

    # ------------------------------------------------------------ seeing

    async def agenda(self, worker: WorkerId, since: datetime, until: datetime) -> Sequence[AgendaEntry]:
        """What a worker saw of whom is noted, too."""
        actor = await self._actor()
        entries = await super().agenda(worker, since, until) if actor == WorkerActor(worker) else []
        seen = [entry for entry in entries if may(WorkerActor(worker), Action.SEE, entry.appointment, self._at)]
        for entry in seen:
            await self._note(actor, Action.SEE, entry.appointment.id)
        return seen

    # A worker keeps their own times alone; to others there is nothing there.

    async def own_times(self, worker: WorkerId) -> Sequence[Span]:
        return await super().own_times(worker) if await self._is(worker) else []

    async def close(self, worker: WorkerId, start: datetime, end: datetime) -> Sequence[Appointment]:
        return await super().close(worker, start, end) if await self._is(worker) else []

    async def open_hours(self, worker: WorkerId, start: datetime, end: datetime) -> Opened:
        return await super().open_hours(worker, start, end) if await self._is(worker) else Opened((), ())

    async def unblock(self, worker: WorkerId, start: datetime, end: datetime) -> bool:
        return await self._is(worker) and await super().unblock(worker, start, end)

    async def take_back(self, worker: WorkerId, span: str) -> Span | None:
        return await super().take_back(worker, span) if await self._is(worker) else None

    async def calendar_of(self, worker: WorkerId) -> str:
        return await super().calendar_of(worker) if await self._is(worker) else ""

    async def set_calendar(self, worker: WorkerId, address: str) -> None:
        if await self._is(worker):
            await super().set_calendar(worker, address)
            action = "set calendar" if address else "forget calendar"
            await audit.add(self._tx, name(WorkerActor(worker)), action, f"worker:{worker}", self._at)

    # ------------------------------------------------------------ inside

    async def _is(self, worker: WorkerId) -> bool:
        return await self._actor() == WorkerActor(worker)

    async def _allowed(self, action: Action, id: AppointmentId) -> bool:
        appointment = await self._rows.appointment(id)
        if appointment is None:
            return False
        actor = await self._actor()
        if actor is not None and may(actor, action, appointment, self._at):
            return True
        await self._note(actor, f"{action} refused", id)
        return False

    async def _actor(self) -> Actor | None:
        if self._given is not None or self._contact is None:
            return self._given
        if self._contact.worker_id:
            return WorkerActor(WorkerId(self._contact.worker_id))
        person = await self._rows.person_of(ContactId(self._contact.id))
        return PersonActor(person.id) if person else None

    async def _noted(self) -> str:
        return self._called or name(await self._actor())

    async def _note(self, actor: Actor | None, action: str, id: AppointmentId) -> None:
        await audit.add(self._tx, self._called or name(actor), action, f"appointment:{id}", self._at)


def name(actor: Actor | None) -> str:
    """As the audit trail calls them."""
    match actor:
        case PersonActor(id=id):
            return f"person:{id}"
        case WorkerActor(id=id):
            return f"worker:{id}"
        case DeskActor():
            return "desk"
        case ClockActor():
            return "timer"
    return "nobody"
