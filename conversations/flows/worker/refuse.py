"""Article 5.2: after a late cancellation or move a worker says whether this person may come again. Nobody else is told.

refuse          REFUSER: no further request, for a while
accept_again    ACCEPTER: they may come again; nothing is asked any more
refusals        REFUS: whom they refuse now, and lifting it
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from booking.model import AppointmentId
from booking.ports import NothingLate, Refusable
from conversations.flows.worker.meant import SHOWN
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.phrases import fold_phrase, has, padded, pattern
from conversations.text import t


async def late(c: Context) -> Sequence[Refusable]:
    """What the worker has not answered yet."""
    assert c.contact.worker is not None
    return await c.booking.refusable(c.contact.worker)


async def enter(c: Context) -> Finish | Switch | None:
    assert c.contact.worker is not None
    if await late(c):
        return None
    if await c.booking.refusals(c.contact.worker):
        return Switch("refusals", replace=True)
    return Finish(t("refuse.nobody"))


async def answers(c: Context, text: str) -> dict[str, object]:
    """What a command fills in: the only one there is, or the only one of that name."""
    found = await late(c)
    said = padded(text)
    of_name = [one for one in found if one.first_name and has(said, pattern((fold_phrase(one.first_name),)))]
    chosen = of_name or found
    return {"which": chosen[0].appointment.id} if len(chosen) == 1 else {}


async def ask_which(c: Context) -> Ask:
    options = tuple(
        Option(one.appointment.id, t("refuse.label", name=one.first_name, start=one.appointment.start))
        for one in (await late(c))[:SHOWN]
    )
    return Ask(t("refuse.which"), (), options)


async def got_which(c: Context, heard: Input) -> Outcome:
    return fill(which=heard.choice)


async def _meant(c: Context) -> Refusable | None:
    return next((one for one in await late(c) if one.appointment.id == c.answers["which"]), None)


async def ask_sure(c: Context) -> Ask | Finish:
    options = (Option("yes", t("refuse.yes"), exact=True), Option("no", t("refuse.no")))
    one = await _meant(c)
    if one is None:
        return Finish(t("refuse.nobody"))
    return Ask(t("refuse.ask", name=one.first_name, until=one.until), (), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    return fill(sure=True) if heard.choice == "yes" else await _accepted(c)


async def finish(c: Context) -> Outcome:
    one = await _meant(c)
    made = await c.booking.refuse(AppointmentId(c.answers["which"]))
    if one is None or isinstance(made, NothingLate):
        return Finish(t("refuse.nobody"))
    return Finish(t("refuse.done", name=one.first_name, until=made.lapses_at))


async def _accepted(c: Context) -> Finish:
    one = await _meant(c)
    if one is None or isinstance(await c.booking.accept_again(one.appointment.id), NothingLate):
        return Finish(t("refuse.nobody"))
    return Finish(t("refuse.accepted", name=one.first_name))


# ---------------------------------------------------------------- whom they refuse now


async def enter_refusals(c: Context) -> Finish | None:
    assert c.contact.worker is not None
    return None if await c.booking.refusals(c.contact.worker) else Finish(t("refusals.none"))


async def ask_lift(c: Context) -> Ask:
    assert c.contact.worker is not None
    options = tuple(
        Option(refusal.id, t("refusals.label", name=name, until=refusal.lapses_at))
        for refusal, name in (await c.booking.refusals(c.contact.worker))[:SHOWN]
    )
    return Ask(t("refusals.ask"), (), (*options, Option("nobody", t("refusals.nobody"))))


async def got_lift(c: Context, heard: Input) -> Outcome:
    assert c.contact.worker is not None
    if heard.choice == "nobody":
        return Finish(t("worker.unchanged"))
    named = {refusal.id: name for refusal, name in await c.booking.refusals(c.contact.worker)}
    if not await c.booking.waive(c.contact.worker, heard.choice):
        return Finish(t("refusals.none"))
    return Finish(t("refuse.accepted", name=named[heard.choice]))


async def nothing(c: Context) -> Outcome:
    return Finish(t("refusals.none"))


REFUSE: Final = Flow(
    "refuse",
    version=1,
    enter=enter,
    finish=finish,
    steps=(Step("which", ask_which, got_which), Step("sure", ask_sure, got_sure)),
)
ACCEPT_AGAIN: Final = Flow(
    "accept_again", version=1, enter=enter, finish=_accepted, steps=(Step("which", ask_which, got_which),)
)
REFUSALS: Final = Flow(
    "refusals", version=1, enter=enter_refusals, finish=nothing, steps=(Step("lift", ask_lift, got_lift),)
)
