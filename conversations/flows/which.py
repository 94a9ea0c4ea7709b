"""Which of several appointments: asked only when there are several. Used by `cancel` and `move`."""

from __future__ import annotations

from typing import Any

from booking.model import Appointment, AppointmentId
from booking.policy import is_late
from conversations.model import Again, Ask, Context, Finish, Input, Option, Outcome, Step, Switch, fill
from conversations.naming import all_of_them, named_in
from conversations.text import t


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
    """The one chosen; or "celui de jeudi", "celui de 15h", if only one is so."""
    if heard.choice:
        return fill(which=heard.choice)
    found = named_in(heard.text, c.known.upcoming, c)
    if len(found) == 1:
        return fill(which=found[0].id)
    return Again(t("which.one_first"), miss=False) if all_of_them(heard.text, c) else Again()


def meant(c: Context) -> Appointment | None:
    """The chosen one, or the only one there is. None: it was cancelled or moved meanwhile, by the page or the desk."""
    chosen = c.answers.get("which")
    if chosen is None:
        return c.known.upcoming[0] if len(c.known.upcoming) == 1 else None
    return next((a for a in c.known.upcoming if a.id == AppointmentId(chosen)), None)


def late_meanwhile(appointment: Appointment | None, c: Context) -> bool:
    """It was not late when the question was put, and is now: that is said before an answer counts (article 5.2)."""
    if appointment is None or c.asked_at is None:
        return False
    return is_late(appointment.start, c.now) and not is_late(appointment.start, c.asked_at)


WHICH = Step("which", ask_which, got_which, wanted=lambda c: "which" not in c.answers and len(c.known.upcoming) > 1)
