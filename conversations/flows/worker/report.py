"""A worker reports how somebody treats them (terms, article 6.2): whom, sure? The desk looks at it, and acts."""

from __future__ import annotations

from typing import Final

from booking.messages import Report
from booking.model import AppointmentId
from conversations.flows import messages
from conversations.flows.names import call
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import t


async def enter(c: Context) -> Finish | None:
    return None if await messages.whom(c) else Finish(t("report.nobody", call=call(c)))


async def ask_about(c: Context) -> Ask:
    return Ask(t("report.whom"), (), await messages.names(c), free=True)


async def ask_sure(c: Context) -> Ask | Finish:
    entry = await messages.other(c, c.answers["about"])
    if entry is None:
        return Finish(t("report.nobody", call=call(c)))
    options = (Option("yes", t("report.yes"), exact=True), Option("no", t("report.no")))
    return Ask(t("report.sure", name=await messages.name_of(c, entry)), (), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    return fill(sure=True) if heard.choice == "yes" else Finish(t("worker.unchanged"))


async def finish(c: Context) -> Outcome:
    made = await c.booking.report(AppointmentId(c.answers["about"]))
    return Finish(t("report.done") if isinstance(made, Report) else t("report.nobody", call=call(c)))


REPORT: Final = Flow(
    "report",
    version=1,
    enter=enter,
    finish=finish,
    steps=(Step("about", ask_about, messages.got_about), Step("sure", ask_sure, got_sure)),
)
