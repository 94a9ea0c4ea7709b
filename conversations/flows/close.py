"""Close my account (terms, article 4.1.6 and annex): all goes but who they were, kept apart for five years; erasing,
which keeps nothing, is offered beside it. Then a yes, and a code that they write back (`twice.py`).
"""

from __future__ import annotations

from typing import Final

from conversations.flows import twice
from conversations.flows.names import call
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch
from conversations.text import t

SAID: Final = twice.Said(t("close.code"), t("close.not_yet"), t("close.kept"))


async def enter(c: Context) -> Finish | None:
    person = c.known.person
    if person is None:
        return Finish(t("close.nobody", call=call(c)))
    return Finish(t("erase.held", call=call(c))) if person.in_dispute else None


async def ask_sure(c: Context) -> Ask:
    options = (
        Option("yes", t("close.yes"), exact=True),
        Option("erase", t("close.erase"), exact=True),
        Option("keep", t("erase.keep")),
    )
    return Ask(t("close.ask"), (t("close.what"),), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "yes":
            return twice.yes(c)
        case "erase":
            return Switch("erase", {}, replace=True)
    return Finish(t("close.kept"))


async def finish(c: Context) -> Outcome:
    assert c.known.person is not None
    done = await c.booking.ask_closing(c.known.person.id)
    return Finish(t("close.noted") if done else t("erase.held", call=call(c)))


CLOSE: Final = Flow(
    "close",
    version=1,
    enter=enter,
    finish=finish,
    fleeting=True,
    steps=(Step("sure", ask_sure, got_sure), twice.second(SAID)),
)
