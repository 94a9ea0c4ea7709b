"""One account, several channels: "j'ai déjà un compte", said where we do not know them, or a sign-up that meets a
number which has one. They name the number or the mailbox; a code goes to that number, on a channel where the account
is, or a link to the mailbox. What comes back joins this channel (threats T5 and T7, safety G03).

Whether there is such an account is told to nobody before the proof: the answer is the same, and so is what it costs
(invariant I12).
"""

from __future__ import annotations

from typing import Any, Final

from booking import phones
from booking.channels import NotJoined
from booking.ports import TooManyTries
from booking.proofs import ProofId, ProofSent, Proven
from conversations.flows import proof
from conversations.flows.answers import email_in
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import Text, t

REFUSED: Final = {"already": t("join.already"), "another": t("join.another"), "nobody": t("join.nobody")}


async def enter(c: Context) -> Finish | Switch | None:
    """`number`: known where it was opened, so it is not asked for."""
    if c.known.person is not None:
        return Finish(t("join.already"))
    number = c.answers.get("number")
    if number is None or "sent" in c.answers:
        return None
    sent = await _asked(c, number)
    return Finish(sent) if isinstance(sent, Text) else Switch("join", {"sent": sent}, replace=True)


async def ask_whose(c: Context) -> Ask:
    options = (Option("human", t("join.human")),)
    button = c.contact.channel == "telegram"
    return Ask(t("join.ask"), (), () if button else options, free=True, example=t("join.example"), contact=button)


async def got_whose(c: Context, heard: Input) -> Outcome:
    if heard.choice == "human":
        return Switch("human", replace=True)
    mobile = phones.read(heard.text)
    target = heard.phone or (mobile.e164 if mobile else email_in(heard.text, c.words))
    if target is None:
        return Again(t("join.which") if c.misses == 0 else None)
    sent = await _asked(c, target)
    return Finish(sent) if isinstance(sent, Text) else fill(sent=sent)


async def _asked(c: Context, target: str) -> dict[str, Any] | Text:
    """What the talk keeps of it; or why no code may go now."""
    answer = await c.booking.ask_proof(c.contact.id, None, "join", target)
    if isinstance(answer, TooManyTries):
        return t("code.slow", until=answer.until, call=call(c))
    assert isinstance(answer, ProofSent), "what they named is a way"
    return proof.remembered(answer)


async def ask_proof(c: Context) -> Ask:
    sent = c.answers["sent"]
    options = (Option("again", t("join.again")), Option("human", t("join.human")))
    if sent["channel"] == "email":
        return Ask(t("join.link", ends=sent["ends"]), (), options)
    return Ask(t("join.code", ends=sent["ends"]), (), options, free=True, written=True)


async def got_proof(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "human":
            return Switch("human", replace=True)
        case "again":
            return fill(sent=None)
    sent = c.answers["sent"]
    if sent["channel"] == "email":
        return Again()
    proven = await proof.checked(c, sent.get("id"), heard)
    if isinstance(proven, Proven):
        return fill(joins=sent["id"], number=proven.target)
    return proven if isinstance(proven, Again) else fill(proven, sent=None)


async def finish(c: Context) -> Outcome:
    """A number that they have just proven is theirs, whether it has an account or not."""
    done = await c.booking.join_channel(c.contact.id, ProofId(c.answers["joins"]))
    if not isinstance(done, NotJoined):
        known = await c.booking.known(c.contact.id)
        return Finish(t("join.done", name=done.first_name), known=known)
    number = c.answers.get("number")
    keep = {"phone": number} if number is not None and done.reason == "nobody" else {}
    words = REFUSED[done.reason]
    return Finish(t(words.msgid, call=call(c)), keep=keep)


JOIN: Final = Flow(
    "join",
    version=1,
    enter=enter,
    finish=finish,
    fleeting=True,
    deaf=frozenset({"phone", "proof"}),
    steps=(
        # where a number that they share by Telegram's button goes (`hear.shared_phone`)
        Step("phone", ask_whose, got_whose, wanted=lambda c: "sent" not in c.answers),
        Step("proof", ask_proof, got_proof, wanted=lambda c: "joins" not in c.answers),
    ),
)


async def mailed(c: Context) -> Outcome:
    """The link was pressed, wherever their mail is read: that it was is news for the talk that asked for it."""
    return await finish(c)


JOIN_MAILED: Final = Flow("join_mailed", version=1, finish=mailed, steps=())
