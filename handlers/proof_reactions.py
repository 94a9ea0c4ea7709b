"""One-time codes on their way, and their end."""

from __future__ import annotations

from collections.abc import Sequence

from booking.proofs import Proof, ProofSettled, ProofToSend
from conversations.flows.channels import NAMES
from conversations.model import Link
from conversations.text import t
from handlers.effects import Effect, Empty, Notice, Recipient, ToContact, ToMail, ToPhone
from handlers.world import World


async def code_goes_out(event: ProofToSend, world: World) -> Sequence[Effect]:
    """At any hour: somebody waits for it. Never sent a second time by itself."""
    proof = event.proof
    if proof.purpose != "join":
        texts = (t("proof.sms", code=event.code),)
        return [Notice(_to(proof), "one_time_code", texts, expires_at=proof.expires_at, urgent=True)]
    channel = NAMES.get(event.asked_on or "", "")
    if proof.way == "code":
        text = t("join.sms", code=event.code, channel=channel)
        return [Notice(_to(proof), "one_time_code", (text,), expires_at=proof.expires_at, urgent=True)]
    why, link = (t("mail.join", channel=channel), t("mail.join_why")), Link("email", proof.id)
    return [Notice(_to(proof), "confirm_email", why, link=link, expires_at=proof.expires_at, urgent=True)]


async def code_is_emptied(event: ProofSettled, world: World) -> Sequence[Effect]:
    """An older one that went there is of no use either."""
    proof = event.proof
    by_link = proof.purpose == "join" and proof.way == "mail"
    return [] if by_link or (proof.sent_to is None and proof.target is None) else [Empty(_to(proof), "one_time_code")]


def _to(proof: Proof) -> Recipient:
    if proof.sent_to is not None:
        return ToContact(proof.sent_to)
    if proof.way == "mail":
        assert proof.person is not None, "a mailbox is somebody's"
        return ToMail(proof.person, proof.target)
    assert proof.target is not None, "it went to a contact, a mailbox or a number"
    return ToPhone(proof.target)
