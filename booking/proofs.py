"""Proofs: a one-time code that goes another way than the talk that asked for it, and comes back in that talk.

    sent = await core.ask_proof(contact, person, "export")             a code goes to another way of this person's
    sent = await core.ask_proof(contact, None, "number", "+33639…")    it goes to that number
    match await core.check_proof(sent.id, typed): ...

What a code proves is its `purpose`, and one is open at a time for each contact and purpose. Tries are counted on the
row before they are compared, so that no talk and no restart gives a further one (threats T3, T7, T19, T20).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, NewType, Protocol, TypeAlias

from booking.answers import TooManyTries
from booking.model import ContactId, PersonId

ProofId = NewType("ProofId", str)
Purpose: TypeAlias = Literal["join", "number", "email", "history", "export", "erase", "former"]
Medium: TypeAlias = Literal["sms", "whatsapp", "telegram", "email"]
Outcome: TypeAlias = Literal["proven", "used", "wrong", "late", "replaced"]  # used: by what may be done once

LASTS: Final = timedelta(minutes=10)  # a code that is older proves nothing; nor does what it proved hold longer
LINK_LASTS: Final = timedelta(hours=1)  # a link by mail: mail takes its time
DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Way:
    """Where a code may go. `contact` is None for what has not written to us: a number's SMS, a mailbox; `number` is the
    one that it hangs on, whatever the channel. `heard`: their last message there.
    """

    channel: Medium
    person: PersonId | None
    contact: ContactId | None = None
    number: str | None = None
    email: str | None = None
    heard: datetime | None = None

    @property
    def ends(self) -> str:
        """Enough for its owner to know it by: two digits, or the first letter and the domain. "" on Telegram."""
        if self.email is not None:
            name, _, domain = self.email.rpartition("@")
            return f"{name[:1]}...@{domain}"
        return self.number[-2:] if self.number and self.channel != "telegram" else ""


@dataclass(frozen=True, slots=True)
class Proof:
    """`person`: whose account it is about; None where nobody's hangs on it. It went to `sent_to`, or to what had not
    written to us: the number, or the mailbox, in `target`. `code`: a keyed hash. `way`: 'mail' for a code by e-mail.
    """

    id: ProofId
    contact: ContactId  # who asked, and who must write it back
    person: PersonId | None
    purpose: Purpose
    way: Literal["code", "mail"]
    code: str
    target: str | None
    sent_to: ContactId | None
    made_at: datetime
    expires_at: datetime
    tries: int = 0
    settled_at: datetime | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class ProofSent:
    """On its way, until `until`. `ends` tells the person where to look."""

    id: ProofId
    way: Literal["code", "mail"]
    ends: str
    channel: Medium
    until: datetime


@dataclass(frozen=True, slots=True)
class NoOtherWay:
    """We know of no other way to this person than the one they write by: the desk."""


@dataclass(frozen=True, slots=True)
class Proven:
    """The code came back in time. `target` is the number or the mailbox it went to: believe it, not the talk."""

    purpose: Purpose
    person: PersonId | None
    target: str | None


@dataclass(frozen=True, slots=True)
class WrongProof:
    """`left` more tries; 0 means that a new code is needed, whatever is typed."""

    left: int


@dataclass(frozen=True, slots=True)
class ProofOver:
    """Too old, used, tried too often, replaced by another one, or none of theirs."""


AskProof: TypeAlias = ProofSent | NoOtherWay | TooManyTries
CheckProof: TypeAlias = Proven | WrongProof | ProofOver


@dataclass(frozen=True, slots=True)
class ProofToSend:
    """An event: the code goes where the row says, and only there. `asked_on`: by which channel it was asked for."""

    proof: Proof
    code: str
    asked_on: Medium | None = None


@dataclass(frozen=True, slots=True)
class ProofSettled:
    """An event: the code is of no more use, so what holds it in clear is emptied."""

    proof: Proof


class ProofStore(Protocol):
    """Rows of proofs, and the ways to people."""

    async def proof(self, id: ProofId) -> Proof | None: ...
    async def open_proof(self, contact: ContactId, purpose: Purpose) -> Proof | None: ...  # not settled
    async def add_proof(self, proof: Proof) -> None: ...
    async def try_proof(self, id: ProofId) -> Proof | None: ...  # counts one more, and locks it; None: it is settled
    async def settle_proof(self, id: ProofId, outcome: Outcome, now: datetime) -> None: ...
    async def proven_since(self, contact: ContactId, purpose: Purpose, since: datetime) -> Sequence[Proof]: ...
    async def ways(self, person: PersonId) -> Sequence[Way]: ...  # that are alive, and not stopped; mail: confirmed


class ProvingCore(Protocol):
    """What a talk needs of it."""

    async def ask_proof(
        self, contact: ContactId, person: PersonId | None, purpose: Purpose, target: str | None = None
    ) -> AskProof: ...
    async def check_proof(self, id: ProofId, typed: str) -> CheckProof: ...
    async def is_proven(self, contact: ContactId, purpose: Purpose) -> bool: ...  # within the last `LASTS`
