"""Documents as rows mean what they mean in dictionaries: who may hand over what, how long it is kept, how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from booking.core import Booking
from booking.documents import (
    MOST_A_DAY,
    Document,
    DocumentId,
    DocumentsSent,
    Expected,
    NobodyToSendTo,
    TooManyDocuments,
)
from booking.model import HOUR, AppointmentId, ContactId, PersonId, Rules
from booking.ports import BookingStore
from storage import documents
from storage.booking import Directories, RowStore
from storage.db import Database
from tests.booking.made import ANN, BEN
from tests.guards import guards
from tests.storage.test_booking_store import ALI, CLAIRE, NINE, NOW, PERSON, appointment
from tests.storage.test_booking_store import store as store  # noqa: PLC0414 - the fixture: memory, then rows

DAY = timedelta(days=1)


async def furnished(store: BookingStore) -> None:
    await store.add_person(PERSON, ANN)
    await store.add_appointment(appointment())


NUMBERS = count(1)


def core(store: BookingStore, now: datetime = NOW) -> Booking:
    return Booking(store, Rules(), now, lambda: f"{next(NUMBERS):026}")


async def kept(store: BookingStore, many: int = 1) -> list[Document]:
    desk, made = core(store), []
    for _ in range(many):
        expected = await desk.expect_document(ANN)
        assert isinstance(expected, Expected)
        made.append(expected.document)
        await desk.document_judged(expected.document.id, "kept", None, "pdf", 2)
    return made


async def test_a_document_as_it_was_saved(store: BookingStore) -> None:
    made = Document(DocumentId("d1"), ANN, PERSON.id, NOW, NOW + DAY)
    await store.save_document(made)
    assert await store.document(made.id) == made
    assert await store.document(DocumentId("d2")) is None
    sent = replace(made, status="sent", kind="pdf", pages=7, batch="b", series="a1", worker=CLAIRE.id, read=NOW + HOUR)
    await store.save_document(sent)
    assert await store.document(made.id) == sent
    assert list(await store.documents(PERSON.id, NOW)) == list(await store.handed_over("b")) == [sent]
    assert list(await store.documents(PERSON.id, NOW + HOUR)) == list(await store.documents(PersonId("p"), NOW)) == []


async def test_who_has_nobody_to_send_to(store: BookingStore) -> None:
    assert isinstance(await core(store).expect_document(ANN), NobodyToSendTo)
    await furnished(store)
    assert isinstance(await core(store).expect_document(BEN), NobodyToSendTo)
    month = appointment().end + 30 * DAY
    assert isinstance(await core(store, month).expect_document(ANN), Expected)
    assert isinstance(await core(store, month + HOUR).expect_document(ANN), NobodyToSendTo)
    await store.save_person(replace(PERSON, suspended=True))
    assert isinstance(await core(store).expect_document(ANN), NobodyToSendTo)


async def test_nothing_goes_while_the_account_is_suspended(store: BookingStore) -> None:
    await furnished(store)
    [document] = await kept(store)
    await store.save_person(replace(PERSON, suspended=True))
    assert await core(store).hand_over(ANN, appointment().id, [document.id]) is None
    await store.save_person(PERSON)
    assert await core(store).hand_over(ANN, appointment().id, [document.id]) is not None


async def test_a_day_takes_so_many(store: BookingStore) -> None:
    await furnished(store)
    await kept(store, MOST_A_DAY)
    assert isinstance(await core(store).expect_document(ANN), TooManyDocuments)
    assert isinstance(await core(store, NOW + DAY + HOUR).expect_document(ANN), Expected)


async def test_a_verdict_stands(store: BookingStore) -> None:
    await furnished(store)
    desk = core(store)
    expected = await desk.expect_document(ANN)
    assert isinstance(expected, Expected)
    await desk.document_judged(expected.document.id, "refused", "broken", None, 1)
    await desk.document_judged(expected.document.id, "kept", None, "jpeg", 1)
    (found,) = await desk.documents_of(ANN)
    assert (found.status, found.reason, found.kind) == ("refused", "broken", None)


async def test_what_is_handed_over_goes_to_one_worker(store: BookingStore) -> None:
    await furnished(store)
    await store.add_appointment(appointment("a2", NINE + DAY, worker=ALI.id, series=AppointmentId("a2")))
    await store.add_appointment(appointment("a3", NINE + 2 * DAY, series=AppointmentId("a3")))
    desk = core(store)
    readers = await desk.document_readers(ANN)
    assert [one.id for one in readers] == ["a1", "a2"], "one a worker, the soonest"
    made = await kept(store, 2)
    assert await desk.hand_over(ANN, AppointmentId("a3")) is None
    assert await desk.hand_over(BEN, AppointmentId("a1")) is None
    done = await desk.hand_over(ANN, AppointmentId("a2"))
    assert done is not None
    assert (done.worker, done.count) == (ALI, 2)
    (event,) = desk.events
    assert isinstance(event, DocumentsSent)
    for one in await store.handed_over(event.batch):
        assert (one.status, one.worker, one.series) == ("sent", ALI.id, "a2")
        assert one.ends == readers[1].end + 30 * DAY
    assert len(await store.handed_over(event.batch)) == len(made)
    assert await desk.hand_over(ANN, AppointmentId("a1")) is None, "nothing is left"


@guards("G13", partly=True)
async def test_what_is_not_handed_over_is_not_kept(store: BookingStore) -> None:
    await furnished(store)
    (dropped,) = await kept(store)
    assert await core(store).drop_documents(ANN) == 1
    found = await store.document(dropped.id)
    assert found is not None
    assert (found.status, found.ends) == ("ending", NOW)
    (forgotten,) = await kept(store)
    later = core(store, NOW + timedelta(hours=73))
    assert await later.hand_over(ANN, AppointmentId("a1")) is None
    assert forgotten.ends == NOW + timedelta(hours=72)


# ------------------------------------------------------------ rows only


async def test_the_key_is_forgotten_before_the_file_goes(db: Database) -> None:
    made = Document(DocumentId("d1"), ContactId("c"), PersonId("p"), NOW, NOW + DAY, status="kept")
    await RowStore(db, Directories()).save_document(made)
    await documents.keep_key(db, "d1", b"k" * 32)
    assert await documents.key_of(db, "d1") == b"k" * 32
    assert await documents.begin_to_end(db, NOW + DAY - HOUR, 10) == []
    assert await documents.begin_to_end(db, NOW + DAY, 10) == ["d1"]
    assert await documents.key_of(db, "d1") is None
    assert await documents.begin_to_end(db, NOW + DAY, 10) == ["d1"], "until its file is gone"
    await documents.ended(db, "d1")
    assert await documents.begin_to_end(db, NOW + DAY, 10) == []


async def test_an_appointment_that_moved_takes_its_documents_along(db: Database) -> None:
    async with db.transaction() as tx:
        store = RowStore(tx, Directories())
        await store.add_appointment(appointment("a1", NINE, status="moved", series=AppointmentId("a1")))
        await store.add_appointment(appointment("a9", NINE + 40 * DAY, series=AppointmentId("a1"), version=1))
        for id, series in (("d1", "a1"), ("d2", "other")):
            made = Document(DocumentId(id), ANN, PERSON.id, NOW, NOW + DAY, status="sent", series=series)
            await store.save_document(made)
        assert await documents.put_off(tx, NOW + DAY, HOUR + 30 * DAY) == 1
        assert await documents.begin_to_end(tx, NOW + DAY, 10) == ["d2"]
        moved = await store.document(DocumentId("d1"))
        assert moved is not None
        assert moved.ends == NINE + 70 * DAY + HOUR


async def test_one_of_two_downloads(db: Database) -> None:
    made = Document(DocumentId("d1"), ANN, PERSON.id, NOW, NOW + DAY, status="sent")
    await RowStore(db, Directories()).save_document(made)
    assert await documents.read_once(db, "d1", NOW)
    assert not await documents.read_once(db, "d1", NOW)
