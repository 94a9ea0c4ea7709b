"""Cancelling: two other hours first, since most who cancel wanted to move; and only a yes acts.

A late one is said before the yes (terms, article 5.2). Another hour is theirs before the old one is given back, and an
hour that went meanwhile costs nothing: the old one stands, and the next ones are shown.
"""

from __future__ import annotations

from typing import Final

from booking.ports import Cancelled
from conversations.flows import account, move, undo, which
from conversations.flows.terms import unagreed
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import t

OFFERED: Final = 2


async def ask_sure(c: Context) -> Ask:
    appointment = which.meant(c)
    assert appointment is not None
    start, late = appointment.start, await c.booking.is_late(appointment.id)
    stays = account.is_shut(c) or unagreed(c)  # it cannot be moved
    instead = () if unagreed(c) else await c.booking.instead_of(appointment.id, OFFERED)
    hours = tuple(Option(slot.id, t("slot.label", start=slot.start), exact=True) for slot in instead)
    options = (
        *hours,
        *(() if stays else (Option("move", t("cancel.other_hour") if hours else t("cancel.move_instead")),)),
        Option("yes", t("cancel.yes"), exact=True),
        Option("keep", t("cancel.keep")),
    )
    if hours:
        heading = t("cancel.rather_late", start=start) if late else t("cancel.rather", start=start)
    else:
        heading = t("cancel.ask_late", start=start) if late else t("cancel.ask", start=start)
    return Ask(heading, (), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    appointment = which.meant(c)
    match heard.choice:
        case "move":
            return Switch("move", {"which": appointment.id} if appointment else {}, replace=True)
        case "keep":
            return Finish(t("cancel.kept"))
        case _ if which.late_meanwhile(appointment, c):
            return Again(miss=False)
        case "yes":
            return fill(sure=True, which=appointment.id if appointment else None)
    return fill(sure=True, slot=heard.choice, which=appointment.id if appointment else None)


async def finish(c: Context) -> Outcome:
    appointment = which.meant(c)
    if appointment is None:
        return Finish(t("cancel.over"))
    if "slot" in c.answers:
        return await move.finish(c)
    done = await c.booking.cancel(appointment.id, "person")
    if not isinstance(done, Cancelled):
        return Finish(t("cancel.over"))
    more = () if account.is_shut(c) else (await undo.hint(c) or t("cancel.again"),)
    return Finish(t("cancel.done", start=appointment.start), more=more)


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
