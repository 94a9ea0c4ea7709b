"""The day after a miss, one kind message: a new hour with the same worker, or no. Nothing is held against anybody."""

from __future__ import annotations

from booking.model import Appointment, AppointmentId
from conversations.flows.due import LONG, of_use
from conversations.flows.nobody import another_hour
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step
from conversations.text import t


async def enter(c: Context) -> Finish | None:
    """The worker may have said otherwise meanwhile, and who has another hour already needs no question."""
    appointment = await _missed(c)
    return Finish() if appointment is None or appointment.status != "missed" or c.known.upcoming else None


async def ask_again(c: Context) -> Ask:
    return Ask(t("missed.ask"), (), (Option("new", t("missed.new")), Option("no", t("missed.no"))))


async def got_again(c: Context, heard: Input) -> Outcome:
    appointment = await _missed(c)
    if heard.choice == "no" or appointment is None:
        return Finish(t("missed.fine"))
    return another_hour(appointment)


async def finish(c: Context) -> Outcome:
    return Finish(go_on=True)  # not answered, and too long ago to be asked once more


async def _missed(c: Context) -> Appointment | None:
    appointment = await c.booking.appointment(AppointmentId(c.answers["which"]))
    theirs = appointment is not None and c.known.person is not None and appointment.person == c.known.person.id
    return appointment if theirs else None


MISSED = Flow(
    "missed",
    version=1,
    enter=enter,
    finish=finish,
    fleeting=True,
    steps=(Step("again", ask_again, got_again, wanted=of_use, fresh=LONG),),
)
