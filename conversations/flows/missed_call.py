"""The worker called and did not reach them: called back in ten minutes, or another day with the same worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from booking.model import Appointment, AppointmentId
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch, fill
from conversations.text import t

SOON: Final = timedelta(minutes=10)


async def enter(c: Context) -> Finish | None:
    """Nothing is said of an hour that is over, or no longer theirs."""
    return Finish() if await _current(c) is None else None


async def ask_choice(c: Context) -> Ask:
    """Near the end of the hour there is no calling back."""
    appointment = await c.booking.appointment(AppointmentId(c.answers["appointment"]))
    worker = await c.booking.worker(appointment.worker) if appointment else None
    again = Option("again", t("missed_call.again"))
    later = Option("later", t("missed_call.later"))
    options = (again, later) if appointment and c.now + SOON < appointment.end else (later,)
    return Ask(t("missed_call.ask", worker=worker.first_name if worker else ""), options=options)


async def got_choice(c: Context, heard: Input) -> Outcome:
    return fill(choice=heard.choice)


async def finish(c: Context) -> Outcome:
    appointment, at = await _current(c), c.now + SOON
    if appointment is not None and c.answers["choice"] == "again" and at < appointment.end:
        await c.booking.call_back(appointment.id, at)
        worker = await c.booking.worker(appointment.worker)
        return Finish(t("missed_call.noted", worker=worker.first_name if worker else "", at=at))
    if appointment is not None:
        await c.booking.call_back(appointment.id, None)
    old = await c.booking.appointment(AppointmentId(c.answers["appointment"]))
    if old is None:
        return Switch("book", replace=True)
    same = {"motive": old.motive.value, "mode": old.mode.value, "worker": old.worker}
    say = t("missed_call.too_late") if c.answers["choice"] == "again" else None
    return Switch("book", same, replace=True, say=say)


async def _current(c: Context) -> Appointment | None:
    """The hour, while it lasts."""
    appointment = await c.booking.appointment(AppointmentId(c.answers["appointment"]))
    stands = appointment is not None and appointment.status == "booked" and c.now < appointment.end
    return appointment if stands else None


MISSED_CALL = Flow(
    "missed_call", version=1, enter=enter, finish=finish, steps=(Step("choice", ask_choice, got_choice),), fleeting=True
)
