"""The telephone number: shown by the channel, shared by Telegram's contact button, or typed and proven by a code.

A number that somebody types may be anybody's. It counts only once a code that went there by SMS has come back (threat
T7).
"""

from __future__ import annotations

from typing import Final

from booking import phones
from booking.model import Mode
from booking.ports import TooManyTries
from booking.proofs import ProofSent, Proven
from conversations.flows import hours, proof
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Input, Option, Outcome, Step, fill
from conversations.text import t


async def ask_phone(c: Context) -> Ask:
    if c.contact.channel == "telegram":
        return Ask(t("phone.ask_button"), free=True, contact=True)
    instead = (Option("video", t("phone.video_instead")),)
    return Ask(t("phone.ask_typed"), (), instead, free=True, example=t("phone.example"))


async def got_phone(c: Context, heard: Input) -> Outcome:
    if heard.phone is not None:
        return fill(phone=heard.phone, **await taken(c, heard.phone))
    if heard.choice == "video":
        return fill(mode=Mode.VIDEO.value, slot=None)
    if c.contact.channel == "telegram":
        return Again(t("phone.only_button") if c.misses == 0 else None)
    mobile = phones.read(heard.text)
    if mobile is None:
        return Again(t("phone.not_served") if c.misses == 0 else None)
    sent = await c.booking.ask_proof(c.contact.id, None, "number", mobile.e164)
    if isinstance(sent, TooManyTries):
        return Again(t("code.slow", until=sent.until, call=call(c)))
    assert isinstance(sent, ProofSent), "there is always a way to a number that was typed"
    return fill(claimed={"phone": mobile.e164, "proof": sent.id})


async def ask_proof(c: Context) -> Ask:
    again = (Option("again", t("proof.another_number")),)
    return Ask(t("proof.ask", ends=c.answers["claimed"]["phone"][-2:]), (), again, free=True)


async def got_proof(c: Context, heard: Input) -> Outcome:
    """Right, wrong, or too late; after three wrong ones the number is asked again, and another code goes out.

    The core counts them: whatever is said between two tries gives no further one. The number is the one that the code
    went to, whatever the talk remembers; a talk of before has no proof in it, and asks for the number again.
    """
    if heard.choice == "again":
        return fill(claimed=None)
    proven = await proof.checked(c, c.answers["claimed"].get("proof"), heard)
    if isinstance(proven, Proven):
        return fill(claimed=None, phone=proven.target, **await taken(c, proven.target))
    return proven if isinstance(proven, Again) else fill(proven, claimed=None)


async def taken(c: Context, number: str | None) -> dict[str, bool]:
    """A number of somebody who signs up may have an account: then theirs is not made a second time (safety G03)."""
    if c.known.person is not None or not await c.booking.is_taken(c.contact.id, number):
        return {}
    return {"taken": True}


def missing(c: Context) -> bool:
    """Telegram proves no number until the contact button; a phone consultation cannot do without one."""
    person = c.known.person
    if c.contact.phone or "phone" in c.answers or (person and person.phone):
        return False
    return c.contact.channel == "telegram" or hours.mode_of(c) is Mode.PHONE


STEPS: Final = (
    Step("phone", ask_phone, got_phone, wanted=lambda c: missing(c) and "claimed" not in c.answers, lasting=True),
    Step("proof", ask_proof, got_proof, wanted=lambda c: missing(c) and "claimed" in c.answers),
)
