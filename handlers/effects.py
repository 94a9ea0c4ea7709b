"""What follows from what happened:

rows to be written in the same transaction. Values only; `handlers/turns.py` writes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from booking.decisions import DecisionId
from booking.messages import MessageId
from booking.model import AppointmentId, ContactId, PersonId, WorkerId
from conversations.model import Link
from conversations.text import Text

# The kinds of messages that nobody asked for. A kind is 'harmless' when doubled if a second copy only repeats what is
# so.
NoticeKind: TypeAlias = Literal[
    "booked",
    "moved",
    "cancelled",
    "turned",  # from a video to a call
    "arriving",  # late, or there
    "reminder",
    "soon",  # ten minutes before
    "message",  # between a person and their worker
    "undelivered",  # to the writer of a message that reached nobody
    "missed_call",  # the worker called: what suits the person now, and what they answered
    "question",  # asked because of news, see `Tell`
    "offer",
    "freed",  # from the waiting list
    "digest",
    "feedback",
    "decision",  # about a person's account
    "closing",  # of their account, of which nobody was heard for long
    "report",  # of theirs was settled, to the worker
    "document",  # handed over, to the worker
    "calendar",
    "test",
    "confirm_email",
    "channel",  # one was joined to their account, or parted from it
    "one_time_code",
    "access",  # an address of theirs was given back, or went to somebody else
    "stopped",  # STOP came from another of their addresses
    "waiting",  # somebody waits for the worker at this moment
    "desk",  # called in vain, or not called in time
    "alarm",
]


@dataclass(frozen=True, slots=True)
class ToContact:
    contact: ContactId


@dataclass(frozen=True, slots=True)
class ToPerson:
    """On the channel that they used last."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class ToWorker:
    """On the channel they chose, as far as it is linked and open; else by SMS, else by e-mail (contract,
    `notify_by`).
    """

    worker: WorkerId
    way: int = 0  # 0 is the first way that reaches them, 1 the next


@dataclass(frozen=True, slots=True)
class ToMail:
    """The e-mail address of a person; `address`: another than their account has, so far."""

    person: PersonId
    address: str | None = None


@dataclass(frozen=True, slots=True)
class ToAgenda:
    """A worker's e-mail address, of what they did themselves: nobody has to tell them, but their agenda. Nothing goes
    to who does not want each appointment there.
    """

    worker: WorkerId


@dataclass(frozen=True, slots=True)
class ToPhone:
    """By SMS to a number that nobody has proven yet."""

    phone: str


Recipient: TypeAlias = ToContact | ToPerson | ToWorker | ToMail | ToAgenda | ToPhone


@dataclass(frozen=True, slots=True)
class Invitation:
    """The calendar part of a mail, drawn when it leaves from the appointment as it is then (RFC 6047)."""

    appointment: AppointmentId
    method: Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to somebody who did not ask for it now. `subject`: the appointment row that it speaks of; when that
    is no longer what it was, the notice is dropped. `expires_at`: of no use afterwards. `urgent`: also in quiet
    hours. `invitation`: what a mail carries besides; a worker whose notices go elsewhere gets a mail of its own.
    `reminder`: the timer's name, of a reminder; `of`: all the appointments that it tells of, each at the version
    that it was written for.
    """

    to: Recipient
    kind: NoticeKind
    texts: tuple[Text, ...]
    subject: AppointmentId | None = None
    link: Link | None = None
    expires_at: datetime | None = None
    urgent: bool = False
    invitation: Invitation | None = None
    reminder: str | None = None
    of: Mapping[AppointmentId, int] = field(default_factory=dict)
    start: datetime | None = None  # of the hour it speaks of: a worker may want to hear of it in the morning only
    exchange: AppointmentId | None = None  # whose two write to each other in it: who quotes it answers
    message: MessageId | None = None  # of which it tells: once a person has read that, it is of no use
    decision: DecisionId | None = None  # that waits to be read: once it was shown, it is of no use
    otherwise: Notice | None = None  # said where there is nobody to tell this


@dataclass(frozen=True, slots=True)
class Tell:
    """News for somebody's talk, which may answer it with a question: the flow `event` is opened with `data` (JSON).

    A turn writes only its own contact's conversation, so the news waits in the other's inbox. Not `urgent`, it lets
    them
    sleep; `at` is an instant to wait for. About a `subject`, it is dropped when that appointment changes meanwhile;
    `useful_until`: too late afterwards. In `data`, "urgent": the question comes in quiet hours too; "until" (ISO 8601):
    the question is of no use afterwards. `key` names it where its cause would not: told twice, it comes once.
    """

    to: Recipient
    event: str
    data: Mapping[str, Any] = field(default_factory=dict)
    urgent: bool = False
    at: datetime | None = None
    subject: AppointmentId | None = None
    useful_until: datetime | None = None
    key: str | None = None
    nobody: str = "nobody_to_tell"  # the alarm, when there is no such way to them
    then: Tell | None = None  # told besides, when there is one


@dataclass(frozen=True, slots=True)
class Remind:
    """A timer:

    at `due` a reminder of this kind is judged again, and said if it still holds. Useless from `useful_until` on.
    `skip`: it is not made, and this is why; kept for who asks. `again`: it was due once, and is put off.
    """

    kind: str
    subject: AppointmentId
    contact: ContactId
    due: datetime
    useful_until: datetime
    skip: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Whatever waits to be said of this appointment row is no longer so:

    its timers, and its unsent notices to these. `kinds`: only timers of these, for this `reason`.
    """

    subject: AppointmentId
    kinds: tuple[str, ...] = ()
    reason: str = "answered"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A human must look. `code` is stable: a log line, a metric, and a mail to the operator. About a `contact` it is a
    ticket of the desk too; `subject` is what it is about there, a kind and an id, `phone` where they want to be called.
    """

    code: str
    contact: ContactId | None = None
    subject: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody wrote to the desk, for the ticket that their talk is in. `files`: kinds of what was no text."""

    contact: ContactId
    words: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Worded:
    """What somebody wrote of what they ask of their data, for the ticket of that."""

    contact: ContactId
    words: str


@dataclass(frozen=True, slots=True)
class Entered:
    """The talk is with the desk from now on: in the ticket that has just come of the person's asking; or, by what an
    operator did, in `ticket`.
    """

    contact: ContactId
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """The talk is with the bot again. Handed back: a ticket that was opened since then is in it no more either."""

    contact: ContactId
    how: Literal["left", "late", "handed_back"]


@dataclass(frozen=True, slots=True)
class Erase:
    """By their own word: all that is theirs goes, as soon as a worker takes it up; `closes`: but who they were."""

    person: PersonId
    closes: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """They asked something of their data, and had it in the talk: a ticket that is closed already says so."""

    contact: ContactId
    subject: str


@dataclass(frozen=True, slots=True)
class Empty:
    """What was sent of this kind there is of no more use, and says what nobody is to read later."""

    to: Recipient
    kind: NoticeKind


Effect: TypeAlias = Notice | Tell | Remind | Drop | Alarm | Entered | Kept | Left | Erase | Empty | Answered | Worded
