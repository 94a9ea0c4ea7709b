"""The two doors of the core: what conversations call (`BookingCore`) and what storage gives (`BookingStore`), with what
is answered at them (`booking.answers`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal, Protocol

from booking.addresses import AddressCore
from booking.answers import (
    AgendaEntry,
    AlreadyOver,
    Booked,
    Cancelled,
    CannotUndo,
    CodeAccepted,
    CodeRefused,
    Confirmed,
    Heard,
    Held,
    Joining,
    Known,
    Moved,
    Noted,
    NothingLate,
    NothingToUndo,
    NotNow,
    NotTurned,
    Offered,
    Opened,
    Refusable,
    Refused,
    SlotGone,
    TooManyTries,
    TurnAnswer,
    Turned,
    Undoable,
    Undone,
)
from booking.channels import ChannelCore
from booking.claims import ClaimingCore
from booking.decisions import DecidingCore
from booking.documents import Document, Expected, HandedOver, NobodyToSendTo, TooManyDocuments
from booking.events import By
from booking.messages import MessagingCore
from booking.model import (
    Appointment,
    AppointmentId,
    Consent,
    ContactId,
    Feedback,
    Hold,
    HoldId,
    HoldKind,
    Mode,
    NoticeLevel,
    PersonId,
    Refusal,
    Slot,
    SlotId,
    Slots,
    Span,
    Waiting,
    WaitingId,
    Wish,
    Worker,
    WorkerId,
)
from booking.profiles import ProfileCore
from booking.proofs import ProvingCore
from booking.requests import RightsCore
from booking.store import BookingStore, Owner

__all__ = [
    "AgendaEntry",
    "AlreadyOver",
    "Booked",
    "BookingCore",
    "BookingStore",
    "Cancelled",
    "CannotUndo",
    "CodeAccepted",
    "CodeRefused",
    "Confirmed",
    "Heard",
    "Held",
    "Joining",
    "Known",
    "Moved",
    "NotNow",
    "NotTurned",
    "Noted",
    "NothingLate",
    "NothingToUndo",
    "Offered",
    "Opened",
    "Owner",
    "Refusable",
    "Refused",
    "SlotGone",
    "TooManyTries",
    "TurnAnswer",
    "Turned",
    "Undoable",
    "Undone",
]


class BookingCore(
    MessagingCore, DecidingCore, AddressCore, ProfileCore, ProvingCore, ClaimingCore, ChannelCore, RightsCore, Protocol
):
    """The use cases, for one turn: `now` and the ids were given when it was made; events gather meanwhile."""

    async def known(self, contact: ContactId) -> Known: ...
    async def set_discreet(self, person: PersonId, *, discreet: bool) -> None: ...  # what shows unasked
    async def ask_erasure(self, person: PersonId) -> bool: ...  # False: a dispute is open
    async def ask_closing(self, person: PersonId) -> bool: ...  # likewise
    async def redeem_code(self, typed: str, contact: ContactId) -> CodeAccepted | CodeRefused | TooManyTries: ...
    async def open_slots(self, wish: Wish, limit: int) -> Slots: ...
    async def workers(self, wish: Wish, limit: int) -> Sequence[Worker]: ...  # who has a free hour, soonest first
    async def worker(self, id: WorkerId) -> Worker | None: ...
    async def worker_named(self, ref: str) -> Worker | None: ...
    async def hold(self, slot: SlotId, contact: ContactId, wish: Wish) -> Held | SlotGone: ...
    async def held(self, contact: ContactId) -> Held | None: ...  # None when it lapsed
    async def release(self, contact: ContactId) -> None: ...
    async def ask_desk(
        self,
        contact: ContactId,
        reason: Literal[
            "no_email", "no_hour", "human", "call_back", "danger", "not_me", "privacy", "claim", "shared_phone", "terms"
        ],
        phone: str | None = None,  # where they want to be called, E.164
        back: datetime | None = None,  # when the desk is there again, where it is not now
    ) -> None: ...  # no_email: the hold, if any, is kept for `desk_hold_time`, or while the desk is away
    async def agree(self, contact: ContactId, consent: Consent) -> bool: ...  # False: not to those in force
    async def book(
        self,
        slot: SlotId,
        wish: Wish,
        contact: ContactId,
        joining: Joining | None,  # None: the contact's person is known
        consent: Consent | None,  # None: accepted before; or nothing was, where the desk books
        by: By = "person",
    ) -> Booked | SlotGone | Refused: ...  # a lapsed hold whose hour is still free is simply taken again
    async def appointment(self, id: AppointmentId) -> Appointment | None: ...
    async def upcoming(self, person: PersonId) -> Sequence[Appointment]: ...  # soonest first
    async def past(self, person: PersonId, limit: int) -> Sequence[Appointment]: ...  # latest first
    async def cancel(self, id: AppointmentId, by: By) -> Cancelled | AlreadyOver: ...
    async def call_back(self, id: AppointmentId, at: datetime | None) -> bool: ...  # False: the hour is over
    async def is_late(self, id: AppointmentId) -> bool: ...
    async def confirm(self, id: AppointmentId) -> Confirmed | AlreadyOver: ...
    async def instead_of(self, id: AppointmentId, limit: int) -> Sequence[Slot]: ...  # see `booking.instead`
    async def undoable(self, person: PersonId) -> Undoable | None: ...
    async def undo(self, person: PersonId, contact: ContactId) -> Undone | CannotUndo | NothingToUndo: ...
    async def move(
        self,
        id: AppointmentId,
        slot: SlotId,
        wish: Wish,
        by: By,
        contact: ContactId
        | None = None,  # whose hold, if any, becomes the new hour, and who has the news of it from now on
    ) -> Moved | SlotGone | AlreadyOver | Refused: ...
    async def agenda(self, worker: WorkerId, since: datetime, until: datetime) -> Sequence[AgendaEntry]: ...
    async def change_mode(self, id: AppointmentId, mode: Mode, by: By, phone: str | None = None) -> TurnAnswer: ...
    # `phone`: a number that the person has proven, kept when none was known of them
    async def say_late(
        self, id: AppointmentId, minutes: int | None, *, written: bool = False
    ) -> Heard | AlreadyOver: ...  # `written`: a message of theirs says it
    async def say_here(self, id: AppointmentId) -> Heard | AlreadyOver: ...

    # hours that we offer: `booking.offering`
    async def offer(
        self,
        kind: HoldKind,
        about: str,
        contact: ContactId,
        person: PersonId | None,
        slot: SlotId,
        wish: Wish,
        until: datetime | None = None,  # of use no longer; `Rules.offer_time` and notice bound it anyway
    ) -> Hold | SlotGone: ...
    async def replacements(self, about: AppointmentId, contact: ContactId) -> Sequence[Offered]: ...
    async def offered(self, about: str) -> Sequence[Offered]: ...  # live ones, soonest first
    async def offers(self, contact: ContactId) -> Sequence[Offered]: ...
    async def accept(
        self,
        id: HoldId,
        consent: Consent | None = None,
        *,
        closed: bool = False,  # proposed by the worker although they had closed that time
    ) -> Booked | Moved | SlotGone | Refused | AlreadyOver: ...  # a replacement or a proposal
    async def choose(self, id: HoldId) -> Held | SlotGone: ...  # as if they had chosen it: for a booking that asks more
    async def decline(self, contact: ContactId, about: str) -> None: ...
    async def prolong(self, contact: ContactId, about: str) -> Sequence[Offered]: ...  # the time runs from now on
    async def unanswered(self, contact: ContactId, about: str) -> bool: ...  # False: somebody answered after all
    async def propose(self, id: AppointmentId, start: datetime) -> Offered | SlotGone | AlreadyOver: ...
    async def propose_further(
        self, id: AppointmentId, start: datetime
    ) -> Offered | SlotGone | Refused | AlreadyOver: ...  # one hour more with who came, or comes, to this one
    async def further(self, id: AppointmentId, slot: SlotId, contact: ContactId) -> Hold | None: ...  # kept for them
    async def take_further(
        self,
        id: AppointmentId,
        slot: SlotId,
        contact: ContactId,
        consent: Consent | None = None,
        *,
        closed: bool = False,  # as for `accept`
    ) -> Booked | SlotGone | Refused | AlreadyOver: ...
    async def proposable(self) -> tuple[datetime, datetime]: ...  # later than the first, at the second at the latest
    async def publishes(self, worker: WorkerId, start: datetime) -> bool: ...

    # the waiting list: `booking.waiting`
    async def waiting(self, contact: ContactId) -> Waiting | None: ...  # their place, while they wait
    async def place(self, waiting: Waiting) -> int: ...  # 1 for the next one
    async def wait(self, contact: ContactId, wish: Wish, moves: AppointmentId | None = None) -> Waiting: ...
    async def leave_waiting(self, contact: ContactId) -> bool: ...  # False: they did not wait
    async def accept_waiting(
        self, id: WaitingId, slot: SlotId, contact: ContactId
    ) -> Booked | Moved | Held | SlotGone | Refused | AlreadyOver: ...  # Held: name and consent are to come
    async def decline_waiting(self, id: WaitingId) -> Waiting | None: ...

    # documents: `booking.documents`
    async def document_readers(self, contact: ContactId) -> tuple[Appointment, ...]: ...  # one a worker
    async def documents_of(self, contact: ContactId) -> Sequence[Document]: ...  # that came lately, and are not over
    async def expect_document(self, contact: ContactId) -> Expected | NobodyToSendTo | TooManyDocuments: ...
    async def hand_over(
        self, contact: ContactId, id: AppointmentId, only: Collection[str] | None = None
    ) -> HandedOver | None: ...
    async def drop_documents(self, contact: ContactId, only: Collection[str] | None = None) -> int: ...
    async def give_up_documents(self, contact: ContactId) -> int: ...

    # article 5.2: `booking.refusing`
    async def refusable(self, worker: WorkerId) -> Sequence[Refusable]: ...
    async def refusals(self, worker: WorkerId) -> Sequence[tuple[Refusal, str]]: ...  # in force, with the first name
    async def refuse(self, id: AppointmentId) -> Refusal | NothingLate: ...
    async def accept_again(self, id: AppointmentId) -> Refusal | NothingLate: ...
    async def waive(self, worker: WorkerId, refusal: str) -> bool: ...

    async def cancel_all(self, ids: Sequence[AppointmentId], by: By) -> Sequence[Appointment]: ...  # those that stood
    async def entry(self, id: AppointmentId, worker: WorkerId) -> AgendaEntry | None: ...  # one of theirs
    async def next_of(self, worker: WorkerId) -> AgendaEntry | None: ...  # not over yet, soonest
    # who came: `booking.attending`
    async def attend(self, id: AppointmentId, there: bool, by: By = "worker") -> Noted | NotNow: ...
    async def draw_near(self, id: AppointmentId) -> None: ...
    async def ask_attendance(self, id: AppointmentId, asked: int) -> None: ...
    async def miss_attendance(self, id: AppointmentId, asked: int, tries: int) -> None: ...
    async def try_again(self, id: AppointmentId, asked: int) -> Noted | NotNow: ...
    async def settle(self, id: AppointmentId, *, nobody: bool = False) -> Appointment | None: ...
    async def waiting_now(self, contact: ContactId) -> Appointment | None: ...
    async def nobody_came(self, contact: ContactId) -> Appointment | None: ...
    async def waits_again(self, contact: ContactId) -> Appointment | None: ...
    async def give_feedback(self, feedback: Feedback) -> None: ...  # with an id that is there: its words are added
    # what workers set: their notices
    async def notices(self, worker: WorkerId) -> NoticeLevel: ...
    async def set_notices(self, worker: WorkerId, level: NoticeLevel) -> None: ...
    async def try_notices(self, worker: WorkerId) -> None: ...
    async def set_language(self, person: PersonId, language: str) -> None: ...
    # a worker's own times (`booking.timekeeping`), and the address of their own calendar, "" when there is none
    async def own_times(self, worker: WorkerId) -> Sequence[Span]: ...  # closed and opened, soonest first
    async def close(self, worker: WorkerId, start: datetime, end: datetime) -> Sequence[Appointment]: ...  # they stand
    async def open_hours(self, worker: WorkerId, start: datetime, end: datetime) -> Opened: ...
    async def unblock(self, worker: WorkerId, start: datetime, end: datetime) -> bool: ...  # False: nothing was closed
    async def take_back(self, worker: WorkerId, span: str) -> Span | None: ...  # None: forgotten before
    async def calendar_of(self, worker: WorkerId) -> str: ...
    async def set_calendar(self, worker: WorkerId, address: str) -> None: ...
