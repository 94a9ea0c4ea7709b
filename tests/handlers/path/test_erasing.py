"""Somebody is erased: nothing of them is left in any row, sealed or not, in any file, nor in the bytes of the database;
whoever counts on them is told, and neither who nor why (safety G6).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from booking.core import Booking
from booking.decisions import Ground
from booking.model import ContactId, PersonId
from bot.work import watch
from conversations.model import Reply
from conversations.text import Text
from handlers import content, deciding, holding
from handlers.acting import Acting
from handlers.channels.base import ChannelName
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.stores import Folder, StoreAway
from handlers.documents.taking import take
from handlers.figures.gathered import gather
from handlers.figures.period import period
from handlers.privacy import disputes, erasing, ledger
from handlers.privacy.erasing import Erased, Held, Nobody
from handlers.privacy.restoring import erase_again
from storage import (
    api_answers,
    audit,
    backup,
    contacts,
    erasures,
    oracle,
    outbox,
    provider_copies,
    purge,
    rotation,
    tickets,
    tokens,
)
from storage.booking import RowStore
from storage.db import Database
from storage.models import PERSONAL
from storage.whose import WHOSE, of_people, where
from tests.guards import guards
from tests.handlers.documents import corpus
from tests.handlers.path import all_rows
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place

ANNA = "operator:anna"
CANARIES = ("Camille", "Dubois", "camille@example.org", CAMILLE, CAMILLE[1:], "canary")
DONE = "C'est fait : votre compte"


@pytest.fixture
def papers(place: Place, tmp_path: Path) -> Path:
    place.parts = replace(place.parts, documents=Keeping(Judge(), Folder(tmp_path / "papers")))
    return tmp_path / "papers"


async def lives(place: Place) -> str:
    """Camille has an appointment, a document, messages, a ticket, a warning, and a row in every other table that can
    hold one of hers. Their id.
    """
    await place.says("sms", CAMILLE, *LATER)
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    await place.says("sms", CAMILLE, "message", "canary: mon loyer a augmenté", "humain", "canary au secours", "menu")
    await deciding.warn(place.parts, person, ANNA, Ground.OTHER, "canary: un avertissement")
    await place.settle()
    await place.says("sms", CLAIRE, "agenda semaine", "repondre")
    contact = (await place.contact("sms", CAMILLE)).id
    async with place.parts.db.transaction() as tx:
        who = await contacts.lock(tx, contact)
        store = RowStore(tx, place.parts.directories)
        core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=who)
        found = await core.expect_document(ContactId(who.id))
    assert place.parts.documents is not None
    await take(place.parts, place.parts.documents, found.document.id, corpus.photo())  # type: ignore[union-attr]
    place.new("sms", CAMILLE), place.new("sms", CLAIRE)
    await all_rows.fill(place, person, contact, "canary")
    assert await all_rows.bare(place.parts.db, person) == []
    return person


async def everything(db: Database) -> dict[str, list[str]]:
    """Every value of every row, what is sealed opened, by table."""
    found: dict[str, list[str]] = {}
    for table in backup.tables():
        sealed = PERSONAL.get(table.name, {})
        texts = found[table.name] = []
        for row in await db.fetch(f"SELECT * FROM {table.name}"):
            for column, value in row.items():
                bound = str(row[sealed[column]]) if column in sealed and value is not None else None
                opened = value if bound is None else db.vault.unseal(f"{table.name}.{column}", bound, value)
                texts.append(opened.decode("utf-8", "replace") if isinstance(opened, bytes) else str(opened))
    return found


async def residue(db: Database, *more: str) -> list[tuple[str, str]]:
    return [
        (table, word)
        for table, texts in (await everything(db)).items()
        for word in (*CANARIES, *more)
        if any(word in text for text in texts)
    ]


def documents_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and path.name.isdigit()]


async def sealed_of(db: Database, person: str) -> list[bytes]:
    """As they stand in the database's file."""
    found = []
    whom = of_people(f"SELECT id FROM person WHERE id = '{person}'")
    for table in WHOSE.keys() & PERSONAL.keys():
        for column in PERSONAL[table].keys() - {key for name, key in all_rows.UNSEALED if name == table}:
            rows = await db.fetch(f"SELECT {column} AS sealed FROM {table} WHERE {where(table, whom)}")
            values = [row["sealed"] for row in rows if row["sealed"] is not None]
            assert values, f"{table}.{column} of theirs is empty"
            found += values
    return found


async def bytes_of(db: Database) -> bytes:
    """Of all its files. Nothing of PostgreSQL's, which are its own."""
    if db.dialect != "sqlite":
        return b""
    [file] = [Path(row["file"]) for row in await db.fetch("PRAGMA database_list")]
    return await asyncio.to_thread(lambda: b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*")))


async def passes_a_day(place: Place) -> None:
    for _ in range(3):
        await place.passes(hours=8)
        await erasing.look(place.parts)


@guards("G06")
async def test_nothing_is_left_and_whoever_counts_on_them_is_told(place: Place, papers: Path) -> None:
    person = await lives(place)
    db = place.parts.db
    token = await tokens.give(db, "email", person, place.clock.now + timedelta(days=30))
    async with db.transaction() as tx:  # what a program of the client's was answered a moment ago
        await api_answers.claim(tx, "asked", "print", place.clock.now)
        await api_answers.keep(tx, "asked", 201, f'{{"id": "{person}", "first_name": "Camille"}}')
    assert len(await residue(db)) > 10, "there was something to be erased"
    contact = (await place.contact("sms", CAMILLE)).id
    [hour] = [row["id"] for row in await db.fetch("SELECT id FROM appointment")]
    assert ("conversation", hour) in await residue(db, hour), "their worker's talk is about it"
    sealed, there = await sealed_of(db, person), await bytes_of(db)
    assert not there or all(value in there for value in sealed)
    done = await erasing.erase(place.parts, person, ANNA)
    assert done == Erased(1, gone=1, told=True)
    await place.settle()
    [said] = place.new("sms", CAMILLE)
    assert said.startswith(DONE)
    [heard] = [text for text in place.new("sms", CLAIRE) if text.startswith("Rendez-vous annulé")]
    assert heard.endswith("L'heure est de nouveau libre.")
    assert not any(word in heard for word in CANARIES)
    assert {table for table, _ in await residue(db)} <= {"contact"}, "only where the last word went"
    [answer] = await db.fetch("SELECT status FROM api_answer")
    assert answer["status"] == 410, "asked again, it is gone"
    assert await tokens.look(db, token, "email", place.clock.now) is None
    await passes_a_day(place)
    left = {("erasure", person), ("erasure", contact), ("audit", person), ("audit", hour)}
    assert set(await residue(db, person, contact, hour)) == left, "ids, in the ledger and the audit trail"
    there = await bytes_of(db)
    assert not any(value in there for value in sealed), "what is deleted is written over"
    assert await asyncio.to_thread(documents_in, papers) == []
    assert (await erasures.open_(db)) == []
    assert [broken for broken in await oracle.judge(db, place.clock.now) if "hour" in broken.rule] == []
    deed = (await audit.of(db, f"person:{person}"))[0]
    assert (deed.actor, deed.action) == (ANNA, "erase")
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Nobody)


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


async def test_their_hours_stay_in_the_figures_as_counts(place: Place, papers: Path) -> None:
    await place.books()
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    await place.passes(days=3)
    march, clients = (
        period("2026-03", place.parts.zone),
        [row["id"] for row in await place.parts.db.fetch("SELECT id FROM client")],
    )

    async def kept() -> int:
        grids = (await gather(place.parts.db, march, clients)).grids[march.first]
        return sum(
            cell.count for (row, column), cell in grids.cells.items() if row == "*" and column == ("hours", "all")
        )

    assert await kept() == 1
    await erasing.erase(place.parts, person, ANNA)
    assert await kept() == 1
    assert await place.parts.db.fetch("SELECT id FROM appointment") == []


@guards("G06", partly=True)
async def test_what_was_counted_of_their_number_and_their_mailboxes_goes(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    contact = await place.contact("sms", CAMILLE)
    person = PersonId(str(contact.person_id))
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        core = Booking(store, place.parts.rules, place.clock.now, place.parts.new_id)
        await core.mail_again(person, ContactId(contact.id))
        await core.change_email(person, "other@example.org", None)
        await store.add_try(f"code-to:{store.keyed('phone', CAMILLE)}", place.clock.now)
        counted = "SELECT key FROM tries WHERE key LIKE '%-to:%' OR key LIKE '%-by:%'"
        assert len(await tx.fetch(counted)) == 5
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Erased)
    assert await place.parts.db.fetch(counted) == []


@guards("G06", partly=True)
async def test_another_person_keeps_everything(place: Place, papers: Path) -> None:
    await place.says("sms", SAM, *(text.replace("Camille", "Sam").replace("camille", "sam") for text in LATER))
    other = (await place.contact("sms", SAM)).person_id
    person = await lives(place)
    await erasing.erase(place.parts, person, ANNA)
    await place.settle()
    await passes_a_day(place)
    assert (await place.contact("sms", SAM)).person_id == other
    assert len(await place.parts.db.fetch("SELECT id FROM appointment")) == 1
    assert (await place.says("sms", SAM, "mes rdv"))[0].startswith("Vos rendez-vous")


async def test_who_writes_again_is_new_to_us(place: Place, papers: Path) -> None:
    person = await lives(place)
    await erasing.erase(place.parts, person, ANNA)
    await place.settle()
    place.new("sms", CAMILLE)
    [said] = await place.says("sms", CAMILLE, "mes rdv")
    assert "Camille" not in said
    fresh = await place.contact("sms", CAMILLE)
    assert fresh.person_id is None
    await passes_a_day(place)
    assert (await place.contact("sms", CAMILLE)).id == fresh.id, "they wrote of their own will: the talk stays"
    await place.books()
    await passes_a_day(place)
    assert (await place.contact("sms", CAMILLE)).person_id not in {None, person}


async def test_an_address_that_was_joined_at_that_moment_goes_too(place: Place, papers: Path) -> None:
    person = await lives(place)
    db = place.parts.db
    await place.comes("whatsapp", CAMILLE, text="bonjour")
    await place.settle()
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Erased)
    joined = (await place.contact("whatsapp", CAMILLE)).id
    async with db.transaction() as tx:  # the turn that joined it read the person before they went
        await contacts.link_person(tx, joined, person)
    await passes_a_day(place)
    assert await residue(db) == []


async def test_what_came_to_the_desk_at_that_moment_goes_too(place: Place) -> None:
    """By a process that read the address before it went, and wrote after."""
    person, db = await lives_alone(place), place.parts.db
    old = (await place.contact("sms", CAMILLE)).id
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Erased)
    async with db.transaction() as tx:
        new = tickets.NewTicket("human", old, None, context={"phone": "canary"})
        await tickets.open_(tx, new, place.clock.now, place.parts.new_id)
    assert ("ticket", "canary") in await residue(db)
    await place.settle()
    await erasing.look(place.parts)
    await db.execute("DELETE FROM provider_copy")  # it is gone there
    await place.passes(minutes=9)
    await erasing.look(place.parts)
    assert await erasures.open_(db), "who was at it may take as long as a file is fetched for"
    await place.passes(minutes=1)
    await provider_copies.due(db, "sms", "SM1", "delete", place.clock.now, 1)
    await erasing.look(place.parts)
    assert await erasures.open_(db), "something of theirs lies at a provider"
    await db.execute("DELETE FROM provider_copy")
    await erasing.look(place.parts)
    assert await erasures.open_(db) == []
    assert await residue(db) == []


@guards("G06", partly=True)
@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
async def test_who_may_not_be_written_to_is_erased_without_a_word(place: Place, channel: ChannelName) -> None:
    """They stopped us; or WhatsApp lets nobody write a day after they last wrote."""
    await place.says(channel, CAMILLE, *LATER)
    if channel == "sms":
        await place.says(channel, CAMILLE, "stop")
    else:
        await place.passes(hours=25)
    place.new(channel, CAMILLE)
    person = (await place.contact(channel, CAMILLE)).person_id or ""
    done = await erasing.erase(place.parts, person, ANNA)
    assert isinstance(done, Erased)
    assert not done.told
    await place.settle()
    await passes_a_day(place)
    assert place.new(channel, CAMILLE) == []
    assert await residue(place.parts.db) == []


@pytest.mark.parametrize("shown_by", ["consent", "document"])
async def test_who_has_their_old_address_keeps_it_but_not_what_was_said_there(
    place: Place, papers: Path, shown_by: str
) -> None:
    """That it was theirs is known by what they once did there, be it one thing alone."""
    person = await lives(place)
    db, contact = place.parts.db, await place.contact("sms", CAMILLE)
    async with db.transaction() as tx:  # "not me": the number is somebody else's by now
        await contacts.link_person(tx, contact.id, None)
        for table in {"consent", "document"} - {shown_by}:
            await tx.execute(f"DELETE FROM {table}")
    assert ("outbox", "Camille") in await residue(db)
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Erased)
    await passes_a_day(place)
    assert (await place.contact("sms", CAMILLE)).id == contact.id
    assert {table for table, _ in await residue(db, person)} == {"contact", "alias", "erasure", "audit"}


async def test_a_hold_that_came_in_between_is_told_to_the_ledger(place: Place, papers: Path) -> None:
    """The documents' store heard that they had asked; a backup that is read back must not erase them."""
    person = await lives(place)
    async with place.parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        await erasures.ask(tx, person, f"person:{person}", place.clock.now)
    assert await ledger.publish(place.parts)
    store = place.parts.documents.store  # type: ignore[union-attr]
    assert [line.person for line in await ledger.after(store, 0)] == [person]
    await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    await erasing.look(place.parts)
    assert [line.person for line in await ledger.after(store, 0)] == [""]


async def test_the_ledger_is_read_past_the_number_that_was_noted(place: Place, papers: Path) -> None:
    """Of two who write it at once, the one who knows less may be the last to write the number."""
    person = await lives(place)
    await erasing.erase(place.parts, person, ANNA)
    store = place.parts.documents.store  # type: ignore[union-attr]
    await store.put(ledger.HEAD, b"0")
    assert [line.person for line in await ledger.after(store, 0)] == [person]
    await store.put(ledger.HEAD, b"?")
    assert not await ledger.publish(place.parts), "what nobody can read stops no other"


class Away(Folder):
    """A store that does not answer at first; then it takes nothing, as a full one."""

    away = True
    full = True

    async def drop(self, id: str) -> None:
        if self.away:
            raise StoreAway("away")
        await super().drop(id)

    async def put(self, id: str, data: bytes) -> None:
        if self.full:
            raise StoreAway("full")
        await super().put(id, data)


async def test_whoever_dies_over_it_leaves_it_to_others(place: Place, papers: Path) -> None:
    """Asked and not begun; two begin at once; then the rows gone, and the store away."""
    person = await lives(place)
    store = Away(papers)
    place.parts = replace(place.parts, documents=Keeping(Judge(), store))
    async with place.parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        await erasures.ask(tx, person, f"person:{person}", place.clock.now)
        await erasures.ask(tx, person, f"person:{person}", place.clock.now)
    await asyncio.gather(erasing.look(place.parts), erasing.look(place.parts))
    assert len(await place.parts.db.fetch("SELECT id FROM erasure")) == 1
    await place.settle()
    assert [text.startswith(DONE) for text in place.new("sms", CAMILLE)] == [True]
    await passes_a_day(place)
    [still] = await erasures.open_(place.parts.db)
    assert still.begun_at is not None
    broken = [each.rule for each in await oracle.judge(place.parts.db, place.clock.now + timedelta(hours=1))]
    assert "who asked to be erased is, within a day (I18)" in broken
    store.away = False
    await erasing.look(place.parts)
    assert await asyncio.to_thread(documents_in, papers) == []
    assert await erasures.open_(place.parts.db) == [still], "the ledger outside does not know"
    store.full = False
    await erasing.look(place.parts)
    assert await erasures.open_(place.parts.db) == []


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


@guards("G06", partly=True)
async def test_a_backup_of_that_very_moment_brings_nothing_back(place: Place, papers: Path) -> None:
    """Their rows had gone in it; not the last word, the files, nor what their worker was told."""
    person = await lives(place)
    db, [document] = place.parts.db, documents_in(papers)
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Erased)
    claire = (await place.contact("sms", CLAIRE)).id
    said = content.to_json(Reply((Text("canary", {"name": "Camille"}),)))
    async with db.transaction() as tx:
        await outbox.add(tx, outbox.Outgoing("before", claire, "answer", said, place.clock.now), place.clock.now)
        await tx.execute("UPDATE outbox SET status = 'delivered' WHERE key = 'before'")
    assert {table for table, _ in await residue(db)} == {"contact", "outbox"}
    async with db.transaction() as tx:
        [gone] = await erase_again(tx, [], place.parts.zone, place.clock.now)
    assert gone.documents == (document,)
    assert await residue(db) == []
    assert await erasures.open_(db) == []


@guards("G06", partly=True)
async def test_what_a_backup_brings_back_goes_at_the_providers_too(place: Place) -> None:
    """Who was erased since: what they wrote and read is deleted there, what their worker read of them emptied."""
    person, db = await lives_alone(place), place.parts.db
    await place.says("sms", CLAIRE, "agenda semaine")
    theirs = (await place.contact("sms", CAMILLE)).id
    sent = "SELECT provider_id AS ref FROM outbox WHERE channel = 'sms' AND provider_id IS NOT NULL AND contact_id"
    read = {row["ref"] for row in await db.fetch(f"{sent} = ?", theirs)}
    others = {row["ref"] for row in await db.fetch(f"{sent} <> ?", theirs)}
    wrote = {row["external_id"] for row in await db.fetch("SELECT external_id FROM inbox WHERE contact_id = ?", theirs)}
    assert min(len(read), len(others), len(wrote)) > 1
    line = erasures.Line(1, person, (theirs,), place.clock.now, closes=False)
    async with db.transaction() as tx:
        await erase_again(tx, [line], place.parts.zone, place.clock.now)
    assert await residue(db) == []
    acts: dict[str, set[str]] = {"delete": set(), "empty": set()}
    for row in await db.fetch("SELECT id, act, ref FROM provider_copy"):
        acts[row["act"]].add(db.vault.read("provider_copy.ref", row["id"], row["ref"]))
    assert read | wrote <= acts["delete"]
    assert others <= acts["empty"]


@guards("G06", partly=True)
async def test_by_their_own_word(place: Place, papers: Path) -> None:
    person = await lives(place)
    asked = (await place.says("sms", CAMILLE, "effacer mon compte", "1"))[-1]
    code = asked.split("EFFACER ")[1][:6]
    wrong = f"{(int(code) + 1) % 10**6:06}"
    await place.says("sms", CAMILLE, "oui", f"effacer {wrong}")
    assert await erasures.open_(place.parts.db) == []
    await place.says("sms", CAMILLE, f"effacer {code}")
    [noted] = await audit.latest(place.parts.db, 1, of=f"person:{person}")
    assert (noted.actor, noted.action) == (f"person:{person}", "ask erasure")
    assert await erasing.look(place.parts) == 1
    await place.settle()
    assert place.new("sms", CAMILLE)[-1].startswith(DONE)
    await passes_a_day(place)
    assert await residue(place.parts.db) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_row_that_breaks_us_keeps_nobody_else_waiting(
    place: Place, papers: Path, monkeypatch: pytest.MonkeyPatch, aside: list[str]
) -> None:
    """The one who asked first cannot be read: the next is erased all the same, to the end (I16). A human hears of the
    first, whatever else is broken.
    """
    await place.says("sms", CAMILLE, *LATER)
    await place.says("sms", SAM, *(text.replace("Camille", "Sam").replace("camille", "sam") for text in LATER))
    camille, sam = [(await place.contact("sms", each)).person_id or "" for each in (CAMILLE, SAM)]
    async with place.parts.db.transaction() as tx:
        for person in (camille, sam):
            await erasures.ask(tx, person, f"person:{person}", place.clock.now)
        await tx.execute("UPDATE person SET email = ? WHERE id = ?", b"damaged", camille)
    assert await erasing.look(place.parts) == 1
    await passes_a_day(place)
    assert [each.person for each in await erasures.open_(place.parts.db)] == [camille]
    await place.passes(hours=1)
    monkeypatch.setattr(holding, "tell", broken)
    await watch(place.parts, "place")
    assert "erasing_late" in place.alarm_codes()
    assert set(aside) == {"erasing", "watch"}
    aside.clear()


async def broken(*_: object) -> int:
    raise ValueError


async def test_at_the_same_instant(place: Place, papers: Path) -> None:
    """A message comes in, and an hour is booked, while they are erased: no row is left without its person."""
    person = await lives(place)
    await asyncio.gather(
        erasing.erase(place.parts, person, ANNA),
        place.comes("sms", CAMILLE, text="mes rdv"),
        place.comes("sms", CAMILLE, text="menu"),
        place.comes("sms", CLAIRE, text="agenda"),
    )
    await place.settle()
    await passes_a_day(place)
    for table, column in (("inbox", "contact_id"), ("outbox", "contact_id"), ("timer", "contact_id")):
        assert not await place.parts.db.fetch(
            f"SELECT id FROM {table} WHERE {column} NOT IN (SELECT id FROM contact)"
        ), table
    assert not await place.parts.db.fetch("SELECT id FROM appointment")
    assert not [each for each in await residue(place.parts.db) if each[0] not in {"contact", "inbox"}]


async def test_new_keys_open_what_a_hold_says(place: Place) -> None:
    person = await lives_alone(place)
    await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    assert await rotation.reseal(place.parts.db) == rotation.Resealed(0, 0)


async def lives_alone(place: Place) -> str:
    await place.books()
    person = (await place.contact("sms", CAMILLE)).person_id
    assert person is not None
    return person
