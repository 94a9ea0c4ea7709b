"""Messages and reports as rows mean what they mean in dictionaries; and how long they are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from booking.core import Booking
from booking.messages import Last, Message, MessageId, Report, Written
from booking.model import AppointmentId, PersonId, Rules, WorkerId
from booking.ports import BookingStore
from storage import contacts, purge
from storage.booking import Directories, RowStore
from storage.db import Database
from storage.periods import SILENT
from tests.guards import guards
from tests.storage.conftest import NOW as TODAY
from tests.storage.test_booking_store import ALI, CLAIRE, NOW, PERSON, appointment
from tests.storage.test_booking_store import store as store  # noqa: PLC0414 - the fixture: memory, then rows

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SERIES = AppointmentId("a1")


def message(id: str, minutes: int = 0, **more: object) -> Message:
    made = Message(MessageId(id), SERIES, PERSON.id, CLAIRE.id, "person", f"texte {id}", NOW + minutes * MINUTE)
    return replace(made, **more)  # type: ignore[arg-type]


async def test_messages_of_a_pair_and_what_was_not_read(store: BookingStore) -> None:
    first, second = message("m1"), message("m2", 5, author="worker")
    third = message("m3", 5, author="worker")
    others = (message("m4", 6, worker=ALI.id), message("m5", 7, person=PersonId("somebody")))
    for each in (third, first, second, *others):
        await store.add_message(each)
    assert list(await store.messages(PERSON.id, CLAIRE.id, 9)) == [third, second, first]
    assert list(await store.messages(PERSON.id, CLAIRE.id, 2)) == [third, second]
    assert list(await store.unread_messages("person", PERSON.id)) == [second, third]
    assert list(await store.unread_messages("worker", CLAIRE.id)) == [first, others[1]]
    assert list(await store.unread_messages("worker", PERSON.id)) == []
    await store.read_messages([second.id, first.id], NOW + DAY)
    await store.read_messages([second.id], NOW + 2 * DAY)
    await store.read_messages([], NOW)
    assert list(await store.unread_messages("person", PERSON.id)) == [third]
    found = await store.messages(PERSON.id, CLAIRE.id, 9)
    assert [m.read_at for m in found] == [None, NOW + DAY, NOW + DAY]


async def test_the_last_of_each_pair(store: BookingStore) -> None:
    for each in (message("m1"), message("m2", 5, author="worker"), message("m3", 2, worker=ALI.id)):
        await store.add_message(each)
    with_claire = Last(SERIES, PERSON.id, CLAIRE.id, "worker", NOW + 5 * MINUTE)
    with_ali = Last(SERIES, PERSON.id, ALI.id, "person", NOW + 2 * MINUTE)
    assert list(await store.last_messages("person", PERSON.id, NOW)) == [with_claire, with_ali]
    assert list(await store.last_messages("person", PERSON.id, NOW + 3 * MINUTE)) == [with_claire]
    assert list(await store.last_messages("worker", ALI.id, NOW)) == [with_ali]
    assert list(await store.last_messages("worker", PERSON.id, NOW)) == []


async def test_reports_of_a_worker_about_a_person(store: BookingStore) -> None:
    first = Report("r1", SERIES, PERSON.id, CLAIRE.id, None, NOW)
    second = Report("r2", SERIES, PERSON.id, CLAIRE.id, MessageId("m1"), NOW + MINUTE)
    for each in (first, second, Report("r3", SERIES, PERSON.id, ALI.id, None, NOW)):
        await store.add_report(each)
    assert list(await store.reports(CLAIRE.id, PERSON.id)) == [second, first]
    assert list(await store.reports(WorkerId("nobody"), PERSON.id)) == []


async def test_the_use_cases_on_every_store(store: BookingStore) -> None:
    """Writing, reading, answering; after the hour was given up as well."""
    numbers = iter(range(100))
    await store.add_person(PERSON, "ann")  # type: ignore[arg-type]
    await store.add_appointment(appointment())

    def turn() -> Booking:
        return Booking(store, Rules(), NOW, lambda: f"id{next(numbers)}")

    assert isinstance(await turn().write(SERIES, "person", "bonjour"), Written)
    assert isinstance(await turn().write(SERIES, "worker", "oui ?"), Written)
    assert [m.text for m in await turn().unread("person", PERSON.id)] == ["oui ?"]
    [one] = await turn().to_answer(CLAIRE.id, NOW)
    assert (one.correspondent.name, one.answered) == ("Ann", True)
    await store.save_appointment(appointment(status="cancelled", ended_at=NOW, ended_by="person"))
    [whom] = await turn().correspondents("person", PERSON.id)
    assert (whom.appointment.id, whom.name) == (SERIES, "Claire")
    assert isinstance(await turn().write(SERIES, "person", "désolée"), Written)
    said = [m.text for m in await turn().exchanged(SERIES, "worker", 9)]
    assert sorted(said) == ["bonjour", "désolée", "oui ?"]
    assert isinstance(await turn().report(SERIES), Report)


@guards("G13", partly=True)
async def test_they_go_two_years_after_the_person_was_last_heard(db: Database) -> None:
    old = Message(MessageId("m1"), SERIES, PersonId("p1"), CLAIRE.id, "person", "x", TODAY)
    async with db.transaction() as tx:
        store = RowStore(tx, Directories())
        await store.add_message(old)
        await store.add_message(replace(old, id=MessageId("m2"), person=PersonId("p2")))
        for id, person in (("r1", "p1"), ("r2", "p2")):
            await store.add_report(Report(id, SERIES, PersonId(person), CLAIRE.id, old.id, TODAY))
        contact = await contacts.make(tx, "sms", "+33639980201", TODAY, lambda: "c2", "fr", "Europe/Paris")
        await contacts.link_person(tx, contact, PersonId("p2"))
        await contacts.inbound(tx, contact, TODAY + 365 * DAY)
        await store.add_message(replace(old, id=MessageId("m3"), person=PersonId("p3")))
        parted = await contacts.make(tx, "whatsapp", "+33639980201", TODAY, lambda: "c3", "fr", "Europe/Paris")
        await contacts.link_person(tx, parted, PersonId("p3"))
        await tx.execute("UPDATE contact SET heir_id = 'c2' WHERE id = 'c3'")  # c2 may still prove that they are p3
    over = SILENT.after(TODAY)
    assert await purge.purge(db, over) == {}
    assert await purge.purge(db, over + MINUTE) == {"messages": 1, "reports": 1}
    over = SILENT.after(TODAY + 365 * DAY)
    assert await purge.purge(db, over) == {}
    assert await purge.purge(db, over + MINUTE) == {"messages": 2, "reports": 1}
