"""On whose behalf a request acts. An appointment is reached through its person alone: the program that calls says who
asks, the policy function of people judges it (`booking/authority.py`), and what is another's is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

from booking.authority import PersonActor
from booking.model import Appointment, AppointmentId, Person, PersonId, Wish
from handlers.acting import Acting
from handlers.web.api.operations import Call
from handlers.web.api.problems import Problem
from storage import audit, contacts
from storage.booking import RowStore
from storage.contacts import ContactRow


@dataclass(frozen=True, slots=True)
class Seen:
    """A person, to be read."""

    store: RowStore
    person: Person
    core: Acting

    async def appointment(self, id: str) -> Appointment | None:
        found = await self.store.appointment(AppointmentId(id))
        return found if found is not None and found.person == self.person.id else None

    def wish(self) -> Wish:
        return Wish(language=self.person.language, zone=self.person.time_zone)


@dataclass(frozen=True, slots=True)
class Acted(Seen):
    """A person on whose behalf something is done: their talk waits meanwhile."""

    contact: ContactRow

    @property
    def is_reached(self) -> bool:
        """Not where all that they wrote from was taken from their account: they may still give up what they have."""
        return self.contact.parted_at is None


async def seen(call: Call) -> Seen | Problem:
    store = RowStore(call.tx, call.parts.directories)
    person = await store.person(PersonId(call.path["person"]))
    if person is None:
        return Problem("not_found")
    await audit.add(call.tx, call.actor, "see", f"person:{person.id}", call.now)
    return Seen(store, person, _core(call, store, person))


async def acted(call: Call) -> Acted | Problem:
    store = RowStore(call.tx, call.parts.directories)
    id = PersonId(call.path["person"])
    if await store.person(id) is None:
        return Problem("not_found")
    rows = [row for row in await contacts.of_person(call.tx, id) if row.channel != "email"]
    contact = await contacts.lock(call.tx, rows[0].id) if rows else None
    person = await store.person(id)  # as they are, now that they are ours
    if contact is None or person is None or contact.person_id != person.id:
        return Problem("no_address")
    return Acted(store, person, _core(call, store, person), contact)


def _core(call: Call, store: RowStore, person: Person) -> Acting:
    parts, actor = call.parts, PersonActor(person.id)
    return Acting(call.tx, store, parts.rules, call.now, parts.new_id, actor=actor, called=call.actor)
