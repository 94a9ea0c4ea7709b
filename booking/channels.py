"""One account, several channels (terms, article 4.1.4): a channel is joined to an account by proof alone, everybody
concerned is told, and within a week whoever did not want it parts it again (threats T5 and T7, safety G03).

    known -> a code to the number, on a channel where the account is    -> written back here -> joined
             a link to the mailbox, where it was confirmed              -> pressed           -> joined
    unknown -> the same answer and the same counts; what comes back leads to no account (invariant I12)

Nothing is merged: who has an account here already is not moved to another, and an account passes to nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol, TypeAlias

from booking.model import ContactId, Person, PersonId
from booking.proofs import Medium, Proof, ProofId, Way

PARTED_WITHIN: Final = timedelta(days=7)  # so long after it was joined a channel is parted by a word

DraftStep: TypeAlias = Literal["offered", "wanted", "given"]


@dataclass(frozen=True, slots=True)
class NotJoined:
    """`nobody`: there is no account by that proof; `already`: it is theirs here; `another`: here is another account."""

    reason: Literal["nobody", "already", "another"]


@dataclass(frozen=True, slots=True)
class Lately:
    """A channel that was joined to an account within the week."""

    contact: ContactId
    channel: Medium


@dataclass(frozen=True, slots=True)
class ChannelJoined:
    """An event. `others`: the account's other addresses, all of which are told."""

    person: Person
    contact: ContactId
    channel: Medium
    others: tuple[ContactId, ...]


@dataclass(frozen=True, slots=True)
class JoinMailed:
    """An event: the link that was mailed was pressed, so the talk that asked for it goes on."""

    proof: ProofId
    contact: ContactId


@dataclass(frozen=True, slots=True)
class ChannelParted:
    """An event: from another channel of theirs they said that this one is not theirs."""

    contact: ContactId


@dataclass(frozen=True, slots=True)
class DraftPassed:
    """An event: a booking that was begun on one channel of somebody's, on its way to another: `offered` by where it is,
    `wanted` by where they are, `given`. A talk is written by its own turn alone, so each step is news for the other."""

    step: DraftStep
    to: ContactId
    of: ContactId
    channel: Medium
    draft: Mapping[str, Any]


class ChannelStore(Protocol):
    """Rows of addresses, as far as joining needs them."""

    async def way_of(self, contact: ContactId) -> Way | None: ...
    async def accounts_at(self, target: str) -> Sequence[Way]: ...
    # addresses of accounts for which this number was proven, or this mailbox confirmed; whoever stopped us, too
    async def channels_of(self, person: PersonId) -> Sequence[Way]: ...  # all addresses that write to us
    async def awaits_hour(self, contact: ContactId, now: datetime) -> bool: ...  # one that speaks for this address
    async def link_contact(self, contact: ContactId, person: PersonId | None) -> None: ...
    async def hold_person(self, person: PersonId) -> None: ...  # nobody else changes them until this transaction ends
    async def joined_since(self, person: PersonId, since: datetime) -> Sequence[Proof]: ...

    # by which channels were joined to this account, the latest first


class ChannelCore(Protocol):
    """What a talk needs of it."""

    async def is_taken(self, contact: ContactId, number: str | None) -> bool: ...  # another channel's account has it
    async def join_channel(self, contact: ContactId, id: ProofId) -> Person | NotJoined: ...
    async def joined_lately(self, contact: ContactId) -> Lately | None: ...  # another channel of the same account
    async def part_channel(self, contact: ContactId, other: ContactId) -> bool: ...  # False: it was not joined lately
    async def pass_draft(
        self, contact: ContactId, to: ContactId, step: DraftStep, draft: Mapping[str, Any]
    ) -> bool: ...  # False: they are not of one account
