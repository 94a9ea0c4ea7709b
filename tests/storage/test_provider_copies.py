"""What is queued to be emptied or deleted at its provider, and what is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from booking.model import PersonId
from storage import holds, inbox, outbox, provider_copies
from storage.booking import Directories, RowStore
from storage.db import Database
from storage.holds import LegalHold
from storage.provider_copies import Copy
from tests.guards import guards
from tests.storage.conftest import NOW
from tests.storage.test_booking_store import PERSON
from tests.storage.test_crypto import filled

NewId = Callable[[], str]
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LATER = NOW + 3 * DAY


async def said(db: Database, new_id: NewId) -> str:
    """One message came in and was handled, one went out and was accepted."""
    who = await filled(db, new_id)
    (row,) = await outbox.claim_due(db, "w", NOW, NOW + SECOND, 10)
    await outbox.accepted(db, row, "SM" + "2" * 32, NOW)
    async with db.transaction() as tx:
        first = await inbox.next_row(tx, who)
        assert first is not None
        await inbox.done(tx, first.id, NOW)
    return who


async def taken(db: Database) -> list[Copy]:
    return await provider_copies.take_due(db, LATER, LATER + SECOND, 10, ["sms", "whatsapp"])


async def test_what_is_not_final_is_left_alone(db: Database, new_id: NewId) -> None:
    """A message of unknown fate is looked up by its words."""
    await said(db, new_id)
    await db.execute("UPDATE inbox SET status = 'new', settled_at = NULL")
    for status in ("queued", "sending", "unknown"):
        await db.execute("UPDATE outbox SET status = ?", status)
        assert await provider_copies.collect(db, "sms", LATER, LATER, 10) == 0
    await db.execute("UPDATE outbox SET status = 'failed'")
    assert await provider_copies.collect(db, "sms", NOW - SECOND, LATER, 10) == 0, "not yet"
    assert await provider_copies.collect(db, "sms", LATER, LATER, 10) == 1
    assert await provider_copies.collect(db, "sms", LATER, LATER, 10) == 0
    [copy] = await taken(db)
    assert (copy.ref, copy.act, copy.attempts) == ("SM" + "2" * 32, "empty", 1)
    assert await taken(db) == [], "one at a time"


@guards("G20", partly=True)
async def test_its_age_counts_from_when_it_was_handled_or_accepted(db: Database, new_id: NewId) -> None:
    """Not from when it came or was written, nor from the last that we heard of it."""
    who, at = await filled(db, new_id), NOW + DAY
    (row,) = await outbox.claim_due(db, "w", NOW, NOW + 2 * DAY, 10)
    await outbox.accepted(db, row, "SM" + "2" * 32, at)
    async with db.transaction() as tx:
        first = await inbox.next_row(tx, who)
        assert first is not None
        await inbox.done(tx, first.id, at + SECOND)
    await db.execute("UPDATE outbox SET status = 'delivered', changed_at = ?", at + 9 * SECOND)
    collected = [await provider_copies.collect(db, "sms", at + n * SECOND, LATER, 10) for n in (-1, 0, 1)]
    assert collected == [0, 1, 1]
    await db.execute("UPDATE outbox SET status = 'failed', accepted_at = NULL, copy_at = NULL, changed_at = ?", at)
    collected = [await provider_copies.collect(db, "sms", at + n * SECOND, LATER, 10) for n in (-1, 0)]
    assert collected == [0, 1], "one of which we were never told that it was accepted"


@guards("G17", partly=True)
async def test_what_a_hold_keeps_stays_there_too(db: Database, new_id: NewId) -> None:
    await said(db, new_id)
    async with db.transaction() as tx:
        await RowStore(tx, Directories()).add_person(PERSON, PERSON.id)  # type: ignore[arg-type]
    await db.execute("UPDATE contact SET person_id = ?", PersonId(PERSON.id))
    await holds.place(db, LegalHold("h1", PERSON.id, "RG 1", "why", "operator:anna", NOW, NOW + DAY))
    assert await provider_copies.collect(db, "sms", LATER, LATER, 10) == 0
    for row in await db.fetch("SELECT id FROM contact"):  # as their worker's, when another of that worker's is erased
        async with db.transaction() as tx:
            await provider_copies.of_other(tx, row["id"], LATER, LATER)
    assert await taken(db) == []
    await holds.lift(db, "h1", "operator:anna", LATER)
    assert await provider_copies.collect(db, "sms", LATER, LATER, 10) == 2


async def test_what_is_to_be_deleted_is_not_only_emptied(db: Database, new_id: NewId) -> None:
    """They are erased while a worker empties it: it is taken up again."""
    who = await said(db, new_id)
    await provider_copies.collect(db, "sms", LATER, LATER, 10)
    being_emptied = await taken(db)
    assert {copy.act for copy in being_emptied} == {"empty"}
    async with db.transaction() as tx:
        await provider_copies.of_contacts(tx, [(who, "+33639980011")], LATER, 7)
        await provider_copies.of_other(tx, who, LATER, LATER, 7)
    for copy in being_emptied:
        await provider_copies.gone(db, copy)
    again = await taken(db)
    assert [(copy.act, copy.erasure) for copy in again] == [("delete", 7)] * 2
    assert await provider_copies.left(db, 7) == 2
    assert (await provider_copies.waiting(db))["sms"].count == 2
    for copy in again:
        await provider_copies.gone(db, copy)
    assert await provider_copies.waiting(db) == {}
