"""What leaves, what waits, what goes another way, and when a human is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.core import Booking
from booking.model import AppointmentId
from handlers import assisted
from handlers.alarms import raise_alarm
from handlers.channels.base import Receipt, SendError
from handlers.channels.outcomes import TWILIO
from handlers.delivery import deliver, settle_unknown, warn
from handlers.following import follow
from handlers.receipts import receive
from handlers.rerouting import reroute
from storage import contacts, flags, outbox
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import BOOKS, CAMILLE, CLAIRE, LATER, SAM, Place, refused

AWAY = SendError("20429", "retry")


async def test_a_whole_booking_is_counted_once_it_is_committed(place: Place) -> None:
    assert (await place.books()).startswith("C'est réservé")
    assert place.figure("appointments_total", mode="phone", outcome="booked") == 1
    assert place.figure("inbound_messages_total", channel="sms", outcome="done") == 8
    assert place.figure("outbound_messages_total", channel="sms", kind="booked", outcome="accepted") == 1
    assert place.alarms == []


async def test_answers_keep_their_order_while_one_is_tried_again(place: Place) -> None:
    place.line("sms").troubles = [AWAY]
    assert await place.says("sms", CAMILLE, "bonjour", "aide") == []
    await place.passes(seconds=5)
    first, second = place.new("sms", CAMILLE)
    assert first.startswith("Social")
    assert second != first
    assert place.figure("outbound_messages_total", channel="sms", kind="answer", outcome="accepted") == 2


async def test_a_provider_that_is_away_for_an_hour_loses_nothing(place: Place) -> None:
    place.line("sms").troubles = [AWAY] * 12  # more than the tries that were once enough to give up
    await place.says("sms", CAMILLE, "bonjour")
    for _ in range(12):
        await place.passes(minutes=6)
    assert len(place.new("sms", CAMILLE)) == 1


async def test_those_who_are_told_to_wait_alike_do_not_come_back_together(place: Place) -> None:
    numbers = [f"+3363998{number:04}" for number in range(20, 30)]
    place.line("sms").down = TWILIO["30410"].error("30410")
    for number in numbers:
        await place.says("sms", number, "bonjour")
    rows = await place.parts.db.fetch("SELECT next_try_at FROM outbox")
    waits = sorted(row["next_try_at"] - place.clock.now for row in rows)
    assert len(set(waits)) == len(numbers)
    assert timedelta(minutes=10) <= waits[0] < waits[-1] <= timedelta(minutes=12.5)
    place.line("sms").down = None
    await place.passes(minutes=12.5)
    assert {len(place.new("sms", number)) for number in numbers} == {1}


async def test_what_waits_for_the_morning_uses_up_no_try_and_is_not_late(place: Place) -> None:
    place.clock.now += timedelta(hours=12)  # 22:00 in Paris
    await place.says("sms", CAMILLE, *LATER)
    assert await warn(place.parts) == 0
    told = [row for row in await place.rows("sms", await _worker_told(place)) if row.kind == "booked"]
    assert [(row.attempts, row.reason) for row in told] == [(0, "quiet_hours")]
    await place.passes(minutes=30)
    assert await warn(place.parts) == 0
    await place.passes(hours=12)
    assert (await place.rows("sms", await _worker_told(place)))[0].status == "accepted"


async def _worker_told(place: Place) -> str:
    """The number of the worker to whom something is to be said."""
    rows = await place.parts.db.fetch("SELECT contact_id FROM outbox WHERE kind = 'booked'")
    row = await contacts.get(place.parts.db, rows[0]["contact_id"])
    assert row is not None
    return row.address


async def test_a_notice_that_does_not_leave_within_a_quarter_of_an_hour_is_told_once(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois", "c@example.org")
    place.line("sms").troubles = [AWAY] * 60
    await place.says("sms", CAMILLE, "1")
    assert await warn(place.parts) == 0
    await place.passes(minutes=16)
    assert await warn(place.parts) == 2, "the confirmation and the worker's notice"
    assert place.alarm_codes() == ["notice_late"] * 2
    assert await warn(place.parts) == 0


async def test_nothing_is_late_while_sending_is_paused(place: Place) -> None:
    await flags.pause(place.parts.db, place.clock.now, "restored")
    await place.says("sms", CAMILLE, *BOOKS)
    await place.passes(minutes=30)
    assert await warn(place.parts) == 0


async def test_a_row_that_cannot_be_drawn_stands_aside(place: Place) -> None:
    place.line("sms").unreadable = ["14 h, Camille"]
    await place.books()
    assert place.alarm_codes() == ["delivery_failed"]
    (row,) = [row for row in await place.rows("sms", CLAIRE) if row.kind == "booked"]
    assert (row.status, row.reason) == ("failed", "failed: KeyError")
    assert await place.says("sms", SAM, "bonjour") != []


async def test_an_error_nobody_thought_of_may_have_sent_it(place: Place) -> None:
    place.line("sms").troubles = [RuntimeError("+33639980011")]
    assert await place.says("sms", CAMILLE, "bonjour") == []
    assert (await place.rows("sms", CAMILLE))[0].status == "unknown"
    assert place.alarms[0][1]["provider_code"] == "RuntimeError"
    await place.passes(minutes=3)
    assert len(place.new("sms", CAMILLE)) == 1
    assert (await place.rows("sms", CAMILLE))[0].possible_duplicate


async def test_the_same_words_said_before_are_no_proof(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    (earlier,) = await place.rows("sms", CAMILLE)
    assert earlier.provider_id is not None
    place.line("sms").log = [earlier.provider_id]
    place.line("sms").troubles = [SendError("no_answer", "unknown")]
    assert await place.says("sms", CAMILLE, "aide") == []
    await place.passes(minutes=3)
    assert len(place.new("sms", CAMILLE)) == 1


async def test_a_look_up_that_breaks_holds_up_nobody(place: Place) -> None:
    place.line("sms").troubles = [SendError("no_answer", "unknown")] * 2
    await place.says("sms", CAMILLE, "bonjour")
    await place.says("sms", SAM, "PORTS-7KQM-4XTD")
    place.line("sms").unreadable = ["Quel est votre code"]
    place.clock.now += timedelta(minutes=3)
    await settle_unknown(place.parts, "one")
    await deliver(place.parts, "one")
    place.line("sms").unreadable = []
    fates = {(await place.rows("sms", who))[0].status for who in (CAMILLE, SAM)}
    assert fates == {"failed", "accepted"}
    assert place.alarm_codes() == ["message_unknown"]


# ------------------------------------------------------------ another way


async def test_a_dead_number_of_somebody_with_an_hour_is_told_to_a_human(place: Place) -> None:
    await place.books()
    place.line("sms").troubles = [refused(dead=True)]
    await place.says("sms", CAMILLE, "aide")
    assert place.alarm_codes() == ["nobody_reached"]
    assert (await place.contact("sms", CAMILLE)).dead_at is not None


async def test_three_refusals_make_an_address_dead_and_a_delivery_forgives(place: Place) -> None:
    for _ in range(2):
        place.line("sms").troubles = [refused()]
        await place.says("sms", SAM, "aide")
    row = await place.contact("sms", SAM)
    assert (row.failures, row.dead_at) == (1, None), "whoever writes is alive"
    await place.says("sms", SAM, "aide")
    latest = (await place.rows("sms", SAM))[0]
    await receive(place.parts, Receipt(latest.id, latest.provider_id or "", "delivered"))
    assert (await place.contact("sms", SAM)).failures == 0


async def test_a_failed_receipt_is_said_elsewhere_once_and_never_goes_round(place: Place) -> None:
    place.without("email")
    await place.books(SAM, "whatsapp")
    (notice,) = [row for row in await place.rows("sms", CLAIRE) if row.kind == "booked"]
    await place.comes("telegram", "77", text="bonjour")
    await place.settle()
    claire = await place.contact("sms", CLAIRE)
    telegram = await place.contact("telegram", "77")
    async with place.parts.db.transaction() as tx:
        await contacts.link_worker(tx, telegram.id, claire.worker_id)
    failed = Receipt(notice.id, notice.provider_id or "", "failed", "30004")
    await receive(place.parts, failed)
    await receive(place.parts, failed)
    await place.settle()
    place.new("telegram", "77")
    (again,) = [row for row in await place.rows("telegram", "77") if row.kind == "booked"]
    assert again.key == f"{notice.key}>telegram"
    # and where that fails, too, it does not come back to where it began
    await receive(place.parts, Receipt(again.id, again.provider_id or "", "failed", "30004"))
    await place.settle()
    assert len([row for row in await place.rows("sms", CLAIRE) if row.kind == "booked"]) == 1
    assert place.alarm_codes() == ["nobody_reached"]


@pytest.mark.parametrize("kind", ["one_time_code", "confirm_email"])
async def test_what_proves_an_address_goes_to_it_or_nowhere(place: Place, kind: str) -> None:
    await place.books(SAM, "whatsapp")
    sam = await place.contact("whatsapp", SAM)
    async with place.parts.db.transaction() as tx:
        code = outbox.Outgoing("code", sam.id, kind, {"texts": []}, place.clock.now)
        await outbox.add(tx, code, place.clock.now)
    place.line("whatsapp").unreadable = []
    row = (await place.rows("whatsapp", SAM))[0]
    async with place.parts.db.transaction() as tx:
        await reroute(tx, place.parts, replace(row, status="failed"), sam, "30006", place.clock.now)
    rows = await place.parts.db.fetch("SELECT key FROM outbox WHERE key LIKE 'code%'")
    assert [row["key"] for row in rows] == ["code"]


async def test_whatsapp_outside_its_window_goes_by_sms(place: Place) -> None:
    await place.says("whatsapp", SAM, *LATER)
    await place.passes(days=5)
    assert place.new("whatsapp", SAM) == []
    (reminder,) = place.new("sms", SAM)
    assert reminder.startswith("Rappel")
    assert "/a/" in reminder


# ------------------------------------------------------------ opted out, capped


@guards("T21")
async def test_a_cancellation_that_stop_silences_is_told_to_a_human(place: Place) -> None:
    await place.books()
    await place.says("sms", CAMILLE, "stop")
    await _worker_cancels(place)
    assert place.new("sms", CAMILLE) == []
    assert place.alarm_codes() == ["notice_not_sent"]
    assert place.alarms[0][1]["reason"] == "opted_out"


@guards("T21")
async def test_a_reminder_that_stop_silences_is_no_alarm(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    await place.says("sms", CAMILLE, "stop")
    await place.passes(days=5)
    assert place.new("sms", CAMILLE) == []
    assert "notice_not_sent" not in place.alarm_codes()
    kinds = {(row.kind, row.status, row.reason) for row in await place.rows("sms", CAMILLE)}
    assert ("reminder", "suppressed", "opted_out") in kinds


@pytest.mark.parametrize(("hour", "at_once"), [(LATER, False), (BOOKS, True)])
async def test_the_desks_cancellation_wakes_nobody_whose_hour_is_days_away(
    place: Place, hour: tuple[str, ...], at_once: bool
) -> None:
    """The desk's day is night on an island."""
    await place.says("sms", CAMILLE, hour[0])
    contact = await place.contact("sms", CAMILLE)
    async with place.parts.db.transaction() as tx:
        await contacts.set_zone(tx, contact.id, "Pacific/Noumea")
    await place.says("sms", CAMILLE, *hour[1:])
    rows = await place.parts.db.fetch("SELECT id FROM appointment")
    place.clock.now += timedelta(hours=1)  # 21:00 there
    await assisted.cancel(place.parts, rows[0]["id"], "desk:test", "desk")
    await place.settle()
    assert [said.startswith("Votre rendez-vous") for said in place.new("sms", CAMILLE)] == [True] * at_once
    await place.passes(hours=11)
    assert len(place.new("sms", CAMILLE)) == 1 - at_once


async def _worker_cancels(place: Place) -> None:
    rows = await place.parts.db.fetch("SELECT id FROM appointment WHERE status = 'booked'")
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        core = Booking(store, place.parts.rules, place.clock.now, place.parts.new_id)
        await core.cancel(AppointmentId(rows[0]["id"]), "worker")
        await follow(tx, place.parts, store, core, "worker", place.clock.now)
    await place.settle()


async def test_the_daily_cap_counts_all_telephones_of_a_person_and_lets_so_many_go(place: Place) -> None:
    await place.books()
    person = (await place.contact("sms", CAMILLE)).person_id
    await place.says("telegram", "77", "bonjour")
    other = await place.contact("telegram", "77")
    async with place.parts.db.transaction() as tx:
        await contacts.link_person(tx, other.id, person)
        mine = (await contacts.find(tx, "sms", CAMILLE)) or ""
        for number in range(3):
            for contact in (mine, other.id):
                out = outbox.Outgoing(f"n{number}{contact}", contact, "reminder", LONG, place.clock.now)
                await outbox.add(tx, out, place.clock.now)
    await place.settle()
    fates = await place.parts.db.fetch(
        "SELECT status, count(*) AS n FROM outbox WHERE kind = 'reminder' GROUP BY status"
    )
    assert {row["status"]: row["n"] for row in fates} == {"accepted": 4, "queued": 2}


LONG = {
    "texts": [{"id": "thanks.reply", "args": {}}],
    "options": [],
    "link": None,
    "prompt": "",
    "contact": False,
}


# ------------------------------------------------------------ what is not set up


async def test_without_mail_the_confirmation_link_is_kept_with_its_reason(place: Place) -> None:
    place.without("email")
    await place.books()
    person = (await place.contact("sms", CAMILLE)).person_id
    (row,) = [
        each
        for contact in await contacts.of_person(place.parts.db, str(person))
        for each in await outbox.history(place.parts.db, contacts=[contact.id])
        if each.channel == "email"
    ]
    assert (row.kind, row.status, row.reason) == ("confirm_email", "suppressed", "no_mail")
    assert place.alarms == []


async def test_alarms_are_mailed_once_each_and_a_mail_that_fails_makes_no_other(place: Place) -> None:
    place.parts = replace(place.parts, alert_to="alarms@example.org")
    place.line("email").troubles = [refused()] * 9
    await place.says("sms", CAMILLE, "humain")
    assert place.alarm_codes() == ["desk_human", "nobody_reached"]
    assert len(await place.rows("email", "alarms@example.org")) == 1


@pytest.mark.parametrize("alert_to", [None, "alarms@example.org"])
async def test_what_is_rolled_back_raises_nothing(place: Place, alert_to: str | None) -> None:
    parts = replace(place.parts, alert_to=alert_to)

    async def fails() -> None:
        async with parts.db.transaction() as tx:
            await raise_alarm(tx, parts, "provider_refused", "1", place.clock.now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert place.alarms == []


@guards("T02", partly=True)
async def test_what_was_cancelled_in_their_name_is_told_at_night_too_with_the_word_against_it(place: Place) -> None:
    """On the telephone anybody may say that they are Camille: what takes it back helps for ten minutes only."""
    await place.says("sms", CAMILLE, *LATER)
    place.clock.now = place.clock.now.replace(hour=22, minute=30)
    place.new("sms", CAMILLE)
    (row,) = await place.parts.db.fetch("SELECT id, start_at FROM appointment")
    await assisted.cancel(place.parts, row["id"], "desk:test", "person")
    await place.settle()
    [said] = place.new("sms", CAMILLE)
    assert "REMETTRE avant" in said
    await place.says("sms", CAMILLE, "remettre")
    again = await place.parts.db.fetch("SELECT start_at FROM appointment WHERE status = 'booked'")
    assert [each["start_at"] for each in again] == [row["start_at"]]
