"""Who may do what to which appointment: no, unless it says yes here (invariant I11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

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


Actor: TypeAlias = PersonActor | WorkerActor | DeskActor


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


def may_decide(actor: Actor | None) -> bool:
    """Who warns and suspends people, and judges what they contest: a human of the desk, never a worker, never the bot
    (safety G18). Which of them: `operating.may_operate` and `operating.may_judge`."""
    return isinstance(actor, DeskActor)


def may_contest(actor: Actor | None, person: PersonId) -> bool:
    """What was decided about a person: they themself."""
    return actor == PersonActor(person)


def may_ask_erasure(actor: Actor | None, person: PersonId) -> bool:
    """That everything of a person goes: they themself. The desk acts on their word (`person erase`)."""
    return actor == PersonActor(person)


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
