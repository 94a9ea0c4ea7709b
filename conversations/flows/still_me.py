"""Whoever writes from an address that was somebody's, and may not be theirs any more (`booking.trust`).

still_me     who writes? The same: a code to another way of theirs, else a week, or the desk. Somebody else: begin anew
claimed      asked on their other channels, where no code could be given: is it you? NO ends it
claim_over   what became of it: they answered there, or the week is over

The question names nobody, and says no more than that we ask.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from booking.model import ContactId
from booking.ports import TooManyTries
from booking.proofs import LASTS, NoOtherWay, ProofId, ProofSent, Proven
from conversations.flows import proof
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import t

ASKED: Final = "claim"  # the fact that they were asked once: from then on a word of theirs opens it
ANEW: Final = "anew"  # its value where they begin as a stranger
MOST: Final = 3  # codes that are typed, before another way is offered


async def enter(c: Context) -> Finish | None:
    return None if c.contact.claims else Finish(t("still_me.nothing"))


async def ask_who(c: Context) -> Ask:
    return Ask(t("still_me.ask"), (), (Option("me", t("still_me.me")), Option("new", t("still_me.new"), exact=True)))


async def got_who(c: Context, heard: Input) -> Outcome:
    return await _anew(c) if heard.choice == "new" else await _sent(c)


async def _sent(c: Context) -> Outcome:
    """Where there is no other way, it looks the same: that somebody had one is nobody's business (invariant I12)."""
    match await c.booking.ask_claim(c.contact.id):
        case TooManyTries(until=until):
            return Finish(t("code.slow", until=until, call=call(c)))
        case ProofSent(id=id, until=until):
            return fill(who="me", sent={"id": id, "until": until.isoformat()})
        case NoOtherWay():
            return fill(who="me", sent={"id": "", "until": (c.now + LASTS).isoformat()})


async def ask_code(c: Context) -> Ask:
    options = (Option("again", t("proof.again")), Option("other", t("still_me.other")))
    return Ask(t("still_me.code"), (), options, free=True, written=True)


async def got_code(c: Context, heard: Input) -> Outcome:
    sent = c.answers["sent"]
    if heard.choice == "other":
        return fill(sent=None, no_code=True)
    if heard.choice == "again":
        return await _sent(c)
    typed = proof.figures(heard)
    if not typed:
        return Again()
    if isinstance(await c.booking.prove_claim(c.contact.id, ProofId(sent["id"]), typed), Proven):
        return Finish(t("still_me.done"), forget=True)
    late = c.now > datetime.fromisoformat(sent["until"])
    text = t("proof.old") if late else t("proof.wrong")
    if late or c.misses + 1 >= MOST:  # what is said; the core counts for itself
        return fill(text, sent=None, no_code=True)
    return Again(text)


async def ask_other(c: Context) -> Ask:
    options = [Option("human", t("still_me.human"))]
    if await c.booking.may_wait(c.contact.id):
        options.append(Option("wait", t("still_me.wait")))
    options.append(Option("new", t("still_me.new"), exact=True))
    return Ask(t("still_me.how"), (), tuple(options))


async def got_other(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "human":
            return Switch("human", {"reason": "claim"}, replace=True)
        case "wait":
            until = await c.booking.wait_claim(c.contact.id)
            return Finish(t("still_me.waits", until=until)) if until is not None else Switch("human", replace=True)
    return await _anew(c)


async def _anew(c: Context) -> Outcome:
    """Somebody else: what they wrote first is heard as a stranger's."""
    await c.booking.settle_claim(c.contact.id, proven=False)
    return Finish(keep={ASKED: ANEW}, hear=c.answers.get("said", ""), go_on=True)


async def finish(c: Context) -> Outcome:
    return Finish()


STILL_ME: Final = Flow(
    "still_me",
    version=1,
    enter=enter,
    finish=finish,
    fleeting=True,
    steps=(
        Step("who", ask_who, got_who),
        Step("sent", ask_code, got_code, wanted=lambda c: bool(c.answers.get("sent"))),
        Step("other", ask_other, got_other, wanted=lambda c: bool(c.answers.get("no_code"))),
    ),
)

# ---------------------------------------------------------------- on their other channels


async def ask_claimed(c: Context) -> Ask:
    return Ask(t("claimed.ask"), (), (Option("no", t("claimed.no")), Option("yes", t("claimed.yes"), exact=True)))


async def got_claimed(c: Context, heard: Input) -> Outcome:
    """Anyone sends an SMS in anyone's name (threat T2): a yes by it shortens no wait, and leaves the no possible."""
    mine = heard.choice == "yes"
    if mine and c.contact.channel == "sms":
        return Again(t("claimed.by_sms"), miss=False)
    await c.booking.answer_claim(ContactId(c.answers["by"]), mine=mine)
    return Finish(t("claimed.thanks") if mine else t("claimed.refused", call=call(c)))


CLAIMED: Final = Flow("claimed", version=1, finish=finish, steps=(Step("answer", ask_claimed, got_claimed),))


async def over(c: Context) -> Finish:
    """A week without a no counts as a yes. What was settled meanwhile stays so, and nothing is said."""
    if not c.contact.claims:
        return Finish()
    mine = bool(c.answers.get("mine", True))
    await c.booking.settle_claim(c.contact.id, proven=mine)
    return Finish(t("still_me.done"), forget=True) if mine else Finish(t("still_me.refused", call=call(c)))


CLAIM_OVER: Final = Flow("claim_over", version=1, enter=over, finish=finish, steps=())
