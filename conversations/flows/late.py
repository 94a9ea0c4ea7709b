""" "I am late", "I am there": the worker hears of it at once, and the person reads that they do.

Opened by `conversations/at_the_hour.py`, which knows the appointment that is meant; without one there is none near.
"""

from __future__ import annotations

from typing import Final

from booking.model import AppointmentId
from booking.ports import AlreadyOver
from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import Text, t

LONG: Final = 30  # minutes: with so much of the hour gone, another one may be better


async def finish(c: Context) -> Outcome:
    about, minutes = c.answers.get("about"), c.answers.get("minutes")
    heard = AlreadyOver() if about is None else await c.booking.say_late(AppointmentId(about), minutes)
    if isinstance(heard, AlreadyOver):
        return Finish(t("late.none"), more=next_one(c))
    worker, appointment = heard.worker.first_name, heard.appointment
    if not heard.told:
        return Finish(t("late.known", worker=worker))
    if minutes is None:
        said = t("late.done", worker=worker, end=appointment.end)
    else:
        said = t("late.done_minutes", worker=worker, minutes=minutes, end=appointment.end)
    long = minutes is not None and minutes >= LONG and c.now < appointment.start
    return Finish(said, more=(t("late.rather_move"),) if long else ())


def next_one(c: Context) -> tuple[Text, ...]:
    """When it is, so that nobody hurries on the wrong day."""
    coming = c.known.upcoming
    return (t("late.next", start=coming[0].start),) if coming else (t("appointments.none"),)


LATE = Flow("late", version=1, steps=(), finish=finish)
