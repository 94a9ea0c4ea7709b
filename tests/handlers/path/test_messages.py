"""Messages on their whole path: who may, what is noted, where they arrive, and what is shown to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from booking.authority import Actor, DeskActor, PersonActor, WorkerActor
from booking.messages import NotWritten, Report, Side, Written
from booking.model import Appointment, AppointmentId, PersonId, WorkerId
from handlers.acting import Acting
from storage import audit
from storage.booking import RowStore
from tests.handlers.path.place import Place


@asynccontextmanager
async def acting(place: Place, actor: Actor) -> AsyncIterator[Acting]:
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        yield Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, actor=actor)


async def the_appointment(place: Place) -> Appointment:
    rows = await place.parts.db.fetch("SELECT id FROM appointment WHERE status = 'booked'")
    async with acting(place, DeskActor()) as core:
        found = await core.appointment(AppointmentId(rows[0]["id"]))
    assert found is not None
    return found


async def test_nobody_writes_or_reads_what_is_not_theirs(place: Place) -> None:
    await place.books()
    made = await the_appointment(place)
    both: tuple[Side, ...] = ("person", "worker")
    async with acting(place, PersonActor(made.person)) as core:
        done = await core.write(made.id, "person", "bonjour")
        assert isinstance(done, Written)
        assert await core.write(made.id, "worker", "en son nom") == NotWritten("nobody")
        assert await core.report(made.id) == NotWritten("nobody")
        assert await core.correspondents("worker", made.worker) == ()
        assert await core.exchanged(made.id, "worker", 9) == ()
    for actor in (PersonActor(PersonId("other")), WorkerActor(WorkerId("other")), PersonActor(PersonId(made.worker))):
        async with acting(place, actor) as core:
            for side in both:
                id = made.person if side == "person" else made.worker
                assert await core.write(made.id, side, "x") == NotWritten("nobody")
                assert await core.exchanged(made.id, side, 9) == ()
                assert await core.unread(side, id) == ()
                assert await core.correspondents(side, id) == ()
                await core.read(made.id, side, [done.message])
            assert await core.to_answer(made.worker, place.clock.now) == ()
            assert await core.report(made.id) == NotWritten("nobody")
    async with acting(place, WorkerActor(made.worker)) as core:
        assert [m.text for m in await core.unread("worker", made.worker)] == ["bonjour"]
        assert [m.read_at for m in await core.exchanged(made.id, "worker", 9)] == [None]
        assert isinstance(await core.report(made.id), Report)
    deeds = [(d.actor.split(":")[0], d.action) for d in await audit.of(place.parts.db, f"appointment:{made.id}")]
    assert deeds[:3] == [("worker", "report"), ("worker", "read"), ("person", "report refused")]
    assert ("person", "write") in deeds
