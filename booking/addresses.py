"""A person's e-mail address and how it is proven: by a link that is bound to the person and to the address that it
went to, so that who reads another mailbox confirms nothing (terms, article 4.1.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType, Protocol, TypeAlias

from booking.model import ContactId, PersonId

EmailProofId = NewType("EmailProofId", str)
# To confirm what was given with the account; to put another in its place; to choose the platform's password; to show,
# on a new channel, who they are.
EmailWhy: TypeAlias = Literal["join", "change", "password", "join_channel"]


@dataclass(frozen=True, slots=True)
class EmailProof:
    """A link went to `email`. `ended`: it is of no more use, because a later one took its place. `asked_by`: where they
    asked for it; None: at the desk.
    """

    id: EmailProofId
    person: PersonId
    email: str
    why: EmailWhy
    made: datetime
    confirmed: datetime | None = None
    ended: datetime | None = None
    asked_by: ContactId | None = None

    @property
    def is_open(self) -> bool:
        return self.confirmed is None and self.ended is None


class AddressStore(Protocol):
    """Rows of these."""

    async def email_proof(self, id: EmailProofId) -> EmailProof | None: ...
    async def email_proofs(self, person: PersonId) -> Sequence[EmailProof]: ...  # the latest first
    async def save_email_proof(self, proof: EmailProof) -> None: ...  # new, or as it is now


class AddressCore(Protocol):
    """What pages and talks need of it."""

    async def email_to_prove(self, id: str) -> EmailProof | None: ...  # open; None: there is none, or it is over
    async def confirm_email(self, id: str) -> bool: ...  # False: it is over
