"""Is the person there? Asked of the worker ten minutes after the start, once more when they try again, and answered at
any time by words ("Camille absente"), which is also how it is corrected until the next morning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from booking.model import AppointmentId
from booking.ports import AgendaEntry, NotNow
from conversations.flows.due import LONG, of_use
from conversations.model import Ask, Context, Finish, Flow, Input, Option, Outcome, Step, fill
from conversations.text import Text, Value, t

SAID: Final[Mapping[str, Text]] = {
    "there": t("attend.noted_there"),
    "again": t("attend.asked_again"),
    "absent": t("attend.noted_absent"),
}
ASKED_AT_MOST: Final = 3  # the last time, trying again is no answer any more


async def meant(c: Context) -> AgendaEntry | None:
    """The appointment that it is about, as the worker may see it."""
    assert c.contact.worker is not None
    return await c.booking.entry(AppointmentId(c.answers["which"]), c.contact.worker)


async def enter(c: Context) -> Finish | None:
    """Not asked any more once it was said, here or on another channel. Said unasked, it is a correction."""
    entry = await meant(c)
    if entry is None or ("there" not in c.answers and entry.appointment.status != "booked"):
        return Finish()
    return None


async def ask_there(c: Context) -> Ask:
    entry = await meant(c)
    assert entry is not None
    again = (Option("again", t("attend.again")),) if c.answers.get("asked", 1) < ASKED_AT_MOST else ()
    options = (Option("there", t("attend.there")), *again, Option("absent", t("attend.absent")))
    return Ask(t("attend.ask", name=entry.first_name, start=entry.appointment.start), (), options)


async def got_there(c: Context, heard: Input) -> Outcome:
    return fill(there=heard.choice)


async def finish(c: Context) -> Outcome:
    entry = await meant(c)
    if "there" not in c.answers:
        return Finish(go_on=True)  # too long ago to be asked once more
    if entry is None:
        return Finish(t("attend.closed"))
    there, id = c.answers["there"], entry.appointment.id
    if there == "again":
        done = await c.booking.try_again(id, c.answers.get("asked", 1))
    else:
        done = await c.booking.attend(id, there == "there")
    if isinstance(done, NotNow):
        return Finish(t("attend.closed"))
    said: dict[str, Value] = {"name": entry.first_name, "start": entry.appointment.start}
    return Finish(Text(SAID[there].msgid, said))


ATTEND = Flow(
    "attend",
    version=1,
    enter=enter,
    finish=finish,
    steps=(Step("there", ask_there, got_there, wanted=lambda c: "there" not in c.answers and of_use(c), fresh=LONG),),
)
