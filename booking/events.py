"""What happened in the core. Facts for `handlers/reactions.py`: every consequence outside the core starts here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from booking.addresses import EmailProof
from booking.channels import ChannelJoined, ChannelParted, DraftPassed, JoinMailed
from booking.claims import ClaimAnswered, ClaimSettled, ClaimWaits
from booking.decisions import Decided, DecisionContested, DecisionReviewed, ReportSettled, SuspensionEnded
from booking.documents import DocumentsSent
from booking.messages import Message, Report
from booking.model import (
    Appointment,
    ContactId,
    Hold,
    HoldKind,
    Mode,
    NoticeLevel,
    Person,
    PersonId,
    SlotId,
    Waiting,
    WorkerId,
)
from booking.proofs import ProofSettled, ProofToSend

By: TypeAlias = Literal["person", "worker", "desk"]


@dataclass(frozen=True, slots=True)
class PersonJoined:
    """An account was made, with its consent; its e-mail address is to be proven, too: `EmailToProve`."""

    person: Person
    contact: ContactId


@dataclass(frozen=True, slots=True)
class ErasureAsked:
    """They want to be forgotten (regulation 2016/679, article 17), or, where it `closes`, to have no account any more
    (terms, article 4.1.6); and said so twice."""

    person: PersonId
    closes: bool = False


@dataclass(frozen=True, slots=True)
class RequestMade:
    """They asked something of their data. `kind`: see `rights.RequestKind`; `answered`: by themself, in the talk."""

    contact: ContactId
    kind: str
    answered: bool


@dataclass(frozen=True, slots=True)
class RequestWorded:
    """What they wrote of what they ask of their data."""

    contact: ContactId
    words: str


@dataclass(frozen=True, slots=True)
class PersonErased:
    """Nothing of them is kept from now on, or of a closed account who they were, apart from all else. Their coming
    appointments were cancelled before."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class AppointmentBooked:
    appointment: Appointment
    by: By = "person"


@dataclass(frozen=True, slots=True)
class AppointmentMoved:
    """`old` is the row that ended; the worker of `appointment` may be another one. `late` as in article 5.1.

    `undone`: it is the hour that it was just moved away from, taken back at once.
    """

    appointment: Appointment
    old: Appointment
    late: bool = False
    by: By = "person"
    undone: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentCancelled:
    """`told`: the person learns of it by what it came with."""

    appointment: Appointment
    by: By = "person"
    told: bool = False


@dataclass(frozen=True, slots=True)
class ModeChanged:
    """The same hour, met otherwise: a call in place of a video that does not work. `old`: how it was to be."""

    appointment: Appointment
    old: Mode
    by: By = "person"


@dataclass(frozen=True, slots=True)
class PersonLate:
    """They say so themselves; `minutes` where they said how much. `written`: in a message, which tells the worker."""

    appointment: Appointment
    minutes: int | None = None
    written: bool = False


@dataclass(frozen=True, slots=True)
class PersonHere:
    """At the door, or waiting on the line."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class HoursOffered:
    """Hours are kept for somebody: they are asked, and reminded (terms, article 5.3). `until`: when the first of them
    lapses; `last`: when none is kept any more.
    """

    kind: HoldKind
    about: str
    contact: ContactId
    until: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class NoHourToOffer:
    """The worker cancelled, and nobody has another hour: they are asked what they prefer, and a human is told after
    `until` where they say nothing.
    """

    about: str
    contact: ContactId
    until: datetime


@dataclass(frozen=True, slots=True)
class HourProposed:
    """The worker proposes another hour for an appointment that stands meanwhile. `closed`: one that they had closed."""

    appointment: Appointment
    slot: SlotId
    until: datetime
    closed: bool = False


@dataclass(frozen=True, slots=True)
class FurtherProposed:
    """The worker proposes one hour more to somebody whom they met or will meet: in `appointment`. `closed`: one that
    they had closed.
    """

    appointment: Appointment
    slot: SlotId
    until: datetime
    closed: bool = False


@dataclass(frozen=True, slots=True)
class OffersTaken:
    """One of the hours offered about it is an appointment now; the others are free."""

    kind: HoldKind
    about: str
    contact: ContactId


@dataclass(frozen=True, slots=True)
class OffersDeclined:
    """None of them. `kind` is None where nothing was kept any more."""

    kind: HoldKind | None
    about: str
    contact: ContactId


@dataclass(frozen=True, slots=True)
class OffersLapsed:
    """Nobody answered in time."""

    kind: HoldKind
    about: str
    contact: ContactId


@dataclass(frozen=True, slots=True)
class AppointmentConfirmed:
    """The person said that they will come."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class AppointmentRestored:
    """`old` was cancelled by the person a moment ago, and they took that back: it is no late cancellation any more."""

    appointment: Appointment
    old: Appointment


@dataclass(frozen=True, slots=True)
class HourOffered:
    """From the waiting list: `hold` is kept for them until they answer."""

    waiting: Waiting
    hold: Hold


@dataclass(frozen=True, slots=True)
class HourGivenBack:
    """What was offered from the waiting list is free again: others who wait are looked at."""


@dataclass(frozen=True, slots=True)
class WaitingOver:
    """Nothing more will come of this wait, and nobody is just telling them so."""

    waiting: Waiting


@dataclass(frozen=True, slots=True)
class DeskNeeded:
    """Somebody waits for the desk: no e-mail address, a wish that no worker can meet. `hold` is kept meanwhile.

    `phone`: where they want to be called; `report`: the id of the one that it is about.
    """

    contact: ContactId
    reason: Literal[
        "no_email",
        "no_hour",
        "human",
        "call_back",
        "danger",
        "not_me",
        "claim",
        "shared_phone",
        "privacy",
        "terms",
        "too_many_tries",
        "suspended",
        "report",
    ]
    hold: Hold | None = None
    phone: str | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True)
class CodesGuessed:
    """All contacts together tried as many codes within the hour as is allowed: an alarm for the operator."""

    tries: int


@dataclass(frozen=True, slots=True)
class CodesRanOut:
    """As many one-time codes went out within the hour as may: an alarm for the operator."""

    codes: int


@dataclass(frozen=True, slots=True)
class HoursOpened:
    """A worker opened hours, or took back that they were closed: some of these starts may be free now."""

    worker: WorkerId
    starts: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class EmailToProve:
    """A link goes to the address of `proof`, which may be another than the account's."""

    person: Person
    proof: EmailProof


@dataclass(frozen=True, slots=True)
class PhoneChanged:
    """Of `person`, as they were before. `told`: the old number, where a code came back from it just now."""

    person: Person
    told: str | None


@dataclass(frozen=True, slots=True)
class EmailConfirmed:
    """The person has shown that the address is theirs: from now on it may be told of appointments."""

    person: Person


@dataclass(frozen=True, slots=True)
class CalendarGiven:
    """A worker gave the address of their own calendar: it is to be read at once."""

    worker: WorkerId


@dataclass(frozen=True, slots=True)
class CallBackWanted:
    """The person missed the worker's call, and says when they can be called; `at` None: rather another day."""

    appointment: Appointment
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Attended:
    """Somebody said who came: `appointment` is done or missed. `corrected`: they had said otherwise before."""

    appointment: Appointment
    by: By = "worker"
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentNear:
    """It starts in ten minutes."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class AttendanceDue:
    """It began ten minutes ago, or the worker tried again ten minutes ago: is the person there?"""

    appointment: Appointment
    asked: int  # how often, with this time


@dataclass(frozen=True, slots=True)
class AttendanceUnanswered:
    """Ten minutes after that question nothing was said. `tries`: in how many ways the worker was asked."""

    appointment: Appointment
    asked: int
    tries: int


@dataclass(frozen=True, slots=True)
class AttendanceAwaited:
    """The worker tries to reach the person again, and is to be asked once more. `asked`: how often they were."""

    appointment: Appointment
    asked: int


@dataclass(frozen=True, slots=True)
class AttendanceSettled:
    """The day after: done or missed, for good. `assumed`: nobody had said which, and most people come."""

    appointment: Appointment
    assumed: bool
    nobody: bool = False  # the person said that nobody came


@dataclass(frozen=True, slots=True)
class NobodyCame:
    """The hour has begun, and the person is alone."""

    appointment: Appointment
    contact: ContactId


@dataclass(frozen=True, slots=True)
class WaitsAgain:
    """The person stays for another ten minutes."""

    appointment: Appointment


@dataclass(frozen=True, slots=True)
class NoticesChosen:
    """How much a worker wants to hear of at once."""

    worker: WorkerId
    level: NoticeLevel


@dataclass(frozen=True, slots=True)
class NoticesTried:
    """A worker wants to see that notices reach them."""

    worker: WorkerId


@dataclass(frozen=True, slots=True)
class MessageWritten:
    """By a person to their worker, or the other way round. `told`: the reader was told of another one, which is still
    unread, a moment ago."""

    message: Message
    appointment: Appointment
    told: bool = False


@dataclass(frozen=True, slots=True)
class MessageReported:
    """A worker reports how somebody treats them (terms, article 6.2)."""

    report: Report


Event: TypeAlias = (
    PersonJoined
    | ErasureAsked
    | RequestMade
    | RequestWorded
    | PersonErased
    | AppointmentBooked
    | AppointmentMoved
    | AppointmentCancelled
    | ModeChanged
    | PersonLate
    | PersonHere
    | HoursOffered
    | NoHourToOffer
    | HourProposed
    | FurtherProposed
    | OffersTaken
    | OffersDeclined
    | OffersLapsed
    | AppointmentConfirmed
    | AppointmentRestored
    | HourOffered
    | HourGivenBack
    | WaitingOver
    | DeskNeeded
    | ProofToSend
    | ProofSettled
    | ChannelJoined
    | JoinMailed
    | ChannelParted
    | DraftPassed
    | ClaimWaits
    | ClaimAnswered
    | ClaimSettled
    | CodesGuessed
    | CodesRanOut
    | HoursOpened
    | EmailToProve
    | PhoneChanged
    | EmailConfirmed
    | CalendarGiven
    | CallBackWanted
    | Attended
    | AppointmentNear
    | AttendanceDue
    | AttendanceUnanswered
    | AttendanceAwaited
    | AttendanceSettled
    | NobodyCame
    | WaitsAgain
    | NoticesChosen
    | NoticesTried
    | MessageWritten
    | MessageReported
    | DocumentsSent
    | Decided
    | SuspensionEnded
    | DecisionContested
    | DecisionReviewed
    | ReportSettled
)
