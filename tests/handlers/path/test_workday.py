"""Around the hour and the day after, on rows: who is told and asked, on which channel, and what is kept of it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from booking.model import Feedback, Mode, WorkerId
from handlers.channels.base import SendError
from storage import contacts, feedback, purge
from tests.handlers.path.place import CAMILLE, LATER, Place, refused

pytestmark = pytest.mark.sampled

NOBODY = SendError("30006", "refused", dead=True)


async def booked(place: Place, address: str = CAMILLE) -> dict[str, Any]:
    """An hour of the next week; the row of it, and its worker's number and time zone."""
    await place.says("sms", address, *LATER)
    rows = await place.parts.db.fetch("SELECT * FROM appointment WHERE status = 'booked' ORDER BY start_at DESC")
    worker = (await place.parts.directories.current(place.parts.db)).worker(rows[0]["worker_id"])
    assert worker is not None
    return {**rows[0], "phone": worker.phone, "zone": worker.time_zone}


async def goes_to(place: Place, at: datetime) -> None:
    """As time does: whatever is due on the way happens at its moment."""
    due = (
        "SELECT min(next_try_at) AS due_at FROM timer WHERE status = 'waiting' UNION ALL "
        "SELECT min(next_try_at) AS due_at FROM outbox WHERE status = 'queued'"
    )
    while place.clock.now < at:
        moments = [row["due_at"] for row in await place.parts.db.fetch(due) if row["due_at"] is not None]
        place.clock.now = min([at, *(moment for moment in moments if moment > place.clock.now)])
        await place.settle()


async def joins_telegram(place: Place, worker: str) -> None:
    async with place.parts.db.transaction() as tx:
        made = await contacts.make(tx, "telegram", "4711", place.clock.now, place.parts.new_id, "fr", "Europe/Paris")
        await contacts.link_worker(tx, made, WorkerId(worker))


async def status(place: Place, id: str) -> str:
    (row,) = await place.parts.db.fetch("SELECT status FROM appointment WHERE id = ?", id)
    return str(row["status"])


async def test_the_worker_is_reminded_and_asked_and_the_answer_is_kept(place: Place) -> None:
    hour = await booked(place)
    place.new("sms", hour["phone"])
    await goes_to(place, hour["start_at"] - timedelta(minutes=10))
    (soon,) = place.new("sms", hour["phone"])
    assert soon.startswith("Dans 10 minutes : Camille")
    assert "/w/" in soon
    await goes_to(place, hour["start_at"] + timedelta(minutes=10))
    (question,) = place.new("sms", hour["phone"])
    assert question.startswith("Camille est là ?")
    (noted,) = await place.says("sms", hour["phone"], "3")
    assert "absent(e)" in noted
    assert await status(place, hour["id"]) == "missed"
    await place.says("sms", hour["phone"], "Camille est là")
    assert await status(place, hour["id"]) == "done"
    await goes_to(place, hour["start_at"] + timedelta(hours=1))
    assert "worker_silent" not in place.alarm_codes()


async def test_who_is_silent_is_asked_on_the_next_channel_and_then_the_desk_is_told(place: Place) -> None:
    hour = await booked(place)
    await joins_telegram(place, hour["worker_id"])
    await goes_to(place, hour["start_at"] + timedelta(minutes=10))
    assert place.new("telegram", "4711")[-1].startswith("Camille est là ?")
    place.new("sms", hour["phone"])
    await place.passes(minutes=10)
    (again,) = place.new("sms", hour["phone"])
    assert again.startswith("Camille est là ?")
    assert "worker_silent" not in place.alarm_codes()
    await place.passes(minutes=10)
    assert place.alarm_codes().count("worker_silent") == 1
    await place.says("sms", hour["phone"], "1")
    assert await status(place, hour["id"]) == "done"


async def test_without_another_channel_the_desk_is_told_at_once_and_once(place: Place) -> None:
    hour = await booked(place)
    await goes_to(place, hour["start_at"] + timedelta(minutes=50))
    assert place.alarm_codes().count("worker_silent") == 1


async def test_trying_again_asks_once_more_and_troubles_nobody_else(place: Place) -> None:
    hour = await booked(place)
    await goes_to(place, hour["start_at"] + timedelta(minutes=10))
    await place.says("sms", hour["phone"], "2")
    await place.passes(minutes=10)
    (again,) = place.new("sms", hour["phone"])
    assert "Je réessaie" in again
    await place.says("sms", hour["phone"], "2")
    await place.passes(minutes=10)
    (last,) = place.new("sms", hour["phone"])
    assert "Je réessaie" not in last
    await place.says("sms", hour["phone"], "2")
    assert await status(place, hour["id"]) == "missed"
    assert "worker_silent" not in place.alarm_codes()


async def test_a_question_that_the_first_channel_refuses_goes_on_to_the_next(place: Place) -> None:
    hour = await booked(place)
    await joins_telegram(place, hour["worker_id"])
    await goes_to(place, hour["start_at"])
    place.new("sms", hour["phone"])
    place.line("telegram").troubles += [refused("403", dead=True)]
    await place.passes(minutes=10)
    (question,) = place.new("sms", hour["phone"])
    assert question.startswith("Camille est là ?")
    await place.says("sms", hour["phone"], "1")
    assert await status(place, hour["id"]) == "done"


async def test_no_question_goes_by_mail(place: Place) -> None:
    """Nobody reads the answers there."""
    hour = await booked(place)
    await goes_to(place, hour["start_at"])
    place.line("sms").troubles += [NOBODY]
    await place.passes(minutes=10)
    assert not any("est là ?" in text for _, text in place.line("email").sent_to)
    assert "nobody_reached" in place.alarm_codes()


async def test_the_link_of_the_hour_goes_on_to_the_next_channel(place: Place) -> None:
    hour = await booked(place)
    await goes_to(place, hour["start_at"] - timedelta(minutes=20))
    await place.settle()
    place.line("sms").troubles += [NOBODY, NOBODY, NOBODY]
    await place.passes(minutes=10)
    assert any("/w/" in text for _, text in place.line("email").sent_to)


async def test_what_nobody_said_counts_as_done_the_day_after(place: Place) -> None:
    hour = await booked(place)
    await goes_to(place, hour["start_at"] + timedelta(hours=2))
    assert place.figure("appointments_total", mode="phone", outcome="done") == 0
    place.new("sms", CAMILLE)
    await goes_to(place, hour["start_at"] + timedelta(hours=30))
    assert await status(place, hour["id"]) == "done"
    assert place.figure("appointments_total", mode="phone", outcome="done") == 1
    seen = await place.parts.db.fetch("SELECT actor, action FROM audit WHERE action LIKE '%assumed'")
    assert [(row["actor"], row["action"]) for row in seen] == [("timer", "attend done assumed")]
    assert len([text for text in place.new("sms", CAMILLE) if "1 à 5" in text]) == 1


async def test_feedback_is_kept_apart_and_sealed(place: Place) -> None:
    hour = await booked(place)
    await goes_to(place, hour["start_at"] + timedelta(hours=30))
    await place.says("sms", CAMILLE, "4", "Elle m'a bien aidée")
    (row,) = await place.parts.db.fetch("SELECT * FROM feedback")
    assert (row["score"], row["worker_id"], row["mode"]) == (4, hour["worker_id"], "phone")
    assert set(row) == {"id", "client_id", "worker_id", "mode", "score", "words", "given_on"}
    assert b"aid" not in bytes(row["words"])
    assert place.parts.db.vault.read("feedback.words", row["id"], row["words"]) == "Elle m'a bien aidée"
    async with place.parts.db.transaction() as tx:
        silent = Feedback("f1", row["client_id"], row["worker_id"], Mode.PHONE, 5, row["given_on"])
        await feedback.save(tx, silent)
    last = datetime.combine(row["given_on"].replace(year=row["given_on"].year + 2), time.max, UTC)
    assert "words of feedback" not in await purge.purge(place.parts.db, last)
    assert (await purge.purge(place.parts.db, last + timedelta(days=1)))["words of feedback"] == 1
    kept = await place.parts.db.fetch("SELECT score, words FROM feedback ORDER BY score")
    assert [(each["score"], each["words"]) for each in kept] == [(4, None), (5, None)]


async def test_who_stopped_us_is_asked_nothing_and_nobody_is_troubled(place: Place) -> None:
    hour = await booked(place)
    await goes_to(place, hour["start_at"] + timedelta(minutes=20))
    await place.says("sms", hour["phone"], "1")
    await place.says("sms", CAMILLE, "stop")
    place.new("sms", CAMILLE)
    alarms = len(place.alarms)
    await goes_to(place, hour["start_at"] + timedelta(hours=30))
    assert place.new("sms", CAMILLE) == []
    assert len(place.alarms) == alarms
    assert "opted_out" in {row.reason for row in await place.rows("sms", CAMILLE) if row.kind == "feedback"}


async def test_after_a_miss_a_new_hour_is_offered_and_counted(place: Place) -> None:
    hour = await booked(place)
    await goes_to(place, hour["start_at"] + timedelta(minutes=10))
    await place.says("sms", hour["phone"], "absente")
    place.new("sms", CAMILLE)
    await goes_to(place, hour["start_at"] + timedelta(hours=30))
    (kind,) = place.new("sms", CAMILLE)
    assert kind.startswith("Nous nous sommes manqués")
    assert place.figure("appointments_total", mode="phone", outcome="missed") == 1
    (hours,) = await place.says("sms", CAMILLE, "1")
    assert hours.startswith("Quelle heure avec")


async def test_nobody_came_reaches_the_worker_and_the_desk_at_once(place: Place) -> None:
    hour = await booked(place)
    await goes_to(place, hour["start_at"] + timedelta(minutes=5))
    place.new("sms", hour["phone"])
    said = await place.says("sms", CAMILLE, "personne ne m'a appelée")
    assert "1. Rappelez-moi dans 10 minutes" in said[-1]
    (told,) = place.new("sms", hour["phone"])
    assert told.startswith("URGENT")
    assert "/w/" in told
    assert "nobody_came" in place.alarm_codes()


async def test_who_waited_for_nobody_is_not_thanked(place: Place) -> None:
    hour = await booked(place)
    await goes_to(place, hour["start_at"] + timedelta(minutes=5))
    await place.says("sms", CAMILLE, "personne ne m'a appelée", "1")
    await place.says("sms", CAMILLE, "personne ne m'a appelée")
    await goes_to(place, hour["start_at"] + timedelta(hours=2))
    place.new("sms", CAMILLE)
    await goes_to(place, hour["start_at"] + timedelta(hours=30))
    assert await status(place, hour["id"]) == "done"
    assert place.new("sms", CAMILLE) == []
    rows = await place.parts.db.fetch("SELECT kind, status, reason FROM timer WHERE kind IN ('due_after', 'due_unmet')")
    fates = {row["kind"]: (row["status"], row["reason"]) for row in rows}
    assert fates == {"due_after": ("dropped", "nobody_came"), "due_unmet": ("done", None)}


async def test_a_cancelled_hour_is_silent_around_its_time(place: Place) -> None:
    hour = await booked(place)
    await place.says("sms", CAMILLE, "annuler", "annuler quand même")
    place.new("sms", hour["phone"])
    place.new("sms", CAMILLE)
    await goes_to(place, hour["start_at"] + timedelta(hours=30))
    assert place.new("sms", hour["phone"]) == []
    assert place.new("sms", CAMILLE) == []


async def test_an_end_that_is_undone_sets_the_day_again(place: Place) -> None:
    hour = await booked(place)
    await place.says("sms", CAMILLE, "annuler")
    said = await place.says("sms", CAMILLE, "annuler quand même", "remettre")
    again = await place.parts.db.fetch("SELECT start_at FROM appointment WHERE status = 'booked'")
    assert [row["start_at"] for row in again] == [hour["start_at"]], said
    place.new("sms", hour["phone"])
    await goes_to(place, hour["start_at"] + timedelta(minutes=10))
    assert place.new("sms", hour["phone"])[-1].startswith("Camille est là ?")
