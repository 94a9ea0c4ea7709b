"""The two doors of the core: what conversations call (`BookingCore`) and what storage gives (`BookingStore`).

Results that a person must hear of are values (`SlotGone`, `Refused`), not exceptions: a step has to answer each.

Long, because each door is one; the answers stand before the door that gives them, since its lines name every one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeAlias

from booking.decisions import DecidingCore, Decision, DecisionStore
from booking.directory import Directory
from booking.documents import (
    Document,
    DocumentStore,
    Expected,
    HandedOver,
    NobodyToSendTo,
    TooManyDocuments,
)
from booking.events import By
from booking.messages import MessageStore, MessagingCore
from booking.model import (
    Appointment,
    AppointmentId,
    Client,
    ClientId,
    Code,
    CodeId,
    Consent,
    ContactId,
    Feedback,
    Hold,
    HoldId,
    HoldKind,
    Mode,
    NoticeLevel,
    Person,
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

Owner: TypeAlias = str  # "w:<worker id>", "p:<person id>" or, before there is a person, "c:<contact id>"


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    code: CodeId


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """Unknown, expired, full or of a suspended client: one answer for all, so nothing can be learnt (invariant I12)."""


@dataclass(frozen=True, slots=True)
class TooManyTries:
    """The guess was not looked at. Throttled per contact, in the database; fails closed."""

    until: datetime


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A one-time code is on its way to a number, which is proven when it comes back."""


@dataclass(frozen=True, slots=True)
class Held:
    hold: Hold
    worker: Worker


@dataclass(frozen=True, slots=True)
class Offered:
    """An hour that is kept for somebody who has not answered yet."""

    hold: Hold
    worker: Worker


@dataclass(frozen=True, slots=True)
class Refusable:
    """What somebody ended late with a worker, who has not said yet whether they may come again (article 5.2)."""

    appointment: Appointment
    first_name: str
    until: datetime  # when a refusal that is made now would lapse


@dataclass(frozen=True, slots=True)
class NothingLate:
    """There is nothing to refuse: it was not late, or is long past."""


@dataclass(frozen=True, slots=True)
class SlotGone:
    """Taken meanwhile, closed meanwhile, or too near."""


@dataclass(frozen=True, slots=True)
class Refused:
    """`max_appointments`: the cap of coming ones; `overlap`: they are busy then; `suspended`: person, client, code;
    `consent`: no record of the current terms (I19); `dispute`: article 4.1.7; `worker`: the one they name refuses them
    for a while (article 5.2).
    """

    reason: Literal["max_appointments", "overlap", "suspended", "consent", "dispute", "worker"]


@dataclass(frozen=True, slots=True)
class Booked:
    appointment: Appointment
    worker: Worker


@dataclass(frozen=True, slots=True)
class Cancelled:
    """`late`: under 24 elapsed hours before the start (article 5.1)."""

    appointment: Appointment
    late: bool


@dataclass(frozen=True, slots=True)
class Moved:
    appointment: Appointment
    worker: Worker
    late: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The person said that they will come."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class Undoable:
    """What the person did last may be taken back until then. `ended` is the row that was cancelled or moved away
    from."""

    ended: Appointment
    until: datetime


@dataclass(frozen=True, slots=True)
class Undone:
    """It is as it was before. `moved`: a move was taken back, else a cancellation."""

    appointment: Appointment
    worker: Worker
    moved: bool


@dataclass(frozen=True, slots=True)
class CannotUndo:
    """`late`: the minutes for it are over; `gone`: the hour is another's by now. `stands`: what it was moved to."""

    ended: Appointment
    stands: Appointment | None
    why: Literal["late", "gone", "max_appointments", "overlap", "suspended"]


@dataclass(frozen=True, slots=True)
class NothingToUndo:
    """They cancelled or moved nothing lately."""


@dataclass(frozen=True, slots=True)
class AlreadyOver:
    """The appointment has begun, is past, or was cancelled before."""


@dataclass(frozen=True, slots=True)
class Turned:
    """`before`: how they were to meet until now; the same when it was turned already, and nothing was done."""

    appointment: Appointment
    worker: Worker
    before: Mode


@dataclass(frozen=True, slots=True)
class NotTurned:
    """`early`: more than a day before, moving is the way; `not_offered`: the worker does not meet people so;
    `no_phone`: a call needs a number that is proven."""

    reason: Literal["early", "not_offered", "no_phone"]
    appointment: Appointment
    worker: Worker


@dataclass(frozen=True, slots=True)
class Heard:
    """`told`: the worker is told now; else they know, or need not know yet."""

    appointment: Appointment
    worker: Worker
    told: bool


TurnAnswer: TypeAlias = Turned | NotTurned | AlreadyOver


@dataclass(frozen=True, slots=True)
class Noted:
    """Who came, as it stands now."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class NotNow:
    """Who came can be said from the start until the next morning."""


@dataclass(frozen=True, slots=True)
class Known:
    """What need not be asked of a contact again. All None for a stranger."""

    person: Person | None = None
    terms_accepted: bool = False  # the current version
    last_mode: Mode | None = None
    upcoming: tuple[Appointment, ...] = ()  # soonest first
    refused: Refused | None = None  # why no further hour can be booked now, to be said before any question
    refused_by: frozenset[WorkerId] = frozenset()  # workers whose hours are not offered to them (article 5.2)
    suspension: Decision | None = None  # of their account, where one stands
    unread: tuple[Decision, ...] = ()  # of what was decided about them; shown first, whatever they write


@dataclass(frozen=True, slots=True)
class Joining:
    """What a stranger has told us, needed to make the account in the transaction of the first booking."""

    code: CodeId
    first_name: str
    last_name: str
    email: str | None  # None: the desk helps somebody who has no address
    phone: str | None
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class AgendaEntry:
    appointment: Appointment
    first_name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The starts that are offered now, and those at which the worker is busy by their own calendar all the same."""

    starts: tuple[datetime, ...]
    busy: tuple[datetime, ...]


class BookingCore(MessagingCore, DecidingCore, Protocol):
    """The use cases, for one turn: `now` and the ids were given when it was made; events gather meanwhile."""

    async def known(self, contact: ContactId) -> Known: ...
    async def redeem_code(self, typed: str, contact: ContactId) -> CodeAccepted | CodeRefused | TooManyTries: ...
    async def prove_phone(self, contact: ContactId, phone: str, code: str) -> CodeSent | TooManyTries: ...
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
        reason: Literal["no_email", "no_hour", "human", "call_back", "danger", "not_me", "privacy"],
        phone: str | None = None,  # where they want to be called, E.164
    ) -> None: ...  # no_email: the hold, if any, is kept for `desk_hold_time`
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
    async def confirm_email(self, person: PersonId, email: str) -> bool: ...  # False: it was changed meanwhile
    # a worker's own times (`booking.timekeeping`), and the address of their own calendar, "" when there is none
    async def own_times(self, worker: WorkerId) -> Sequence[Span]: ...  # closed and opened, soonest first
    async def close(self, worker: WorkerId, start: datetime, end: datetime) -> Sequence[Appointment]: ...  # they stand
    async def open_hours(self, worker: WorkerId, start: datetime, end: datetime) -> Opened: ...
    async def unblock(self, worker: WorkerId, start: datetime, end: datetime) -> bool: ...  # False: nothing was closed
    async def take_back(self, worker: WorkerId, span: str) -> Span | None: ...  # None: forgotten before
    async def calendar_of(self, worker: WorkerId) -> str: ...
    async def set_calendar(self, worker: WorkerId, address: str) -> None: ...


class BookingStore(MessageStore, DocumentStore, DecisionStore, Protocol):
    """Rows of the core, inside the transaction of one turn. Three pass one suite: memory, SQLite, PostgreSQL."""

    async def directory(self) -> Directory: ...  # one object per version of the directory, kept and handed out whole
    async def settled_directory(self) -> Directory: ...
    # as it stands, and stays until this transaction ends: who closes hours waits for us, or we see them closed. Asked
    # for before any hour is freed or taken
    async def change_spans(self, worker: WorkerId, gone: Sequence[str], new: Sequence[Span], now: datetime) -> None: ...
    # of a worker's own times, by their ids; the next version of the directory has them
    async def calendar_of(self, worker: WorkerId) -> str: ...
    async def set_calendar(
        self, worker: WorkerId, address: str, now: datetime
    ) -> None: ...  # "" forgets it, and its times
    async def client(self, id: ClientId) -> Client | None: ...
    async def code(self, id: CodeId) -> Code | None: ...
    async def code_typed(self, normal: str) -> Code | None: ...  # by the normal form of `booking.codes`
    async def accounts(self, code: CodeId) -> int: ...

    # how many were opened with it. Locks the code's row (PostgreSQL), so that no seat is given twice

    def keyed(self, kind: str, value: str) -> str: ...  # a keyed hash: what is counted must not tell whom
    async def tries(self, key: str, since: datetime, most: int) -> Sequence[datetime]: ...
    # at or after `since`, latest first, at most `most`; kept in the database, so they survive Redis
    async def add_try(self, key: str, now: datetime) -> None: ...

    async def taken(
        self, since: datetime, until: datetime, now: datetime, workers: Sequence[WorkerId] | None = None
    ) -> Iterable[tuple[WorkerId, datetime]]: ...
    # (worker, start) of live appointments and holds that overlap [since, until); lapsed holds are left out.
    # `workers`: only theirs; None is everybody's
    async def load(
        self, workers: Sequence[WorkerId], since: datetime, until: datetime, now: datetime
    ) -> Mapping[WorkerId, int]: ...  # live appointments and holds that start in [since, until)
    async def take(
        self, id: HoldId | AppointmentId, owners: Sequence[Owner], start: datetime, now: datetime
    ) -> Owner | None: ...
    # None: all quarters are ours now; else the owner that is busy, and nothing was taken. Lapsed holds of these
    # quarters are deleted first, in the same transaction. An id may take more owners later (a second call adds rows)
    async def free(self, id: HoldId | AppointmentId) -> None: ...

    async def hold_of(self, contact: ContactId) -> Hold | None: ...  # the chosen one, also a lapsed one
    async def hold(self, id: HoldId) -> Hold | None: ...
    async def offers_of(self, contact: ContactId) -> Sequence[Hold]: ...  # also lapsed ones; soonest start first
    async def offers_about(self, about: str) -> Sequence[Hold]: ...
    async def save_hold(self, hold: Hold) -> None: ...
    async def delete_hold(self, id: HoldId) -> None: ...

    async def person(self, id: PersonId) -> Person | None: ...
    async def person_of(self, contact: ContactId) -> Person | None: ...
    async def add_person(self, person: Person, contact: ContactId) -> None: ...
    async def save_person(self, person: Person) -> None: ...
    async def add_consent(self, person: PersonId, contact: ContactId, consent: Consent) -> None: ...
    async def consented(self, person: PersonId, terms_version: str) -> bool: ...

    async def refusals(self, person: PersonId, now: datetime) -> Sequence[Refusal]: ...  # in force
    async def refusals_by(
        self, worker: WorkerId, since: datetime
    ) -> Sequence[Refusal]: ...  # also waived; latest first
    async def save_refusal(self, refusal: Refusal) -> None: ...
    async def ended_late(self, worker: WorkerId, since: datetime) -> Sequence[Appointment]: ...  # latest end first

    async def waiting(self, id: WaitingId) -> Waiting | None: ...
    async def waiting_of(self, contact: ContactId, person: PersonId | None) -> Waiting | None: ...  # not ended
    async def waiting_list(self) -> Sequence[Waiting]: ...  # not ended, the longest first
    async def save_waiting(self, waiting: Waiting) -> None: ...

    async def appointment(self, id: AppointmentId) -> Appointment | None: ...
    async def locked(self, id: AppointmentId) -> Appointment | None: ...
    # the same, and nobody else ends or moves it before this transaction is over
    async def add_appointment(self, appointment: Appointment) -> None: ...
    async def save_appointment(self, appointment: Appointment) -> None: ...
    async def upcoming(self, person: PersonId, now: datetime) -> Sequence[Appointment]: ...
    # booked, done or missed, and not ended yet (so that a late person still finds the link); soonest first
    async def past(self, person: PersonId, now: datetime, limit: int) -> Sequence[Appointment]: ...
    # booked, done or missed, and ended; latest first
    async def series(self, id: AppointmentId) -> Sequence[Appointment]: ...  # all rows of one, by version
    async def ended(self, person: PersonId, since: datetime) -> Sequence[Appointment]: ...
    # cancelled, or moved away from, at or after `since`; the latest first
    async def agenda(self, worker: WorkerId, since: datetime, until: datetime) -> Sequence[Appointment]: ...

    # booked, done or missed, starting in [since, until); soonest first

    async def notices(self, worker: WorkerId) -> NoticeLevel: ...  # all, until they choose
    async def save_notices(self, worker: WorkerId, level: NoticeLevel) -> None: ...
    async def save_feedback(self, feedback: Feedback) -> None: ...  # the same id again: its words are added
