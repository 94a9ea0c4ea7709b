"""Whose each row is: every table is in the one list, and a legal hold keeps all that is somebody's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tortoise.models import Model

from booking.model import AppointmentId, PersonId, Refusal, WorkerId
from storage import audit, documents, holds, inbox, models, oracle, outbox, purge, tickets
from storage.booking import Directories, RowStore
from storage.db import Database
from storage.holds import LegalHold
from storage.whose import HELD, NOBODYS, OTHERWISE, WHOSE, where
from tests.guards import guards
from tests.storage.conftest import NOW
from tests.storage.test_booking_store import PERSON, appointment
from tests.storage.test_crypto import filled

NewId = Callable[[], str]
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
OF_SOMEBODY = {"person_id", "contact_id", "appointment_id", "series"}


def tables() -> dict[str, set[str]]:
    found = [each for each in vars(models).values() if isinstance(each, type) and issubclass(each, Model)]
    return {each._meta.db_table: set(each._meta.fields_map) for each in found if each is not Model}


def test_every_table_says_whose_its_rows_are() -> None:
    lists = [WHOSE.keys(), OTHERWISE.keys(), NOBODYS.keys()]
    assert sum(len(each) for each in lists) == len(set().union(*lists)), "each table once"
    assert set().union(*lists) == set(tables())


def test_what_names_somebody_goes_by_the_list() -> None:
    naming = {table for table, columns in tables().items() if columns & OF_SOMEBODY}
    assert naming <= {*WHOSE, *OTHERWISE}


def test_what_is_sealed_is_somebodys() -> None:
    ours = {"code", "worker", "worker_setting", "operator", "export", "hook", "feedback", "api_answer", "provider_copy"}
    ours |= {"archive"}  # kept apart, after they are gone; a hold on it is asked for by its own lifetime
    assert set(models.PERSONAL) - ours <= set(WHOSE)


@guards("G17", partly=True)
async def test_nothing_of_theirs_is_purged_while_a_hold_stands(db: Database, new_id: NewId) -> None:
    who = await filled(db, new_id)
    await db.execute("UPDATE contact SET person_id = ?", PERSON.id)
    (row,) = await outbox.claim_due(db, "w", NOW, NOW + SECOND, 10)
    await outbox.accepted(db, row, "SM2", NOW)
    async with db.transaction() as tx:
        store = RowStore(tx, Directories())
        await store.add_person(PERSON, PERSON.id)  # type: ignore[arg-type]
        first = await inbox.next_row(tx, who)
        assert first is not None
        await inbox.done(tx, first.id, NOW)
        await store.save_refusal(
            Refusal("r1", WorkerId("claire"), PersonId(PERSON.id), AppointmentId("a1"), NOW, NOW + DAY)
        )
        await tx.execute("UPDATE ticket SET person_id = NULL, status = 'closed', closed_at = ?", NOW)
        await tx.execute(
            "INSERT INTO document (id, contact_id, person_id, status, pages, came_at, ends_at) "
            "VALUES ('d1', ?, ?, 'coming', 1, ?, ?)",
            who,
            PERSON.id,
            NOW,
            NOW + DAY,
        )
        hold = LegalHold("h1", PERSON.id, "RG 26/00123", "canary-dispute", "operator:anna", NOW, NOW + 90 * DAY)
        await holds.place(tx, hold)
        found = await store.person(PersonId(PERSON.id))
        assert found is not None
        assert found.in_dispute
    assert await holds.standing(db) == [hold]
    assert await purge.purge(db, NOW + 800 * DAY) == {}
    assert await documents.begin_to_end(db, NOW + 800 * DAY, 10) == []
    broken = [each.rule for each in await oracle.judge(db, NOW + 91 * DAY)]
    assert "a legal hold is reviewed in time (G17)" in broken
    assert not [rule for rule in broken if "document" in rule]
    assert await holds.lift(db, "h1", "operator:ben", NOW + 800 * DAY)
    assert not await holds.lift(db, "h1", "operator:ben", NOW + 801 * DAY)
    gone = await purge.purge(db, NOW + 800 * DAY)
    assert {"inbox rows", "outbox rows", "lapsed refusals", "closed tickets"} <= set(gone)
    assert await documents.begin_to_end(db, NOW + 800 * DAY, 10) == ["d1"]


@guards("G17", partly=True)
async def test_the_trail_of_what_was_done_to_theirs_stays_too(db: Database, new_id: NewId) -> None:
    """Who looked at it may be what the dispute is about; of everybody else looks go after a year."""
    who = await filled(db, new_id)
    async with db.transaction() as tx:
        await RowStore(tx, Directories()).add_person(PERSON, PERSON.id)  # type: ignore[arg-type]
        await tx.execute("UPDATE contact SET person_id = ?", PERSON.id)
        await RowStore(tx, Directories()).add_appointment(appointment("a1"))
        [ticket] = await tickets.listed(tx)
        await tx.execute(
            "INSERT INTO document (id, contact_id, person_id, status, pages, came_at, ends_at) "
            "VALUES ('d1', ?, ?, 'gone', 1, ?, ?)",
            *(who, PERSON.id, NOW, NOW),
        )
        theirs = ["appointment:a1", "document:d1", f"archive:{PERSON.id}", f"person:{PERSON.id}", f"talk:{who}"]
        theirs.append(f"ticket:{ticket.id}")
        await audit.add_all(tx, "operator:anna", "see", [*theirs, "person:another", "tickets"], NOW)
        await audit.add(tx, "operator:anna", "warn", theirs[0], NOW)
        await holds.place(tx, LegalHold("h1", PERSON.id, "RG 1", "why", "operator:anna", NOW, NOW + DAY))
    await purge.purge(db, NOW + 4000 * DAY)
    assert {deed.object for deed in await audit.latest(db, 99)} == set(theirs)
    assert len(await audit.of(db, theirs[0])) == 2, "a look, and what proves"
    await holds.lift(db, "h1", "operator:anna", NOW)
    await purge.purge(db, NOW + 4000 * DAY)
    assert await audit.latest(db, 99) == []


@guards("G17", partly=True)
async def test_what_was_read_where_they_write_is_not_emptied_either(db: Database, new_id: NewId) -> None:
    """When somebody else is erased whose worker they are, or whose worker they have."""
    who = await filled(db, new_id)
    async with db.transaction() as tx:
        await RowStore(tx, Directories()).add_person(PERSON, PERSON.id)  # type: ignore[arg-type]
        await tx.execute("UPDATE contact SET person_id = ?", PERSON.id)
        await tx.execute("UPDATE inbox SET status = 'done', settled_at = ?", NOW)
        await tx.execute("UPDATE outbox SET status = 'accepted'")
        await holds.place(tx, LegalHold("h1", PERSON.id, "RG 1", "why", "operator:anna", NOW, NOW + DAY))
    kept = "SELECT (SELECT count(body) FROM inbox) AS read, (SELECT count(content) FROM outbox) AS said"
    for empty in (inbox.empty, outbox.empty):
        await empty(db, who, NOW + DAY)
    assert await db.fetch(kept) == [{"read": 1, "said": 1}]
    await holds.lift(db, "h1", "operator:anna", NOW)
    for empty in (inbox.empty, outbox.empty):
        await empty(db, who, NOW + DAY)
    assert await db.fetch(kept) == [{"read": 0, "said": 0}]


async def test_a_hold_of_one_keeps_nothing_of_another(db: Database, new_id: NewId) -> None:
    await filled(db, new_id)
    await holds.place(db, LegalHold("h1", "another", "RG 1", "why", "operator:anna", NOW, NOW + DAY))
    await db.execute("UPDATE ticket SET status = 'closed', closed_at = ?", NOW)
    assert await purge.purge(db, NOW + 800 * DAY) == {
        "words of closed tickets": 1,
        "contexts of closed tickets": 1,
        "entries of closed tickets": 2,
        "closed tickets": 1,
        "talks": 1,
    }


async def test_the_list_is_sql_of_both_databases(db: Database) -> None:
    for table in WHOSE:
        assert await db.fetch(f"SELECT count(*) AS n FROM {table} WHERE {where(table, HELD)}") == [{"n": 0}]
