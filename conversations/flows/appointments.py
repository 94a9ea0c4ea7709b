"""My appointments: those to come, then the last ones."""

from __future__ import annotations

from typing import Final

from booking.model import Appointment
from conversations.flows import account
from conversations.flows.names import MODES
from conversations.model import Context, Finish, Flow, Link, Outcome
from conversations.text import Text, t

PAST: Final = 3


async def enter(c: Context) -> Finish | None:
    if c.known.person is None:
        return Finish(t("appointments.none"), more=await waits(c))
    return None


async def waits(c: Context) -> tuple[Text, ...]:
    """Their place on the waiting list, if they have one; while an hour is offered to them, that says it all."""
    waiting = await c.booking.waiting(c.contact.id)
    return (
        ()
        if waiting is None or waiting.status == "offered"
        else (t("waiting.place", place=await c.booking.place(waiting)),)
    )


async def finish(c: Context) -> Outcome:
    assert c.known.person is not None
    past = await c.booking.past(c.known.person.id, PAST)
    coming = [await line(c, appointment) for appointment in c.known.upcoming]
    gone = [t("appointments.past", start=appointment.start) for appointment in past]
    if not coming:
        return Finish(t("appointments.none"), more=(*await waits(c), *gone))
    link = Link("appointment", c.known.upcoming[0].id) if len(coming) == 1 else None
    return Finish(
        t("appointments.coming"),
        more=(*coming, *gone, *await waits(c), *_what_next(c)),
        link=link,
    )


def _what_next(c: Context) -> tuple[Text, ...]:
    """Whose account is shut neither moves nor writes."""
    return (t("appointments.cancel"),) if account.is_shut(c) else (t("confirmed.change"), t("message.hint"))


async def line(c: Context, appointment: Appointment) -> Text:
    """When, with whom, how: never about what, since others may read the screen."""
    worker = await c.booking.worker(appointment.worker)
    name = worker.first_name if worker else ""
    return t("appointments.line", start=appointment.start, worker=name, mode=MODES[appointment.mode])


APPOINTMENTS = Flow("appointments", version=1, enter=enter, finish=finish, steps=())
