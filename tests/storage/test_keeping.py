"""How long rows are kept, and what goes when: nothing early, nothing that waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from booking.model import AppointmentId, PersonId, Refusal, WorkerId
from storage import audit, backup, contacts, conversations, exports, inbox, logins, outbox, purge, sessions, tickets
from storage.booking import Directories, RowStore
from storage.db import Database
from storage.exports import ExportRow
from storage.outbox import Outgoing
from tests.guards import guards
from tests.storage.conftest import NOW
from tests.storage.test_booking_store import PERSON, appointment
from tests.storage.test_crypto import filled

NewId = Callable[[], str]
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


async def counts(db: Database) -> dict[str, int]:
    out = {}
    for table in backup.tables():
        rows = await db.fetch(f"SELECT count(*) AS n FROM {table.name}")
        out[table.name] = rows[0]["n"]
    return out


async def test_nothing_goes_early_and_nothing_that_waits_goes_at_all(db: Database, new_id: NewId) -> None:
    await filled(db, new_id)
    before = await counts(db)
    assert await purge.purge(db, NOW + SECOND) == {}
    late = await purge.purge(db, NOW + 4000 * DAY)
    assert late == {"talks": 1}, "unread and unsent rows wait as long as it takes"
    assert await counts(db) == before | {"conversation": 0}


@guards("G13", "G14", partly=True)
async def test_bodies_go_first_and_rows_later(db: Database, new_id: NewId) -> None:
    who = await filled(db, new_id)
    (row,) = await outbox.claim_due(db, "w", NOW, NOW + SECOND, 10)
    await outbox.accepted(db, row, "SM2", NOW)
    async with db.transaction() as tx:
        first = await inbox.next_row(tx, who)
        assert first is not None
        await inbox.done(tx, first.id, NOW)
    assert await purge.purge(db, NOW + 2 * DAY) == {}
    assert await purge.purge(db, NOW + 2 * DAY + SECOND) == {"inbox bodies": 1}
    assert await purge.purge(db, NOW + 7 * DAY + SECOND) == {"outbox contents": 1}
    left = await outbox.get(db, row.id)
    assert left is not None
    assert left.content is None
    assert await purge.purge(db, NOW + 365 * DAY + SECOND) == {"inbox rows": 1, "outbox rows": 1}
    assert (await counts(db))["ledger"] == 1


async def test_more_than_a_batch_goes_too(db: Database) -> None:
    values = ", ".join(["('k', ?)"] * 300)
    for _ in range(4):
        await db.execute(f"INSERT INTO tries (key, tried_at) VALUES {values}", *[NOW] * 300)
    assert await purge.purge(db, NOW + 31 * DAY) == {"tries": 1200}


async def test_hours_that_are_over_and_holds_that_lapsed(db: Database) -> None:
    async with db.transaction() as tx:
        store = RowStore(tx, Directories())
        await store.take(appointment("a1").id, ["w:claire", "p:x"], NOW, NOW)
        await store.take(appointment("a2").id, ["w:claire"], NOW + 5 * DAY, NOW)
    assert await purge.purge(db, NOW + 2 * DAY) == {}
    assert await purge.purge(db, NOW + 3 * DAY) == {"past hours": 8}
    assert (await counts(db))["busy"] == 4


async def test_a_refusal_is_forgotten_a_month_after_it_lapsed(db: Database) -> None:
    made = Refusal("r1", WorkerId("claire"), PersonId("p1"), AppointmentId("a1"), NOW, NOW + 30 * DAY)
    async with db.transaction() as tx:
        await RowStore(tx, Directories()).save_refusal(made)
    assert await purge.purge(db, NOW + 60 * DAY) == {}
    assert await purge.purge(db, NOW + 60 * DAY + SECOND) == {"lapsed refusals": 1}


@guards("G14")
async def test_each_ends_a_second_after_its_time(db: Database, new_id: NewId) -> None:
    """All of it began at the same moment."""
    who = await filled(db, new_id)
    [ticket] = await tickets.listed(db)
    async with db.transaction() as tx:
        first = await inbox.next_row(tx, who)
        assert first is not None
        await inbox.park(tx, first.id, "not understood", NOW)
        await outbox.add(tx, Outgoing("c", who, "one_time_code", {"code": "canary"}, NOW), NOW)
        await tickets.close(tx, ticket.id, "solved", NOW)
        day = NOW.date()
        await exports.ask(tx, ExportRow("e1", "people", "why", day, day, "asked", "operator:anna", NOW))
        await logins.try_once(tx, "anna", NOW)
    [code] = [row for row in await outbox.claim_due(db, "w", NOW, NOW + SECOND, 10) if row.kind == "one_time_code"]
    await outbox.accepted(db, code, "SM2", NOW)
    await sessions.begin(db, "t" * 22, "anna", NOW)
    for at, ends in (
        (NOW + timedelta(hours=1), {"one-time codes"}),
        (NOW + DAY, {"tries to log in"}),
        (NOW + 30 * DAY, {"parked inbox bodies", "ended sessions"}),
        (NOW + 90 * DAY, {"words of closed tickets", "contexts of closed tickets"}),
        (NOW + 365 * DAY, {"inbox rows", "outbox rows", "entries of closed tickets", "closed tickets"}),
        (NOW.replace(year=NOW.year + 2), {"talks"}),
        (NOW.replace(year=NOW.year + 5), {"exports asked for"}),
    ):
        assert await purge.purge(db, at) == {}
        assert set(await purge.purge(db, at + SECOND)) == ends


@guards("G14")
async def test_strangers_and_looks_go_after_a_year_and_what_proves_something_later(db: Database, new_id: NewId) -> None:
    async with db.transaction() as tx:
        stranger = await contacts.make(tx, "sms", "+33639980031", NOW - 9 * DAY, new_id, "fr", "Europe/Paris")
        await contacts.inbound(tx, stranger, NOW)
        await conversations.save(tx, stranger, {"said": "canary-state"}, 0, NOW)
        worker = await contacts.make(tx, "sms", "+33639980101", NOW, new_id, "fr", "Europe/Paris")
        await contacts.link_worker(tx, worker, "claire")
        person = await contacts.make(tx, "sms", "+33639980032", NOW, new_id, "fr", "Europe/Paris")
        await contacts.link_person(tx, person, PERSON.id)
        for actor, action in (("operator:anna", "see"), ("operator:anna", "log in"), ("operator:anna", "erase")):
            await audit.add(tx, actor, action, "person:p1", NOW)
    assert await purge.purge(db, NOW + 365 * DAY) == {}
    assert await purge.purge(db, NOW + 365 * DAY + SECOND) == {"looks and logins": 2, "strangers' addresses": 1}
    assert await contacts.get(db, stranger) is None
    assert (await counts(db))["conversation"] == 0
    five = NOW.replace(year=NOW.year + 5)
    assert await purge.purge(db, five) == {}
    assert await purge.purge(db, five + SECOND) == {"deeds": 1}
    assert {row["id"] for row in await db.fetch("SELECT id FROM contact")} == {worker, person}


@guards("G14", partly=True)
async def test_of_strangers_stay_who_stopped_us_and_of_whom_something_is_still_here(
    db: Database, new_id: NewId
) -> None:
    """Or we would write to them again, and what waits would belong to nobody."""
    made = {}
    for end, which in enumerate(("stopped", "wrote", "is answered", "asked the desk", "is gone")):
        async with db.transaction() as tx:
            made[which] = await contacts.make(tx, "sms", f"+336399800{31 + end}", NOW, new_id, "fr", "Europe/Paris")
    await contacts.opt_out(db, made["stopped"], NOW)
    async with db.transaction() as tx:
        await inbox.add_news(tx, "n", made["wrote"], "x", {}, NOW)
        await outbox.add(tx, Outgoing("k", made["is answered"], "reply", {"said": "x"}, NOW), NOW)
        await tickets.open_(tx, tickets.NewTicket("human", made["asked the desk"]), NOW, new_id)
    assert await purge.purge(db, NOW + 365 * DAY) == {}
    assert await purge.purge(db, NOW + 400 * DAY) == {"strangers' addresses": 1}
    left = {row["id"] for row in await db.fetch("SELECT id FROM contact")}
    assert left == {id for which, id in made.items() if which != "is gone"}
