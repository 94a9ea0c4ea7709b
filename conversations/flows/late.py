""" "I am late", "I am there": the worker hears of it at once, and the person reads that they do.

Opened by `conversations/at_the_hour.py`, which knows the appointment that is meant; without one there is none near.
"""

from __future__ import annotations

from typing import Final

from booking.messages import Written
from booking.model import AppointmentId
from booking.ports import AlreadyOver, Heard
from conversations.flows.messages import exchange_with
from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import Text, t

LONG: Final = 30  # minutes: with so much of the hour gone, another one may be better


async def finish(c: Context) -> Outcome:
    """What they wrote besides goes with it, as a message."""
    about, minutes, text = (c.answers.get(name) for name in ("about", "minutes", "text"))
    if about is None:
        return Finish(t("late.none"), more=next_one(c))
    id = AppointmentId(about)
    sent = text is not None and isinstance(await c.booking.write(id, "person", text), Written)
    heard = await c.booking.say_late(id, minutes, written=sent)
    if isinstance(heard, AlreadyOver):
        return Finish(t("late.none"), more=next_one(c))
    long = minutes is not None and minutes >= LONG and c.now < heard.appointment.start
    more = (t("late.rather_move"),) if long and heard.told else ()
    if sent:
        return Finish(
            t("late.passed_on", worker=heard.worker.first_name, end=heard.appointment.end),
            more=more,
            keep=exchange_with(c, about, sent=True),
        )
    more = (*more, t("message.kept_back")) if text is not None else more
    return Finish(_told(heard, minutes), more=more)


def _told(heard: Heard, minutes: int | None) -> Text:
    worker, end = heard.worker.first_name, heard.appointment.end
    if not heard.told:
        return t("late.known", worker=worker)
    if minutes is None:
        return t("late.done", worker=worker, end=end)
    return t("late.done_minutes", worker=worker, minutes=minutes, end=end)


def next_one(c: Context) -> tuple[Text, ...]:
    """When it is, so that nobody hurries on the wrong day."""
    coming = c.known.upcoming
    return (t("late.next", start=coming[0].start),) if coming else (t("appointments.none"),)


LATE = Flow("late", version=1, steps=(), finish=finish)
