"""A dispute is open about somebody: nothing of them goes, by no way, until it is over (safety G17)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from handlers.privacy import closing, disputes, erasing
from handlers.privacy.erasing import Erased, Held
from handlers.privacy.touched import FIELDS, LISTS
from storage import audit, erasures, holds, purge, rotation, silences
from storage.db import Database
from storage.silences import Silence
from storage.whose import HELD, WHOSE, of_people, where
from tests.guards import guards
from tests.handlers.path.erased import ANNA, lives, lives_alone, passes_a_day, residue
from tests.handlers.path.place import CAMILLE, CLAIRE, SAM, Place


@guards("G17", partly=True)
async def test_a_hold_stops_it_and_its_end_does_not(place: Place, papers: Path) -> None:
    person = await lives(place)
    review = date(2026, 6, 1)
    hold = await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", review)
    before = await residue(place.parts.db)
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Held)
    assert await residue(place.parts.db) == before
    await disputes.release(place.parts, hold.id, ANNA)  # type: ignore[union-attr]
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Erased)


ENDED = (  # so that each of these rows would go but for the hold
    *("UPDATE inbox SET status = 'done', settled_at = ?", "UPDATE outbox SET status = 'accepted', changed_at = ?"),
    *("UPDATE timer SET status = 'done', settled_at = ?", "UPDATE ticket SET status = 'closed', closed_at = ?"),
    *("UPDATE waiting SET status = 'ended', ended_at = ?", "UPDATE media SET status = 'gone', settled_at = ?"),
    *("UPDATE document SET status = 'gone', ends_at = ?", "UPDATE decision SET ended_at = ?"),
)


@guards("G17")
async def test_a_hold_keeps_what_is_purged_of_every_table(place: Place, papers: Path) -> None:
    person, db, now = await lives(place), place.parts.db, place.clock.now
    for ended in ENDED:
        await db.execute(ended, now)
    hold = await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))

    async def theirs() -> dict[str, list[dict[str, object]]]:
        whom, tables = of_people(f"'{person}'"), WHOSE.keys() & {each.table for each in purge.LIFETIMES} - {"busy"}
        return {table: await db.fetch(f"SELECT * FROM {table} WHERE {where(table, whom)}") for table in tables}

    before, late = await theirs(), now.replace(year=now.year + 7)
    await purge.purge(db, late)
    assert await theirs() == before
    await disputes.release(place.parts, hold.id, ANNA)  # type: ignore[union-attr]
    await purge.purge(db, late)
    assert [table for table, rows in (await theirs()).items() if rows == before[table]] == []


WAYS = {  # each is enough alone: a row may lead to them by one of its columns, and by no other
    "ticket": ("person_id", "contact_id", "subject"),
    "hold": ("contact_id", "about"),
    "waiting": ("person_id", "contact_id"),
    "message": ("person_id", "series"),
    "data_copy": ("person_id", "contact_id"),
    "timer": ("contact_id", "subject"),
    "outbox": ("contact_id", "appointment_id"),
    "proof": ("contact_id", "sent_to", "person_id"),
}


@guards("G17", partly=True)
async def test_each_way_that_leads_to_who_is_held_is_enough_alone(place: Place, papers: Path) -> None:
    assert {table for table, found in WHOSE.items() if " OR " in found} - {"ticket_entry"} == {*WAYS, *holds.DERIVED}
    person, db = await lives(place), place.parts.db
    await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    contact = (await place.contact("sms", CAMILLE)).id
    (hour,) = await db.fetch("SELECT min(id) AS id, min(series) AS series FROM appointment WHERE person_id = ?", person)
    values = {"person_id": (person,), "contact_id": (contact,), "sent_to": (contact,), "series": (hour["series"],)}
    values |= dict.fromkeys(("about", "appointment_id", "subject"), (hour["id"],))
    subjects = []
    for kind in ("appointment", "report", "decision"):
        (one,) = await db.fetch(f"SELECT min(id) AS id FROM {kind} WHERE person_id = ?", person)
        subjects.append(f"{kind}:{one['id']}")
    for table, ways in WAYS.items():
        (row,) = await db.fetch(f"SELECT min(id) AS id FROM {table} WHERE {where(table, HELD)}")
        for way in ways:
            for theirs in subjects if (table, way) == ("ticket", "subject") else values[way]:
                nobody = ", ".join(f"{each} = 'nobody'" for each in ways)
                await db.execute(f"UPDATE {table} SET {nobody} WHERE id = ?", row["id"])
                assert not await is_kept(db, table, row["id"])
                await db.execute(f"UPDATE {table} SET {way} = ? WHERE id = ?", theirs, row["id"])
                assert await is_kept(db, table, row["id"]), (table, way, theirs)


async def is_kept(db: Database, table: str, id: object) -> bool:
    """Of a ticket, what is in it goes the same way."""
    within = {table: "id", **({"ticket_entry": "ticket_id"} if table == "ticket" else {})}
    kept = set()
    for each, column in within.items():
        rows = await db.fetch(f"SELECT 1 AS one FROM {each} WHERE {column} = ? AND {holds.KEPT[each]}", id)
        kept.add(bool(rows))
    assert len(kept) == 1
    return kept.pop()


@guards("G17", partly=True)
async def test_who_looked_at_them_is_known_while_the_dispute_is_open(place: Place, papers: Path) -> None:
    person, db, now = await lives(place), place.parts.db, place.clock.now
    await place.says("sms", SAM, "bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Sam Rivière", "sam@example.org", "1")
    other, contact = (await place.contact("sms", SAM)).person_id, (await place.contact("sms", CAMILLE)).id
    hold = await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    theirs = {f"person:{person}", f"archive:{person}", f"talk:{contact}"}
    for kind in ("appointment", "ticket", "report", "decision", "document"):
        rows = await db.fetch(f"SELECT id FROM {kind} WHERE person_id = ?", person)
        theirs |= {f"{kind}:{row['id']}" for row in rows}
    assert len({each.partition(":")[0] for each in theirs}) == len(set(FIELDS) - LISTS - {"day", "week"})
    await db.execute("UPDATE ticket SET person_id = NULL WHERE contact_id = ?", contact)  # asked before the account
    await audit.add_all(db, ANNA, "see", [*theirs, f"person:{other}", "tickets", f"day:{now.date()}"], now)

    async def looked() -> set[str]:
        return {row["object"] for row in await db.fetch("SELECT object FROM audit WHERE action = 'see'")}

    late = now.replace(year=now.year + 7)
    await purge.purge(db, late)
    assert await looked() == theirs, "looks at anybody else, and at lists, end"
    await disputes.release(place.parts, hold.id, ANNA)  # type: ignore[union-attr]
    await purge.purge(db, late)
    assert await looked() == set()


@guards("G17", partly=True)
async def test_what_a_hold_keeps_of_another_stays_at_their_worker(place: Place, papers: Path) -> None:
    """Both have the same worker, whose messages are emptied as far as they may name who is erased."""
    person, db = await lives_alone(place), place.parts.db
    await place.says("sms", SAM, "bonjour", "PORTS-7KQM-4XTD", "1", "1", "1", "Sam Rivière", "sam@example.org", "1")
    other = (await place.contact("sms", SAM)).person_id
    assert other is not None
    await place.settle()
    hold = await disputes.hold(place.parts, other, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    worker = (await place.contact("sms", CLAIRE)).id
    said = "SELECT a.person_id FROM outbox o LEFT JOIN appointment a ON a.id = o.appointment_id WHERE o.contact_id = ?"
    there = f"{said} AND o.content IS NOT NULL AND o.status NOT IN ('queued', 'sending', 'unknown')"
    assert {row["person_id"] for row in await db.fetch(there, worker)} >= {person, other}
    await erasing.erase(place.parts, person, ANNA)
    await passes_a_day(place)
    left = {row["person_id"] for row in await db.fetch(there, worker)}
    assert (other in left, person in left) == (True, False)
    await disputes.release(place.parts, hold.id, ANNA)  # type: ignore[union-attr]
    await purge.purge(db, place.clock.now + timedelta(days=7))
    assert other not in {row["person_id"] for row in await db.fetch(there, worker)}


@guards("G17", partly=True)
async def test_a_hold_that_came_in_between_goes_to_the_desk(place: Place, papers: Path) -> None:
    person = await lives(place)
    asked = (await place.says("sms", CAMILLE, "effacer mon compte", "1"))[-1]
    await place.says("sms", CAMILLE, asked.split("EFFACER ")[1][:6])
    await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    await erasing.look(place.parts)
    assert await erasures.open_(place.parts.db) == []
    assert "desk_privacy" in place.alarm_codes()
    deeds = [deed.action for deed in await audit.of(place.parts.db, f"person:{person}")]
    assert ("erase refused" in deeds, "erase" in deeds) == (True, False)
    assert (await place.contact("sms", CAMILLE)).person_id == person
    [refused] = await place.says("sms", CAMILLE, "effacer mon compte")
    assert refused.startswith("Un litige est ouvert")


@guards("G17", partly=True)
async def test_when_they_were_warned_of_their_silence_stays_though_they_wrote(place: Place) -> None:
    person, db, now = await lives_alone(place), place.parts.db, place.clock.now
    warned = Silence(person, now - timedelta(days=700), now - timedelta(days=1))
    async with db.transaction() as tx:
        await silences.keep(tx, warned)
    hold = await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    await closing.silent(place.parts)
    assert await silences.get(db, person) == warned
    await disputes.release(place.parts, hold.id, ANNA)  # type: ignore[union-attr]
    await closing.silent(place.parts)
    assert await silences.get(db, person) is None


async def test_new_keys_open_what_a_hold_says(place: Place) -> None:
    person = await lives_alone(place)
    await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    assert await rotation.reseal(place.parts.db) == rotation.Resealed(0, 0)
