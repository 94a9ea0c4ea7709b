"""Nobody came: the hour has begun and the person is alone. The worker and the desk are told at once, and the person
chooses whether to wait for another try or to have another hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from booking.model import Appointment, Mode
from conversations.flows.names import call
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, Switch
from conversations.text import Text, t

AGAIN: Final[Mapping[Mode, Text]] = {
    Mode.PHONE: t("nobody.again_phone"),
    Mode.VIDEO: t("nobody.again_video"),
    Mode.IN_PERSON: t("nobody.again_in_person"),
}
STAYS: Final[Mapping[Mode, Text]] = {
    Mode.PHONE: t("nobody.stays_phone"),
    Mode.VIDEO: t("nobody.stays_video"),
    Mode.IN_PERSON: t("nobody.stays_in_person"),
}


def another_hour(appointment: Appointment) -> Switch:
    """A booking about the same, in the same way, with the same worker first."""
    answers = {
        "motive": appointment.motive.value,
        "mode": appointment.mode.value,
        "worker": appointment.worker,
        "slot": None,
        "choose": None,
    }
    return Switch("book", answers, replace=True)


async def enter(c: Context) -> Finish | None:
    """Before the start there is nobody to miss; hours later it is a matter for the desk."""
    if await c.booking.nobody_came(c.contact.id) is not None:
        return None
    if c.known.upcoming:
        return Finish(t("nobody.early", start=c.known.upcoming[0].start, call=call(c)))
    return Finish(t("nobody.none", call=call(c)))


async def ask_then(c: Context) -> Ask:
    appointment = await c.booking.waiting_now(c.contact.id)
    mode = appointment.mode if appointment else Mode.PHONE
    worker = await c.booking.worker(appointment.worker) if appointment else None
    options = (Option("again", AGAIN[mode]), Option("other", t("nobody.other")))
    return Ask(t("nobody.ask", worker=worker.first_name if worker else ""), (), options)


async def got_then(c: Context, heard: Input) -> Outcome:
    if heard.choice == "other":
        appointment = await c.booking.waiting_now(c.contact.id)
        return another_hour(appointment) if appointment else Switch("book", replace=True)
    stays = await c.booking.waits_again(c.contact.id)
    if stays is None:
        return Finish(t("nobody.none", call=call(c)))
    return Finish(STAYS[stays.mode])


async def finish(c: Context) -> Outcome:
    return Finish()  # never reached: each answer leads away


NOBODY = Flow("nobody", version=1, enter=enter, finish=finish, steps=(Step("then", ask_then, got_then),))
