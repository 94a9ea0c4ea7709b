"""One-time codes on their way, and their end."""

from __future__ import annotations

from collections.abc import Sequence

from booking.proofs import Proof, ProofSettled, ProofToSend
from conversations.text import t
from handlers.effects import Effect, Empty, Notice, Recipient, ToContact, ToMail, ToPhone
from handlers.world import World


async def code_goes_out(event: ProofToSend, world: World) -> Sequence[Effect]:
    """At any hour: somebody waits for it. Never sent a second time by itself."""
    texts, until = (t("proof.sms", code=event.code),), event.proof.expires_at
    return [Notice(_to(event.proof), "one_time_code", texts, expires_at=until, urgent=True)]


async def code_is_emptied(event: ProofSettled, world: World) -> Sequence[Effect]:
    """An older one that went there is of no use either."""
    return [Empty(_to(event.proof), "one_time_code")]


def _to(proof: Proof) -> Recipient:
    if proof.sent_to is not None:
        return ToContact(proof.sent_to)
    if proof.way == "mail":
        assert proof.person is not None, "a mailbox is somebody's"
        return ToMail(proof.person, proof.target)
    assert proof.target is not None, "it went to a contact, a mailbox or a number"
    return ToPhone(proof.target)
