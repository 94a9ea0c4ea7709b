"""A further hour with the same person, in one text: "revoir Camille jeudi 10h". It is kept, and they say yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from booking.authority import AFTERWARDS
from booking.model import AppointmentId
from booking.ports import AgendaEntry, Offered, Refused, SlotGone
from conversations.flows.names import call
from conversations.flows.worker import meant, propose
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import Text, t
from conversations.told_apart import by_hour, told_apart


async def met(c: Context) -> Sequence[AgendaEntry]:
    """Whom they met within 30 days or will meet: each person once, by the hour nearest to now; nearest first."""
    assert c.contact.worker is not None
    entries = await c.booking.agenda(c.contact.worker, c.now - AFTERWARDS, c.now + meant.AHEAD)
    nearest: dict[str, AgendaEntry] = {}
    for entry in sorted(entries, key=lambda entry: abs(entry.appointment.start - c.now)):
        nearest.setdefault(entry.appointment.person, entry)
    return tuple(nearest.values())


async def answers(c: Context, text: str) -> dict[str, Any]:
    """What a command fills in. Nobody is meant by default: a name that is not known might be anybody's."""
    which = meant.answers(meant.named(text, await met(c)))
    return {**which, **await hour(c, text)}


async def enter(c: Context) -> Finish | None:
    return None if await met(c) else Finish(t("further.nobody"))


async def ask_which(c: Context) -> Ask:
    some = c.answers.get("among")
    entries = [entry for entry in await met(c) if some is None or entry.appointment.id in some]
    options = tuple(
        Option(e.appointment.id, t("worker.which_label", start=e.appointment.start, name=e.first_name))
        for e in entries[: meant.SHOWN]
    )
    more = (t("further.which_more"),) if len(entries) > meant.SHOWN else ()
    return Ask(t("further.which"), more, options, free=True)


async def got_which(c: Context, heard: Input) -> Outcome:
    """The hour may be said with the name, or was said with the command."""
    if heard.choice:
        return fill(which=heard.choice)
    found = meant.answers(meant.named(heard.text, await met(c)))
    return fill(**found, **await hour(c, heard.text)) if found else Again()


# ---------------------------------------------------------------- the hour


async def hour(c: Context, text: str) -> dict[str, Any]:
    """The start that a text names, with its day, as answers; empty where it names none."""
    start = propose.named_start(c, text, None)
    if start is None or c.contact.worker is None:
        return {}
    published = await c.booking.publishes(c.contact.worker, start)
    return {"at": start.isoformat(), **({} if published else {"outside": "ask"})}


async def ask_when(c: Context) -> Ask | Finish:
    entry = await _entry(c)
    if entry is None:
        return Finish(t("further.nobody"))
    return Ask(t("further.when", name=await _name(c, entry)), free=True, example=t("propose.example"))


async def got_when(c: Context, heard: Input) -> Outcome:
    entry = await _entry(c)
    if entry is not None and meant.names_another(heard.text, await met(c), entry):
        return Again()
    return fill(**found) if (found := await hour(c, heard.text)) else Again()


async def _entry(c: Context) -> AgendaEntry | None:
    assert c.contact.worker is not None
    return await c.booking.entry(AppointmentId(c.answers["which"]), c.contact.worker)


async def _name(c: Context, entry: AgendaEntry) -> str | Text:
    name, own = entry.first_name, entry.appointment
    others = [each.first_name for each in await met(c) if each.appointment.person != own.person]
    return told_apart(name, by_hour(name, own), others)


async def finish(c: Context) -> Outcome:
    entry = await _entry(c)
    if entry is None:
        return Finish(t("further.nobody"))
    start, name = datetime.fromisoformat(c.answers["at"]).astimezone(UTC), await _name(c, entry)
    match await c.booking.propose_further(entry.appointment.id, start):
        case Offered():
            return Finish(t("further.done", name=name, start=start))
        case SlotGone():
            return fill(await propose.not_free(c, start), at=None, outside=None)
        case Refused():
            return Finish(t("further.refused", name=name, call=call(c)))
    return Finish(t("further.nobody"))


FURTHER: Final = Flow(
    "further",
    version=1,
    enter=enter,
    finish=finish,
    steps=(
        Step("which", ask_which, got_which),
        Step("when", ask_when, got_when, wanted=lambda c: "at" not in c.answers),
        Step(
            "outside",
            propose.ask_outside,
            propose.got_outside,
            wanted=lambda c: c.answers.get("outside") == "ask",
        ),
    ),
)
