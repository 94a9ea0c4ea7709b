"""The door to storage: what the core asks of whatever keeps its rows. Imported from `booking.ports`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeAlias

from booking.addresses import AddressStore
from booking.channels import ChannelStore
from booking.claims import ClaimStore
from booking.decisions import DecisionStore
from booking.directory import Directory
from booking.documents import DocumentStore
from booking.messages import MessageStore
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
    NoticeLevel,
    Person,
    PersonId,
    Refusal,
    Span,
    Waiting,
    WaitingId,
    WorkerId,
)
from booking.proofs import ProofStore
from booking.requests import RightsStore

Owner: TypeAlias = str  # "w:<worker id>", "p:<person id>" or, before there is a person, "c:<contact id>"


class BookingStore(
    MessageStore,
    DocumentStore,
    DecisionStore,
    AddressStore,
    ProofStore,
    ClaimStore,
    ChannelStore,
    RightsStore,
    Protocol,
):
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
    async def alone(self, key: str) -> None: ...
    # nobody else goes on from here with this key until this transaction ends; what they added before is seen from here
    async def nth_try(self, key: str, since: datetime, nth: int) -> datetime | None: ...
    # the nth of them, latest first; None: they are fewer
    async def add_try(self, key: str, now: datetime) -> None: ...
    async def first_wrote(self, contact: ContactId) -> datetime | None: ...  # None: never before this message

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
    async def save_person(self, person: Person, now: datetime | None = None) -> None: ...
    # `now`: needed where a proven number or address is replaced by another (`booking.trust`)
    async def add_consent(self, person: PersonId, contact: ContactId, consent: Consent) -> None: ...
    async def consented(self, person: PersonId, terms_version: str, policy_version: str) -> bool: ...

    async def agreed_ever(self, person: PersonId) -> bool: ...  # to whichever version of terms and policy

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
