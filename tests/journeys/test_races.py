"""Many at once: one hour has one winner and the others are offered the nearest; one talk has one turn at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from booking.core import Booking
from booking.model import ContactId, Mode, Motive, SlotId, Wish
from handlers.turns import drain
from storage.booking import QUARTERS, RowStore, quarter_of
from tests.journeys.processes import Launcher
from tests.journeys.racing import (
    PEOPLE,
    TO_THE_HOURS,
    TO_THE_MOVE,
    TO_THE_SUMMARY,
    Answered,
    Crowd,
    clear_hours,
)
from tests.journeys.town import MONDAY, Town, built, given

# Each way of racing so often: about twenty rounds on each database in the gate, and five hundred when asked for.
rounds = pytest.mark.parametrize("rounds", [7, pytest.param(167, marks=pytest.mark.many)])
HOUR = MONDAY.replace(hour=13)
NEAREST = tuple(f"2026-03-02T{hour}:00Z" for hour in (14, 15, 16))


@pytest.fixture
async def crowd(database_url: str, patient: None) -> AsyncIterator[Crowd]:
    async with built(database_url) as town:
        crowd = Crowd(town.parts)
        await crowd.gather()
        yield crowd
        # What they were told is swept away between two rounds; hours have to be right all the same.
        assert [broken for broken in await town.unsound() if "(I5)" in broken.rule] == []


@rounds
async def test_one_hour_by_booking(crowd: Crowd, rounds: int) -> None:
    """The hours are on the screen, and everybody takes the first."""
    state = await crowd.talk(TO_THE_HOURS)
    for _ in range(rounds):
        await free_all(crowd)
        await crowd.all_at(state)
        await one_winner(crowd, await crowd.answer("1"), "slot.held")


@rounds
async def test_one_hour_by_lapsing_holds(crowd: Crowd, rounds: int) -> None:
    """Everybody chose it once; the last one's hold has lapsed and stands there still; all confirm now."""
    state = await crowd.talk(TO_THE_SUMMARY)
    for number in range(rounds):
        await free_all(crowd)
        await lapsed(crowd, crowd.people[number % PEOPLE])
        await crowd.all_at(state)
        await one_winner(crowd, await crowd.answer("1"), "confirmed.phone")
        [booked] = await crowd.parts.db.fetch("SELECT start_at FROM appointment WHERE status = 'booked'")
        assert booked["start_at"] == HOUR


@rounds
async def test_one_hour_by_moving(crowd: Crowd, rounds: int) -> None:
    """Each has an appointment, and asked to move it to the same hour, which is held for nobody any more."""
    appointments = await crowd.appointments()
    state = await crowd.talk(TO_THE_MOVE)
    for _ in range(rounds):
        await free_all(crowd, appointments)
        await back(crowd)
        await crowd.all_at(state)
        await one_winner(crowd, await crowd.answer("1"), "moved.phone")
        rows = await crowd.parts.db.fetch("SELECT status, start_at FROM appointment")
        assert Counter(row["status"] for row in rows) == {"booked": PEOPLE, "moved": 1}
        assert [row["status"] for row in rows if row["start_at"] == HOUR] == ["booked"]


async def one_winner(crowd: Crowd, answers: Sequence[Answered], won: str) -> None:
    """The hour is one person's; all others were told at once, with the hours nearest to it; nothing overlaps."""
    assert Counter(answer.msgid for answer in answers) == {won: 1, "slot.gone": PEOPLE - 1}
    offered = {tuple(hour.partition("/")[0] for hour in answer.hours) for answer in answers if answer.msgid != won}
    assert offered == {NEAREST}
    first = quarter_of(HOUR)
    taken = await crowd.parts.db.fetch(
        "SELECT owner, quarter, holder_id FROM busy WHERE quarter >= ? AND quarter < ?", first, first + QUARTERS
    )
    assert len({row["holder_id"] for row in taken}) == 1
    assert len(taken) == 2 * QUARTERS  # the worker's, and the winner's
    assert len({(row["owner"], row["quarter"]) for row in taken}) == len(taken)


async def free_all(crowd: Crowd, keep: Sequence[str] = ()) -> None:
    async with crowd.parts.db.transaction() as tx:
        await clear_hours(tx, keep)


async def back(crowd: Crowd) -> None:
    """Who won the last round is where they were."""
    parts = crowd.parts
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        for row in await tx.fetch("SELECT id FROM appointment WHERE status = 'moved'"):
            old = await store.appointment(row["id"])
            assert old is not None
            await store.save_appointment(replace(old, status="booked"))
            assert await store.take(old.id, [f"w:{old.worker}", f"p:{old.person}"], old.start, parts.clock()) is None


async def lapsed(crowd: Crowd, contact: str) -> None:
    parts = crowd.parts
    async with parts.db.transaction() as tx:
        before = parts.clock() - parts.rules.hold_time - timedelta(seconds=1)
        core = Booking(RowStore(tx, parts.directories), parts.rules, before, parts.new_id)
        await core.hold(SlotId("2026-03-02T13:00Z/any"), ContactId(contact), Wish(Motive.FINANCE, Mode.PHONE))


async def test_one_hour_by_two_processes(crowd: Crowd, launching: Launcher, database_url: str, tmp_path: Path) -> None:
    """Each takes whom it can get: neither knows of the other's turns but by the database."""
    order = {"settings": given(database_url, "http://127.0.0.1:1", "http://127.0.0.1:1"), "mail": str(tmp_path / "box")}
    now = crowd.parts.clock().isoformat()
    state = await crowd.talk(TO_THE_HOURS)
    processes = [await launching.start(**order, now=now) for _ in range(2)]
    for _ in range(3):
        await free_all(crowd)
        await crowd.all_at(state)
        await crowd.say_all("1")
        taken = await asyncio.gather(*(process.ask("drain", now) for process in processes))
        assert sum(taken) == PEOPLE
        await one_winner(crowd, await crowd.told(), "slot.held")
    for process in processes:
        await process.kill()


async def test_eight_workers_on_one_talk(patient: None, town: Town) -> None:
    """Every row once, in the order of arrival, whoever takes it."""
    crowd = Crowd(town.parts)
    await crowd.gather()
    one, said = crowd.people[0], [*TO_THE_SUMMARY[:-1], *["aide", "menu", "1", "bonjour"] * 8]
    for text in said:
        await crowd.say(one, text)
    taken = await asyncio.gather(*(drain(town.parts, one) for _ in range(8)))
    assert sum(taken) == len(said)
    answers = await town.parts.db.fetch("SELECT key FROM outbox WHERE answer ORDER BY id")
    rows = await town.parts.db.fetch("SELECT id, status FROM inbox ORDER BY id")
    assert [row["status"] for row in rows] == ["done"] * len(said)
    assert [row["key"] for row in answers] == [f"i{row['id']}:0" for row in rows]
    [talk] = await town.parts.db.fetch("SELECT revision FROM conversation")
    assert talk["revision"] == len(said)
