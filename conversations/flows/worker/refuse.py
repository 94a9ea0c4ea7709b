"""Article 5.2: after a late cancellation or move a worker says whether this person may come again. Nobody else is told.

refuse          REFUSER: no further request, for a while
accept_again    ACCEPTER: they may come again; nothing is asked any more
refusals        REFUS: whom they refuse now, and lifting it
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from booking.model import Appointment, AppointmentId
from booking.ports import NothingLate, Refusable
from conversations.flows import messages
from conversations.flows.worker.meant import SHOWN
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.phrases import fold_phrase, has, padded, pattern
from conversations.text import Text, t
from conversations.told_apart import by_hour, told_apart


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


async def _name(c: Context, name: str, ended: Appointment) -> str | Text:
    """Told apart from everybody whom they know: who ended late, whom they meet, whom they refuse."""
    assert c.contact.worker is not None
    known = [(one.appointment.person, one.first_name) for one in await late(c)]
    known += [(entry.appointment.person, entry.name) for entry in await messages.whom(c)]
    known += [(refusal.person, named) for refusal, named in await c.booking.refusals(c.contact.worker)]
    return told_apart(name, by_hour(name, ended), [other for person, other in known if person != ended.person])


async def ask_sure(c: Context) -> Ask | Finish:
    options = (Option("yes", t("refuse.yes"), exact=True), Option("no", t("refuse.no")))
    one = await _meant(c)
    if one is None:
        return Finish(t("refuse.nobody"))
    name = await _name(c, one.first_name, one.appointment)
    question = t("refuse.ask") if isinstance(name, str) else t("refuse.ask_dated")  # which has room for the hour
    return Ask(Text(question.msgid, {"name": name, "until": one.until}), (), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    return fill(sure=True) if heard.choice == "yes" else await _accepted(c)


async def finish(c: Context) -> Outcome:
    one = await _meant(c)
    made = await c.booking.refuse(AppointmentId(c.answers["which"]))
    if one is None or isinstance(made, NothingLate):
        return Finish(t("refuse.nobody"))
    return Finish(t("refuse.done", name=await _name(c, one.first_name, one.appointment), until=made.lapses_at))


async def _accepted(c: Context) -> Finish:
    one = await _meant(c)
    if one is None or isinstance(await c.booking.accept_again(one.appointment.id), NothingLate):
        return Finish(t("refuse.nobody"))
    return Finish(t("refuse.accepted", name=await _name(c, one.first_name, one.appointment)))


# ---------------------------------------------------------------- whom they refuse now


async def enter_refusals(c: Context) -> Finish | None:
    assert c.contact.worker is not None
    return None if await c.booking.refusals(c.contact.worker) else Finish(t("refusals.none"))


async def _refused(c: Context) -> dict[str, tuple[str | Text, datetime]]:
    """By refusal: whom, and until when. As many as are shown."""
    assert c.contact.worker is not None
    found: dict[str, tuple[str | Text, datetime]] = {}
    for refusal, name in (await c.booking.refusals(c.contact.worker))[:SHOWN]:
        ended = await c.booking.appointment(refusal.appointment)
        found[refusal.id] = (name if ended is None else await _name(c, name, ended), refusal.lapses_at)
    return found


async def ask_lift(c: Context) -> Ask:
    """Until when is left out where the hour is named: two lines of the longest fit one text."""
    options = tuple(
        Option(id, name if isinstance(name, Text) else t("refusals.label", name=name, until=until))
        for id, (name, until) in (await _refused(c)).items()
    )
    return Ask(t("refusals.ask"), (), (*options, Option("nobody", t("refusals.nobody"))))


async def got_lift(c: Context, heard: Input) -> Outcome:
    assert c.contact.worker is not None
    if heard.choice == "nobody":
        return Finish(t("worker.unchanged"))
    refused = await _refused(c)
    if not await c.booking.waive(c.contact.worker, heard.choice):
        return Finish(t("refusals.none"))
    return Finish(t("refuse.accepted", name=refused[heard.choice][0]))


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
