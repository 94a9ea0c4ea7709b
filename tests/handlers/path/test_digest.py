"""What a worker hears of at once, and the morning's message: everything once, nothing never, on the day's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from booking import policy
from booking.model import NoticeLevel
from handlers import digest
from handlers.mornings import next_morning
from storage import flags, workday
from storage.booking import RowStore
from tests.handlers.path.place import CAMILLE, Place
from tests.handlers.path.test_workday import booked, goes_to

pytestmark = pytest.mark.sampled

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("level", "kind", "hours", "at_once"),
    [
        (NoticeLevel.ALL, "booked", 500, True),
        (NoticeLevel.CHANGES, "booked", 48, False),
        (NoticeLevel.CHANGES, "booked", 47, True),
        (NoticeLevel.CHANGES, "moved", 500, True),
        (NoticeLevel.CHANGES, "cancelled", 500, True),
        (NoticeLevel.URGENT, "cancelled", 24, False),
        (NoticeLevel.URGENT, "booked", 23, True),
        (NoticeLevel.DIGEST, "moved", 24, False),
        (NoticeLevel.DIGEST, "moved", 23, True),
    ],
)
def test_what_is_told_at_once(level: NoticeLevel, kind: str, hours: int, at_once: bool) -> None:
    assert policy.told_at_once(level, kind, NOW + timedelta(hours=hours), NOW) is at_once


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("2026-03-28 12:00", "2026-03-29 06:00"),  # the clock goes forward that night
        ("2026-10-24 12:00", "2026-10-25 07:00"),  # and back
        ("2026-03-02 06:59", "2026-03-02 07:00"),
        ("2026-03-02 07:00", "2026-03-03 07:00"),
    ],
)
def test_eight_o_clock_whatever_the_clocks_do(now: str, morning: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert next_morning("Europe/Paris", at) == datetime.fromisoformat(morning).replace(tzinfo=UTC)


async def chooses(place: Place, level: NoticeLevel) -> None:
    """Everybody, so that whoever is booked has chosen."""
    everybody = (await place.parts.directories.current(place.parts.db)).workers
    async with place.parts.db.transaction() as tx:
        for worker in everybody:
            await workday.save_notices(tx, worker.id, level)
    await digest.plan(place.parts)


async def test_a_booking_waits_for_the_morning_and_comes_once(place: Place) -> None:
    await chooses(place, NoticeLevel.URGENT)
    hour = await booked(place)
    assert place.new("sms", hour["phone"]) == []
    morning = next_morning(hour["zone"], place.clock.now)
    await goes_to(place, morning - timedelta(minutes=1))
    assert place.new("sms", hour["phone"]) == []
    await place.passes(minutes=1)
    (said,) = place.new("sms", hour["phone"])
    assert "Depuis hier" in said
    assert "Nouveau rendez-vous" in said
    await goes_to(place, morning + timedelta(hours=1))
    assert place.new("sms", hour["phone"]) == []
    rows = [(row.kind, row.status, row.reason) for row in await place.rows("sms", hour["phone"])]
    assert ("booked", "merged", "digest") in rows


async def test_planned_and_told_twice_it_is_one(place: Place) -> None:
    await chooses(place, NoticeLevel.DIGEST)
    hour = await booked(place)
    for _ in range(3):
        await flags.forget(place.parts.db, "mornings_planned")
        await digest.plan(place.parts)
    await goes_to(place, next_morning(hour["zone"], place.clock.now) + timedelta(minutes=30))
    assert len(place.new("sms", hour["phone"])) == 1


async def test_without_the_message_each_leaves_by_itself(place: Place) -> None:
    """No change stays unknown, whatever becomes of the morning's message (I8)."""
    await chooses(place, NoticeLevel.URGENT)
    hour = await booked(place)
    await place.parts.db.execute("DELETE FROM timer WHERE kind = 'digest'")
    await goes_to(place, next_morning(hour["zone"], place.clock.now) + timedelta(minutes=20))
    (alone,) = place.new("sms", hour["phone"])
    assert alone.startswith("Nouveau rendez-vous")


async def test_what_changed_again_before_the_morning_is_told_as_it_is(place: Place) -> None:
    await chooses(place, NoticeLevel.URGENT)
    hour = await booked(place)
    await place.says("sms", CAMILLE, "annuler", "annuler quand même")
    await goes_to(place, next_morning(hour["zone"], place.clock.now))
    (said,) = place.new("sms", hour["phone"])
    assert "Nouveau rendez-vous" not in said
    assert "annulé" in said


async def test_changes_come_at_once_to_who_wants_changes(place: Place) -> None:
    await chooses(place, NoticeLevel.CHANGES)
    hour = await booked(place)
    assert place.new("sms", hour["phone"]) == []
    await place.says("sms", CAMILLE, "annuler", "annuler quand même")
    (said,) = place.new("sms", hour["phone"])
    assert said.startswith("Rendez-vous annulé")


async def test_an_empty_morning_is_silent_and_a_full_one_has_the_agenda(place: Place) -> None:
    await chooses(place, NoticeLevel.DIGEST)
    hour = await booked(place)
    first = next_morning(hour["zone"], place.clock.now)
    await goes_to(place, first + timedelta(hours=1))
    place.new("sms", hour["phone"])
    day = next_morning(hour["zone"], hour["start_at"] - timedelta(hours=12))
    while place.clock.now < day:
        await flags.forget(place.parts.db, "mornings_planned")
        await digest.plan(place.parts)
        await goes_to(place, min(day, place.clock.now + timedelta(hours=20)))
    said = [text for text in place.new("sms", hour["phone"]) if text.startswith("Bonjour")]
    assert len(said) == 1
    assert "Camille" in said[0]


async def test_the_word_sets_it_and_the_first_morning(place: Place) -> None:
    hour = await booked(place)
    (asked,) = (await place.says("sms", hour["phone"], "notifications"))[-1:]
    assert "1. Tout" in asked
    await place.says("sms", hour["phone"], "2")
    async with place.parts.db.transaction() as tx:
        assert await RowStore(tx, place.parts.directories).notices(hour["worker_id"]) is NoticeLevel.CHANGES
    timers = await place.parts.db.fetch("SELECT kind FROM timer WHERE kind = 'digest' AND status = 'waiting'")
    assert len(timers) == 1


async def test_a_trial_is_a_real_notice(place: Place) -> None:
    hour = await booked(place)
    place.new("sms", hour["phone"])
    said = await place.says("sms", hour["phone"], "test")
    assert any(text.startswith("Ceci est un essai") for text in said)
    assert "test" in {row.kind for row in await place.rows("sms", hour["phone"])}


async def test_questions_come_at_every_level(place: Place) -> None:
    await chooses(place, NoticeLevel.URGENT)
    hour = await booked(place)
    await goes_to(place, hour["start_at"] + timedelta(minutes=10))
    said = place.new("sms", hour["phone"])
    assert any(text.startswith("Dans 10 minutes") for text in said)
    assert said[-1].startswith("Camille est là ?")
