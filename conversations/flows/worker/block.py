"""A worker closes hours, and takes that back: "bloquer mardi 14h-16h", "bloquer du 3 au 7", "débloquer mardi".

Said back before it is done. Appointments that are made already stand, unless the worker says that they go too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from booking.model import HOUR
from booking.ports import AgendaEntry
from conversations.flows.worker import times
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import Text, t

SHOWN: Final = 6  # appointments that one message names

VERBS: Final = "words.worker.block"


async def hit(c: Context) -> Sequence[AgendaEntry]:
    """Appointments to come that the times touch, each once."""
    assert c.contact.worker is not None
    found: dict[str, AgendaEntry] = {}
    for start, end in times.of(c.answers):
        for entry in await c.booking.agenda(c.contact.worker, start - HOUR, end):
            a = entry.appointment
            if a.status == "booked" and a.end > start and a.start > c.now:
                found[a.id] = entry
    return list(found.values())


async def ask_when(c: Context) -> Ask:
    return Ask(t("block.when"), free=True, example=t("block.example"))


async def got_when(c: Context, heard: Input) -> Outcome:
    found = times.read(c, heard.text, VERBS)
    return fill(times=times.to_json(found)) if found else Again()


async def ask_sure(c: Context) -> Ask:
    named = times.names(times.of(c.answers), ZoneInfo(c.contact.zone))
    count = len(await hit(c))
    if not count:
        return Ask(t("block.sure", time=named), (), (Option("yes", t("block.yes")), Option("no", t("block.no"))))
    options = (
        Option("yes", t("block.keep")),
        Option("absent", t("block.absent"), exact=True),
        Option("no", t("block.no")),
    )
    return Ask(t("block.sure_hit", time=named, count=count), (), options)


async def got_sure(c: Context, heard: Input) -> Outcome:
    """Who loses an hour by it is asked by the flow of absences, which says whom it hits before it acts."""
    if heard.choice == "absent":
        return Switch("absent", times.absence(times.of(c.answers), ZoneInfo(c.contact.zone)), replace=True)
    return fill(sure=True) if heard.choice == "yes" else Finish(t("block.left"))


async def finish(c: Context) -> Outcome:
    assert c.contact.worker is not None
    found = times.of(c.answers)
    standing = await hit(c)
    for start, end in found:
        await c.booking.close(c.contact.worker, start, end)
    named = times.names(found, ZoneInfo(c.contact.zone))
    if not standing:
        return Finish(t("block.done", time=named), more=(t("block.undo"),))
    return Finish(t("block.done_hit", time=named), more=(*_lines(standing), t("block.cancel")))


def _lines(standing: Sequence[AgendaEntry]) -> list[Text]:
    lines = [t("block.line", start=e.appointment.start, name=e.first_name) for e in standing[:SHOWN]]
    return [*lines, t("agenda.more", count=len(standing) - SHOWN)] if len(standing) > SHOWN else lines


BLOCK = Flow(
    "block",
    version=1,
    finish=finish,
    steps=(
        Step("times", ask_when, got_when, dated=True),
        Step("sure", ask_sure, got_sure),
    ),
)


async def unblock(c: Context) -> Outcome:
    """Nothing is lost by it, so it is done at once."""
    assert c.contact.worker is not None
    found = times.of(c.answers)
    undone = [await c.booking.unblock(c.contact.worker, start, end) for start, end in found]
    named = times.names(found, ZoneInfo(c.contact.zone))
    return Finish(t("unblock.done", time=named) if any(undone) else t("unblock.none", time=named))


async def ask_unblock(c: Context) -> Ask:
    return Ask(t("unblock.when"), free=True, example=t("block.example"))


async def got_unblock(c: Context, heard: Input) -> Outcome:
    found = times.read(c, heard.text, "words.worker.unblock")
    return fill(times=times.to_json(found)) if found else Again()


UNBLOCK = Flow("unblock", version=1, finish=unblock, steps=(Step("times", ask_unblock, got_unblock, dated=True),))
