"""`socialdirect why PHONE-OR-APPOINTMENT`: each message that was meant to go out, with its fate and reason.

Never what it said, and never to which number: kinds, channels, ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final

import typer

from booking import phones
from bot.app import App
from bot.failures import CommandFailed
from bot.load import local
from bot.opening import on_app
from handlers import fates
from handlers.fates import Fate
from handlers.parts import Parts
from storage import contacts, outbox, story, tickets
from storage.contacts import ContactRow
from storage.outbox import OutboxRow


def run(
    who: Annotated[
        str, typer.Argument(metavar="PHONE-OR-APPOINTMENT", help="A mobile number as people write it, or an id.")
    ],
) -> int:
    """What was meant to go to somebody, or to be said of an appointment: newest last, never the text."""
    for line in on_app(lambda app: told(app, who)):
        print(line)
    return 0


async def told(app: App, who: str) -> list[str]:
    """The whole answer."""
    parts = app.parts
    series = await story.appointments(parts.db, who)
    if series:
        ids = [row.id for row in series]
        rows = {row.id: row for id in ids for row in await outbox.history(parts.db, appointment=id)}
        stories = await story.timers(parts.db, subjects=ids)
        head = [
            f"appointment {row.id}  {local(row.start, parts.zone)}  {row.mode}  worker {row.worker}  {row.status}"
            for row in series
        ]
        return [*head, *await messages(parts, list(rows.values())), *timers(parts, stories)]
    known = await contacts_of(parts, who)
    ids_of = [contact.id for contact in known]
    head = [line for contact in known for line in contact_line(parts, contact)]
    rows_of = await outbox.history(parts.db, contacts=ids_of)
    waiting = timers(parts, await story.timers(parts.db, ids_of))
    return [*head, *await messages(parts, rows_of), *waiting, *await with_the_desk(parts, known)]


async def contacts_of(parts: Parts, who: str) -> list[ContactRow]:
    """Every address of whoever has this number, also those on other channels."""
    mobile = phones.read(who)
    if mobile is None:
        raise CommandFailed("neither a mobile number nor the id of an appointment that we have")
    found = {contact.id: contact for contact in await contacts.of_phone(parts.db, mobile.e164)}
    persons = {contact.person_id for contact in found.values()} | {*await story.people(parts.db, mobile.e164)}
    workers = {contact.worker_id for contact in found.values()} | {*await story.workers(parts.db, mobile.e164)}
    for person in sorted(filter(None, persons)):
        found |= {contact.id: contact for contact in await contacts.of_person(parts.db, person)}
    for worker in sorted(filter(None, workers)):
        found |= {contact.id: contact for contact in await contacts.of_worker(parts.db, worker)}
    if not found:
        raise CommandFailed("nobody with this number has written to us, or was written to")
    return list(found.values())


async def with_the_desk(parts: Parts, known: Sequence[ContactRow]) -> list[str]:
    """Their tickets: never what was written in them."""
    persons = sorted({contact.person_id for contact in known if contact.person_id})
    rows = await tickets.of_contacts(parts.db, [contact.id for contact in known], persons)
    return [
        f"{local(row.opened_at, parts.zone)}  {row.kind:18}  {'ticket':8}  {row.outcome or row.status}  {row.id}"
        for row in rows
    ]


def contact_line(parts: Parts, contact: ContactRow) -> Iterator[str]:
    whose = f"worker {contact.worker_id}" if contact.worker_id else f"person {contact.person_id or 'unknown yet'}"
    heard = f"last heard {local(contact.last_inbound_at, parts.zone)}" if contact.last_inbound_at else "never heard"
    yield f"contact {contact.id}  {contact.channel}  {whose}  {heard}"
    if contact.opted_out_at:
        yield f"  stopped all that is not an answer, {local(contact.opted_out_at, parts.zone)}"
    if contact.dead_at:
        yield f"  cannot be reached there since {local(contact.dead_at, parts.zone)}"


async def messages(parts: Parts, rows: Sequence[OutboxRow]) -> list[str]:
    """A line each, newest last."""
    if not rows:
        return ["no message was meant to go out"]
    return [line(parts, fate) for fate in await fates.of_messages(parts, rows)]


REASONS: Final[Mapping[str, str]] = {  # of timers, in words
    "due_already": "it would have been due before the hour was booked",
    "same_time": "another reminder falls on the same moment",
    "just_booked": "booked or moved less than 6 hours before",
    "just_confirmed": "they had just said that they will come",
    "frozen": "they froze their account, and this serves no hour that stands",
    "objected": "they do not want to be asked how it was",
    "appointment_changed": "the appointment was moved, cancelled or changed",
    "nobody_came": "they said that nobody came",
    "useless": "too late to be of use",
    "no_worker": "the worker is gone",
    "other_clock": "put off: they live by another clock now",
}


def timers(parts: Parts, stories: Sequence[story.TimerStory]) -> Iterator[str]:
    """What is to be said later, or was to be and is not."""
    for fate in fates.of_timers(stories):
        yield line(parts, replace(fate, reason=REASONS.get(fate.reason, fate.reason)))


def line(parts: Parts, fate: Fate) -> str:
    became = f"{fate.status} ({fate.reason})" if fate.reason else fate.status
    twice = "  perhaps sent twice" if fate.twice else ""
    return f"{local(fate.at, parts.zone)}  {fate.kind:13}  {fate.channel:8}  {became}{twice}"
