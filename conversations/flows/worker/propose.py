"""The worker proposes another hour: it is kept for the person, who says yes or no; the appointment stands meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from booking.calendar import instant
from booking.ports import AgendaEntry, Offered, SlotGone
from conversations.flows.worker import meant
from conversations.model import Again, Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.phrases import padded, pattern
from conversations.text import Text, t
from conversations.told_apart import by_hour, told_apart
from conversations.understand import understand


async def enter(c: Context) -> Finish | None:
    return None if await meant.coming(c) else Finish(t("worker.none_coming"))


async def ask_which(c: Context) -> Ask:
    return await meant.ask_which(c, t("propose.which"))


async def got_which(c: Context, heard: Input) -> Outcome:
    """The hour may have been said with the command."""
    outcome = await meant.got_which(c, heard)
    chosen = getattr(outcome, "answers", {}).get("which")
    entry = next((e for e in await meant.coming(c) if e.appointment.id == chosen), None)
    if entry is None:
        return outcome
    return fill(which=chosen, **await hour(c, c.answers.get("said", ""), entry))


# ---------------------------------------------------------------- the hour


async def hour(c: Context, text: str, entry: AgendaEntry) -> dict[str, Any]:
    """The start that a text names, as answers; a time alone is of the same day. Empty where it names none."""
    start = named_start(c, text, entry.appointment.start.astimezone(ZoneInfo(c.contact.zone)).date())
    if start is None or start == entry.appointment.start:
        return {}
    published = await c.booking.publishes(entry.appointment.worker, start)
    return {"at": start.isoformat(), **({} if published else {"outside": "ask"})}


def named_start(c: Context, text: str, same: date | None) -> datetime | None:
    """`same`: the day of a time alone. None where the text names no hour, or a past one, or no quarter of an hour."""
    heard = understand(text, c.words, now=c.now, zone=c.contact.zone)
    if heard.earliest is None or heard.earliest != heard.latest or len(heard.days) > 1 or heard.earliest.minute % 15:
        return None
    day = heard.days[0] if heard.days else same
    start = None if day is None else instant(datetime.combine(day, heard.earliest), ZoneInfo(c.contact.zone))
    return start if isinstance(start, datetime) and start > c.now else None


def begins_with_when(c: Context) -> bool:
    """Whether a day or an hour follows the command, or nothing: in its place might stand a name that we do not know."""
    names = ("words.command.propose", "words.command.move", "words.worker.propose", "words.worker.move")
    rest = pattern(tuple(phrase for name in names for phrase in c.words(name))).sub("", padded(c.raw)).split()
    little = 2 if rest and len(rest[0]) < 3 else 1  # "le 12", "à 10h", "at 10"
    heard = understand(" ".join(rest[:little]), c.words, now=c.now, zone=c.contact.zone)
    return not rest or bool(heard.days or heard.earliest)


async def not_free(c: Context, start: datetime) -> Text:
    """Why not: too near or too far, or somebody has it."""
    first, last = await c.booking.proposable()
    return t("propose.taken", start=start) if first < start <= last else t("propose.window", first=first, last=last)


async def ask_when(c: Context) -> Ask | Finish:
    entry = await meant.found(c)
    if entry is None:
        return Finish(t("cancel.over"))
    others = [e.first_name for e in await meant.coming(c) if e.appointment.id != entry.appointment.id]
    apart = by_hour(entry.first_name, entry.appointment)
    name = told_apart(entry.first_name, apart, others)  # from another hour of the same person, too
    return Ask(t("propose.when", name=name), free=True, example=t("propose.example"))


async def got_when(c: Context, heard: Input) -> Outcome:
    entry = await meant.found(c)
    if entry is None:
        return Finish(t("cancel.over"))
    if meant.names_another(heard.text, await meant.coming(c), entry):
        return Again()
    found = await hour(c, heard.text, entry)
    return fill(**found) if found else Again()


def at(c: Context) -> datetime:
    return datetime.fromisoformat(c.answers["at"]).astimezone(UTC)


async def ask_outside(c: Context) -> Ask:
    options = (Option("yes", t("propose.yes")), Option("no", t("propose.no")))
    return Ask(t("propose.outside", start=at(c)), (), options)


async def got_outside(c: Context, heard: Input) -> Outcome:
    return fill(outside="yes") if heard.choice == "yes" else fill(at=None, outside=None)


async def finish(c: Context) -> Outcome:
    entry = await meant.found(c)
    if entry is None:
        return Finish(t("cancel.over"))
    made = await c.booking.propose(entry.appointment.id, at(c))
    match made:
        case Offered():
            said = t("propose.done", name=entry.first_name, new=made.hold.start, old=entry.appointment.start)
            return Finish(said)
        case SlotGone():
            return fill(await not_free(c, at(c)), at=None, outside=None, said=None)
    return Finish(t("cancel.over"))


PROPOSE: Final = Flow(
    "propose",
    version=1,
    enter=enter,
    finish=finish,
    steps=(
        Step("which", ask_which, got_which),
        Step("when", ask_when, got_when, wanted=lambda c: "at" not in c.answers),
        Step("outside", ask_outside, got_outside, wanted=lambda c: c.answers.get("outside") == "ask"),
    ),
)
