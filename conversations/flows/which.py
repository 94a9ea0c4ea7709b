"""Which of several appointments: asked only when there are several. Used by `cancel` and `move`."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from booking.model import Appointment, AppointmentId
from conversations.model import Again, Ask, Context, Finish, Input, Option, Outcome, Step, Switch, fill
from conversations.text import t
from conversations.understand import understand


async def enter(c: Context) -> Finish | Switch | None:
    """One that has begun cannot be changed any more; another hour is offered."""
    if c.known.upcoming:
        return None
    begun = await c.booking.upcoming(c.known.person.id) if c.known.person else ()
    if begun:
        return Switch("book", another(begun[0]), replace=True, say=t("cancel.begun", start=begun[0].start))
    return Finish(t("appointments.none"))


def another(appointment: Appointment) -> dict[str, Any]:
    """The same subject, mode and worker at another hour: what a new booking begins with."""
    return {"motive": appointment.motive.value, "mode": appointment.mode.value, "worker": appointment.worker}


async def ask_which(c: Context) -> Ask:
    options = tuple(Option(a.id, t("slot.label", start=a.start)) for a in c.known.upcoming)
    return Ask(t("which.ask"), (), options, free=True)


async def got_which(c: Context, heard: Input) -> Outcome:
    """The one chosen; or "celui de jeudi", if only one is on that day, or on that day of any week."""
    if heard.choice:
        return fill(which=heard.choice)
    days = understand(heard.text, c.words, now=c.now, zone=c.contact.zone, naming=True).days
    zone = ZoneInfo(c.contact.zone)
    dates = {a.id: a.start.astimezone(zone).date() for a in c.known.upcoming}
    on_them = [id for id, day in dates.items() if day in days]
    named = on_them or [id for id, day in dates.items() if day.weekday() in {each.weekday() for each in days}]
    return fill(which=named[0]) if len(named) == 1 else Again()


def meant(c: Context) -> Appointment | None:
    """The chosen one, or the only one there is. None: it was cancelled or moved meanwhile, by the page or the desk."""
    chosen = c.answers.get("which")
    if chosen is None:
        return c.known.upcoming[0] if len(c.known.upcoming) == 1 else None
    return next((a for a in c.known.upcoming if a.id == AppointmentId(chosen)), None)


WHICH = Step("which", ask_which, got_which, wanted=lambda c: "which" not in c.answers and len(c.known.upcoming) > 1)
