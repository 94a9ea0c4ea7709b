"""The types of a talk: what comes in, what is asked, what is remembered, what goes out. Data only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeAlias

from booking.model import AppointmentId, ContactId, PersonId, WorkerId
from booking.ports import BookingCore, Known
from conversations.text import Text

# ---------------------------------------------------------------- what comes in


@dataclass(frozen=True, slots=True)
class Press:
    """A button: which prompt it belongs to and which of its options, counted from 1."""

    prompt: str
    number: int


@dataclass(frozen=True, slots=True)
class FileRef:
    """Something that is not text: it is fetched elsewhere, a turn only learns that it came."""

    kind: Literal["image", "document", "voice", "video", "sticker", "location", "contact", "other"]
    id: str = ""
    name: str = ""  # as the sender called it
    size: int = 0  # in bytes, where the channel tells


@dataclass(frozen=True, slots=True)
class Input:
    """What a person sent. `choice` is filled by the engine with the value of the option that was meant.

    `phone` is a number that the channel itself vouches for (a shared contact of one's own), in E.164. `early`: it was
    sent before the question on the screen was asked, so it is no answer to it. `replied`: the
    provider's id of the message of ours that this one quotes; `quotes`: the question that stood in it, and `to`: the
    appointment in whose exchange of messages it stood, filled in where that message is known (`handlers/quoted.py`).
    `edited`: the provider's id of the message of theirs that was changed to this (`handlers/edited.py`).
    """

    text: str = ""
    choice: str = ""
    press: Press | None = None
    phone: str | None = None
    files: tuple[FileRef, ...] = ()
    early: bool = False
    replied: str = ""
    quotes: str = ""
    edited: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """What is not said by the person: a timer, an event of the core, the desk. `event` names a line of `Flow.news`."""

    event: str
    data: Mapping[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- what goes out


@dataclass(frozen=True, slots=True)
class Link:
    """A page of ours, by what it shows. The address is made when the message is drawn (it holds a token)."""

    kind: Literal[
        "appointment", "worker", "email", "calendar", "join", "upload", "handed", "export", "terms", "privacy"
    ]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a question. `value` is ours, `label` is what they see: a `Text`, so it matches in any language.

    `exact`: it cannot be undone, so a near misspelling does not choose it.
    """

    value: str
    label: Text
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A question. `free`: the step takes any text; `written`: it is what answers, and the options are only ways out.
    `example`: for the second miss. `contact`: the contact button.

    `proof`: what is answered proves something, so the words that were asked are remembered (`Shown`).
    """

    text: Text
    intro: tuple[Text, ...] = ()
    options: tuple[Option, ...] = ()
    free: bool = False
    written: bool = False
    example: Text | None = None
    contact: bool = False
    link: Link | None = None
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """Always ONE message: carriers swap two that are sent together. `prompt` is the id that its buttons carry.

    `exchange`: the appointment whose two have written to each other in it; who quotes it writes to the other one.
    """

    texts: tuple[Text, ...]
    options: tuple[Option, ...] = ()
    link: Link | None = None
    prompt: str = ""
    contact: bool = False
    exchange: str = ""


# ---------------------------------------------------------------- what a step answers


@dataclass(frozen=True, slots=True)
class Fill:
    """Answers gained; a None forgets one. `say` comes before the next question."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    say: Text | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Not understood (`miss`), or understood and not possible: said, and asked again."""

    say: Text | None = None
    miss: bool = True


@dataclass(frozen=True, slots=True)
class Switch:
    """Another flow, above this one or in its place (`replace`); the one below goes on when it is finished.

    `over`: all are left.
    """

    flow: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    replace: bool = False
    over: bool = False
    say: Text | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The flow is over.

    `flags` tell the turn what to do besides (see `Flag`); `forget`: keep nothing that was answered; `go_on`: with
    nothing below it, ask what is next instead of ending there. `keep`: facts that outlive it. `hear`: a text that was
    not meant for this flow, to be understood now as if it had just come. `known`: what is known of them from now on.
    `leaves`: a flow that is under way below, and no more.
    """

    say: Text | None = None
    more: tuple[Text, ...] = ()
    link: Link | None = None
    flags: frozenset[Flag] = frozenset()
    forget: bool = False
    go_on: bool = False
    keep: Mapping[str, Any] = field(default_factory=dict)
    hear: str = ""
    known: Known | None = None
    leaves: str = ""


# "human": the talk is with the desk from now on; "answered": the desk has just said something; "bot": it is not any
# more; "kept": what the person wrote is for the desk; "forgotten": a day from now nothing of them is kept; "parted":
# this channel is no longer the account's; "agreed": to the terms.
Flag: TypeAlias = Literal[
    "danger", "opt_out", "opt_in", "not_me", "human", "answered", "bot", "kept", "forgotten", "parted", "agreed"
]
Outcome: TypeAlias = Fill | Again | Switch | Finish


def fill(say: Text | None = None, /, **answers: Any) -> Fill:
    """`fill(motive="housing")`, `fill(t("slot.other"), slot=None)`."""
    return Fill(answers, say)


# ---------------------------------------------------------------- what a flow is


@dataclass(frozen=True, slots=True)
class Step:
    """One question: how it is asked and how its answer is judged.

    `wanted` says whether it is to be asked now; by default while its answer is missing. `needs` names the answers that
    it was given for: when one of them changes, this one is forgotten. `lasting`: the answer outlives the flow (a
    connection code).
    """

    name: str
    ask: Callable[[Context], Awaitable[Ask | Finish]]  # Finish: what it asks about is no more
    got: Callable[[Context, Input], Awaitable[Outcome]]
    wanted: Callable[[Context], bool] | None = None
    needs: tuple[str, ...] = ()
    lasting: bool = False
    eager: bool = False  # a stranger's first words are given to it before it is asked
    dated: bool = False  # it asks for a day: "demain" is its answer, and not the word for tomorrow's agenda
    fresh: timedelta = timedelta(hours=6)  # a bare digit to a question older than this is asked again, not guessed
    verbatim: bool = False  # whatever they write is its answer, but for danger, stop and the words for everywhere


@dataclass(frozen=True, slots=True)
class Flow:
    """An ordered list of steps; the next question is the first step whose answer is not known.

    Raise `version` when a stored answer changes its meaning, and give an upgrade from each older one. `hears` names the
    answers that free text may fill at any of its steps (`conversations/understand.py`); `noted` says back what was
    understood. `enter` may refuse to begin: with nothing to cancel there is nothing to ask. `deaf`: steps at which a
    word like a subject or a name is part of the answer, not a correction. `draft`: said on return, left by the word
    'cancel', gone on with when it is opened again. `instead`: the flow that a wish opens here when this one hears none.
    `keeps`: what stands of the answers although free text changes others. `fleeting`: answered by whatever is opened
    over it, and not asked again after that.
    """

    name: str
    version: int
    steps: tuple[Step, ...]
    finish: Callable[[Context], Awaitable[Outcome]]
    enter: Callable[[Context], Awaitable[Finish | Switch | None]] | None = None
    hears: frozenset[str] = frozenset()
    noted: Callable[[Context, Mapping[str, Any]], Text | None] | None = None
    deaf: frozenset[str] = frozenset()
    draft: bool = False
    keeps: Callable[[Context, Mapping[str, Any]], Awaitable[Mapping[str, Any]]] | None = None
    instead: str = "book"
    fleeting: bool = False
    upgrades: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)


# ---------------------------------------------------------------- what is remembered


@dataclass(frozen=True, slots=True)
class Shown:
    """In which words a question stood before them: by `msgid`, in `lang`, in the message `key` of the outbox.
    `catalogue`: SHA-256 of the words themselves, question and choices, each on a line. `documents`: the versions of the
    terms and of the policy that were in force; None in what a release before kept.
    """

    msgid: str
    lang: str
    catalogue: str
    key: str
    documents: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """The question that is on their screen, with its options as they were shown."""

    id: str
    flow: str
    step: str
    options: tuple[Option, ...]
    free: bool
    asked_at: datetime
    misses: int = 0
    over: tuple[Option, ...] = ()  # of a question that was open when news asked this one: it may be answered instead
    shown: Shown | None = None  # of a question whose answer proves something


@dataclass(frozen=True, slots=True)
class Frame:
    """A flow under way. `trail` is the order in which answers came, for BACK."""

    flow: str
    version: int
    answers: Mapping[str, Any] = field(default_factory=dict)
    trail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """All that is remembered of a talk. `facts` outlive flows."""

    frames: tuple[Frame, ...] = ()
    prompt: Prompt | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    met: bool = False  # has been told who writes
    touched: datetime | None = None  # the last input, for drafts that expire
    echo: tuple[str, int] = ("", 0)  # a digest of the last question as it was worded, and how often it was so in a row
    mode: Literal["bot", "human"] = (
        "bot"  # human: the desk answers, and the bot is silent (`conversations/with_desk.py`)
    )
    waits: datetime | None = None  # since when they wait for a word of the desk
    spoke: datetime | None = None  # the desk's last word


# ---------------------------------------------------------------- what a turn is given


@dataclass(frozen=True, slots=True)
class Contact:
    """An address on a channel, as far as a talk may know it: not the address itself."""

    id: ContactId
    channel: Literal["sms", "whatsapp", "telegram", "terminal"]
    lang: str
    person: PersonId | None = None
    worker: WorkerId | None = None
    phone: str | None = None  # E.164, where the channel proves it
    zone: str = "Europe/Paris"
    opted_out: bool = False
    claims: bool = False  # it was somebody's, and whoever writes now may prove that it still is

    @property
    def role(self) -> Literal["beneficiary", "worker"]:
        return "worker" if self.worker else "beneficiary"

    @property
    def taps(self) -> bool:
        """Whether choices are buttons or a list there, with no numbers to see (typed ones are understood)."""
        return self.channel in {"whatsapp", "telegram"}


class Words(Protocol):
    """What people type, per language: `words("words.command.help")` gives the phrases, folded by `normal.fold`."""

    def __call__(self, key: str) -> tuple[str, ...]: ...


Say: TypeAlias = Callable[[Text], str]


@dataclass(frozen=True, slots=True)
class Desk:
    """The people behind the switchboard's number, and whether they are there now.

    `opens`: when they will be, next. `closes`: until when they are, now. `patience`: how long somebody who writes to
    them waits at most.
    """

    phone: str | None
    open_now: bool
    hours: Text
    opens: datetime
    closes: datetime | None = None
    patience: timedelta = timedelta(minutes=30)

    def by(self, now: datetime) -> datetime | None:
        """When somebody of them will have answered in writing; None where they close before that."""
        by = now + self.patience
        return by if self.closes is not None and by <= self.closes else None

    def late(self, now: datetime) -> datetime:
        """When whoever waits from now on has waited too long."""
        return self.by(now) or self.closes or now + self.patience


@dataclass(frozen=True, slots=True)
class Stopped:
    """They stopped us on another channel of theirs; `word` lifts it there, where no word of ours does."""

    channel: str
    at: datetime
    word: str = ""


@dataclass(frozen=True, slots=True)
class Reminded:
    """They were reminded of this appointment, which may be another's or nobody's by now: a word may answer it.

    `meant`: their message quotes the one that told of it, or taps on its button, so it answers that and nothing else.
    """

    appointment: AppointmentId
    at: datetime
    meant: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """The world of one turn. `answers` are those of the flow on top, over what is known of the person."""

    contact: Contact
    known: Known
    now: datetime
    new_id: Callable[[], str]
    booking: BookingCore
    words: Words
    say: Say
    desk: Desk
    languages: tuple[str, ...] = ("fr", "en")
    terms_version: str = "2024-10-15"
    policy_version: str = "2024-10-15"
    came: str = ""  # the number in the inbox of what came
    leaves: str = ""  # the key in the outbox of what is answered
    draft_time: timedelta = timedelta(hours=72)
    joins: Mapping[str, str] = field(default_factory=dict)  # channels that a worker may join, and our address there
    privacy_email: str | None = None  # where requests about data may be sent besides
    sms: str | None = None  # our number for texts, as people read it; None where there is none to be told
    stopped: tuple[Stopped, ...] = ()
    elsewhere: bool = False  # what nobody asked for reaches them on another channel of theirs
    reminded: tuple[Reminded, ...] = ()  # within the last days, on any of their channels; the latest first
    answers: Mapping[str, Any] = field(default_factory=dict)
    asked: bool = False  # the step's own question is on their screen
    asked_at: datetime | None = None  # since when
    misses: int = 0  # how often in a row its answer was not understood
    shown: Shown | None = None  # in which words it stands there, where its answer proves something
    mode: Literal["bot", "human"] = "bot"  # of the talk, see `State`
    waits: datetime | None = None
    raw: str = ""  # what was typed, or the label of the button: the proof of a consent
    alone: bool = True  # no other flow waits below this one
    draft: Frame | None = None  # a booking or a move under way, on top or below


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an input. `trace`: (flow, step, outcome) for the metrics; `lang`: set when the language changed.
    `files`: what is to be fetched of it, by its id at the provider, and which document it is.
    """

    state: State
    reply: Reply | None
    trace: Sequence[tuple[str, str, str]] = ()
    flags: frozenset[Flag] = frozenset()
    lang: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
