"""What the console shows of people: a day, a person, an appointment. Every look at somebody's data is noted (I11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from booking import phones
from booking.model import Appointment, Client, Person, Worker, WorkerId
from handlers import fates
from handlers.fates import Fate
from handlers.parts import Parts
from locales.asked import Asked, asked
from storage import audit, contacts, looking, messages, outbox, story
from storage.booking import RowStore
from storage.contacts import ContactRow
from storage.looking import Accepted
from storage.messages import Exchange


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day of the operator's. `people` and `workers` by id."""

    on: date
    appointments: Sequence[Appointment]
    people: Mapping[str, Person]
    workers: Mapping[str, Worker]


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """`asked`: the words that they accepted. `told`: what became of each message that was meant for them; `later`: what
    is still to be said. `exchanges`: how much they and their workers wrote to each other, never what.
    """

    person: Person
    client: Client | None
    accepted: Accepted | None
    asked: Asked | None
    contacts: Sequence[ContactRow]
    coming: Sequence[Appointment]
    past: Sequence[Appointment]
    workers: Mapping[str, Worker]
    told: Sequence[Fate]
    later: Sequence[Fate]
    exchanges: Sequence[Exchange]


@dataclass(frozen=True, slots=True)
class AppointmentSeen:
    """`series`: the same hour as it was before it was moved, the oldest first."""

    appointment: Appointment
    person: Person | None
    worker: Worker | None
    series: Sequence[Appointment]
    told: Sequence[Fate]
    later: Sequence[Fate]


def midnight(parts: Parts, on: date) -> datetime:
    """When that day begins, by the operator's calendar."""
    return datetime.combine(on, time(), parts.zone)


async def day(parts: Parts, on: date, actor: str) -> Day:
    since, until = midnight(parts, on), midnight(parts, on + timedelta(days=1))
    async with parts.db.transaction() as tx:
        found = await looking.day(tx, since, until)
        people = await looking.people(tx, [one.person for one in found])
        await audit.looked(tx, actor, f"day:{on.isoformat()}", parts.clock())
        return Day(on, found, people, await _workers(RowStore(tx, parts.directories), [a.worker for a in found]))


async def find(parts: Parts, typed: str) -> Sequence[str]:
    """Ids of the persons with this number or e-mail address; or of an appointment's id, or their own."""
    typed = typed.strip()
    if "@" in typed:
        return await looking.found(parts.db, email=typed)
    if mobile := phones.read(typed):
        return await looking.found(parts.db, phone=mobile.e164)
    series = await story.appointments(parts.db, typed)
    return [series[-1].person] if series else list(await looking.people(parts.db, [typed]))


async def named(parts: Parts, ids: Sequence[str], actor: str) -> Sequence[Person]:
    """Of several who share a number: to tell them apart."""
    async with parts.db.transaction() as tx:
        found = await looking.people(tx, ids)
        for id in found:
            await audit.looked(tx, actor, f"person:{id}", parts.clock())
    return [found[id] for id in sorted(found)]


async def person(parts: Parts, id: str, actor: str) -> PersonSeen | None:
    now = parts.clock()
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        found = (await looking.people(tx, [id])).get(id)
        if found is None:
            return None
        await audit.looked(tx, actor, f"person:{id}", now)
        appointments = await looking.of_person(tx, id)
        client, accepted = await store.client(found.client), await looking.consent(tx, id)
        exchanges, theirs = await messages.counted(tx, id), await contacts.of_person(tx, id)
        workers = await _workers(store, [*(a.worker for a in appointments), *(e.worker for e in exchanges)])
    ids = [contact.id for contact in theirs]
    coming = [one for one in reversed(appointments) if one.status == "booked" and one.end > now]
    return PersonSeen(
        person=found,
        client=client,
        accepted=accepted,
        asked=asked(accepted.catalogue) if accepted is not None and accepted.catalogue else None,
        contacts=theirs,
        coming=coming,
        past=[one for one in appointments if one not in coming],
        workers=workers,
        told=await fates.of_messages(parts, await outbox.history(parts.db, contacts=ids)),
        later=fates.of_timers(await story.timers(parts.db, ids)),
        exchanges=exchanges,
    )


async def appointment(parts: Parts, id: str, actor: str) -> AppointmentSeen | None:
    """Under the id of any of its series, as it is now."""
    async with parts.db.transaction() as tx:
        series = await story.appointments(tx, id)
        if not series:
            return None
        last = series[-1]
        await audit.looked(tx, actor, f"appointment:{last.id}", parts.clock())
        people = await looking.people(tx, [last.person])
        workers = await _workers(RowStore(tx, parts.directories), [last.worker])
    ids = [one.id for one in series]
    rows = {row.id: row for one in ids for row in await outbox.history(parts.db, appointment=one)}
    return AppointmentSeen(
        appointment=last,
        person=people.get(last.person),
        worker=workers.get(last.worker),
        series=series,
        told=await fates.of_messages(parts, list(rows.values())),
        later=fates.of_timers(await story.timers(parts.db, subjects=ids)),
    )


async def _workers(store: RowStore, ids: Iterable[WorkerId]) -> dict[str, Worker]:
    directory = await store.directory()
    found = {id: directory.worker(id) for id in ids}
    return {id: worker for id, worker in found.items() if worker is not None}
