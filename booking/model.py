"""The nouns of the booking core. All frozen; instants are aware and in UTC; an hour is sixty elapsed minutes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Literal, NewType, TypeAlias

ClientId = NewType("ClientId", str)
CodeId = NewType("CodeId", str)
WorkerId = NewType("WorkerId", str)
PersonId = NewType("PersonId", str)
ContactId = NewType("ContactId", str)
AppointmentId = NewType("AppointmentId", str)
HoldId = NewType("HoldId", str)
WaitingId = NewType("WaitingId", str)
SlotId = NewType("SlotId", str)

HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


class Motive(StrEnum):
    """What a consultation may be about (terms, article 6.1). The order is the menu's; 'other' stays last."""

    FINANCE = "finance"
    CAREGIVER = "caregiver"
    HOUSING = "housing"
    DISABILITY = "disability"
    RETIREMENT = "retirement"
    FAMILY = "family"
    OTHER = "other"


class Mode(StrEnum):
    """How the two meet (terms, article 4.2)."""

    VIDEO = "video"
    PHONE = "phone"
    IN_PERSON = "in_person"


class ClientKind(StrEnum):
    COMPANY = "company"
    INSURER = "insurer"
    BROKER = "broker"
    BRANCH = "branch"


class NotifyBy(StrEnum):
    SMS = "sms"
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    EMAIL = "email"


class NoticeLevel(StrEnum):
    """What a worker hears of at once (`policy.told_at_once`); of everything else the next morning, in one message."""

    ALL = "all"
    CHANGES = "changes"
    URGENT = "urgent"
    DIGEST = "digest"  # as urgent, and the day's agenda every morning


@dataclass(frozen=True, slots=True)
class Client:
    """Who pays: a company, an insurer, a broker or a professional branch (terms, article 1)."""

    id: ClientId
    ref: str
    name: str
    kind: ClientKind
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A connection code without its letters: those are kept encrypted, and looked up by a keyed hash."""

    id: CodeId
    client: ClientId
    valid_from: date | None = None
    valid_until: date | None = None  # inclusive
    max_accounts: int | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours, in the worker's local time. `end` at or before `start` crosses midnight. Weekdays: Monday is 0."""

    days: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Closure:
    """Days off, both ends included, in the worker's local calendar."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Span:
    """A time that differs from the weekly hours, [start, end) in UTC. `calendar`: read from the worker's own
    calendar."""

    start: datetime
    end: datetime
    kind: Literal["closed", "open", "calendar"]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Worker:
    """A social worker as the directory file describes them; `spans` is what they closed and opened by themselves."""

    id: WorkerId
    ref: str
    first_name: str
    last_name: str
    phone: str
    email: str
    notify_by: NotifyBy
    motives: frozenset[Motive]
    modes: frozenset[Mode]
    languages: tuple[str, ...]
    hours: tuple[Hours, ...] = ()
    closed: tuple[Closure, ...] = ()
    time_zone: str = "Europe/Paris"
    address: str = ""
    works_on_holidays: bool = False
    suspended: bool = False
    bio: Mapping[str, str] = field(default_factory=dict)  # language -> words
    spans: tuple[Span, ...] = ()

    def closes(self, start: datetime) -> bool:
        """Whether they have closed a part of the hour that starts then, by themselves."""
        return any(s.kind == "closed" and s.start < start + HOUR and start < s.end for s in self.spans)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which hours would suit. Empty fields allow anything; `days`, `earliest`, `latest` are in the person's `zone`."""

    motive: Motive | None = None
    mode: Mode | None = None
    worker: WorkerId | None = None
    language: str = "fr"
    days: tuple[date, ...] = ()
    earliest: time | None = None  # bounds on the start, local; earliest <= start <= latest
    latest: time | None = None
    after: datetime | None = None  # only later starts: 'other dates'
    before: datetime | None = None  # only earlier starts: than an hour they have
    zone: str = "Europe/Paris"
    without: frozenset[WorkerId] = frozenset()  # not with these


@dataclass(frozen=True, slots=True)
class Slot:
    """A free hour. Nobody's (`worker` is None) until the person names a worker or it is held."""

    id: SlotId
    start: datetime
    worker: Worker | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """An answer to a wish: the soonest hours first, and whether it is with workers who speak the person's language."""

    slots: tuple[Slot, ...]
    language_spoken: bool = True


HoldKind: TypeAlias = Literal["chosen", "replacement", "proposal", "further", "waiting"]


@dataclass(frozen=True, slots=True)
class Hold:
    """A slot kept for a contact until an instant.

    A contact has one that it chose, and beside it any that we offer: in place of an hour that the worker cancelled
    (terms, article 5.3), because the worker proposes it, or from the waiting list. `about` is what an offer is for: an
    appointment's id, that of a place on the waiting list, or `about_further`.
    """

    id: HoldId
    contact: ContactId
    worker: WorkerId
    start: datetime
    until: datetime
    kind: HoldKind = "chosen"
    about: str | None = None
    mode: Mode | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place on the waiting list. `moves`: they have this appointment and wait for an earlier hour.

    `offers` were made, the last one at `offered_at`, of hours that began at `offered`: none of them comes twice.
    """

    id: WaitingId
    contact: ContactId  # where it was asked for: offers go there
    person: PersonId | None
    wish: Wish
    since: datetime
    offers: int = 0
    offered_at: datetime | None = None
    offered: tuple[datetime, ...] = ()
    moves: AppointmentId | None = None
    status: Literal["waiting", "offered", "served", "left", "over"] = "waiting"
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A beneficiary: one account, whichever channels they use (terms, article 4.1.4)."""

    id: PersonId
    client: ClientId
    code: CodeId
    first_name: str
    last_name: str
    email: str | None
    email_confirmed: bool = False
    phone: str | None = None  # E.164, proven by the channel
    language: str = "fr"
    time_zone: str = "Europe/Paris"
    suspended: bool = False
    discreet: bool = False  # on their telephone nothing shows but that there is a message
    in_dispute: bool = False  # new requests are refused meanwhile (terms, article 4.1.7)
    frozen: datetime | None = None  # since when they let their data rest (regulation 2016/679, article 18)
    no_feedback: bool = False  # they object to what is not about an hour of theirs (article 21)

    @property
    def shut(self) -> Literal["suspended", "frozen"] | None:
        """Why nothing new is done for them: the desk decided so, or they themself."""
        if self.suspended:
            return "suspended"
        return "frozen" if self.frozen is not None else None


InstructionWish = Literal["erase", "hand_over"]


@dataclass(frozen=True, slots=True)
class Instruction:
    """What shall become of somebody's data after their death. `trusted`: whom they name for it, in their words; nobody
    is needed to erase."""

    id: str
    person: PersonId
    wish: InstructionWish
    trusted: str
    made_at: datetime
    revoked_at: datetime | None = None
    done_at: datetime | None = None


Declared = Literal["adult", "authorised"]  # 18 or over, and let in by the client (terms, article 2.4)


@dataclass(frozen=True, slots=True)
class Consent:
    """The proof of an explicit acceptance (terms, articles 2.4 and 4.1.2; safety G1, G2), never a birth date.

    `answer` is what was typed, verbatim, in the message that `inbound` names in the inbox. What it answers: the words
    `msgid`, as they were in `locale`; `catalogue` is the SHA-256 of those words with their choices, and `shown` the key
    in the outbox of the message that they stood in. `terms_hash` and `policy_hash`: see `Rules`.
    `how`: 'self', or who signed them up: 'desk:<operator>', 'api:<key>'.
    """

    terms_version: str
    locale: str
    channel: str
    answer: str
    at: datetime
    policy_version: str | None = None  # None: one version stood for terms and policy both
    terms_hash: str | None = None
    policy_hash: str | None = None
    msgid: str | None = None
    catalogue: str | None = None
    shown: str | None = None
    inbound: str | None = None
    how: str = "self"
    declared: tuple[Declared, ...] = ()

    @property
    def policy(self) -> str:
        """The version of the privacy policy."""
        return self.policy_version or self.terms_version


Status = Literal["booked", "cancelled", "moved", "done", "missed"]


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked hour. Moving ends one row (`moved`) and makes another of the same `series` with the next `version`.

    So a link, a timer or a button of the old hour can be told from the new one, and a calendar sees one event change.
    """

    id: AppointmentId
    person: PersonId
    client: ClientId
    worker: WorkerId
    motive: Motive
    mode: Mode
    start: datetime
    contact: ContactId  # where it was booked: news of it go there
    series: AppointmentId  # the id of its first row: the UID of its calendar event
    version: int = 0  # the SEQUENCE of its calendar event (RFC 5546)
    status: Status = "booked"
    late: bool = False  # cancelled under 24 elapsed hours before the start (terms, article 5.1)
    made_at: datetime | None = None  # when this row was booked, or moved to
    ended_at: datetime | None = None  # when it was cancelled, or moved away from
    ended_by: Literal["person", "worker", "desk"] | None = None
    confirmed_at: datetime | None = None  # the person said that they will come

    @property
    def end(self) -> datetime:
        return self.start + HOUR


@dataclass(frozen=True, slots=True)
class Refusal:
    """After a late cancellation a worker accepts no further request of this person for a while (terms, article 5.2)."""

    id: str
    worker: WorkerId
    person: PersonId
    appointment: AppointmentId
    refused_at: datetime
    lapses_at: datetime
    waived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feedback:
    """How it was, apart from everybody's record: no person, no appointment, a day instead of an hour."""

    id: str
    client: ClientId
    worker: WorkerId
    mode: Mode
    score: int  # 1 to 5
    given_on: date
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's settings that the core obeys.

    `terms_hash` and `policy_hash`: SHA-256 of what is known of the documents here, their address and their version
    (`fingerprint`): their words are the operator's, on a site of theirs.
    """

    notice: timedelta = timedelta(hours=4)
    horizon: timedelta = timedelta(days=56)
    hold_time: timedelta = timedelta(minutes=15)
    desk_hold_time: timedelta = timedelta(hours=24)  # no e-mail address: kept while the desk is called
    desk_back_time: timedelta = timedelta(hours=4)  # or so long after the desk is there again, if that is later
    offer_time: timedelta = timedelta(hours=12)  # a slot that we offer
    undo_time: timedelta = timedelta(minutes=10)  # a cancellation or a move may be taken back
    refusal_time: timedelta = timedelta(days=30)  # article 5.2: a worker's refusal lapses
    waiting_offers: int = 3  # of the waiting list, to one person; one a day
    waiting_notice: timedelta = timedelta(hours=2)  # no hour is offered from it nearer than this
    free_within: timedelta = timedelta(days=14)  # a motive without a free hour until then is an alarm
    max_appointments: int = 2
    max_cancellations: int = 6  # by the person, in 30 days: beyond them a human books with them (threat T22)
    tries_an_hour: int = 5  # guesses at a connection code, of one contact
    tries_a_day: int = 15
    tries_overall: int = 300  # an hour, of everybody: beyond it, contacts without history wait
    codes_an_hour: int = 3  # one-time codes to one number, or asked for by one contact (threat T20: SMS pumping)
    codes_a_day: int = 6
    codes_overall: int = 200  # an hour, to all numbers together
    tries_a_code: int = 3  # wrong answers to a one-time code before another one is needed
    time_zone: str = "Europe/Paris"  # the operator's: a code is valid by its calendar
    terms_version: str = "2024-10-15"
    policy_version: str = "2024-10-15"
    terms_hash: str | None = None
    policy_hash: str | None = None


def fingerprint(url: str, version: str) -> str:
    """Of a document that stands at `url`: SHA-256 of the address and the version, each on a line, as hex digits."""
    return sha256(f"{url}\n{version}".encode()).hexdigest()


_FURTHER = "further:"


def about_further(id: AppointmentId) -> str:
    """What an offer of a further hour is about, by the hour that it follows: apart from offers in place of that one."""
    return f"{_FURTHER}{id}"


def subject_of(about: str) -> AppointmentId:
    """The appointment that an offer is about, in its place or after it."""
    return AppointmentId(about.removeprefix(_FURTHER))


def read_slot_id(id: SlotId) -> tuple[datetime, WorkerId | None] | None:
    """The start and the worker of a slot's id; None for what is no such id (it may come from an old button)."""
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})Z/(.+)", id, re.ASCII)
    if not found:
        return None
    try:
        start = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return start, None if found[2] == "any" else WorkerId(found[2])


def slot_id(start: datetime, worker: WorkerId | None) -> SlotId:
    """`2026-03-03T08:00Z/any`, or a worker's id in place of 'any'."""
    return SlotId(f"{start:%Y-%m-%dT%H:%M}Z/{worker or 'any'}")
