""" "I am there": at a door the worker is told; on a line the person is told what happens next."""

from __future__ import annotations

from booking import policy
from booking.model import Appointment, AppointmentId, Mode
from booking.ports import AlreadyOver
from conversations.model import Context, Finish, Flow, Link, Outcome
from conversations.text import Text, t


async def finish(c: Context) -> Outcome:
    heard = await c.booking.say_here(AppointmentId(c.answers["about"]))
    if isinstance(heard, AlreadyOver):
        return Finish(t("cancel.over"))
    appointment, worker = heard.appointment, heard.worker.first_name
    if not heard.told and policy.awaited(appointment, c.now):
        return Finish(t("here.known", worker=worker))
    link = Link("appointment", appointment.id) if appointment.mode is Mode.VIDEO else None
    return Finish(what_next(appointment, worker, c), link=link)


def what_next(appointment: Appointment, worker: str, c: Context) -> Text:
    begun = c.now >= appointment.start
    match appointment.mode:
        case Mode.IN_PERSON:
            return t("here.in_person", worker=worker)
        case Mode.PHONE:
            return (
                t("here.phone_now", worker=worker) if begun else t("here.phone", worker=worker, start=appointment.start)
            )
    opens = appointment.start - policy.AWAITED
    return t("here.video_open", worker=worker) if c.now >= opens else t("here.video", opens=opens)


HERE = Flow("here", version=1, steps=(), finish=finish)
