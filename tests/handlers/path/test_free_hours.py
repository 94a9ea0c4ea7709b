"""A subject that nobody has a free hour for: an alarm, once a day, by one of all workers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from booking.model import Motive
from handlers.free_hours import look_for_free_hours
from tests.handlers.path.place import Place


async def test_what_is_full_is_told_once_a_day(place: Place) -> None:
    """Within an hour nothing is ever free: workers have more notice than that."""
    place.parts = replace(place.parts, rules=replace(place.parts.rules, free_within=timedelta(hours=1)))
    assert await look_for_free_hours(place.parts) == len(Motive)
    assert {code for code, _ in place.alarms} == {"no_free_hour"}
    assert {ids["motive"] for _, ids in place.alarms} == set(Motive)
    place.clock.now += timedelta(minutes=59)
    assert await look_for_free_hours(place.parts) == 0, "looked at once an hour"
    place.clock.now += timedelta(hours=1)
    assert await look_for_free_hours(place.parts) == len(Motive)
    assert len(place.alarms) == len(Motive), "told once a day"
    place.clock.now += timedelta(days=1)
    await look_for_free_hours(place.parts)
    assert len(place.alarms) == 2 * len(Motive)


async def test_nothing_is_told_while_hours_are_free(place: Place) -> None:
    assert await look_for_free_hours(place.parts) == 0
    assert place.alarms == []


async def test_a_subject_that_no_worker_helps_with_any_more(place: Place) -> None:
    """People can still choose it."""
    await place.parts.db.execute("UPDATE worker SET suspended = TRUE")
    await place.parts.db.execute("UPDATE directory_version SET version = version + 1")
    assert await look_for_free_hours(place.parts) == len(Motive)
    assert {ids["motive"] for _, ids in place.alarms} == set(Motive)
