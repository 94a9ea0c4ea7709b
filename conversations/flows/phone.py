"""The telephone number: shown by the channel, shared by Telegram's contact button, or typed and proven by a code.

A number that somebody types may be anybody's. It counts only once a code that went there by SMS has come back (threat
T7).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from booking import phones
from booking.model import Mode
from booking.ports import NotProven, Proven, TooManyTries
from conversations.flows import hours
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Input, Option, Outcome, Step, fill
from conversations.normal import fold
from conversations.text import t

LASTS: Final = timedelta(minutes=10)  # a code that is older proves nothing
DIGITS: Final = 6


async def ask_phone(c: Context) -> Ask:
    if c.contact.channel == "telegram":
        return Ask(t("phone.ask_button"), free=True, contact=True)
    instead = (Option("video", t("phone.video_instead")),)
    return Ask(t("phone.ask_typed"), (), instead, free=True, example=t("phone.example"))


async def got_phone(c: Context, heard: Input) -> Outcome:
    if heard.phone is not None:
        return fill(phone=heard.phone)
    if heard.choice == "video":
        return fill(mode=Mode.VIDEO.value, slot=None)
    if c.contact.channel == "telegram":
        return Again(t("phone.only_button") if c.misses == 0 else None)
    mobile = phones.read(heard.text)
    if mobile is None:
        return Again(t("phone.not_served") if c.misses == 0 else None)
    code = _code(c)
    sent = await c.booking.prove_phone(c.contact.id, mobile.e164, code)
    if isinstance(sent, TooManyTries):
        return Again(t("code.slow", until=sent.until, call=call(c)))
    return fill(claimed={"phone": mobile.e164, "code": code, "until": (c.now + LASTS).isoformat()})


async def ask_proof(c: Context) -> Ask:
    again = (Option("again", t("proof.another_number")),)
    return Ask(t("proof.ask", ends=c.answers["claimed"]["phone"][-2:]), (), again, free=True)


async def got_proof(c: Context, heard: Input) -> Outcome:
    """Right, wrong, or too late; after three wrong ones the number is asked again, and another code goes out.

    The core counts them: whatever is said between two tries gives no further one.
    """
    if heard.choice == "again":
        return fill(claimed=None)
    claimed = c.answers["claimed"]
    if c.now > datetime.fromisoformat(claimed["until"]):
        return fill(t("proof.old"), claimed=None)
    typed = fold(heard.text).replace(" ", "")
    match await c.booking.check_proof(c.contact.id, claimed["until"], typed, claimed["code"]):
        case Proven():
            return fill(claimed=None, phone=claimed["phone"])
        case NotProven(left=0):
            return fill(t("proof.wrong"), claimed=None)
    return Again(t("proof.wrong"))


def _code(c: Context) -> str:
    """Six digits out of a fresh id, which holds 80 bits of chance."""
    number = int.from_bytes(sha256(c.new_id().encode()).digest()) % 10**DIGITS
    return f"{number:0{DIGITS}}"


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
