"""What an operator decides about a person: a warning, a suspension, or that their account closes (terms, articles 4.1.7
and 6.2). The nouns, what the use cases answer, and their two doors. `booking.deciding` and `booking.closing` have the
use cases.

Only a human decides, with a reason; the person is told of it, and may contest it; another human judges that (safety
G18). The one thing that happens by itself is that a suspension ends on the day that was decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, NewType, Protocol, TypeAlias

from booking.messages import Report
from booking.model import ContactId, PersonId

DecisionId = NewType("DecisionId", str)
DecisionKind: TypeAlias = Literal["warning", "suspension", "closing"]
Verdict: TypeAlias = Literal["warning", "suspension", "no_ground"]  # on a report

SHORTEST: Final = 10  # characters of a reason: a word is none
LONGEST: Final = 300  # characters of what the person reads: with what we say besides it stays a short message
LONGEST_CONTEST: Final = 1000  # characters of what they say against it
CONTESTABLE: Final = timedelta(days=60)  # that an account is to close; then it does
WARNING_STANDS: Final = timedelta(days=60)  # so long a warning may be contested; a suspension as long as it lasts
LASTS_AT_MOST: Final = timedelta(days=731)  # a suspension with a last day


class Ground(StrEnum):
    """The reason that is chosen; another is written beside it."""

    DISRESPECT = "disrespect"  # article 6.2
    MISSED = "missed"  # appointments, again and again
    MISUSE = "misuse"  # of hours: many taken and given back, messages in masses (threat T22)
    SOMEBODY_ELSE = "somebody_else"  # uses the account (articles 2.4, 4.1.4)
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Decision:
    """`words`: the reason as the person reads it. `by`, `ended_by`, `reviewed_by`: operators, as the audit trail calls
    them; `ended_by` empty: its day came. `until`: when it ends by itself, None: when somebody ends it; of a closing,
    when it can no longer be contested, and the account goes. `cancels`: their coming appointments went with it.
    `contest`: what the person says against it; `upheld`, `answer`: what another operator made of that. `ended_words`:
    of the operator who ended it, to the person. `read`: when the person was shown it; `news`: what became of it since,
    in words, waits to be shown.
    """

    id: DecisionId
    person: PersonId
    kind: DecisionKind
    ground: Ground
    words: str
    by: str
    at: datetime
    until: datetime | None = None
    cancels: bool = False
    ended: datetime | None = None
    ended_by: str = ""
    contested: datetime | None = None
    contest: str = ""
    reviewed: datetime | None = None
    reviewed_by: str = ""
    upheld: bool | None = None
    answer: str = ""
    ended_words: str = ""
    read: datetime | None = None
    news: bool = False

    @property
    def stands(self) -> bool:
        """A suspension that has not ended, a closing that was not carried out; a warning that was not taken back."""
        return self.ended is None

    @property
    def to_review(self) -> bool:
        return self.contested is not None and self.reviewed is None

    @property
    def unread(self) -> bool:
        """Something of it was never shown to the person: pushes only say that it waits (threat T6)."""
        return self.read is None or self.news


@dataclass(frozen=True, slots=True)
class NotDecided:
    """Nothing was changed. `nobody`: no such person or decision; `already`: they are suspended, it is over, contested
    or reviewed already; `words`: too few or too many; `until`: not a day to come; `own`, `declare`: who decided does
    not judge it (`operating.why_not_review`); `taken`: a colleague has the ticket.
    """

    reason: Literal["nobody", "already", "words", "until", "own", "declare", "taken"]


DecideAnswer: TypeAlias = Decision | NotDecided


# ---------------------------------------------------------------- what follows is told of it


@dataclass(frozen=True, slots=True)
class Decided:
    """`coming`: appointments of theirs that stand, `gone`: that were cancelled with it."""

    decision: Decision
    coming: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class ReportSettled:
    """What a worker reported was looked at, and decided: they learn that much, and no more."""

    report: Report


@dataclass(frozen=True, slots=True)
class SuspensionEnded:
    """By an operator with a word to the person (its `ended_words`), or because its day came."""

    decision: Decision


@dataclass(frozen=True, slots=True)
class DecisionContested:
    """Another operator than who decided must judge."""

    decision: Decision
    contact: ContactId


@dataclass(frozen=True, slots=True)
class DecisionReviewed:
    decision: Decision


class DecisionStore(Protocol):
    """Rows of decisions."""

    async def decision(self, id: DecisionId) -> Decision | None: ...
    async def decisions(self, person: PersonId) -> Sequence[Decision]: ...  # the latest first
    async def save_decision(self, decision: Decision) -> None: ...  # new, or as it is now


class DecidingCore(Protocol):
    """What a talk needs of it."""

    async def contestable(self, person: PersonId) -> Decision | None: ...
    async def contest(self, person: PersonId, contact: ContactId, words: str) -> DecideAnswer: ...
    async def decisions_read(self, person: PersonId) -> None: ...  # all that is unread is shown now


def suspension(decisions: Sequence[Decision]) -> Decision | None:
    """The one that stands, or that their account is to close: either shuts it."""
    return next((each for each in decisions if each.kind != "warning" and each.stands), None)


def contestable(decisions: Sequence[Decision], now: datetime) -> Decision | None:
    """What a person means who contests: the suspension that stands, else a warning of late. Also one that they
    contested already."""
    warned = (d for d in decisions if d.kind == "warning" and d.stands and now - d.at <= WARNING_STANDS)
    return suspension(decisions) or next(warned, None)


def unread(decisions: Sequence[Decision], now: datetime) -> tuple[Decision, ...]:
    """What the person is to be shown, the oldest first: a suspension as long as it stands, all else for a while."""
    last = {each.id: max(at for at in (each.at, each.ended, each.reviewed) if at is not None) for each in decisions}
    return tuple(
        each
        for each in reversed(decisions)
        if each.unread and ((each.kind != "warning" and each.stands) or now - last[each.id] <= WARNING_STANDS)
    )
