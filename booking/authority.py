"""Who may do what to which appointment, and to which person's data: no, unless it says yes here (invariant I11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from booking.model import Appointment, PersonId, WorkerId

AFTERWARDS = timedelta(days=30)  # a worker sees whom they met until then


@dataclass(frozen=True, slots=True)
class PersonActor:
    id: PersonId


@dataclass(frozen=True, slots=True)
class WorkerActor:
    id: WorkerId


@dataclass(frozen=True, slots=True)
class DeskActor:
    """Somebody behind the switchboard's number, who spoke with the person."""


@dataclass(frozen=True, slots=True)
class ClockActor:
    """What comes due by itself: nobody acts."""


Actor: TypeAlias = PersonActor | WorkerActor | DeskActor | ClockActor


class Action(StrEnum):
    SEE = "see"
    CANCEL = "cancel"
    MOVE = "move"
    TURN = "turn"  # from a video to a call, at the same hour
    TELL = "tell"  # that they are late, or there
    PROPOSE = "propose"  # another hour
    FURTHER = "propose further"  # one hour more
    REFUSE = "refuse"  # further requests, after a late end (terms, article 5.2)
    CONFIRM = "confirm"
    ATTEND = "attend"  # to say who came
    WRITE = "write"  # a message to the other one
    READ = "read"  # what the two wrote
    REPORT = "report"  # how the person treats the worker (terms, article 6.2)
    HAND_OVER = "hand over"  # documents to its worker
    READ_DOCUMENTS = "read documents"  # that were handed over for it


OF_WORKERS = frozenset(
    {Action.PROPOSE, Action.FURTHER, Action.REFUSE, Action.ATTEND, Action.REPORT, Action.READ_DOCUMENTS}
)
PAPERS = frozenset({Action.HAND_OVER, Action.READ_DOCUMENTS})
# What ends 30 days after: for the person, for the worker.
FADES = frozenset({Action.WRITE, Action.READ, Action.HAND_OVER})
FADES_FOR_WORKERS = frozenset(
    {Action.SEE, Action.FURTHER, Action.WRITE, Action.READ, Action.REPORT, Action.READ_DOCUMENTS}
)


class PersonDeed(StrEnum):
    """What may be done to somebody's data as a whole. The value is how the audit trail calls it, of `person:<id>`."""

    SEE_DATA = "see data"  # their profile, what was asked for
    CORRECT = "correct"  # name, language, address, number
    EXPORT = "export"  # a copy of everything
    ERASE = "erase"
    RESTRICT = "restrict"  # freeze, and end it; no more of what is unasked
    INSTRUCT = "instruct"  # what shall become of the data after a death; the desk: do it
    JOIN = "join channel"  # one more channel to the account
    UNLINK = "unlink channel"
    HOLD = "hold"  # keep everything while a dispute is open (safety G17)
    CLOSE = "close account"


# Whether it takes a proof, of who may do it at all. What is not here, they may not.
_ABOUT_ONESELF: Final[Mapping[PersonDeed, bool]] = {
    PersonDeed.SEE_DATA: False,
    PersonDeed.CORRECT: False,  # a new address or number proves itself, besides
    PersonDeed.EXPORT: True,
    PersonDeed.ERASE: True,
    PersonDeed.RESTRICT: False,
    PersonDeed.INSTRUCT: False,  # done by humans alone, on proof
    PersonDeed.JOIN: True,
    PersonDeed.UNLINK: True,
    PersonDeed.CLOSE: False,
}
_ABOUT_OTHERS: Final[Mapping[PersonDeed, bool]] = {
    PersonDeed.SEE_DATA: False,
    PersonDeed.CORRECT: True,
    PersonDeed.EXPORT: True,
    PersonDeed.ERASE: True,
    PersonDeed.RESTRICT: True,
    PersonDeed.INSTRUCT: True,
    PersonDeed.UNLINK: True,
    PersonDeed.HOLD: False,
    PersonDeed.CLOSE: False,
}
_WHEN_DUE: Final[Mapping[PersonDeed, bool]] = {PersonDeed.CLOSE: False}  # after two silent years (safety G13)


def may_decide(actor: Actor | None) -> bool:
    """Who warns and suspends people, and judges what they contest: a human of the desk, never a worker, never the bot
    (safety G18). Which of them: `operating.may_operate` and `operating.may_judge`."""
    return isinstance(actor, DeskActor)


def may_contest(actor: Actor | None, person: PersonId) -> bool:
    """What was decided about a person: they themself."""
    return actor == PersonActor(person)


def may_about(actor: Actor | None, deed: PersonDeed, person: PersonId, *, proven: bool) -> bool:
    """What is done to somebody's data and account as a whole: by they themself, by the desk, by the clock; by no worker
    and by nobody else. `proven`: who acts has just shown once more that it is this person, or that this person asked
    for it: a code written back, a link of their other address; at the desk a ticket, a proof of identity, or what two
    operators agreed on.
    """
    match actor:
        case PersonActor(id=id) if id == person:
            allowed = _ABOUT_ONESELF
        case DeskActor():
            allowed = _ABOUT_OTHERS
        case ClockActor():
            allowed = _WHEN_DUE
        case _:
            return False
    return deed in allowed and (proven or not allowed[deed])


def may(actor: Actor, action: Action, appointment: Appointment, now: datetime) -> bool:
    """A person: their own. A worker: to see, cancel and turn theirs, say who came, propose another hour or refuse what
    comes next; to see them, propose one hour more, report, or read documents, until 30 days after. Both until then: to
    write to each other, and to read it. The desk: all but documents, which go through nobody else's hands.
    """
    lately = now <= appointment.end + AFTERWARDS
    match actor, action:
        case PersonActor(id=id), _:
            return appointment.person == id and action not in OF_WORKERS and (lately or action not in FADES)
        case WorkerActor(id=id), _ if action in FADES_FOR_WORKERS:
            return appointment.worker == id and lately
        case WorkerActor(id=id), Action.CANCEL | Action.TURN | Action.PROPOSE | Action.REFUSE | Action.ATTEND:
            return appointment.worker == id
        case DeskActor(), _:
            return action not in PAPERS
    return False
