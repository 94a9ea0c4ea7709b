"""`socialdirect book`: what the desk needs while somebody is on the phone. Asks nothing; both sides are told."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from booking import phones
from booking.calendar import instant
from booking.model import Mode, Motive, WorkerId
from booking.ports import Booked, CodeRefused, Refused, TooManyTries
from bot.app import App
from bot.failures import CommandFailed, WrongUse
from bot.load import local
from bot.opening import on_app, operator
from conversations.flows.answers import email_in, full_name
from handlers import assisted
from handlers.assisted import Asked, FreeHours, Newcomer, Several, Unknown
from handlers.parts import Parts
from locales.words import words
from storage.contacts import ContactRow

REFUSALS = {
    "max_appointments": "they have as many coming appointments as are allowed (MAX_APPOINTMENTS)",
    "overlap": "they have another appointment then",
    "frozen": "they froze their account; they free it by chat (MES DONNEES), or the desk on their page in the console",
    "suspended": "their account, their client or the code is suspended, not valid now, or has no seat left",
    "consent": "they have not accepted the current terms",
    "dispute": "a dispute is open (terms, article 4.1.7)",
    "worker": "this worker accepts no request of theirs for now (terms, article 5.2): leave out --worker",
}


def run(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    who: Annotated[str, typer.Argument(metavar="PHONE-OR-APPOINTMENT", help="Their mobile number, or an appointment.")],
    motive: Annotated[Motive, typer.Option(help="What it is about.")],
    mode: Annotated[Mode, typer.Option(help="How they meet.")],
    at: Annotated[
        str | None, typer.Option(metavar="'2026-03-03 09:00'", help="By the person's clock. Without: free hours.")
    ] = None,
    worker: Annotated[str | None, typer.Option(metavar="REF", help="With whom; else the least loaded one.")] = None,
    first: Annotated[str | None, typer.Option(help="First name, of somebody who has no account.")] = None,
    last: Annotated[str | None, typer.Option(help="Their last name.")] = None,
    code: Annotated[str | None, typer.Option(help="Their connection code.")] = None,
    email: Annotated[str | None, typer.Option(help="Their e-mail address, if they have one.")] = None,
    lang: Annotated[str | None, typer.Option(help="Their language: fr, en …")] = None,
) -> int:
    """Book an hour for a person; without --at, tell which are free."""
    given = (first, last, code, email, lang)

    async def work(app: App) -> int:
        contact = await found(app.parts, who)
        zone = await assisted.zone_of(app.parts, contact)
        asked = Asked(
            who=contact,
            motive=motive,
            mode=mode,
            worker=await named(app.parts, worker),
            at=moment(at, zone) if at else None,
            newcomer=newcomer(app.parts, *given),
        )
        if asked.newcomer and contact.person_id:
            raise WrongUse("they have an account: leave out --first, --last, --code, --email and --lang")
        return told(app.parts, contact, await assisted.book(app.parts, asked, operator()))

    return on_app(work)


async def found(parts: Parts, who: str) -> ContactRow:
    """Whose phone it is."""
    mobile = phones.read(who)
    if mobile is None:
        contact = await assisted.contact_of(parts, who)
        if contact is None:
            raise CommandFailed("neither a mobile number that we serve nor the id of an appointment that we have")
        return contact
    reached = await assisted.caller(parts, mobile)
    if isinstance(reached, Several):
        raise CommandFailed("several accounts share this number: give the id of one of their appointments")
    if reached.worker_id is not None:
        raise CommandFailed("this is a worker's number: what goes there is for the worker")
    return reached


async def named(parts: Parts, ref: str | None) -> WorkerId | None:
    if ref is None:
        return None
    async with parts.db.transaction() as tx:
        worker = (await parts.directories.current(tx)).named(ref)
    if worker is None:
        raise WrongUse("--worker: no worker of the directory has this ref")
    return worker.id


def moment(typed: str, zone: str) -> datetime:
    """A time of the person's own clock; refused where their clock jumps over it, or shows it twice."""
    try:
        wall = datetime.fromisoformat(typed)
    except ValueError:
        raise WrongUse("--at: expected a day and a time such as '2026-03-03 09:00'") from None
    if wall.tzinfo is not None:
        raise WrongUse("--at is by the person's own clock: leave out the offset")
    found = instant(wall, ZoneInfo(zone))
    if found == "gap" or found == "twice":  # noqa: PLR1714 - so that the type is narrowed
        raise WrongUse(f"--at: the clock of {zone} is changed then; take an hour before or after")
    return found


def newcomer(
    parts: Parts, first: str | None, last: str | None, code: str | None, email: str | None, lang: str | None
) -> Newcomer | None:
    """What was told of somebody new, or None where nothing was."""
    if not any((first, last, code, email, lang)):
        return None
    if not (first and last and code):
        raise WrongUse("somebody without an account needs --first, --last and --code")
    if full_name(f"{first} {last}", words(parts.default_lang)) is None:
        raise WrongUse("--first, --last: letters, spaces, dashes and apostrophes, 50 at most")
    address = email_in(email, words(parts.default_lang)) if email else None
    if email and address is None:
        raise WrongUse("--email: not an e-mail address")
    if lang is not None and lang not in parts.languages:
        raise WrongUse(f"--lang: expected one of {', '.join(parts.languages)} (LOCALES)")
    return Newcomer(code, first.strip(), last.strip(), address, lang or parts.default_lang)


def told(parts: Parts, contact: ContactRow, answer: assisted.BookAnswer) -> int:
    """In words for the desk, who reads them out."""
    match answer:
        case Booked(appointment, worker):
            at = local(appointment.start, ZoneInfo(contact.time_zone))
            print(f"booked {appointment.id}  {at} ({contact.time_zone})  {appointment.mode}  worker {worker.ref}")
            print(f"told as soon as a worker runs: the person by {contact.channel}, {worker.ref}")
            if contact.channel not in parts.channels:
                sys.stderr.write(f"warning: {contact.channel} is not set up: the person is not told\n")
            return 0
        case FreeHours():
            return read_out(answer)
        case Refused(reason):
            raise CommandFailed(REFUSALS[reason])
        case Unknown():
            raise WrongUse("they have no account: give --first, --last and --code")
        case CodeRefused():
            raise CommandFailed("--code: unknown, not valid now, without a seat, or of a suspended client")
        case TooManyTries(until):
            raise CommandFailed(f"too many codes were tried; the next one at {local(until, parts.zone)}")


def read_out(free: FreeHours) -> int:
    """The hours that could be booked instead, by the person's clock."""
    if free.taken:
        sys.stderr.write("socialdirect: that hour is not free\n")
    for slot in free.slots:
        with_whom = f"  worker {slot.worker.ref}" if slot.worker else ""
        print(f"free  {local(slot.start, ZoneInfo(free.zone))}{with_whom}")
    if not free.slots:
        print("no hour is free within BOOKING_HORIZON")
    return int(free.taken)
