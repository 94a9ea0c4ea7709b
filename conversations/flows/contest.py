"""Somebody contests what was decided about their account (safety G18): in their own words, once; another operator than
who decided it judges.
"""

from __future__ import annotations

from typing import Final

from booking.decisions import LONGEST_CONTEST, NotDecided
from booking.messaging import cleaned
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Outcome, Step, fill
from conversations.text import Text, t


async def enter(c: Context) -> Finish | None:
    person = c.known.person
    decision = await c.booking.contestable(person.id) if person is not None else None
    if decision is None:
        return Finish(t("contest.nothing", call=call(c)))
    if decision.contested is not None:
        return Finish(_contested(c) if decision.to_review else t("contest.reviewed", call=call(c)))
    return None


def _contested(c: Context) -> Text:
    return t("contest.already", call=call(c))


async def ask_words(c: Context) -> Ask:
    return Ask(t("contest.ask"), free=True)


async def got_words(c: Context, heard: Input) -> Outcome:
    """Whole, or not at all."""
    said = cleaned(heard.text)
    if not said:
        return Again(t("contest.text_only"), miss=False)
    if len(said) > LONGEST_CONTEST:
        return Again(t("contest.too_long", signs=len(said), most=LONGEST_CONTEST), miss=False)
    return fill(words=said)


async def finish(c: Context) -> Outcome:
    assert c.known.person is not None
    done = await c.booking.contest(c.known.person.id, c.contact.id, c.answers["words"])
    if isinstance(done, NotDecided):
        return Finish(_contested(c) if done.reason == "already" else t("contest.nothing", call=call(c)))
    return Finish(t("contest.noted"))


CONTEST: Final = Flow(
    "contest",
    version=1,
    enter=enter,
    finish=finish,
    steps=(Step("words", ask_words, got_words, verbatim=True),),
)
