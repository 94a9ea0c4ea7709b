"""Erase my account (regulation 2016/679, article 17): what goes and what stays, and that closing is something else;
then a yes, and a code that they write back (`twice.py`).
"""

from __future__ import annotations

from typing import Final

from conversations.flows import twice
from conversations.flows.names import call
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch
from conversations.text import t

SAID: Final = twice.Said(t("erase.code"), t("erase.not_yet"), t("erase.kept"))


async def enter(c: Context) -> Finish | None:
    person = c.known.person
    if person is None:
        return Finish(t("erase.nobody", call=call(c)))
    return Finish(t("erase.held", call=call(c))) if person.in_dispute else None


async def ask_sure(c: Context) -> Ask:
    options = (
        Option("yes", t("erase.yes"), exact=True),
        Option("close", t("erase.close"), exact=True),
        Option("keep", t("erase.keep")),
    )
    return Ask(t("erase.ask"), (t("erase.what"),), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    match heard.choice:
        case "yes":
            return twice.yes(c)
        case "close":
            return Switch("close", {}, replace=True)
    return Finish(t("erase.kept"))


async def finish(c: Context) -> Outcome:
    assert c.known.person is not None
    done = await c.booking.ask_erasure(c.known.person.id)
    return Finish(t("erase.noted") if done else t("erase.held", call=call(c)))


ERASE: Final = Flow(
    "erase",
    version=1,
    enter=enter,
    finish=finish,
    fleeting=True,
    steps=(Step("sure", ask_sure, got_sure), twice.second(SAID)),
)
