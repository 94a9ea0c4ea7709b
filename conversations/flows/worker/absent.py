"""The worker is absent, a day, some days or some hours: what is hit is shown first, then the time is closed and all of
it cancelled in this one turn. Each person is offered other hours (terms, article 5.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

from booking.model import HOUR
from booking.ports import AgendaEntry
from conversations.days import MOST
from conversations.flows.worker.meant import coming
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import Text, t
from conversations.understand import understand

DAY: Final = timedelta(days=1)
LISTED: Final = 12  # appointments that are shown one by one; of more, how many, the first and the last
BY_SMS: Final = 3  # as many fit into its two segments

Period: TypeAlias = tuple[datetime, datetime]  # [from, to)


# ---------------------------------------------------------------- when


async def ask_when(c: Context) -> Ask:
    return Ask(t("absent.when"), free=True, example=t("absent.example"))


async def got_when(c: Context, heard: Input) -> Outcome:
    """Hours without a day are today's."""
    said = understand(heard.text, c.words, now=c.now, zone=c.contact.zone)
    if not (said.days or said.earliest or said.latest):
        return Again()
    days = said.days or (c.now.astimezone(ZoneInfo(c.contact.zone)).date(),)
    bounds = {"from": said.earliest, "to": said.latest}
    return fill(days=[day.isoformat() for day in days], **{k: v.isoformat("minutes") for k, v in bounds.items() if v})


def periods(c: Context) -> list[Period]:
    """The times that are closed, by the worker's own clock; days in a row are one."""
    zone, a = ZoneInfo(c.contact.zone), c.answers
    days = [date.fromisoformat(day) for day in a["days"]]
    if "from" not in a and "to" not in a:
        return _merged([(_at(day, time(), zone), _at(day + DAY, time(), zone)) for day in days])
    first = time.fromisoformat(a.get("from", "00:00"))
    last = time.fromisoformat(a["to"]) if "to" in a else None
    found = []
    for day in days:
        start = _at(day, first, zone)
        end = _at(day + DAY, time(), zone) if last is None else _at(day, last, zone)
        found.append((start, end if end > start else start + HOUR))  # "à 14 h" is that hour
    return found


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _merged(spans: Sequence[Period]) -> list[Period]:
    merged: list[Period] = []
    for start, end in spans:
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


async def hit(c: Context) -> list[AgendaEntry]:
    """Coming appointments of which a part lies in it."""
    closed = periods(c)
    return [
        entry
        for entry in await coming(c)
        if any(entry.appointment.start < end and entry.appointment.end > start for start, end in closed)
    ]


# ---------------------------------------------------------------- sure


async def ask_sure(c: Context) -> Ask:
    entries = await hit(c)
    options = (Option("yes", t("absent.yes"), exact=True), Option("no", t("absent.no")))
    if not entries:
        return Ask(t("absent.ask_none", period=said(c)), _cut(c), options)
    return Ask(t("absent.ask", period=said(c), count=len(entries)), (*_cut(c), *_lines(c, entries)), options)


def _lines(c: Context, entries: Sequence[AgendaEntry]) -> list[Text]:
    if len(entries) <= (BY_SMS if c.contact.channel == "sms" else LISTED):
        return [t("worker.which_label", start=e.appointment.start, name=e.first_name) for e in entries]
    first, last = entries[0], entries[-1]
    return [
        t("absent.first", start=first.appointment.start, name=first.first_name),
        t("absent.last", start=last.appointment.start, name=last.first_name),
    ]


def _cut(c: Context) -> tuple[Text, ...]:
    """A longer absence than is understood at once."""
    return (t("absent.most", count=MOST),) if len(c.answers["days"]) == MOST else ()


def said(c: Context) -> Text:
    """The time in words."""
    spans = periods(c)
    first, last = spans[0][0], spans[-1][1] - timedelta(minutes=1)
    if "from" in c.answers or "to" in c.answers:
        if len(spans) == 1:
            return t("absent.hours", start=first, end=spans[0][1])
        return t("absent.hours_of_days", count=len(spans), start=first, end=spans[0][1])
    if len(c.answers["days"]) == 1:
        return t("absent.day", day=first)
    if len(spans) == 1:
        return t("absent.days", first=first, last=last)
    return t("absent.some_days", count=len(c.answers["days"]), first=first, last=last)


async def got_sure(c: Context, heard: Input) -> Outcome:
    return fill(sure=True) if heard.choice == "yes" else Finish(t("worker.unchanged"))


async def finish(c: Context) -> Outcome:
    """Closed first, so that nothing of it is offered to those who lose their hour. What is hit is looked up again:
    what was moved away meanwhile is left alone, what was booked meanwhile goes too.
    """
    assert c.contact.worker is not None
    for start, end in periods(c):
        await c.booking.close(c.contact.worker, start, end)
    entries = await hit(c)
    done = await c.booking.cancel_all([entry.appointment.id for entry in entries], "worker")
    if not done:
        return Finish(t("absent.done_none", period=said(c)))
    return Finish(t("absent.done", period=said(c), count=len(done)))


def answers(c: Context, gained: Mapping[str, Any]) -> dict[str, Any]:
    """What a command said of it."""
    kept = {name: gained[name] for name in ("days", "from", "to") if gained.get(name)}
    if kept and "days" not in kept:
        kept["days"] = [c.now.astimezone(ZoneInfo(c.contact.zone)).date().isoformat()]
    return kept


ABSENT: Final = Flow(
    "absent",
    version=1,
    finish=finish,
    steps=(
        Step("when", ask_when, got_when, wanted=lambda c: "days" not in c.answers, dated=True),
        Step("sure", ask_sure, got_sure),
    ),
)
