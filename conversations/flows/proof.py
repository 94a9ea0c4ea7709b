"""A second proof, for any flow: a code goes to another way of the person's and is written back here.

    steps=(*proof.steps("export", lambda c: "copy" in c.answers), …)

Two steps: whether the code is to go, and the code. Once it came back `proof.holds(c, "export")` is true for ten
minutes, also in another flow; who acts on it asks the core, which has the row (`BookingCore.is_proven`).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from booking.ports import TooManyTries
from booking.proofs import LASTS, CheckProof, NoOtherWay, ProofId, ProofOver, ProofSent, Proven, Purpose, WrongProof
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Fill, Finish, Input, Option, Outcome, Step, Switch, fill
from conversations.normal import fold
from conversations.text import Text, t

Check: TypeAlias = Callable[[ProofId, str], Awaitable[CheckProof]]

PROVEN: Final = "proven"  # the fact, and the step that gives it
SENT: Final = "proof_sent"
NO_OTHER_WAY: Final = t("proof.no_other_way")
WHERE: Final[Mapping[str, Text]] = {
    "sms": t("proof.ask"),
    "whatsapp": t("proof.ask_whatsapp"),
    "telegram": t("proof.ask_telegram"),
    "email": t("proof.ask_email"),
}


def holds(c: Context, purpose: Purpose) -> bool:
    """For `wanted`; a talk's memory alone opens nothing."""
    proven = c.answers.get(PROVEN) or {}
    return proven.get("purpose") == purpose and c.now <= datetime.fromisoformat(proven["until"])


def steps(purpose: Purpose, wanted: Callable[[Context], bool]) -> tuple[Step, Step]:
    """To be asked while `wanted`, until it is proven. Where there is no other way, or no code may go, the flow ends."""

    async def got_send(c: Context, heard: Input) -> Outcome:
        return await _sent(c, purpose) if heard.choice == "send" else Finish(t("proof.kept"))

    async def got_code(c: Context, heard: Input) -> Outcome:
        return await _typed(c, heard, purpose)

    def open_(c: Context) -> bool:
        return wanted(c) and not holds(c, purpose)

    return (
        Step(SENT, ask_send, got_send, lambda c: open_(c) and SENT not in c.answers),
        Step(PROVEN, ask_code, got_code, lambda c: open_(c) and SENT in c.answers, lasting=True),
    )


async def _sent(c: Context, purpose: Purpose) -> Finish | Fill:
    person = c.known.person.id if c.known.person else c.contact.person
    match await c.booking.ask_proof(c.contact.id, person, purpose):
        case ProofSent() as sent:
            return fill(**{SENT: remembered(sent)})
        case TooManyTries(until=until):
            return Finish(t("code.slow", until=until, call=call(c)))
        case NoOtherWay():
            return Finish(Text(NO_OTHER_WAY.msgid, {"call": call(c)}))


async def _typed(c: Context, heard: Input, purpose: Purpose) -> Outcome:
    if heard.choice == "human":
        return Switch("human", replace=True)
    if heard.choice == "again":
        sent = await _sent(c, purpose)
        return Again(sent.say, miss=False) if isinstance(sent, Finish) else sent  # the one they have still counts
    proven = await checked(c, c.answers[SENT].get("id"), heard)
    if isinstance(proven, Proven):
        return fill(**{SENT: None, PROVEN: {"purpose": purpose, "until": (c.now + LASTS).isoformat()}})
    return proven if isinstance(proven, Again) else fill(proven, **{SENT: None})


async def ask_send(c: Context) -> Ask:
    options = (Option("send", t("proof.send")), Option("keep", t("proof.not_now")))
    return Ask(t("proof.why"), (), options)


async def ask_code(c: Context) -> Ask:
    options = (Option("again", t("proof.again")), Option("human", t("proof.human")))
    return Ask(where(c.answers[SENT]), (), options, free=True, written=True)


async def checked(c: Context, id: str | None, heard: Input, check: Check | None = None) -> Proven | Again | Text:
    """What they typed, as the core judges it: `Again` while another try is left, a text where a new code is needed.
    Words alone are no try.
    """
    typed = figures(heard)
    if not typed:
        return Again()
    match await (check or c.booking.check_proof)(ProofId(id or ""), typed):
        case Proven() as proven:
            return proven
        case WrongProof(left=0):
            return t("proof.wrong")
        case WrongProof():
            return Again(t("proof.wrong"))
        case ProofOver():
            return t("proof.old")


def figures(heard: Input) -> str:
    """The code in what they typed, which may be a sentence: "c'est le 123 456"."""
    return "".join(re.findall(r"[0-9]+", fold(heard.text)))


def remembered(sent: ProofSent) -> dict[str, Any]:
    """As a talk keeps it (JSON)."""
    return {"id": sent.id, "channel": sent.channel, "ends": sent.ends}


def where(sent: Mapping[str, Any]) -> Text:
    """Where the code went, and the question."""
    asked = WHERE[sent["channel"]]
    return t(asked.msgid, ends=sent["ends"]) if sent["channel"] != "telegram" else asked
