"""The oracle finds what it is for: each of its rules is broken once, and named, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from storage import oracle
from storage.db import Database
from tests.storage.conftest import NOW

START = NOW + timedelta(days=1)
LONG_AGO = NOW - timedelta(hours=1)
QUARTER = int(START.timestamp()) // 900


async def insert(db: Database, table: str, **values: Any) -> None:
    marks = ", ".join("?" * len(values))
    await db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", *values.values())


async def settled(db: Database) -> None:
    """A small world in which all is well: one appointment, kept and told."""
    seal = db.vault.seal
    await insert(db, "client", id="ports", ref="ports", name="Ports", kind="insurer", suspended=False)
    worker = {"phone_index": b"1", "email_index": b"1", "rules": "{}", "suspended": False}
    await insert(db, "worker", id="claire", ref="claire", version=0, card=seal("worker.card", "claire", "{}"), **worker)
    names = {name: seal(f"person.{name}", "ann", "Ann") for name in ("first_name", "last_name")}
    place = {"client_id": "ports", "code_id": "c", "language": "fr", "time_zone": "Europe/Paris"}
    truths = {"email_confirmed": False, "suspended": False, "no_feedback": False, "turns": 0}
    await insert(db, "person", id="ann", **names, **place, **truths)
    await contact(db, "phone", person_id="ann")
    await appointment(db, "a1")
    for owner in ("w:claire", "p:ann"):
        for n in range(4):
            await busy(db, owner, QUARTER + n, "a1")
    await outbox(db, "told", kind="booked", appointment_id="a1", status="delivered", provider_id="SM1")


async def contact(db: Database, id: str, **more: Any) -> None:
    values = {"lang": "fr", "time_zone": "Europe/Paris", "turns": 0, "received": 0, "failures": 0, "created_at": NOW}
    address = {"address": db.vault.seal("contact.address", id, id), "address_index": id.encode()}
    await insert(db, "contact", id=id, channel="sms", **address, **values, **more)


async def appointment(db: Database, id: str, **more: Any) -> None:
    values: dict[str, Any] = {
        "series": id,
        "version": 0,
        "person_id": "ann",
        "client_id": "ports",
        "worker_id": "claire",
        "contact_id": "phone",
        "motive": db.vault.seal("appointment.motive", id, "finance"),
        "mode": "phone",
        "start_at": START,
        "status": "booked",
        "late": False,
    }
    await insert(db, "appointment", id=id, **(values | more))


async def busy(db: Database, owner: str, quarter: int, holder: str) -> None:
    await insert(db, "busy", owner=owner, quarter=quarter, opens=False, holder_id=holder)


async def outbox(db: Database, key: str, **more: Any) -> None:
    times = dict.fromkeys(("due_at", "next_try_at", "created_at", "changed_at"), LONG_AGO)
    counts = {"fence": 0, "attempts": 0, "possible_duplicate": False}
    values = {"contact_id": "phone", "channel": "sms", "kind": "answer", "answer": True, "status": "queued"}
    await insert(db, "outbox", key=key, **(values | times | counts | more))


async def inbox(db: Database, key: str, received_at: datetime, **more: Any) -> None:
    values = {"contact_id": "phone", "channel": "sms", "external_id": key, "kind": "message", "status": "new"}
    await insert(db, "inbox", key=key, received_at=received_at, attempts=0, alike=0, **(values | more))


async def timer(db: Database, key: str, **more: Any) -> None:
    values = {"contact_id": "phone", "kind": "late", "subject_version": 0, "attempts": 0, "status": "waiting"}
    await insert(db, "timer", key=key, **(values | {"due_at": START, "next_try_at": START} | more))


async def document(db: Database, id: str, **more: Any) -> None:
    key = db.vault.seal("document.key", id, b"k" * 32)
    values = {"contact_id": "phone", "person_id": "ann", "status": "kept", "pages": 1, "key": key}
    await insert(db, "document", id=id, came_at=LONG_AGO, **(values | {"ends_at": NOW} | more))


async def test_documents(db: Database) -> None:
    await settled(db)
    await document(db, "d1")
    await document(db, "d2", status="gone", key=None, ends_at=NOW - timedelta(days=9))
    await document(db, "d3", status="ending", key=None, ends_at=NOW - timedelta(hours=24))
    assert await oracle.judge(db, NOW) == []
    await document(db, "d4", key=None)
    await document(db, "d5", status="ending", key=None, ends_at=NOW - timedelta(hours=24, seconds=1))
    found = {one.rule.partition(" (")[0]: one.ids for one in await oracle.judge(db, NOW)}
    assert found == {
        "a document that may be read has its key": ("d4",),
        "a document whose time is over is gone within a day": ("d5",),
    }


async def broken(db: Database) -> list[str]:
    return [one.rule.partition(" (")[0] for one in await oracle.judge(db, NOW)]


async def test_a_world_in_which_all_is_well(db: Database) -> None:
    await settled(db)
    assert await oracle.judge(db, NOW) == []


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (
            "DELETE FROM busy WHERE owner = 'p:ann'",
            "a coming appointment keeps its hour, its worker's and its person's",
        ),
        ("UPDATE busy SET quarter = quarter + 4", "a coming appointment keeps its hour, its worker's and its person's"),
        ("UPDATE appointment SET status = 'cancelled'", "only holds and booked appointments keep hours"),
        ("DELETE FROM worker", "an appointment has its person, client and worker"),
        ("DELETE FROM outbox", "every coming appointment was told to somebody"),
        ("DELETE FROM contact", "a person with a coming appointment has an address"),
        ("UPDATE outbox SET status = 'sending'", "a message being sent has its lease"),
        ("UPDATE outbox SET provider_id = NULL", "what left has its provider's id"),
        ("UPDATE outbox SET status = 'flying'", "states are those we know"),
        ("UPDATE appointment SET motive = person.first_name FROM person", "what is sealed in appointment opens"),
    ],
)
async def test_what_is_damaged_is_found(db: Database, sql: str, rule: str) -> None:
    await settled(db)
    await db.execute(sql)
    assert rule in await broken(db)


async def test_an_hour_with_two_owners_is_found(db: Database) -> None:
    await settled(db)
    await db.execute("DROP INDEX busy_owner_quarter")
    try:
        await busy(db, "w:claire", QUARTER, "a2")
        assert "an hour has one owner" in await broken(db)
    finally:
        await db.execute("DELETE FROM busy")
        await db.execute("CREATE UNIQUE INDEX busy_owner_quarter ON busy (owner, quarter)")


async def test_a_series_that_goes_wrong_is_found(db: Database) -> None:
    await settled(db)
    await appointment(db, "a2", series="a1", version=1, start_at=LONG_AGO)
    await appointment(db, "a3", version=0, status="moved")
    assert {"one row of a series stands, at most", "a moved appointment has its next row"} <= {*await broken(db)}


async def test_what_hangs_is_found(db: Database) -> None:
    await settled(db)
    lease = {"status": "sending", "lease_owner": "w", "lease_ends_at": LONG_AGO}
    await outbox(db, "leased", answer=False, **lease)
    await outbox(db, "answer")
    await outbox(db, "notice", answer=False)
    await outbox(db, "unknown", status="unknown")
    await inbox(db, "unread", LONG_AGO)
    await timer(db, "late", next_try_at=LONG_AGO)
    await timer(db, "orphan", subject="a9")
    assert {
        "a lease is taken over when it ends",
        "no answer waits for longer than 15 minutes",
        "no notice waits for longer than 15 minutes after it may be sent",
        "no fate stays unknown",
        "no message is left unread for 15 minutes",
        "what was taken in is remembered",
        "no timer is late",
        "a waiting timer belongs to an appointment that stands",
    } == {*await broken(db)}


async def test_a_pause_is_no_fault(db: Database) -> None:
    await settled(db)
    await outbox(db, "answer")
    await outbox(db, "notice", answer=False)
    await insert(db, "flag", name="paused", value="operator:x", set_at=NOW)
    assert await broken(db) == []


async def test_a_terminal_that_nobody_looks_at_is_no_fault(db: Database) -> None:
    await settled(db)
    await outbox(db, "answer", channel="terminal")
    await outbox(db, "notice", channel="terminal", answer=False)
    assert await broken(db) == []


async def test_what_is_found_is_counted_and_named_by_ids(db: Database) -> None:
    await settled(db)
    for number in range(7):
        await contact(db, f"c{number}")
        await db.execute("UPDATE contact SET address = ? WHERE id = ?", b"nonsense", f"c{number}")
    [found] = await oracle.judge(db, NOW)
    assert (found.count, found.ids) == (7, ("c0", "c1", "c2", "c3", "c4"))
