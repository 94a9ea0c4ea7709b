"""What a human must look at comes to the desk as a ticket, in the transaction of its alarm."""

from __future__ import annotations

import itertools
from datetime import timedelta

from booking.model import PersonId, WorkerId
from conversations.text import t
from handlers.channels.base import SendError
from handlers.delivery import warn
from handlers.effects import Alarm, Effect, Notice, ToPerson, ToWorker
from handlers.writing import write
from storage import tickets
from storage.booking import RowStore
from storage.tickets import TicketRow
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, LATER, SAM, Place, refused

causes = itertools.count(1)


async def follows(place: Place, *effects: Effect) -> None:
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        await write(tx, place.parts, store, effects, f"test{next(causes)}", place.clock.now)
    await place.settle()


async def listed(place: Place) -> list[TicketRow]:
    return await tickets.listed(place.parts.db)


@guards("G10", partly=True)
async def test_danger_and_a_request_about_data(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour", "je veux mourir", "mes données")
    danger, privacy = await listed(place)
    contact = (await place.contact("sms", CAMILLE)).id
    assert [(row.kind, row.contact_id) for row in (danger, privacy)] == [("danger", contact), ("privacy", contact)]
    assert place.alarm_codes() == ["desk_danger", "desk_privacy"]
    stories = [entry.words for row in (danger, privacy) for entry in await tickets.entries(place.parts.db, row.id)]
    assert stories == [None, None], "what they wrote is not kept"


async def test_who_has_no_mail_address_has_a_kept_hour(place: Place) -> None:
    talk = ("bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Camille Dubois", "je n'en ai pas")
    await place.says("sms", CAMILLE, *talk)
    (ticket,) = await listed(place)
    assert ticket.kind == "no_email"
    assert ticket.subject is not None
    assert ticket.subject.startswith("hold:")
    assert (ticket.context["step"], ticket.context["motive"]) == ("book.email", "finance")


async def test_a_notice_that_reaches_nobody(place: Place) -> None:
    """Another one to the same person is an entry of the same ticket."""
    await place.says("sms", CAMILLE, *LATER)
    person = (await place.contact("sms", CAMILLE)).person_id or ""
    moved = Notice(ToPerson(PersonId(person)), "moved", (t("human.left"),), urgent=True)
    for _ in range(2):
        place.line("sms").troubles += [refused("30006")]
        await follows(place, moved)
    (ticket,) = await listed(place)
    assert (ticket.kind, ticket.person_id) == ("nobody_reached", person)
    rows = [row for row in await place.rows("sms", CAMILLE) if row.kind == "moved"]
    entries = await tickets.entries(place.parts.db, ticket.id)
    assert [(entry.kind, entry.detail) for entry in entries] == [
        ("opened", f"outbox:{rows[1].id}"),
        ("again", f"outbox:{rows[0].id}"),
    ]
    assert place.alarm_codes() == ["nobody_reached"] * 2


async def test_a_booking_that_its_worker_does_not_learn_of(place: Place) -> None:
    await place.says("sms", SAM, *LATER[:-1])
    place.line("sms").down = SendError("503", "retry", after=timedelta(hours=1))
    await place.says("sms", SAM, LATER[-1])
    place.clock.now += timedelta(minutes=20)
    await warn(place.parts)
    rows = await place.parts.db.fetch("SELECT contact_id FROM outbox WHERE status = 'queued'")
    assert {row["contact_id"] for row in rows} == {row.contact_id for row in await listed(place)}
    assert [row.kind for row in await listed(place)] == ["notice_late"] * 2, "the confirmation and the worker's notice"
    assert place.alarm_codes() == ["notice_late"] * 2


async def test_nobody_to_tell_has_no_talk(place: Place) -> None:
    nobody = Notice(ToPerson(PersonId("p-nowhere")), "moved", (t("human.left"),))
    gone = Notice(ToWorker(WorkerId("w-nowhere")), "moved", (t("human.left"),))
    await follows(place, nobody, gone)
    person, worker = await listed(place)
    assert (person.contact_id, person.person_id, person.subject) == (None, "p-nowhere", None)
    assert (worker.contact_id, worker.person_id, worker.subject) == (None, None, "worker:w-nowhere")
    assert place.alarm_codes() == ["nobody_to_tell"] * 2


async def test_an_unanswered_offer_names_its_appointment(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    contact = await place.contact("sms", CAMILLE)
    await follows(place, Alarm("offer_unanswered", contact.id, "appointment:a1"))  # type: ignore[arg-type]
    (ticket,) = await listed(place)
    assert (ticket.kind, ticket.subject) == ("offer_unanswered", "appointment:a1")


async def test_an_alarm_about_nobody_is_no_ticket(place: Place) -> None:
    await follows(place, Alarm("codes_guessed"))
    assert place.alarm_codes() == ["codes_guessed"]
    assert await listed(place) == []


async def test_a_talk_that_broke_us_can_be_taken_over(place: Place) -> None:
    """Whatever is wrong with what we remember of it."""
    await place.says("sms", CAMILLE, "bonjour")
    contact = await place.contact("sms", CAMILLE)
    await place.parts.db.execute("UPDATE conversation SET state = ? WHERE contact_id = ?", b"broken", contact.id)
    await place.says("sms", CAMILLE, "vous êtes là ?")
    (ticket,) = await listed(place)
    assert (ticket.kind, ticket.contact_id, ticket.context) == ("inbox_parked", contact.id, {})
    assert ticket.subject is not None
    assert ticket.subject.startswith("inbox:")
    assert place.alarm_codes() == ["inbox_parked"]
