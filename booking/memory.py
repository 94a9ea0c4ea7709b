"""The store in dictionaries, with the same meaning as the tables: for tests, rehearsals and `chat` without a database.

Its coroutines never wait, so it can be driven without an event loop. `snapshot` and `restore` are its transaction.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from booking.addresses import EmailProof, EmailProofId
from booking.claims import Former
from booking.codes import normal
from booking.decisions import Decision, DecisionId
from booking.directory import Directory
from booking.documents import Document, DocumentId
from booking.memory_addresses import MemoryAddresses
from booking.memory_decisions import MemoryDecisions
from booking.memory_messages import MemoryMessages
from booking.memory_proofs import MemoryProofs
from booking.memory_rights import MemoryRights
from booking.messages import Message, MessageId, Report
from booking.model import (
    HOUR,
    QUARTER,
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
    Instruction,
    NoticeLevel,
    Person,
    PersonId,
    Refusal,
    Span,
    Waiting,
    WaitingId,
    Worker,
    WorkerId,
)
from booking.ports import Owner
from booking.proofs import Proof, ProofId, Way

QUARTERS = 4
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hour:
    id: HoldId | AppointmentId
    start: datetime


@dataclass(slots=True)
class Rows:
    """Everything that a transaction can change. The values are frozen: a copy of the dictionaries is a snapshot."""

    clients: dict[ClientId, Client] = field(default_factory=dict)
    codes: dict[CodeId, Code] = field(default_factory=dict)
    typed: dict[str, CodeId] = field(default_factory=dict)  # normal form -> code
    tries: dict[str, tuple[datetime, ...]] = field(default_factory=dict)
    heard: dict[ContactId, datetime] = field(default_factory=dict)  # who wrote more than once, since when
    busy: dict[tuple[Owner, datetime], Hour] = field(default_factory=dict)  # (owner, quarter) -> the hour it is part of
    places: dict[str, tuple[tuple[Owner, datetime], ...]] = field(default_factory=dict)  # id -> its keys in `busy`
    opens: dict[datetime, frozenset[tuple[WorkerId, Hour]]] = field(default_factory=dict)  # start -> workers' hours
    holds: dict[HoldId, Hold] = field(default_factory=dict)
    persons: dict[PersonId, Person] = field(default_factory=dict)
    contacts: dict[ContactId, PersonId] = field(default_factory=dict)
    consents: dict[PersonId, tuple[tuple[ContactId, Consent], ...]] = field(default_factory=dict)
    appointments: dict[AppointmentId, Appointment] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    spans: dict[WorkerId, tuple[Span, ...]] = field(default_factory=dict)  # of those who changed them here
    calendars: dict[WorkerId, str] = field(default_factory=dict)
    waiting: dict[WaitingId, Waiting] = field(default_factory=dict)
    notices: dict[WorkerId, NoticeLevel] = field(default_factory=dict)
    feedback: dict[str, Feedback] = field(default_factory=dict)
    messages: dict[MessageId, Message] = field(default_factory=dict)
    instructions: dict[str, Instruction] = field(default_factory=dict)
    copies: dict[str, tuple[PersonId, ContactId, datetime]] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    documents: dict[DocumentId, Document] = field(default_factory=dict)
    decisions: dict[DecisionId, Decision] = field(default_factory=dict)
    proofs: dict[ProofId, Proof] = field(default_factory=dict)
    addresses: dict[ContactId, Way] = field(default_factory=dict)  # whose they are: `contacts`
    email_proofs: dict[EmailProofId, EmailProof] = field(default_factory=dict)
    formers: dict[ContactId, Former] = field(default_factory=dict)  # whose an address was; nothing here writes it

    def copied(self) -> Rows:
        return Rows(**{name: copy.copy(getattr(self, name)) for name in self.__slots__})


class MemoryStore(MemoryMessages, MemoryDecisions, MemoryAddresses, MemoryProofs, MemoryRights):
    def __init__(self, workers: Iterable[Worker] = (), version: int = 0) -> None:
        self.rows = Rows()
        self._loaded = self._directory = Directory(workers, version)
        self._laid: dict[WorkerId, tuple[Span, ...]] = {}  # the spans that `_directory` has

    # ------------------------------------------------------------ what tests and `load` do

    def set_directory(self, directory: Directory) -> None:
        self._loaded = self._directory = directory
        self._laid = {}

    def put_client(self, client: Client) -> None:
        self.rows.clients[client.id] = client

    def put_code(self, code: Code, letters: str) -> None:
        self.rows.codes[code.id] = code
        self.rows.typed[normal(letters) or ""] = code.id

    def hears(self, contact: ContactId, since: datetime) -> None:
        self.rows.heard[contact] = since

    def snapshot(self) -> Rows:
        return self.rows.copied()

    def restore(self, rows: Rows) -> None:
        self.rows = rows.copied()

    # ------------------------------------------------------------ directory, codes

    async def directory(self) -> Directory:
        if self._laid != self.rows.spans:
            self._laid = dict(self.rows.spans)
            workers = [replace(w, spans=self._laid.get(w.id, w.spans)) for w in self._loaded.workers]
            self._directory = Directory(workers, self._directory.version + 1, before=self._directory)
        return self._directory

    async def settled_directory(self) -> Directory:
        return await self.directory()

    async def change_spans(
        self,
        worker: WorkerId,
        gone: Sequence[str],
        new: Sequence[Span],
        now: datetime,  # noqa: ARG002 - rows keep it
    ) -> None:
        found = (await self.directory()).worker(worker)
        kept = [span for span in (found.spans if found else ()) if span.id not in gone]
        self.rows.spans[worker] = tuple(sorted([*kept, *new], key=lambda span: (span.start, span.id)))

    async def calendar_of(self, worker: WorkerId) -> str:
        return self.rows.calendars.get(worker, "")

    async def set_calendar(self, worker: WorkerId, address: str, now: datetime) -> None:
        self.rows.calendars[worker] = address
        found = (await self.directory()).worker(worker)
        read = [span.id for span in (found.spans if found else ()) if span.kind == "calendar"]
        if read and not address:
            await self.change_spans(worker, read, [], now)

    async def client(self, id: ClientId) -> Client | None:
        return self.rows.clients.get(id)

    async def code(self, id: CodeId) -> Code | None:
        return self.rows.codes.get(id)

    async def code_typed(self, normal: str) -> Code | None:
        return self.rows.codes.get(self.rows.typed.get(normal, CodeId("")))

    async def accounts(self, code: CodeId) -> int:
        return sum(person.code == code for person in self.rows.persons.values())

    def keyed(self, kind: str, value: str) -> str:
        return f"{kind}:{value}"  # nothing leaves this process

    async def tries(self, key: str, since: datetime, most: int) -> Sequence[datetime]:
        return sorted((at for at in self.rows.tries.get(key, ()) if at >= since), reverse=True)[:most]

    async def nth_try(self, key: str, since: datetime, nth: int) -> datetime | None:
        found = sorted((at for at in self.rows.tries.get(key, ()) if at >= since), reverse=True)
        return found[nth - 1] if len(found) >= nth else None

    async def alone(self, key: str) -> None:
        """One turn at a time writes here."""

    async def first_wrote(self, contact: ContactId) -> datetime | None:
        return self.rows.heard.get(contact)

    async def add_try(self, key: str, now: datetime) -> None:
        self.rows.tries[key] = (*self.rows.tries.get(key, ()), now)

    # ------------------------------------------------------------ hours

    async def taken(
        self, since: datetime, until: datetime, now: datetime, workers: Sequence[WorkerId] | None = None
    ) -> Iterable[tuple[WorkerId, datetime]]:
        wanted = None if workers is None else set(workers)
        return [
            (worker, start)
            for worker, start in self._occupied(since - HOUR + timedelta.resolution, until, now)
            if wanted is None or worker in wanted
        ]

    async def load(
        self, workers: Sequence[WorkerId], since: datetime, until: datetime, now: datetime
    ) -> Mapping[WorkerId, int]:
        counts = dict.fromkeys(workers, 0)
        for worker, _ in self._occupied(since, until, now):
            if worker in counts:
                counts[worker] += 1
        return counts

    async def take(
        self, id: HoldId | AppointmentId, owners: Sequence[Owner], start: datetime, now: datetime
    ) -> Owner | None:
        wanted = [(owner, start + number * QUARTER) for owner in owners for number in range(QUARTERS)]
        for hour in [self.rows.busy[place] for place in wanted if place in self.rows.busy]:
            if self._lapsed(hour, now):
                await self.free(hour.id)
                self.rows.holds.pop(HoldId(hour.id), None)
        for owner, quarter in wanted:
            if (owner, quarter) in self.rows.busy:
                return owner
        hour = Hour(id, start)
        self.rows.busy.update(dict.fromkeys(wanted, hour))
        self.rows.places[id] = (*self.rows.places.get(id, ()), *wanted)
        workers = {(WorkerId(owner[2:]), hour) for owner in owners if owner.startswith("w:")}
        self.rows.opens[start] = self.rows.opens.get(start, frozenset()) | workers
        return None

    async def free(self, id: HoldId | AppointmentId) -> None:
        for place in self.rows.places.pop(id, ()):
            start = self.rows.busy.pop(place).start
            self.rows.opens[start] = frozenset(pair for pair in self.rows.opens[start] if pair[1].id != id)

    async def hold_of(self, contact: ContactId) -> Hold | None:
        return next((h for h in self.rows.holds.values() if h.contact == contact and h.kind == "chosen"), None)

    async def hold(self, id: HoldId) -> Hold | None:
        return self.rows.holds.get(id)

    async def offers_of(self, contact: ContactId) -> Sequence[Hold]:
        theirs = [hold for hold in self.rows.holds.values() if hold.contact == contact and hold.kind != "chosen"]
        return sorted(theirs, key=lambda hold: (hold.start, hold.id))

    async def offers_about(self, about: str) -> Sequence[Hold]:
        for_it = [hold for hold in self.rows.holds.values() if hold.about == about]
        return sorted(for_it, key=lambda hold: (hold.start, hold.id))

    async def save_hold(self, hold: Hold) -> None:
        self.rows.holds[hold.id] = hold

    async def delete_hold(self, id: HoldId) -> None:
        self.rows.holds.pop(id, None)

    # ------------------------------------------------------------ people

    async def person(self, id: PersonId) -> Person | None:
        return self.rows.persons.get(id)

    async def person_of(self, contact: ContactId) -> Person | None:
        return self.rows.persons.get(self.rows.contacts.get(contact, PersonId("")))

    async def add_person(self, person: Person, contact: ContactId) -> None:
        self.rows.persons[person.id] = person
        self.rows.contacts[contact] = person.id

    async def save_person(self, person: Person, now: datetime | None = None) -> None:  # noqa: ARG002
        self.rows.persons[person.id] = person

    async def add_consent(self, person: PersonId, contact: ContactId, consent: Consent) -> None:
        self.rows.consents[person] = (*self.rows.consents.get(person, ()), (contact, consent))

    async def consented(self, person: PersonId, terms_version: str, policy_version: str) -> bool:
        given = (consent for _, consent in self.rows.consents.get(person, ()))
        return any((one.terms_version, one.policy) == (terms_version, policy_version) for one in given)

    async def agreed_ever(self, person: PersonId) -> bool:
        return bool(self.rows.consents.get(person))

    async def refusals(self, person: PersonId, now: datetime) -> Sequence[Refusal]:
        theirs = [refusal for refusal in self.rows.refusals.values() if refusal.person == person]
        in_force = [refusal for refusal in theirs if refusal.waived_at is None and refusal.lapses_at > now]
        return sorted(in_force, key=lambda refusal: (refusal.refused_at, refusal.id))

    async def refusals_by(self, worker: WorkerId, since: datetime) -> Sequence[Refusal]:
        made = [r for r in self.rows.refusals.values() if r.worker == worker and r.refused_at >= since]
        return sorted(made, key=lambda refusal: (refusal.refused_at, refusal.id), reverse=True)

    async def save_refusal(self, refusal: Refusal) -> None:
        self.rows.refusals[refusal.id] = refusal

    # ------------------------------------------------------------ the waiting list

    async def waiting(self, id: WaitingId) -> Waiting | None:
        return self.rows.waiting.get(id)

    async def waiting_of(self, contact: ContactId, person: PersonId | None) -> Waiting | None:
        mine = (one for one in await self.waiting_list() if one.contact == contact or (person and one.person == person))
        return next(mine, None)

    async def waiting_list(self) -> Sequence[Waiting]:
        still = [one for one in self.rows.waiting.values() if one.ended_at is None]
        return sorted(still, key=lambda one: (one.since, one.id))

    async def save_waiting(self, waiting: Waiting) -> None:
        self.rows.waiting[waiting.id] = waiting

    # ------------------------------------------------------------ appointments

    async def appointment(self, id: AppointmentId) -> Appointment | None:
        return self.rows.appointments.get(id)

    async def locked(self, id: AppointmentId) -> Appointment | None:
        return await self.appointment(id)

    async def ended_late(self, worker: WorkerId, since: datetime) -> Sequence[Appointment]:
        late = [
            (a.ended_at, a.id, a)
            for a in self.rows.appointments.values()
            if a.worker == worker and a.late and a.ended_at is not None and a.ended_at >= since
        ]
        return [appointment for _, _, appointment in sorted(late, key=lambda each: each[:2], reverse=True)]

    async def add_appointment(self, appointment: Appointment) -> None:
        self.rows.appointments[appointment.id] = appointment

    async def save_appointment(self, appointment: Appointment) -> None:
        self.rows.appointments[appointment.id] = appointment

    async def upcoming(self, person: PersonId, now: datetime) -> Sequence[Appointment]:
        mine = [a for a in self.rows.appointments.values() if a.person == person]
        return sorted((a for a in mine if a.status in {"booked", "done", "missed"} and a.end > now), key=_by_start)

    async def past(self, person: PersonId, now: datetime, limit: int) -> Sequence[Appointment]:
        mine = [a for a in self.rows.appointments.values() if a.person == person]
        ended = [a for a in mine if a.status in {"booked", "done", "missed"} and a.end <= now]
        return sorted(ended, key=_by_start, reverse=True)[:limit]

    async def series(self, id: AppointmentId) -> Sequence[Appointment]:
        return sorted((a for a in self.rows.appointments.values() if a.series == id), key=lambda a: a.version)

    async def ended(self, person: PersonId, since: datetime) -> Sequence[Appointment]:
        found = [(a.ended_at, a.version, a) for a in self.rows.appointments.values() if a.person == person]
        lately = [(at, version, a) for at, version, a in found if at is not None and at >= since]
        return [a for _, _, a in sorted(lately, key=lambda item: (item[0], item[1], item[2].id), reverse=True)]

    async def agenda(self, worker: WorkerId, since: datetime, until: datetime) -> Sequence[Appointment]:
        theirs = [a for a in self.rows.appointments.values() if a.worker == worker and since <= a.start < until]
        return sorted((a for a in theirs if a.status in {"booked", "done", "missed"}), key=_by_start)

    # ------------------------------------------------------------ what workers set, what people thought

    async def notices(self, worker: WorkerId) -> NoticeLevel:
        return self.rows.notices.get(worker, NoticeLevel.ALL)

    async def save_notices(self, worker: WorkerId, level: NoticeLevel) -> None:
        self.rows.notices[worker] = level

    async def save_feedback(self, feedback: Feedback) -> None:
        self.rows.feedback[feedback.id] = feedback

    # ------------------------------------------------------------ documents

    async def document(self, id: DocumentId) -> Document | None:
        return self.rows.documents.get(id)

    async def documents(self, person: PersonId, since: datetime) -> Sequence[Document]:
        return _by_age(one for one in self.rows.documents.values() if one.person == person and one.came >= since)

    async def handed_over(self, batch: str) -> Sequence[Document]:
        return _by_age(one for one in self.rows.documents.values() if one.batch == batch)

    async def save_document(self, document: Document) -> None:
        self.rows.documents[document.id] = document

    # ------------------------------------------------------------ inside

    def _occupied(self, since: datetime, until: datetime, now: datetime) -> Iterable[tuple[WorkerId, datetime]]:
        """Workers' live hours that begin in [since, until); all of them begin on a quarter."""
        start = since + (EPOCH - since) % QUARTER
        while start < until:
            for worker, hour in self.rows.opens.get(start, ()):
                if not self._lapsed(hour, now):
                    yield worker, start
            start += QUARTER

    def _lapsed(self, hour: Hour, now: datetime) -> bool:
        hold = self.rows.holds.get(HoldId(hour.id))
        return hold is not None and hold.until <= now


def _by_age(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda one: (one.came, one.id))


def _by_start(appointment: Appointment) -> tuple[datetime, str]:
    return appointment.start, appointment.id
