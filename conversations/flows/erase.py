"""Erase my account (regulation 2016/679, article 17): what goes and what stays, then a yes, then a code that they read
here and write back. So nobody does it by a slip, nor by an SMS that only claims to come from them (invariant I15,
threat T2). Until the code is written nothing has happened, and any other word leaves everything as it was.
"""

from __future__ import annotations

from typing import Final

from conversations.flows import echo
from conversations.flows.names import call
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import t


async def enter(c: Context) -> Finish | None:
    person = c.known.person
    if person is None:
        return Finish(t("erase.nobody", call=call(c)))
    return Finish(t("erase.held", call=call(c))) if person.in_dispute else None


async def ask_sure(c: Context) -> Ask:
    options = (Option("yes", t("erase.yes"), exact=True), Option("keep", t("erase.keep")))
    return Ask(t("erase.ask"), (t("erase.what"),), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    if heard.choice != "yes":
        return Finish(t("erase.kept"))
    return fill(sure=True, **echo.fresh(c))


async def ask_code(c: Context) -> Ask:
    return Ask(t("erase.code", code=c.answers["code"]), (), (Option("keep", t("erase.keep")),), free=True)


async def got_code(c: Context, heard: Input) -> Outcome:
    if heard.choice == "keep":
        return Finish(t("erase.kept"))
    match echo.judge(c, heard.text):
        case "right":
            return fill(written=True)
        case "old":
            return fill(t("erase.old"), **echo.renewed(c))
        case "none":
            return Again(t("erase.not_yet", code=c.answers["code"]) if c.misses == 0 else None)
        case "wrong":
            return fill(t("erase.wrong"), wrong=c.answers["wrong"] + 1)
        case "over":
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
    steps=(
        Step("sure", ask_sure, got_sure),
        Step("code", ask_code, got_code, wanted=lambda c: "written" not in c.answers, needs=("sure",)),
    ),
)
