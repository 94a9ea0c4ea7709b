"""What somebody may put right about themself (regulation 2016/679, article 16): the answers, and the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from booking.answers import TooManyTries
from booking.model import ContactId, PersonId


@dataclass(frozen=True, slots=True)
class LinkMailed:
    """A link goes to `email`. Nothing changes until it is pressed."""

    email: str


@dataclass(frozen=True, slots=True)
class NoLink:
    """`same`: it is their address, and confirmed; `no_email`: they have none; `nobody`: nor an account."""

    why: Literal["same", "no_email", "nobody"]


MailAnswer: TypeAlias = LinkMailed | NoLink | TooManyTries


# `taken`: an account of somebody else has this number; `unproven`: the codes are missing, or too old.
NumberAnswer: TypeAlias = Literal["changed", "taken", "unproven", "nobody"]


class ProfileCore(Protocol):
    """What a talk needs of it."""

    async def rename(self, person: PersonId, first: str, last: str) -> bool: ...  # False: nobody, or no right to
    # `by`: where they ask for a link; None: at the desk. The old address stays until the new one is confirmed.
    async def change_email(self, person: PersonId, email: str, by: ContactId | None) -> MailAnswer: ...
    async def mail_again(
        self, person: PersonId, by: ContactId
    ) -> MailAnswer: ...  # the link that they did not press yet
    async def mail_password(
        self, person: PersonId, by: ContactId
    ) -> MailAnswer: ...  # the link to the page where it is chosen
    async def change_phone(self, person: PersonId, contact: ContactId, number: str) -> NumberAnswer: ...
    # once codes came back from this number, and from the old one or another way of theirs
    async def email_awaited(self, person: PersonId) -> str | None: ...  # another address that is not confirmed yet
