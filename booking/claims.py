"""Who says to be whom this address belonged to, after it was taken from them (`booking.trust`): what the core answers,
and what becomes of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from booking.model import ContactId, PersonId, WorkerId
from booking.proofs import AskProof, CheckProof, ProofId, Way

WAIT: Final = timedelta(days=7)  # so long their other channels may say no, where no proof can be given


@dataclass(frozen=True, slots=True)
class Former:
    """Whose address it was: a person's or a worker's. `number`: of the address itself, which proves nothing. `ways`: by
    which they are reached besides; `heard`: those of them by which it is known that they read us, so that they can say
    no.
    """

    person: PersonId | None
    worker: WorkerId | None
    number: str | None
    ways: Sequence[Way] = ()
    heard: Sequence[ContactId] = ()


@dataclass(frozen=True, slots=True)
class ClaimWaits:
    """An event: no proof was given. Unless one of the `heard` says no, it is believed at `until`."""

    contact: ContactId
    former: Former
    until: datetime


@dataclass(frozen=True, slots=True)
class ClaimAnswered:
    """An event: on another channel of theirs somebody said whether it is them."""

    contact: ContactId
    mine: bool


@dataclass(frozen=True, slots=True)
class ClaimSettled:
    """An event: the address is theirs again, or it is not, for good."""

    contact: ContactId
    former: Former
    proven: bool


class ClaimStore(Protocol):
    async def former(self, contact: ContactId, now: datetime) -> Former | None: ...  # None: it was nobody's
    async def vouch(
        self, person: PersonId, contact: ContactId, now: datetime
    ) -> None: ...  # for where they asked for a new address, which is proven now


class ClaimingCore(Protocol):
    """What a talk needs of it."""

    async def ask_claim(self, contact: ContactId) -> AskProof: ...
    async def prove_claim(self, contact: ContactId, id: ProofId, typed: str) -> CheckProof: ...
    async def may_wait(self, contact: ContactId) -> bool: ...  # somebody could say no
    async def wait_claim(self, contact: ContactId) -> datetime | None: ...
    async def share(self, contact: ContactId) -> None: ...  # whose it was has it together with somebody
    async def answer_claim(self, contact: ContactId, *, mine: bool) -> None: ...
    async def settle_claim(self, contact: ContactId, *, proven: bool) -> None: ...
