"""Cancelling:

moving is offered first, a late one is said before the yes (terms, article 5.2), and only the yes acts.
"""

from __future__ import annotations

from booking.ports import Cancelled
from conversations.flows import which
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import t


async def ask_sure(c: Context) -> Ask:
    appointment = which.meant(c)
    assert appointment is not None
    late = await c.booking.is_late(appointment.id)
    heading = t("cancel.ask_late", start=appointment.start) if late else t("cancel.ask", start=appointment.start)
    options = (
        Option("move", t("cancel.move_instead")),
        Option("yes", t("cancel.yes"), exact=True),
        Option("keep", t("cancel.keep")),
    )
    return Ask(heading, (), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    appointment = which.meant(c)
    match heard.choice:
        case "yes":
            return fill(sure=True, which=appointment.id if appointment else None)
        case "move":
            return Switch("move", {"which": appointment.id} if appointment else {}, replace=True)
    return Finish(t("cancel.kept"))


async def finish(c: Context) -> Outcome:
    appointment = which.meant(c)
    if appointment is None:
        return Finish(t("cancel.over"))
    done = await c.booking.cancel(appointment.id, "person")
    if not isinstance(done, Cancelled):
        return Finish(t("cancel.over"))
    return Finish(t("cancel.done", start=appointment.start), more=(t("cancel.again"),))


CANCEL = Flow(
    "cancel",
    version=1,
    enter=which.enter,
    finish=finish,
    instead="move",
    steps=(
        which.WHICH,
        Step("sure", ask_sure, got_sure, wanted=lambda c: "sure" not in c.answers and which.meant(c) is not None),
    ),
)
