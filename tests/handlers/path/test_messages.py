"""Messages on their whole path: who may, what is noted, where they arrive, and what is shown to whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from booking.authority import Actor, DeskActor, PersonActor, WorkerActor
from booking.messages import NotWritten, Report, Side, Written
from booking.model import Appointment, AppointmentId, PersonId, WorkerId
from handlers.acting import Acting
from handlers.channels.base import ChannelName, Receipt, SendError
from handlers.receipts import receive
from storage import audit
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import BOOKS, CAMILLE, CLAIRE, LATER, MONDAY, Place, refused

pytestmark = pytest.mark.sampled


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


# ------------------------------------------------------------ what arrives


async def claires(place: Place, *texts: str) -> list[str]:
    return await place.says("sms", CLAIRE, *texts)


async def test_a_message_and_its_answer_by_sms(place: Place) -> None:
    await place.books()
    place.new("sms", CLAIRE)
    assert (await place.says("sms", CAMILLE, "message", "Je n'ai pas mon avis d'impôt"))[-1].startswith(
        "C'est transmis"
    )
    [notice] = place.new("sms", CLAIRE)
    assert "Camille" in notice
    assert "Je n'ai pas mon avis d'impôt" in notice
    assert "+336" not in notice
    [said] = await claires(place, "Venez quand même, ce n'est pas grave")
    assert said.startswith("C'est parti")
    [told] = place.new("sms", CAMILLE)
    assert told == "Un message de Claire vous attend. Pour le lire, répondez LIRE."
    [shown] = await place.says("sms", CAMILLE, "lire")
    assert "Venez quand même, ce n'est pas grave" in shown
    assert "06 39" not in shown
    rows = await place.parts.db.fetch("SELECT author, read_at FROM message ORDER BY written_at, id")
    assert [row["author"] for row in rows] == ["person", "worker"]
    assert all(row["read_at"] is not None for row in rows)


@guards("T15", "T16")
async def test_what_is_written_is_no_pattern_and_no_markup(place: Place) -> None:
    await place.books()
    place.new("sms", CLAIRE)
    wrote = "{start:when} {0} %s <b>&amp;</b>\n1. Oui\n=SOMME(A1)"
    await place.says("sms", CAMILLE, "message", wrote)
    assert wrote in place.new("sms", CLAIRE)[0]
    [asked] = await claires(place, "1")
    assert asked.startswith("Est-ce bien un message pour Camille ?"), "a bare number answers nothing that they wrote"


async def test_what_was_read_before_its_notice_left_is_not_announced(place: Place) -> None:
    """At night the notice waits; who reads meanwhile is not woken by it in the morning."""
    await place.books()
    place.clock.now = MONDAY + timedelta(hours=12)  # 22:00 in Paris
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    assert place.new("sms", CAMILLE)[-1:] != ["Un message de Claire vous attend. Pour le lire, répondez LIRE."]
    assert "avez-vous le bail" in (await place.says("sms", CAMILLE, "lire"))[0]
    await place.passes(hours=11)
    assert not [text for text in place.new("sms", CAMILLE) if "vous attend" in text]
    row = next(row for row in await place.rows("sms", CAMILLE) if row.kind == "message")
    assert (row.status, row.reason) == ("suppressed", "read_already")


async def test_what_waits_for_the_morning_is_announced_once(place: Place) -> None:
    await place.books()
    place.clock.now = MONDAY + timedelta(hours=12)
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    await place.passes(minutes=30)
    await claires(place, "écrire à Camille : et les quittances ?")
    place.new("sms", CAMILLE)
    await place.passes(hours=10, minutes=30)
    assert len([text for text in place.new("sms", CAMILLE) if "vous attend" in text]) == 1
    rows = [row for row in await place.rows("sms", CAMILLE) if row.kind == "message"]
    assert [(row.status, row.reason) for row in rows] == [("suppressed", "told_already"), ("accepted", None)]
    [shown] = await place.says("sms", CAMILLE, "lire")
    assert "avez-vous le bail ?" in shown
    assert "et les quittances ?" in shown
    await place.passes(hours=1)
    await claires(place, "répondre merci d'avance")
    assert len([text for text in place.new("sms", CAMILLE) if "vous attend" in text]) == 1


async def test_a_message_survives_the_end_of_its_appointment(place: Place) -> None:
    await place.books()
    place.clock.now = MONDAY + timedelta(hours=12)
    await claires(place, "écrire à Camille : je suis souffrante, une collègue vous appelle")
    await place.says("sms", CAMILLE, "annuler", "annuler quand même")
    await place.passes(hours=11)
    assert "Un message de Claire vous attend. Pour le lire, répondez LIRE." in place.new("sms", CAMILLE)
    assert "je suis souffrante" in (await place.says("sms", CAMILLE, "lire"))[0]


async def test_what_cannot_be_told_is_an_alarm(place: Place) -> None:
    await place.books()
    await place.says("sms", CAMILLE, "stop")
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    assert "notice_not_sent" in place.alarm_codes()


async def test_a_reported_person_calls_the_desk(place: Place) -> None:
    await place.books()
    await claires(place, "signaler", "oui")
    assert place.alarm_codes().count("desk_report") == 1
    rows = await place.parts.db.fetch("SELECT message_id FROM report")
    assert [row["message_id"] for row in rows] == [None]


@guards("T05", partly=True)
async def test_a_number_that_is_not_joined_is_told_where_to_read(place: Place) -> None:
    """A person's SMS and WhatsApp are two until joined by proof (threat T5): LIRE would find nothing there."""
    await place.says("whatsapp", CAMILLE, *BOOKS)
    place.clock.now += timedelta(hours=25)
    await place.says("whatsapp", CAMILLE, "bonjour")
    row = await place.contact("whatsapp", CAMILLE)
    place.line("whatsapp").troubles = [refused("63024")]
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    assert row.person_id is not None
    assert place.new("sms", CAMILLE) == [
        "Un message de Claire vous attend. Pour le lire, répondez LIRE.\nPour répondre, écrivez-nous sur WhatsApp."
    ]


@guards("T05", partly=True)
async def test_what_they_asked_to_read_on_whatsapp_is_not_read_by_sms(place: Place) -> None:
    await place.says("whatsapp", CAMILLE, *BOOKS)
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    place.line("whatsapp").troubles = [refused("63024")]
    await place.says("whatsapp", CAMILLE, "lire")
    assert place.new("sms", CAMILLE) == ["Vous avez un message de notre part. Écrivez LIRE sur WhatsApp pour le lire."]
    assert any("avez-vous le bail" in text for text in await place.says("whatsapp", CAMILLE, "lire"))


# ------------------------------------------------------------ how often somebody is told

WAITS = "Un message de Claire vous attend. Pour le lire, répondez LIRE."


async def test_several_messages_in_a_row_are_announced_once_until_they_are_read(place: Place) -> None:
    await books_for_next_week(place)
    for words in ("avez-vous le bail ?", "et les quittances ?", "merci d'avance"):
        await claires(place, f"écrire à Camille : {words}")
        await place.passes(minutes=40)
    assert told(place, CAMILLE, WAITS) == 1
    rows = [row for row in await place.rows("sms", CAMILLE) if row.kind == "message"]
    assert [(row.status, row.reason) for row in rows] == [
        ("suppressed", "told_already"),
        ("suppressed", "told_already"),
        ("accepted", None),
    ]
    await place.says("sms", CAMILLE, "lire")
    await claires(place, "écrire à Camille : parfait")
    assert told(place, CAMILLE, WAITS) == 2
    await place.passes(hours=6, minutes=1)
    await claires(place, "écrire à Camille : vous êtes là ?")
    assert told(place, CAMILLE, WAITS) == 3, "after a while they are told once more"


async def test_a_notice_that_did_not_arrive_announces_nothing(place: Place) -> None:
    await books_for_next_week(place)
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    await place.passes(minutes=15)
    row = next(row for row in await place.rows("sms", CAMILLE) if row.kind == "message")
    await receive(place.parts, Receipt(row.id, row.provider_id or "", "failed", "30005"))
    await claires(place, "écrire à Camille : et les quittances ?")
    assert told(place, CAMILLE, WAITS) == 2


async def test_messages_are_under_the_daily_cap_and_leave_one_to_the_hours(place: Place) -> None:
    await books_for_next_week(place)
    before = await unasked(place)
    assert before == 0
    for number in range(5):
        await claires(place, f"écrire à Camille : question {number}")
        await place.says("sms", CAMILLE, "lire")
        await place.passes(minutes=11)
    assert told(place, CAMILLE, WAITS) == await unasked(place) == place.parts.max_unasked - 1
    await place.passes(days=1)
    assert told(place, CAMILLE, WAITS) == 3, "they have read the others"


async def test_near_the_hour_a_message_is_announced_whatever_came_before(place: Place) -> None:
    """Today at 14:00; "je suis en retard" is of no use tomorrow."""
    await place.books()
    place.parts = replace(place.parts, max_unasked=1)
    place.clock.now = MONDAY + timedelta(hours=2, minutes=30)  # 12:30 in Paris
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    await place.passes(minutes=70)
    await claires(place, "écrire à Camille : j'aurai dix minutes de retard")
    assert told(place, CAMILLE, WAITS) == 2


async def books_for_next_week(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)


async def unasked(place: Place) -> int:
    rows = await place.rows("sms", CAMILLE)
    return sum(not row.answer and row.status == "accepted" for row in rows)


# ------------------------------------------------------------ what finally does not arrive

LOST = "Votre message n'est pas arrivé à {}. Notre équipe est prévenue. Si c'est urgent : HUMAIN."
AT = "lundi 2 mars à 14 h"  # so a worker knows whom, though they meet two of that name
UNSURE = "Nous ne savons pas si votre message est arrivé à {}. Notre équipe est prévenue. Si c'est urgent : HUMAIN."


def told(place: Place, address: str, words: str) -> int:
    """How often this was said to them."""
    return sum(to == address and text.startswith(words) for to, text in place.line("sms").sent_to)


async def fails(place: Place, channel: ChannelName, address: str) -> None:
    """The provider tells that the last notice of a message has not arrived, and that nobody is at that number."""
    row = next(row for row in await place.rows(channel, address) if row.kind == "message")
    await receive(place.parts, Receipt(row.id, row.provider_id or "", "failed", "30005"))
    await place.settle()


async def test_a_worker_is_told_once_that_a_person_who_stopped_us_has_no_notice(place: Place) -> None:
    await place.books()
    await place.says("sms", CAMILLE, "stop")
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    assert told(place, CLAIRE, LOST.format(f"Camille ({AT})")) == 1
    await place.passes(days=1)
    assert told(place, CLAIRE, LOST.format(f"Camille ({AT})")) == 1


async def test_a_person_is_told_that_their_worker_cannot_be_reached(place: Place) -> None:
    """Also of what they write later, when there is no way left to try."""
    place.without("email")
    await place.books()
    for times in range(2):
        await place.says("sms", CAMILLE, f"message à Claire : je n'ai pas mon bail ({times})")
        assert told(place, CAMILLE, LOST.format("Claire")) == times
        await fails(place, "sms", CLAIRE)
        assert told(place, CAMILLE, LOST.format("Claire")) == times + 1
    assert "nobody_reached" in place.alarm_codes()
    assert (await place.contact("sms", CLAIRE)).dead_at is not None
    await place.says("sms", CAMILLE, "message à Claire : et pas de quittance")
    assert told(place, CAMILLE, LOST.format("Claire")) == 3
    assert "nobody_to_tell" in place.alarm_codes()


async def test_what_went_another_way_is_not_lost(place: Place) -> None:
    await place.books()
    await place.says("sms", CAMILLE, "message : je n'ai pas mon bail")
    await fails(place, "sms", CLAIRE)
    assert told(place, CAMILLE, LOST.format("Claire")) == 0
    assert any("je n'ai pas mon bail" in text for _, text in place.line("email").sent_to)


async def test_what_was_read_in_the_meantime_is_not_lost(place: Place) -> None:
    await place.books()
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    await place.says("sms", CAMILLE, "lire")
    await fails(place, "sms", CAMILLE)
    assert told(place, CLAIRE, LOST.format(f"Camille ({AT})")) == 0


async def test_what_may_have_arrived_is_said_to_be_so(place: Place) -> None:
    await place.says("whatsapp", CAMILLE, *BOOKS)
    place.line("whatsapp").troubles = [SendError("hung up", "unknown"), SendError("hung up", "unknown")]
    await claires(place, "écrire à Camille : avez-vous le bail ?")
    await place.passes(minutes=3)
    await place.passes(minutes=3)
    assert told(place, CLAIRE, UNSURE.format(f"Camille ({AT})")) == 1
    assert told(place, CLAIRE, LOST.format(f"Camille ({AT})")) == 0
