"""What is kept and for how long: purge, backup and restore, tokens, audit."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from booking.model import AppointmentId, PersonId, Refusal, WorkerId
from storage import (
    archives,
    audit,
    backup,
    contacts,
    conversations,
    exports,
    flags,
    inbox,
    logins,
    outbox,
    purge,
    schema,
    sessions,
    tickets,
    tokens,
)
from storage.backup import BadBackup
from storage.booking import Directories, RowStore
from storage.crypto import Vault
from storage.db import Database
from storage.exports import ExportRow
from storage.outbox import Outgoing
from tests.guards import guards
from tests.servers.postgres import Postgres
from tests.storage.conftest import KEYS, NOW, SECRET
from tests.storage.test_booking_store import PERSON, appointment
from tests.storage.test_crypto import filled

NewId = Callable[[], str]
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


# ------------------------------------------------------------ lifetimes


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


# ------------------------------------------------------------ backup


@pytest.fixture(params=["sqlite", "postgres"])
async def elsewhere(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: Postgres, vault: Vault
) -> AsyncIterator[Database]:
    """An empty database of either kind."""
    name = await postgres_server.create() if request.param == "postgres" else None
    url = postgres_server.address(name) if name else f"sqlite://{tmp_path}/elsewhere.sqlite3"
    db = await Database.open(url, vault)
    yield db
    await db.close()
    if name:
        await postgres_server.drop(name)


async def everything(db: Database) -> dict[str, list[object]]:
    out: dict[str, list[object]] = {}
    for table in backup.tables():
        rows = await db.fetch(f"SELECT * FROM {table.name} ORDER BY {table.key}")
        for row in rows:
            row.update({name: bool(row[name]) for name in table.truths})
        out[table.name] = [sorted(row.items()) for row in rows]
    return out


async def test_a_backup_is_read_back_on_either_database(
    db: Database, elsewhere: Database, tmp_path: Path, new_id: NewId
) -> None:
    who = await filled(db, new_id)
    async with db.transaction() as tx:
        store = RowStore(tx, Directories())
        await store.add_person(PERSON, PERSON.id)  # type: ignore[arg-type]
        await store.add_appointment(appointment())
        await store.take(appointment().id, ["w:claire", "p:ann"], appointment().start, NOW)
    file = tmp_path / "x.backup"
    written = await backup.backup(db, file, NOW)
    assert await backup.restore(elsewhere, file, NOW) == written
    assert await flags.paused(elsewhere) == (NOW, "restored")
    assert await outbox.claim_due(elsewhere, "w", NOW, NOW, 10) == []
    await schema.check(elsewhere)
    assert (await conversations.load(elsewhere, who)).state == {"said": "canary-state"}
    before, after = await everything(db), await everything(elsewhere)
    after["flag"] = [row for row in after["flag"] if ("name", "paused") not in row]  # type: ignore[operator]
    assert after == before
    async with elsewhere.transaction() as tx:
        assert await inbox.add_news(tx, "n", who, "x", {}, NOW), "ids go on after those that were restored"


async def test_a_backup_holds_nothing_personal_in_the_open(db: Database, tmp_path: Path, new_id: NewId) -> None:
    await filled(db, new_id)
    file = tmp_path / "x.backup"
    await backup.backup(db, file, NOW)
    with gzip.open(file) as opened:
        text = opened.read()
    assert b"canary" not in text
    assert b"639980201" not in text
    assert json.loads(text.splitlines()[0])["keys"] == list(Vault(SECRET, KEYS).key_ids)
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.cases
async def test_what_cannot_be_restored_is_refused_whole(
    db: Database, elsewhere: Database, tmp_path: Path, new_id: NewId
) -> None:
    await filled(db, new_id)
    file = tmp_path / "x.backup"
    await backup.backup(db, file, NOW)
    with pytest.raises(BadBackup, match="not empty"):
        await backup.restore(db, file, NOW)
    with gzip.open(file, "rt") as opened:
        lines = opened.read().splitlines(keepends=True)
    wrong = {
        "torn": lines[:-1],
        "rows": [*lines[:3], lines[-1]],
        "not a backup": ["{}\n"],
        "lacks the keys": [lines[0].replace(db.vault.key_ids[0], "00000000"), *lines[1:]],
        "SECRET_KEY": [lines[0].replace(db.vault.index_fingerprint, "00"), *lines[1:]],
        "another version": [lines[0], '["nowhere",{}]\n', *lines[1:]],
    }
    for reason, kept in wrong.items():
        with gzip.open(file, "wt") as opened:
            opened.writelines(kept)
        with pytest.raises(BadBackup, match=reason):
            await backup.restore(elsewhere, file, NOW)
        if await schema.is_there(elsewhere, "contact"):
            assert await elsewhere.fetch("SELECT id FROM contact") == []
    file.write_bytes(b"\x1f\x8b junk")
    with pytest.raises(BadBackup):
        await backup.restore(elsewhere, file, NOW)


# ------------------------------------------------------------ tokens, audit


async def test_a_link_is_good_until_it_is_over(db: Database) -> None:
    token = await tokens.give(db, "appointment", "a1", NOW + DAY)
    assert await tokens.give(db, "appointment", "a1", NOW + DAY) == token
    assert await tokens.look(db, token, "appointment", NOW) == tokens.Good("a1")
    assert await tokens.look(db, token, "email", NOW) is None
    assert await tokens.look(db, "x" * 22, "appointment", NOW) is None
    assert await tokens.look(db, token, "appointment", NOW + DAY) == tokens.Over(used=False)
    assert await tokens.revoke(db, "appointment", "a1", NOW) == 1
    assert await tokens.look(db, token, "appointment", NOW) == tokens.Over(used=False)


async def test_what_may_be_done_once_is_done_once(db: Database) -> None:
    token = await tokens.give(db, "email", "p1", NOW + DAY)
    assert await tokens.use(db, token, "email", NOW) == tokens.Good("p1")
    assert await tokens.use(db, token, "email", NOW) == tokens.Over(used=True)
    assert await tokens.use(db, "\ud800", "email", NOW) is None


async def test_deeds_are_remembered(db: Database) -> None:
    await audit.add(db, "worker:claire", "read", "person:p1", NOW)
    assert await audit.of(db, "person:p1") == [audit.Deed("worker:claire", "read", "person:p1", NOW)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_of_two_who_look_at_an_archive_at_once_both_reasons_stay(db: Database) -> None:
    values = [db.vault.seal(f"archive.{column}", "p1", "x") for column in ("first_name", "last_name")]
    await db.execute(
        "INSERT INTO archive (id, first_name, last_name, consents, from_on, closed_at, closed_by, ends_at) "
        "VALUES ('p1', ?, ?, ?, ?, ?, 'operator:anna', ?)",
        *values,
        db.vault.seal("archive.consents", "p1", "[]"),
        NOW.date(),
        NOW,
        NOW + 5 * 365 * DAY,
    )
    looked = asyncio.Event()

    async def first() -> None:
        async with db.transaction() as tx:
            await archives.looked(tx, "p1", "operator:anna", "une réclamation", NOW)
            looked.set()
            for _ in range(2_000):  # until the other one waits for it
                if await tx.fetch("SELECT 1 AS one FROM pg_locks WHERE NOT granted LIMIT 1"):
                    break
                await asyncio.sleep(0.005)

    async def second() -> None:
        await looked.wait()
        async with db.transaction() as tx:
            await archives.looked(tx, "p1", "operator:ben", "un litige", NOW)

    await asyncio.gather(first(), second())
    kept = await archives.get(db, "p1")
    assert kept is not None
    assert [look["why"] for look in kept.looks] == ["une réclamation", "un litige"]
