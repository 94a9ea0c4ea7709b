"""Moving an appointment: another hour is held before the old one is given back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from booking.model import Mode, SlotId
from booking.ports import AlreadyOver, Moved, Refused, SlotGone
from conversations.flows import account, hours, undo, which
from conversations.flows.book import confirmation, how_to_change, noted, refusal
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Link, Option, Outcome, Step, Switch, fill
from conversations.text import Text, t

MOVED: Final[Mapping[Mode, Text]] = {
    Mode.PHONE: t("moved.phone"),
    Mode.VIDEO: t("moved.video"),
    Mode.IN_PERSON: t("moved.in_person"),
}


def as_before(c: Context) -> Context:
    """The wish of the old appointment, under what the person asks now: same subject, mode and worker."""
    old = which.meant(c)
    if old is None:
        return c
    before: Mapping[str, Any] = {
        "motive": old.motive.value,
        "mode": old.mode.value,
        "worker": old.worker,
        "moves": old.id,
    }
    return replace(c, answers={**before, **c.answers})


def when_meant(step: Step) -> Step:
    """Nothing to ask, and no hour to hold, when the appointment went meanwhile: the end says so."""
    wanted = step.wanted or (lambda c: step.name not in c.answers)

    async def got(c: Context, heard: Input) -> Outcome:
        return fill() if which.meant(c) is None else await step.got(c, heard)

    return replace(step, got=got, wanted=lambda c: which.meant(c) is not None and wanted(c))


async def enter(c: Context) -> Finish | Switch | None:
    return account.not_while_suspended(c) or await which.enter(c)


async def ask_sure(c: Context) -> Ask:
    old = which.meant(c)
    assert old is not None
    new = hours.start_of(c.answers["slot"])
    late = await c.booking.is_late(old.id)
    heading = t("move.ask_late", old=old.start, new=new) if late else t("move.ask", old=old.start, new=new)
    options = (
        Option("yes", t("move.yes"), exact=True),
        Option("other", t("move.other")),
        Option("keep", t("move.keep")),
    )
    return Ask(heading, (), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    old = which.meant(c)
    match heard.choice:
        case "yes" if which.late_meanwhile(old, c):
            return Again(miss=False)
        case "yes":
            return fill(sure=True, which=old.id if old else None)
        case "other":
            return fill(slot=None)
    await c.booking.release(c.contact.id)
    return Finish(t("cancel.kept"))


async def finish(c: Context) -> Outcome:
    """Used by `cancel` too, where an hour was taken instead."""
    old = which.meant(c)
    if old is None:
        return Finish(t("cancel.over"))
    c = as_before(c)
    done = await c.booking.move(old.id, SlotId(c.answers["slot"]), hours.wish_of(c), "person")
    match done:
        case Moved(appointment, worker):
            said = confirmation(appointment, worker, MOVED)
            more = (await undo.hint(c), how_to_change(appointment, c))
            return Finish(said, more=tuple(filter(None, more)), link=Link("appointment", appointment.id))
        case SlotGone():
            return fill(t("slot.gone"), slot=None, sure=None)
        case AlreadyOver():
            return Finish(t("cancel.over"))
        case Refused("overlap" | "worker"):
            return fill(refusal(done, c), slot=None, sure=None)
    return Finish(refusal(done, c))


MOVE = Flow(
    "move",
    version=1,
    enter=enter,
    finish=finish,
    hears=frozenset({"mode", "worker", "days", "from", "to", "after", "choose"}),
    noted=noted,
    keeps=lambda c, gained: hours.kept(as_before(c), gained),
    draft=True,
    steps=(
        which.WHICH,
        *(when_meant(step) for step in hours.steps(as_before)),
        when_meant(Step("sure", ask_sure, got_sure)),
    ),
)
