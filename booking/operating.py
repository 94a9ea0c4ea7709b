"""What operators may do in the console: no, unless it says yes here (invariant I11).

Who is at the desk sees people and tickets, and acts for them; who administers also changes the directory and the
operators, and places and lifts legal holds; who audits sees deeds, deliveries and figures, nobody's name, and changes
nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final, Literal


class Role(StrEnum):
    DESK = "desk"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Deed(StrEnum):
    """What a route of the console does. Every route names one."""

    SEE_OWN = "see own"  # their own sessions
    END_OWN = "end own"
    SEE_PEOPLE = "see people"  # a day, a person, an appointment, what became of their messages
    HELP_PEOPLE = "help people"  # book, move, cancel for them
    CORRECT_PEOPLE = "correct people"  # their name, their e-mail address
    FREE_PEOPLE = "free people"  # an account that they froze, on their word and a proof
    SEE_TICKETS = "see tickets"  # what waits for the desk, with what was written to it, and whom to call
    ANSWER_TICKETS = "answer tickets"  # take, answer, hand back, note, call back, close; take a talk over
    PART_CHANNELS = "part channels"  # from a person or a worker, and give one back to who said it is still theirs
    DECIDE = "decide"  # warn and suspend people, end a suspension, settle a report, judge what somebody contests
    SEE_HOLDS = "see holds"  # which disputes are open, what they are about; how far the erasing of people is
    HOLD = "hold"  # what is somebody's while a dispute is open, and let it go again
    SEE_DELIVERIES = "see deliveries"  # of messages, without names; alarms
    DELETE_DOCUMENTS = "delete documents"  # that were set aside: before their time, unopened
    SEE_DIRECTORY = "see directory"  # clients and workers; the letters of codes only with the next
    CHANGE_DIRECTORY = "change directory"
    SEE_OPERATORS = "see operators"
    CHANGE_OPERATORS = "change operators"
    SEE_DEEDS = "see deeds"  # the audit trail
    EXPORT = "export"  # ask for many people's data at once, answer what another asks for (threat T24)
    CARRY_OUT = "carry out"  # what somebody said of their data for after their death (safety G8)
    SEE_FIGURES = "see figures"  # of months, of nobody


_EVERYBODY: Final = frozenset({Deed.SEE_OWN, Deed.END_OWN, Deed.SEE_DELIVERIES, Deed.SEE_DIRECTORY})
_DESKS: Final = frozenset(
    {
        *(Deed.SEE_PEOPLE, Deed.HELP_PEOPLE, Deed.CORRECT_PEOPLE, Deed.SEE_TICKETS, Deed.ANSWER_TICKETS),
        *(Deed.PART_CHANNELS, Deed.DECIDE, Deed.FREE_PEOPLE),
    }
)
_HOLDS: Final = frozenset({Deed.SEE_HOLDS, Deed.HOLD})

MAY: Final[Mapping[Role, frozenset[Deed]]] = {
    Role.DESK: _EVERYBODY | _DESKS | {Deed.SEE_HOLDS},
    Role.ADMINISTRATOR: _EVERYBODY
    | _DESKS
    | _HOLDS
    | {Deed.CHANGE_DIRECTORY, Deed.SEE_OPERATORS, Deed.CHANGE_OPERATORS, Deed.SEE_DEEDS, Deed.SEE_FIGURES, Deed.EXPORT}
    | {Deed.DELETE_DOCUMENTS, Deed.CARRY_OUT},
    Role.AUDITOR: _EVERYBODY | {Deed.SEE_OPERATORS, Deed.SEE_DEEDS, Deed.SEE_FIGURES},
}


def may_operate(role: Role, deed: Deed) -> bool:
    return deed in MAY[role]


def may_judge(judge: str, author: str) -> bool:
    """Whether this operator may judge what that one decided, or asks for: nobody judges their own (safety G18, T24).
    Both as the audit trail calls them."""
    return judge != author


def why_not_review(
    judge: str, author: str, console: Collection[str], *, declares: bool
) -> Literal["own", "declare"] | None:
    """Why this operator may not judge a decision that somebody contests; None: they may. Another name is not yet
    another human (safety G18). `console`: all who log in there, each a human with a second factor. `own`: they decided
    it, or nobody knows who they are. `declare`: it was decided at a keyboard, by a login that may be anybody's, and
    they do not declare that it was not theirs.
    """
    if judge not in console or not may_judge(judge, author):
        return "own"
    return None if author in console or declares else "declare"
