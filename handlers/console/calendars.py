"""A worker's week: what is booked, and which hours are free. By the operator's clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from booking.core import Booking
from booking.model import Appointment, Person, Slot, Wish, Worker, WorkerId
from handlers.console.people import midnight
from handlers.parts import Parts
from storage import audit, looking
from storage.booking import RowStore

DAYS = 7
MOST = 24 * DAYS


@dataclass(frozen=True, slots=True)
class Hour:
    """Booked, or free."""

    start: datetime
    appointment: Appointment | None = None
    slot: Slot | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """`days`: from Monday; each with its midnight and its hours in order. `worker` is None where nobody is chosen."""

    monday: date
    workers: Sequence[Worker]
    worker: Worker | None
    days: Sequence[tuple[datetime, Sequence[Hour]]]
    people: Mapping[str, Person]


async def week(parts: Parts, worker: WorkerId | None, on: date, actor: str) -> Week:
    monday = on - timedelta(days=on.weekday())
    since, until = midnight(parts, monday), midnight(parts, monday + timedelta(days=DAYS))
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        directory = await store.directory()
        workers = sorted(directory.workers, key=lambda one: (one.first_name, one.last_name))
        chosen = directory.worker(worker) if worker else None
        if chosen is None:
            return Week(monday, workers, None, (), {})
        booked = await store.agenda(chosen.id, since, until)
        people = await looking.people(tx, [one.person for one in booked])
        await audit.looked(tx, actor, f"week:{chosen.id}:{monday.isoformat()}", parts.clock())
        dates = tuple(monday + timedelta(days=number) for number in range(DAYS))
        wish = Wish(worker=chosen.id, language=chosen.languages[0], days=dates, zone=str(parts.zone))
        core = Booking(store, parts.rules, parts.clock(), parts.new_id)
        free = (await core.open_slots(wish, MOST)).slots
    hours = [Hour(one.start, appointment=one) for one in booked] + [Hour(one.start, slot=one) for one in free]
    return Week(monday, workers, chosen, [(midnight(parts, day), _of(parts, hours, day)) for day in dates], people)


def _of(parts: Parts, hours: Sequence[Hour], day: date) -> Sequence[Hour]:
    found = (hour for hour in hours if hour.start.astimezone(parts.zone).date() == day)
    return sorted(found, key=lambda hour: hour.start)
