"""What the desk's deeds answer: done, or why not, as values (`handlers/tickets.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from storage.tickets import TicketRow

How: TypeAlias = Literal["reached", "no_answer", "busy", "message_left", "wrong_number"]
Outcome: TypeAlias = Literal["solved", "not_reached", "nothing_to_do"]

Why: TypeAlias = Literal["nobody_known", "stopped", "dead", "window_closed", "not_set_up", "one_way"]

HOWS: Final[tuple[How, ...]] = get_args(How)
OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Done:
    """The ticket as it stands now."""

    ticket: TicketRow


@dataclass(frozen=True, slots=True)
class NoSuchTicket:
    """Never was, or its lifetime is over."""


@dataclass(frozen=True, slots=True)
class Closed:
    """It was closed before."""


@dataclass(frozen=True, slots=True)
class OfAnother:
    """Somebody else has it; `take(…, over=True)` takes it over from them."""

    operator: str


@dataclass(frozen=True, slots=True)
class InTalk:
    """A colleague is in the person's talk by another ticket; `take(…, over=True)` takes the talk over from them."""

    operator: str
    ticket: str


@dataclass(frozen=True, slots=True)
class NotYours:
    """They decided what the person contests: a colleague judges it (safety G18)."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """What it asks for is not decided yet: it is closed by deciding."""


@dataclass(frozen=True, slots=True)
class NoTalk:
    """The person cannot be written to now: nobody is known, they stopped us, their address is dead, WhatsApp's 24 hours
    are over, the channel is not set up or is not one that people answer on. A call is left.
    """

    reason: Why


@dataclass(frozen=True, slots=True)
class BadWords:
    """Nothing was said, or too much."""


NotDone: TypeAlias = NoSuchTicket | Closed | OfAnother | InTalk | NotYours | Undecided
Answer: TypeAlias = Done | NotDone
SayAnswer: TypeAlias = Answer | NoTalk | BadWords
NoteAnswer: TypeAlias = Answer | BadWords
