"""Which of a worker's coming appointments their words mean: "Camille", "mardi 9h", "celui de jeudi"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from booking.model import AppointmentId
from booking.ports import AgendaEntry
from conversations.model import Again, Ask, Context, Input, Option, Outcome, fill
from conversations.phrases import fold_phrase, has, padded, pattern
from conversations.text import Text, t
from conversations.understand import understand

AHEAD: Final = timedelta(days=100)  # further than anybody may book
SHOWN: Final = 7


async def coming(c: Context) -> Sequence[AgendaEntry]:
    """Theirs that have not begun, soonest first."""
    assert c.contact.worker is not None
    entries = await c.booking.agenda(c.contact.worker, c.now, c.now + AHEAD)
    return [entry for entry in entries if entry.appointment.status == "booked" and entry.appointment.start > c.now]


def meant(c: Context, text: str, entries: Sequence[AgendaEntry]) -> list[AgendaEntry]:
    """Those that the words fit; none where the words name none of them."""
    fitting = named(text, entries)
    return at(c, text, fitting or entries) or (fitting if not _says_when(c, text) else [])


def named(text: str, entries: Sequence[AgendaEntry]) -> list[AgendaEntry]:
    """Those of somebody with this first name."""
    said = padded(text)
    return [e for e in entries if e.first_name and has(said, pattern((fold_phrase(e.first_name),)))]


def names_another(text: str, entries: Sequence[AgendaEntry], entry: AgendaEntry) -> bool:
    """Whether it speaks of somebody else than of whom it is asked."""
    said = named(text, entries)
    return bool(said) and all(each.appointment.person != entry.appointment.person for each in said)


def at(c: Context, text: str, entries: Sequence[AgendaEntry]) -> list[AgendaEntry]:
    """Those of a day or an hour that is named."""
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone, naming=True)
    if not _says_when(c, text):
        return []
    zone = ZoneInfo(c.contact.zone)
    found = []
    for entry in entries:
        start = entry.appointment.start.astimezone(zone)
        early = heard.earliest is None or heard.earliest <= start.time()
        late = heard.latest is None or start.time() <= heard.latest
        if early and late and (not heard.days or start.date() in heard.days):
            found.append(entry)
    return found


def _says_when(c: Context, text: str) -> bool:
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone, naming=True)
    return bool(heard.days or heard.earliest or heard.latest)


async def found(c: Context) -> AgendaEntry | None:
    """The one that was chosen. None: it was moved or cancelled meanwhile."""
    chosen = AppointmentId(c.answers.get("which", ""))
    return next((entry for entry in await coming(c) if entry.appointment.id == chosen), None)


async def among(c: Context) -> Sequence[AgendaEntry]:
    """Those that the command left to choose from."""
    some = c.answers.get("among")
    return [entry for entry in await coming(c) if some is None or entry.appointment.id in some]


async def ask_which(c: Context, question: Text) -> Ask:
    entries = await among(c)
    options = tuple(
        Option(e.appointment.id, t("worker.which_label", start=e.appointment.start, name=e.first_name))
        for e in entries[:SHOWN]
    )
    more = (t("worker.which_more", count=len(entries) - SHOWN),) if len(entries) > SHOWN else ()
    return Ask(question, more, options, free=True, example=t("worker.which_example"))


async def got_which(c: Context, heard: Input) -> Outcome:
    if heard.choice:
        return fill(which=heard.choice)
    hits = meant(c, heard.text, await coming(c))
    if not hits:
        return Again()
    if len(hits) == 1:
        return fill(which=hits[0].appointment.id)
    return fill(among=[hit.appointment.id for hit in hits])


def only(entries: Sequence[AgendaEntry]) -> Sequence[AgendaEntry]:
    """With one appointment to come there is nothing to choose."""
    return entries if len(entries) == 1 else ()


def answers(hits: Sequence[AgendaEntry]) -> dict[str, object]:
    """What a command fills in: the one, or those to choose from."""
    if len(hits) == 1:
        return {"which": hits[0].appointment.id}
    return {"among": [hit.appointment.id for hit in hits]} if hits else {}
