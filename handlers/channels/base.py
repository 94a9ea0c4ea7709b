"""What a provider and a channel are. A provider calls our webhook; a channel is how people are reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeAlias

from conversations.model import Input, Link, Reply
from conversations.text import Text

ChannelName: TypeAlias = Literal["sms", "whatsapp", "telegram", "email", "terminal"]

# Ranked: a row only ever rises (invariant I13). 'failed' is final, but a late 'delivered' still wins over it.
Status: TypeAlias = Literal["accepted", "sent", "delivered", "read", "failed"]


@dataclass(frozen=True, slots=True)
class Request:
    """A webhook call as plain data. `url` is the one that the outside sees: PUBLIC_URL + raw path + raw query."""

    method: str
    url: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """One inbound message, unopened: only who and which were looked at. `raw` is what `Channel.decode` is given."""

    channel: ChannelName
    address: str  # E.164, a WhatsApp user id (FR.…), a Telegram chat id; empty when parked
    external_id: str
    sent_at: datetime | None
    raw: bytes
    parked: str | None = None  # right origin, not understood: the reason; stored for a human, no turn
    # The same person's other address. WhatsApp gives the user id beside the number, and the id alone once the number is
    # hidden: a contact that was seen under either is the same one.
    alias: str | None = None
    # What their app speaks, where it tells: in which language a stranger is first answered, if we have it ("fr", "pt").
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says became of a message of ours."""

    outbox_id: str | None
    provider_id: str
    status: Status
    error: str | None = None


class BadOrigin(Exception):
    """Not from the provider: 403, whatever was wrong, and nothing stored."""


class Undecodable(Exception):
    """From the provider, and not understood: parked, with this reason (never the content)."""


Signal: TypeAlias = Literal["opted_out", "opted_in", "blocked", "unblocked", "ignored", "unanswerable"]
# opted_out, opted_in: the provider has done it and answered itself; nothing is said.
# unanswerable: sent by a short code or by letters.


Outcome: TypeAlias = Literal["retry", "refused", "unknown", "stop"]


class SendError(Exception):
    """A message was not accepted, or not delivered. `code` is the provider's; the text never holds an address or a
    body. Which code means what stands in `outcomes.py`.

    retry: it was certainly not processed. refused: it never will be. unknown: it may have arrived (invariant I7).
    stop: not processed, nor will anything be until somebody mends our side.
    """

    def __init__(  # noqa: PLR0913 - each a fact of its own, and nearly all left out
        self,
        code: str,
        outcome: Outcome,
        *,
        opted_out: bool = False,
        dead: bool = False,
        alarm: bool = False,
        window_closed: bool = False,
        after: timedelta | None = None,
        slow: bool = False,
        again: int = 0,
        strikes: int = 3,
        seldom: bool = False,
    ) -> None:
        super().__init__(f"{outcome}: {code}")
        self.code = code
        self.outcome = outcome
        self.opted_out = opted_out  # the person stopped us: silence everything unasked
        self.dead = dead  # nobody can be reached there: another channel
        self.alarm = alarm  # ours to mend: credentials, sender, configuration
        self.window_closed = window_closed  # WhatsApp's 24 hours are over: SMS instead
        self.after = after  # when to try again, at the earliest
        self.slow = slow  # it hits whatever is sent: one message at a time, until one is accepted
        self.again = again  # of a state told afterwards: so often it is sent once more
        self.strikes = strikes  # so many failures in a row and the address is dead
        self.seldom = seldom  # an alarm only where it becomes frequent


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was looked at, whether it is well, and how to mend it."""

    about: str
    ok: bool
    words: str


@dataclass(frozen=True, slots=True)
class Payload:
    """A message as the channel will send it: its wire fields, ready. `text` is what the person reads."""

    text: str
    fields: Mapping[str, Any]
    segments: int = 1


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """An invitation that a mail carries, or the end of one."""

    text: str
    method: Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True, slots=True)
class Draw:
    """What a channel needs to draw a reply: the words, the addresses of our pages, the reader's language."""

    say: Callable[[Text], str]
    url: Callable[[Link], str]
    lang: str
    window_open: bool = True  # WhatsApp: free text is allowed
    plain: bool = False  # numbered text: the provider refused the message in its better form
    expires_at: datetime | None = None  # of no use afterwards: a provider's validity period
    calendar: CalendarPart | None = None  # by mail alone
    about: Link | None = None  # the page of the appointment that it speaks of: another way to answer
    desk: str | None = None  # the people's number, as it is read: yet another
    heard: bool = True  # they have written to us from there, so what they write arrives
    key_up: bool = False  # Telegram: the key that shares a number may still stand under their text field


class Provider(Protocol):
    """Who calls our webhook."""

    def verify(self, request: Request) -> None:
        """Raises BadOrigin, whatever is wrong; compares in constant time."""

    def split(self, request: Request, now: datetime) -> Sequence[Envelope | Receipt]:
        """Who and which, not what. Never raises on content of the right origin: that is an Envelope with `parked`.

        Empty for what is of no use to us (groups, edits, states of calls): nothing is stored, 200 all the same.
        """


class Channel(Protocol):
    """How people are reached. `decode` and `render` are pure."""

    @property
    def name(self) -> ChannelName: ...

    def decode(self, raw: bytes) -> Input | Signal:
        """Raises Undecodable."""

    def render(self, reply: Reply, draw: Draw) -> Payload: ...

    async def send(self, payload: Payload, address: str, outbox_id: str) -> str:
        """Their id. Raises SendError. Never retries by itself (channels' providers have no idempotency key)."""

    async def sent(self, payload: Payload, address: str, since: datetime) -> Sequence[str]:
        """Their ids of what went to this address since then with this very text, by their own log; for a row whose fate
        is unknown (invariant I7). Empty where there is no log. Raises SendError."""

    async def check(self) -> Sequence[Finding]: ...
