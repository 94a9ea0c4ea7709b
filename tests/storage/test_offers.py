"""Offered hours and refusals as rows mean what they mean in dictionaries; two who want other ends for one hour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from booking.core import Booking
from booking.model import HOUR, Appointment, AppointmentId, ContactId, HoldId, Mode, PersonId, Refusal, Rules, slot_id
from booking.ports import AlreadyOver, Booked, BookingStore, Cancelled, Moved, Offered, SlotGone
from storage import contacts
from storage.booking import Directories, RowStore
from storage.db import Database
from tests.booking.made import ANN, BEN, MONEY, consent, joining
from tests.storage.test_booking_store import (
    ALI,
    CLAIRE,
    NINE,
    NOW,
    appointment,
    crowd,
    hold,
    load,
    overlaps,
)
from tests.storage.test_booking_store import store as store  # noqa: PLC0414 - the fixture: memory, then rows

NUMBERS = count(1)
WORKER = ContactId("claire-sms")


async def test_offers_are_kept_beside_the_chosen_hold(store: BookingStore) -> None:
    chosen = hold()
    later = replace(hold("h2", start=NINE + 2 * HOUR), kind="replacement", about="a1", mode=Mode.VIDEO)
    soon = replace(hold("h3", start=NINE + HOUR, until=HOUR), kind="waiting", about="w1")
    for each in (chosen, later, soon):
        await store.save_hold(each)
    assert await store.hold_of(ANN) == chosen
    assert list(await store.offers_of(ANN)) == [soon, later]
    assert list(await store.offers_about("a1")) == [later]
    assert await store.hold(HoldId("h3")) == soon
    assert await store.hold(HoldId("nobody")) is None
    await store.save_hold(replace(later, until=NOW + HOUR))
    assert list(await store.offers_about("a1")) == [replace(later, until=NOW + HOUR)]
    await store.delete_hold(HoldId("h3"))
    assert list(await store.offers_of(ANN)) == [replace(later, until=NOW + HOUR)]
    assert list(await store.offers_of(BEN)) == []


async def test_refusals_in_force_and_those_that_a_worker_made(store: BookingStore) -> None:
    day = timedelta(days=1)
    made = Refusal("r1", CLAIRE.id, PersonId("p1"), AppointmentId("a1"), NOW, NOW + 30 * day)
    older = Refusal("r2", CLAIRE.id, PersonId("p2"), AppointmentId("a2"), NOW - 40 * day, NOW - 10 * day)
    other = Refusal("r3", ALI.id, PersonId("p1"), AppointmentId("a3"), NOW, NOW + 30 * day, waived_at=NOW)
    for each in (made, older, other):
        await store.save_refusal(each)
    assert list(await store.refusals(PersonId("p1"), NOW)) == [made]
    assert list(await store.refusals(PersonId("p1"), NOW + 30 * day)) == []
    assert list(await store.refusals(PersonId("p2"), NOW)) == []
    assert list(await store.refusals_by(CLAIRE.id, NOW - 50 * day)) == [made, older]
    assert list(await store.refusals_by(CLAIRE.id, NOW)) == [made]
    waived = replace(made, waived_at=NOW + day)
    await store.save_refusal(waived)
    assert list(await store.refusals(PersonId("p1"), NOW)) == []
    assert list(await store.refusals_by(CLAIRE.id, NOW)) == [waived]


async def test_late_ends_the_latest_first(store: BookingStore) -> None:
    first = appointment("a1", status="cancelled", late=True, ended_at=NOW - HOUR, ended_by="person")
    second = appointment("a2", status="moved", late=True, ended_at=NOW, ended_by="person")
    in_time = appointment("a3", status="cancelled", ended_at=NOW, ended_by="person")
    for each in (first, second, in_time):
        await store.add_appointment(each)
    assert list(await store.ended_late(CLAIRE.id, NOW - HOUR)) == [second, first]
    assert list(await store.ended_late(CLAIRE.id, NOW)) == [second]
    assert list(await store.ended_late(ALI.id, NOW - HOUR)) == []
    assert await store.locked(first.id) == first
    assert await store.locked(AppointmentId("nobody")) is None


# ------------------------------------------------------------ races


@asynccontextmanager
async def turn(db: Database, seen: Directories, contact: str) -> AsyncIterator[Booking]:
    async with db.transaction() as tx:
        await contacts.lock(tx, contact)
        yield Booking(RowStore(tx, seen), Rules(), NOW, lambda: f"id{next(NUMBERS)}")


async def booked(db: Database, seen: Directories) -> Appointment:
    """Ann's appointment with Claire, and a contact of Claire's."""
    await load(db, CLAIRE, ALI)
    await crowd(db, 8)
    async with db.transaction() as tx:
        for name in (ANN, WORKER):
            await contacts.make(tx, "telegram", name, NOW, lambda name=name: name, "fr", "Europe/Paris")  # type: ignore[misc]
    async with turn(db, seen, ANN) as booking:
        done = await booking.book(slot_id(NINE, CLAIRE.id), MONEY, ANN, joining(), consent())
    assert isinstance(done, Booked)
    return done.appointment


async def standing(db: Database, series: str) -> list[str]:
    rows = await db.fetch("SELECT status FROM appointment WHERE series = ? ORDER BY version", series)
    return [row["status"] for row in rows]


@pytest.mark.parametrize("_", range(6))
async def test_the_worker_cancels_while_the_person_moves(db: Database, another: Database, _: int) -> None:
    """Whoever is first has it, and the other is told that it is over."""
    seen = Directories()
    made = await booked(db, seen)

    async def cancels() -> object:
        async with turn(another, seen, WORKER) as booking:
            return await booking.cancel(made.id, "worker")

    async def moves() -> object:
        async with turn(db, seen, ANN) as booking:
            return await booking.move(made.id, slot_id(NINE + HOUR, CLAIRE.id), MONEY, "person")

    came = {type(each) for each in await asyncio.gather(cancels(), moves())}
    if Moved in came:
        assert came == {Moved, AlreadyOver}
        assert await standing(db, made.series) == ["moved", "booked"]
    else:
        assert came == {Cancelled, AlreadyOver}
        assert await standing(db, made.series) == ["cancelled"]
    assert await overlaps(db) == 0


async def test_an_offer_is_accepted_once_however_often_it_is_answered(db: Database, another: Database) -> None:
    seen = Directories()
    made = await booked(db, seen)
    async with turn(db, seen, WORKER) as booking:
        await booking.cancel(made.id, "worker")
    async with turn(db, seen, ANN) as booking:
        first, second = await booking.replacements(made.id, ANN)

    async def answers(where: Database, id: HoldId, contact: str) -> object:
        async with turn(where, seen, contact) as booking:
            return await booking.accept(id)

    ways = [(db, first), (another, second)] * 4
    came = await asyncio.gather(*(answers(where, o.hold.id, f"c{n}") for n, (where, o) in enumerate(ways)))
    assert [type(each) for each in came].count(Booked) == 1
    assert {type(each) for each in came} <= {Booked, SlotGone, AlreadyOver}
    assert await standing(db, made.series) == ["moved", "booked"]
    assert await db.fetch("SELECT count(*) AS n FROM hold") == [{"n": 0}]
    assert await db.fetch("SELECT count(*) AS n FROM busy") == [{"n": 8}]


async def test_eight_want_the_hour_that_is_offered(db: Database, another: Database) -> None:
    """Either it is offered, or somebody has it already."""
    seen = Directories()
    made = await booked(db, seen)

    async def holds(where: Database, contact: str) -> object:
        async with turn(where, seen, contact) as booking:
            return await booking.hold(slot_id(NINE + HOUR, CLAIRE.id), ContactId(contact), MONEY)

    async def proposes() -> object:
        async with turn(db, seen, WORKER) as booking:
            return await booking.propose(made.id, NINE + HOUR)

    several = [holds([db, another][n % 2], f"c{n}") for n in range(7)]
    came = await asyncio.gather(*several[:3], proposes(), *several[3:])
    assert len([each for each in came if not isinstance(each, SlotGone)]) == 1
    assert isinstance(came[3], Offered | SlotGone)
    assert await overlaps(db) == 0


async def test_an_absence_crosses_with_what_others_do(db: Database, another: Database) -> None:
    """Everything of the worker's is ended, or was moved away before; nothing is lost and nobody waits in a ring."""
    seen = Directories()
    made = [await booked(db, seen)]
    for n, hours in enumerate((1, 2, 24, 25, 26)):
        async with turn(db, seen, f"c{n}") as booking:
            slot = slot_id(NINE + hours * HOUR, CLAIRE.id)
            done = await booking.book(slot, MONEY, ContactId(f"c{n}"), joining(), consent())
            assert isinstance(done, Booked)
            made.append(done.appointment)

    async def absent() -> object:
        async with turn(another, seen, WORKER) as booking:
            return await booking.cancel_all([each.id for each in made], "worker")

    async def moves(n: int) -> object:
        async with turn(db, seen, f"c{n}") as booking:
            slot = slot_id(NINE + (n % 3) * HOUR, ALI.id)
            return await booking.move(made[n + 1].id, slot, MONEY, "person", ContactId(f"c{n}"))

    ended, *moved = await asyncio.gather(absent(), *(moves(n) for n in range(5)))
    assert isinstance(ended, list)
    assert len(ended) + sum(isinstance(each, Moved) for each in moved) == len(made)
    rows = await db.fetch("SELECT count(*) AS n FROM appointment WHERE worker_id = ? AND status = 'booked'", CLAIRE.id)
    assert rows == [{"n": 0}]
    assert await overlaps(db) == 0


@pytest.mark.parametrize("_", range(6))
async def test_an_offer_is_accepted_while_its_hour_is_closed(db: Database, another: Database, _: int) -> None:
    """Whoever is first: it is in the list of what stands in the closed time, or the hour went."""
    seen = Directories()
    made = await booked(db, seen)
    async with turn(db, seen, WORKER) as booking:
        await booking.cancel(made.id, "worker")
    async with turn(db, seen, ANN) as booking:
        first, _second = await booking.replacements(made.id, ANN)
    assert first.worker.id == ALI.id

    async def closes() -> list[AppointmentId]:
        async with turn(another, seen, WORKER) as booking:
            return [each.id for each in await booking.close(ALI.id, NINE - HOUR, NINE + 8 * HOUR)]

    async def accepts() -> object:
        async with turn(db, seen, ANN) as booking:
            return await booking.accept(first.hold.id)

    standing_there, done = await asyncio.gather(closes(), accepts())
    assert standing_there == ([done.appointment.id] if isinstance(done, Booked) else [])
    assert isinstance(done, Booked | SlotGone)


@pytest.mark.parametrize("_", range(6))
async def test_two_workers_cancel_while_others_take_the_hours(db: Database, another: Database, _: int) -> None:
    """An hour that a worker gives up is nobody's afterwards, whoever reached for it in that moment."""
    seen = Directories()
    made = [await booked(db, seen)]
    async with turn(db, seen, "c0") as booking:
        slot = slot_id(NINE, ALI.id)
        done = await booking.book(slot, MONEY, ContactId("c0"), joining(), consent())
    assert isinstance(done, Booked)
    made.append(done.appointment)

    async def cancels(where: Database, id: AppointmentId) -> object:
        async with turn(where, seen, WORKER if id == made[0].id else "c7") as booking:
            return await booking.cancel(id, "worker")

    async def holds(where: Database, n: int) -> object:
        async with turn(where, seen, f"c{n}") as booking:
            return await booking.hold(slot_id(NINE, None), ContactId(f"c{n}"), MONEY)

    reaching = [holds([db, another][n % 2], n) for n in range(1, 6)]
    came = await asyncio.gather(cancels(db, made[0].id), *reaching, cancels(another, made[1].id))
    assert [type(each) for each in (came[0], came[-1])] == [Cancelled, Cancelled]
    assert [type(each) for each in came[1:-1]] == [SlotGone] * 5
    assert await overlaps(db) == 0
