"""`socialdirect cancel`: ends an appointment for somebody who is on the phone. Both sides are told."""

from __future__ import annotations

from typing import Annotated, Final, get_args

import typer

from booking import phones
from booking.events import By
from booking.ports import Cancelled
from bot.app import App
from bot.book import found
from bot.failures import CommandFailed, WrongUse
from bot.load import local
from bot.opening import on_app, operator
from handlers import assisted
from storage import story

WHO: Final[tuple[By, ...]] = get_args(By)  # the desk: the hour cannot be held


def run(
    who: Annotated[str, typer.Argument(metavar="PHONE-OR-APPOINTMENT", help="Their mobile number, or an appointment.")],
    asked: Annotated[
        str, typer.Option("--asked-by", metavar="WHO", help=f"Who wants it: {', '.join(WHO)}.")
    ] = "person",
) -> int:
    """End an appointment; of a person with several, they are listed and nothing is ended."""
    by = next((each for each in WHO if each == asked), None)
    if by is None:
        raise WrongUse(f"--asked-by: one of {', '.join(WHO)}")
    print(on_app(lambda app: cancel(app, who, by)))
    return 0


async def cancel(app: App, who: str, by: By) -> str:
    parts = app.parts
    appointment = who if phones.read(who) is None else await only_one(app, who)
    if not await story.appointments(parts.db, appointment):
        raise CommandFailed("neither a mobile number that we serve nor the id of an appointment that we have")
    done = await assisted.cancel(parts, appointment, operator(), by)
    if not isinstance(done, Cancelled):
        raise CommandFailed("that appointment has begun, is past, was moved or is cancelled already")
    late = ", late (under 24 hours before)" if done.late else ""
    return f"cancelled {done.appointment.id}  {local(done.appointment.start, parts.zone)}{late}; both sides are told"


async def only_one(app: App, who: str) -> str:
    """The coming appointment of whoever has this number."""
    contact = await found(app.parts, who)
    coming = await story.coming(app.parts.db, contact.person_id or "", app.parts.clock())
    if len(coming) == 1:
        return coming[0].id
    if not coming:
        raise CommandFailed("they have no coming appointment")
    for one in coming:
        print(f"{one.id}  {local(one.start, app.parts.zone)}  {one.mode}  worker {one.worker}")
    raise CommandFailed("they have several: cancel one by its id")
