"""Two appointments on one day make one reminder; what changes before it is sent is said as it is then; and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking.authority import DeskActor
from booking.model import Appointment, AppointmentId, ContactId, Mode, Motive, Wish, slot_id
from booking.ports import Booked, Cancelled, Moved
from bot import why
from handlers.acting import Acting
from handlers.following import follow
from storage import flags, outbox
from storage.booking import RowStore
from storage.db import Tx
from tests.handlers.path.place import CAMILLE, LATER, Place

pytestmark = pytest.mark.sampled

NEXT_MONDAY = date(2026, 3, 9)


async def core(place: Place, tx: Tx) -> tuple[RowStore, Acting]:
    store = RowStore(tx, place.parts.directories)
    return store, Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, actor=DeskActor())


async def one_more(place: Place, day: date = NEXT_MONDAY, mode: Mode = Mode.PHONE) -> Appointment:
    """The desk books the last free hour of a day for Camille."""
    contact = ContactId((await place.contact("sms", CAMILLE)).id)
    async with place.parts.db.transaction() as tx:
        store, booking = await core(place, tx)
        wish = Wish(Motive.FINANCE, mode, days=(day,))
        person = await store.person_of(contact)
        assert person is not None
        busy = [each.start for each in await store.upcoming(person.id, place.clock.now)]
        free = [
            s
            for s in (await booking.open_slots(wish, 20)).slots
            if all(abs(s.start - b) >= timedelta(hours=1) for b in busy)
        ]
        done = await booking.book(slot_id(free[-1].start, None), wish, contact, None, None, "desk")
        assert isinstance(done, Booked)
        await follow(tx, place.parts, store, booking, f"test:{done.appointment.id}", place.clock.now)
    await place.settle()
    place.new("sms", CAMILLE)
    return done.appointment


async def ends(place: Place, id: str, slot: str | None = None) -> None:
    """The desk cancels, or moves to another hour; nobody has read the news of it yet."""
    async with place.parts.db.transaction() as tx:
        store, booking = await core(place, tx)
        if slot is None:
            assert isinstance(await booking.cancel(AppointmentId(id), "desk"), Cancelled)
        else:
            assert isinstance(await booking.move(AppointmentId(id), slot, Wish(), "desk"), Moved)  # type: ignore[arg-type]
        await follow(tx, place.parts, store, booking, f"test:end:{id}", place.clock.now)


async def appointments(place: Place) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await place.parts.db.fetch(
        "SELECT id, start_at, status FROM appointment WHERE status = 'booked' ORDER BY start_at"
    )
    return rows


async def fates(place: Place, id: str) -> dict[str, tuple[str, str | None]]:
    rows = await place.parts.db.fetch("SELECT kind, status, reason FROM timer WHERE subject = ?", id)
    return {row["kind"]: (row["status"], row["reason"]) for row in rows}


async def two(place: Place, mode: Mode = Mode.PHONE) -> tuple[str, str]:
    await place.says("sms", CAMILLE, *LATER)
    await one_more(place, mode=mode)
    first, second = await appointments(place)
    assert first["start_at"].date() == second["start_at"].date()
    return first["id"], second["id"]


async def falls_due(place: Place, id: str, kind: str = "early-48h", **before: float) -> None:
    """The clock stands where a timer of an appointment is due, or so long before."""
    rows = await place.parts.db.fetch("SELECT due_at FROM timer WHERE subject = ? AND kind = ?", id, kind)
    place.clock.now = rows[0]["due_at"] - timedelta(**before)
    await place.settle()


async def test_one_reminder_tells_both_hours(place: Place) -> None:
    first, second = await two(place)
    await falls_due(place, first)
    (said,) = place.new("sms", CAMILLE)
    assert said.startswith("Rappel, vos rendez-vous :")
    assert said.count("lundi 9 mars") == 2
    assert (await fates(place, second))["early-48h"] == ("merged", f"into {first}")
    assert (await fates(place, first))["early-48h"][0] == "done"
    for _ in range(60):
        await place.passes(hours=1)
    late = [text for text in place.new("sms", CAMILLE) if text.startswith("À bientôt, vos")]
    assert len(late) == 1
    assert (await fates(place, second))["late-2h"] == ("merged", f"into {first}")
    assert place.figure("reminders_total", kind="late-2h", outcome="merged") == 1


async def test_a_yes_answers_for_both_and_each_keeps_it(place: Place) -> None:
    first, _ = await two(place)
    await falls_due(place, first)
    place.new("sms", CAMILLE)
    (said,) = await place.says("sms", CAMILLE, "oui")
    assert said == "C'est noté pour vos rendez-vous. À bientôt."
    rows = await place.parts.db.fetch("SELECT confirmed_at FROM appointment WHERE status = 'booked'")
    assert [row["confirmed_at"] for row in rows] == [place.clock.now] * 2


async def test_one_that_is_booked_after_the_day_was_told_is_not_told_again(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    (first,) = await appointments(place)
    await falls_due(place, first["id"])
    assert len([text for text in place.new("sms", CAMILLE) if text.startswith("Rappel")]) == 1
    second = await one_more(place)
    await falls_due(place, second.id)
    assert [text for text in place.new("sms", CAMILLE) if text.startswith("Rappel")] == []
    assert (await fates(place, second.id))["early-48h"] == ("merged", f"into {first['id']}")


async def test_a_message_that_waits_is_merged_into_the_one_of_both(place: Place) -> None:
    """Sending is paused when the first is due; the second is booked, and tells both: the first is never sent."""
    await place.says("sms", CAMILLE, *LATER)
    (first,) = await appointments(place)
    await pause(place)
    await falls_due(place, first["id"])
    second = await one_more(place)
    await falls_due(place, second.id)
    rows = {row.appointment_id: row for row in await place.rows("sms", CAMILLE) if row.reminder == "early-48h"}
    assert rows[first["id"]].status == "merged"
    assert rows[first["id"]].reason == f"into {second.id}"
    assert set(rows[second.id].of) == {first["id"], second.id}


async def pause(place: Place) -> None:
    async with place.parts.db.transaction() as tx:
        await flags.pause(tx, place.clock.now, "a test")


async def resume(place: Place) -> list[str]:
    """Sending goes on; the reminders that came."""
    async with place.parts.db.transaction() as tx:
        await flags.resume(tx)
    await place.settle()
    return [text for text in place.new("sms", CAMILLE) if text.startswith("Rappel")]


async def test_when_one_of_both_is_cancelled_before_it_is_sent_the_other_is_told_alone(place: Place) -> None:
    first, second = await two(place)
    await pause(place)
    await falls_due(place, first)
    await ends(place, first)
    assert await resume(place) == [], "its own time is later"
    (row,) = await place.parts.db.fetch(
        "SELECT due_at FROM timer WHERE subject = ? AND status = 'waiting' AND kind = 'early-48h'", second
    )
    place.clock.now = row["due_at"]
    await place.settle()
    (said,) = place.new("sms", CAMILLE)
    assert said.startswith("Rappel : votre rendez-vous est lundi 9 mars")
    rows = [row for row in await place.rows("sms", CAMILLE) if row.reminder == "early-48h"]
    assert [(row.appointment_id, row.status) for row in rows] == [(second, "accepted"), (first, "suppressed")]


async def test_when_the_other_one_changes_it_is_judged_at_the_moment_of_sending(place: Place) -> None:
    """The message is about the first; the second, which it tells too, is cancelled while it waits."""
    first, second = await two(place)
    await pause(place)
    await falls_due(place, first)
    await ends(place, second)
    (said,) = await resume(place)
    assert said.count("lundi 9 mars") == 1
    rows = [row for row in await place.rows("sms", CAMILLE) if row.reminder == "early-48h"]
    assert [(row.appointment_id, row.status) for row in rows] == [(first, "accepted"), (first, "suppressed")]


async def test_a_mode_that_changes_before_it_is_sent_is_told_as_it_is(place: Place) -> None:
    """The same row of the appointment, at its next version."""
    await place.says("sms", CAMILLE, *LATER)
    (only,) = await appointments(place)
    await pause(place)
    await falls_due(place, only["id"], "late-2h")
    await place.parts.db.execute("UPDATE appointment SET mode = 'video', version = version + 1")
    async with place.parts.db.transaction() as tx:
        await flags.resume(tx)
    await place.settle()
    (said,) = [text for text in place.new("sms", CAMILLE) if text.startswith("À bientôt")]
    assert "en vidéo" in said


async def test_who_lives_by_another_clock_by_then_is_reminded_by_that_one(place: Place) -> None:
    """Planned for nine in Paris; they moved to Guadeloupe, where that is four in the morning."""
    await place.says("sms", CAMILLE, *LATER)
    (only,) = await appointments(place)
    await place.parts.db.execute("UPDATE person SET time_zone = 'America/Guadeloupe'")
    await falls_due(place, only["id"])
    assert place.new("sms", CAMILLE) == []
    rows = await place.parts.db.fetch(
        "SELECT status, reason, due_at FROM timer WHERE subject = ? AND kind = 'early-48h' ORDER BY id", only["id"]
    )
    assert [(row["status"], row["reason"]) for row in rows] == [("dropped", "other_clock"), ("waiting", None)]
    assert rows[1]["due_at"].astimezone(ZoneInfo("America/Guadeloupe")).hour >= 9
    place.clock.now = rows[1]["due_at"]
    await place.settle()
    (said,) = place.new("sms", CAMILLE)
    assert "chez vous" in said, "drawn for the clock that they live by, too"


async def test_who_has_just_confirmed_is_not_reminded_once_more(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    (only,) = await appointments(place)
    await falls_due(place, only["id"])
    await falls_due(place, only["id"], "late-2h", hours=2)
    (said,) = await answers(place, "OK")
    assert said.startswith("C'est noté. À lundi 9 mars")
    await falls_due(place, only["id"], "late-2h")
    assert place.new("sms", CAMILLE) == []
    assert (await fates(place, only["id"]))["late-2h"] == ("skipped", "just_confirmed")
    assert place.figure("reminders_total", kind="late-2h", outcome="skipped") == 1


async def test_an_answer_on_another_channel_than_the_one_reminded(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    (only,) = await appointments(place)
    await falls_due(place, only["id"])
    person = (await place.contact("sms", CAMILLE)).person_id
    await place.comes("telegram", "777", text="bonjour")
    telegram = await place.contact("telegram", "777")
    await place.parts.db.execute("UPDATE contact SET person_id = ? WHERE id = ?", person, telegram.id)
    await place.settle()
    place.new("telegram", "777")
    (said,) = await place.says("telegram", "777", "je serai là")
    assert said.startswith("C'est noté. À lundi 9 mars")


async def test_why_tells_each_skip_and_merge(place: Place) -> None:
    first, second = await two(place)
    await falls_due(place, first)
    third = await one_more_soon(place)
    app: Any = type("App", (), {"parts": place.parts})()
    lines = "\n".join(await why.told(app, second))
    assert f"merged (into {first})" in lines
    lines = "\n".join(await why.told(app, third.id))
    assert "skipped (booked or moved less than 6 hours before)" in lines
    assert "skipped (it would have been due before the hour was booked)" in lines


async def one_more_soon(place: Place) -> Appointment:
    """The soonest hour that may still be booked: nothing is left to remind of."""
    contact = ContactId((await place.contact("sms", CAMILLE)).id)
    async with place.parts.db.transaction() as tx:
        store, booking = await core(place, tx)
        booking._rules = replace(place.parts.rules, max_appointments=9)
        booking._making.rules = booking._rules
        wish = Wish(Motive.FINANCE, Mode.PHONE)
        slot = (await booking.open_slots(wish, 1)).slots[0]
        place_now = slot.start - timedelta(hours=5)
        place.clock.now = max(place.clock.now, place_now)
    async with place.parts.db.transaction() as tx:
        store, booking = await core(place, tx)
        booking._making.rules = replace(place.parts.rules, max_appointments=9)
        done = await booking.book(slot_id(slot.start, None), wish, contact, None, None, "desk")
        assert isinstance(done, Booked), done
        await follow(tx, place.parts, store, booking, f"test:{done.appointment.id}", place.clock.now)
    return done.appointment


async def test_a_cancellation_and_its_return_set_the_reminders_anew(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    (only,) = await appointments(place)
    *_, done, back = await answers(place, "annuler", "4", "REMETTRE")
    assert "REMETTRE avant" in done
    assert back.startswith("C'est remis : lundi 9 mars")
    (again,) = await appointments(place)
    assert again["start_at"] == only["start_at"]
    assert {status for status, _ in (await fates(place, only["id"])).values()} == {"dropped"}
    assert {status for status, _ in (await fates(place, again["id"])).values()} == {"waiting"}
    assert place.figure("appointments_total", mode="phone", outcome="restored") == 1
    notices = [row.kind for row in await outbox.history(place.parts.db, appointment=again["id"]) if not row.answer]
    assert "booked" in notices, "the worker is told"
    assert place.alarm_codes() == []


async def answers(place: Place, *texts: str) -> list[str]:
    place.new("sms", CAMILLE)
    return await place.says("sms", CAMILLE, *texts)


async def test_a_reminder_that_was_answered_is_bound_after_the_talk_expired(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER, "rdv", "logement")
    (only,) = await appointments(place)
    await falls_due(place, only["id"])
    (said,) = await answers(place, "ok merci")
    assert said.startswith("C'est noté. À lundi 9 mars")
    rows = await place.parts.db.fetch("SELECT confirmed_at FROM appointment WHERE id = ?", only["id"])
    assert isinstance(rows[0]["confirmed_at"], datetime)
