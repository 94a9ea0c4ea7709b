"""Which of several appointments: asked only when there are several. Used by `cancel` and `move`."""

from __future__ import annotations

from booking.model import Appointment, AppointmentId
from conversations.model import Ask, Context, Finish, Input, Option, Outcome, Step, fill
from conversations.text import t


async def enter(c: Context) -> Finish | None:
    if c.known.upcoming:
        return None
    return Finish(t("appointments.none"))


async def ask_which(c: Context) -> Ask:
    options = tuple(Option(a.id, t("slot.label", start=a.start)) for a in c.known.upcoming)
    return Ask(t("which.ask"), (), options)


async def got_which(c: Context, heard: Input) -> Outcome:
    return fill(which=heard.choice)


def meant(c: Context) -> Appointment | None:
    """The chosen one, or the only one there is. None: it was cancelled or moved meanwhile, by the page or the desk."""
    chosen = c.answers.get("which")
    if chosen is None:
        return c.known.upcoming[0] if len(c.known.upcoming) == 1 else None
    return next((a for a in c.known.upcoming if a.id == AppointmentId(chosen)), None)


WHICH = Step("which", ask_which, got_which, wanted=lambda c: "which" not in c.answers and len(c.known.upcoming) > 1)
