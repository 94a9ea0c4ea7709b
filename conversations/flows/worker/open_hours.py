"""A worker opens hours beside the weekly ones, "ouvrir samedi 9h-12h"; and sees what they closed and opened."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from booking.model import Span
from conversations.flows.worker import times
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import Text, t

SHOWN: Final = 4  # with their days, as many as two segments hold

VERBS: Final = "words.worker.open"


async def ask_when(c: Context) -> Ask:
    return Ask(t("open.when"), free=True, example=t("open.example"))


async def got_when(c: Context, heard: Input) -> Outcome:
    found = times.read(c, heard.text, VERBS)
    if not found:
        return Again()
    if not times.has_hours(found, ZoneInfo(c.contact.zone)):
        return Again(t("open.hours"), miss=False)  # a whole day and night is nobody's consultation
    return fill(times=times.to_json(found))


async def ask_sure(c: Context) -> Ask:
    named = times.names(times.of(c.answers), ZoneInfo(c.contact.zone))
    return Ask(t("open.sure", time=named), (), (Option("yes", t("open.yes")), Option("no", t("block.no"))))


async def got_sure(c: Context, heard: Input) -> Outcome:
    return fill(sure=True) if heard.choice == "yes" else Finish(t("block.left"))


async def finish(c: Context) -> Outcome:
    assert c.contact.worker is not None
    found = times.of(c.answers)
    done = [await c.booking.open_hours(c.contact.worker, start, end) for start, end in found]
    opened, busy = (sum(len(getattr(each, name)) for each in done) for name in ("starts", "busy"))
    named = times.names(found, ZoneInfo(c.contact.zone))
    if not opened:
        return Finish(t("open.busy") if busy else t("open.short"))
    return Finish(t("open.done", count=opened, time=named), more=(t("open.some_busy", count=busy),) if busy else ())


OPEN_HOURS = Flow(
    "open_hours",
    version=1,
    finish=finish,
    steps=(
        Step("times", ask_when, got_when),
        Step("sure", ask_sure, got_sure),
    ),
)


# ------------------------------------------------------------ what they closed and opened


async def nothing(c: Context) -> Finish | Switch | None:
    assert c.contact.worker is not None
    return None if await c.booking.own_times(c.contact.worker) else Finish(t("times.none"))


async def ask_which(c: Context) -> Ask:
    assert c.contact.worker is not None
    spans = (await c.booking.own_times(c.contact.worker))[:SHOWN]
    options = [Option(span.id, _label(span, c)) for span in spans]
    return Ask(t("times.ask"), (), (*options, Option("keep", t("times.keep"))))


async def got_which(c: Context, heard: Input) -> Outcome:
    return Finish(t("times.kept")) if heard.choice == "keep" else fill(which=heard.choice)


async def take_back(c: Context) -> Outcome:
    assert c.contact.worker is not None
    span = await c.booking.take_back(c.contact.worker, c.answers["which"])
    if span is None:
        return Finish(t("times.gone"))
    named = times.name(span.start, span.end, ZoneInfo(c.contact.zone))
    return Finish(t("unblock.done", time=named) if span.kind == "closed" else t("times.shut", time=named))


def _label(span: Span, c: Context) -> Text:
    named = times.name(span.start, span.end, ZoneInfo(c.contact.zone))
    return t("times.closed", time=named) if span.kind == "closed" else t("times.open", time=named)


OWN_TIMES = Flow("own_times", version=1, enter=nothing, finish=take_back, steps=(Step("which", ask_which, got_which),))
