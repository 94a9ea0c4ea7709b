"""The ledger of who was erased, and backups: none brings back anybody (safety G6, I18)."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from conversations.model import Reply
from conversations.text import Text
from handlers import content
from handlers.privacy import afterwards, closing, disputes, erasing, ledger
from handlers.privacy.erasing import Erased, Nobody
from handlers.privacy.restoring import erase_again
from storage import archives, backup, contacts, erasures, flags, holds, oracle, outbox
from storage.booking import Directories
from storage.crypto import Vault
from storage.db import Database, Tx
from storage.holds import LegalHold
from tests.guards import guards
from tests.handlers.path.erased import ANNA, documents_in, lives, lives_alone, passes_a_day, residue
from tests.handlers.path.place import CAMILLE, CLAIRE, Place
from tests.servers.postgres import Postgres


@pytest.fixture
async def empty(request: pytest.FixtureRequest, db: Database, tmp_path: Path, vault: Vault) -> AsyncIterator[Database]:
    """Another database of the same kind."""
    if db.dialect == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "empty.sqlite3")
        opened = await Database.open(f"sqlite://{tmp_path / 'empty.sqlite3'}?synchronous=OFF", vault)
        yield opened
        await opened.close()
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    name = await server.create(request.getfixturevalue("postgres_template"))
    opened = await Database.open(server.address(name), vault)
    yield opened
    await opened.close()
    await server.drop(name)


async def asks(place: Place, person: str, *, closes: bool = False) -> None:
    async with place.parts.db.transaction() as tx:
        await contacts.lock_person(tx, person)
        await erasures.ask(tx, person, f"person:{person}", place.clock.now, closes=closes)


async def is_disputed(place: Place, person: str) -> LegalHold:
    held = await disputes.hold(place.parts, person, ANNA, "RG 26/00123", "devant le médiateur", date(2026, 6, 1))
    assert isinstance(held, LegalHold)
    return held


class Saved:
    """A backup of this moment, and who was erased since."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.place, self.path = place, folder / "monday.backup"

    async def made(self) -> Saved:
        await backup.backup(self.place.parts.db, self.path, self.place.clock.now)
        assert await ledger.publish(self.place.parts)
        return self

    async def read_back(self, empty: Database, *, by_file: bool = False) -> None:
        """The town goes on with it."""
        known = backup.erased_until(self.path)
        if by_file:
            text = "".join(f"{line.to_json()}\n" for line in await erasures.lines(self.place.parts.db, 0))
            lines = ledger.of_file(ledger.read_file(text), *known)
        else:
            lines = await ledger.after(self.place.parts.documents.store, *known)  # type: ignore[union-attr]
        now, zone = self.place.clock.now, self.place.parts.zone

        async def then(tx: Tx) -> None:
            await erase_again(tx, lines, zone, now)

        await backup.restore(empty, self.path, now, None, then)
        await flags.resume(empty)
        self.place.parts = replace(self.place.parts, db=empty, directories=Directories())


async def test_a_hold_that_came_in_between_is_told_to_the_ledger(place: Place, papers: Path) -> None:
    """The documents' store heard that they had asked; a backup that is read back must not erase them."""
    person = await lives(place)
    await asks(place, person)
    assert await ledger.publish(place.parts)
    store = place.parts.documents.store  # type: ignore[union-attr]
    assert [line.person for line in await ledger.after(store, 0)] == [person]
    await is_disputed(place, person)
    await erasing.look(place.parts)
    assert [line.person for line in await ledger.after(store, 0)] == [""]


@pytest.mark.parametrize("by_file", [False, True])
@guards("G06", partly=True)
async def test_who_had_asked_in_it_and_was_erased_since_is_not_brought_back(
    place: Place, papers: Path, tmp_path: Path, empty: Database, by_file: bool
) -> None:
    """Whatever was disputed at that moment: it was over when they were erased."""
    person = await lives(place)
    await asks(place, person)
    held = await is_disputed(place, person)
    saved = await Saved(place, tmp_path).made()
    assert await disputes.release(place.parts, held.id, ANNA) is None
    assert await erasing.look(place.parts) == 1
    await saved.read_back(empty, by_file=by_file)
    await passes_a_day(place)
    assert await residue(empty) == []
    assert not await holds.holds(empty, person)
    [done] = await erasures.latest(empty, 9)
    assert done.done_at is not None


@guards("G06", partly=True)
@guards("G17", partly=True)
@pytest.mark.parametrize("disputed", [False, True])
async def test_who_has_only_asked_goes_by_what_stands(
    place: Place, papers: Path, tmp_path: Path, empty: Database, disputed: bool
) -> None:
    """Nothing had gone, and nobody was told: it all comes when a worker looks, or the desk hears of the dispute."""
    person = await lives(place)
    held = await is_disputed(place, person) if disputed else None
    saved = await Saved(place, tmp_path).made()
    if held is not None:
        assert await disputes.release(place.parts, held.id, ANNA) is None
    await asks(place, person)
    assert await ledger.publish(place.parts)
    await saved.read_back(empty)
    assert [each.person for each in await erasures.open_(empty) if each.begun_at is None] == [person]
    assert await erasing.look(place.parts) == int(not disputed)
    await passes_a_day(place)
    assert await erasures.open_(empty) == []
    assert (await empty.fetch("SELECT id FROM person WHERE id = ?", person) == []) == (not disputed)
    assert ("desk_privacy" in place.alarm_codes()) == disputed
    assert any("annul" in text for text in place.new("sms", CLAIRE)) == (not disputed)


@guards("G17", partly=True)
async def test_who_had_asked_in_it_and_was_kept_since_is_kept(
    place: Place, papers: Path, tmp_path: Path, empty: Database
) -> None:
    person = await lives(place)
    await asks(place, person)
    saved = await Saved(place, tmp_path).made()
    held = await is_disputed(place, person)
    await erasing.look(place.parts)
    assert await disputes.release(place.parts, held.id, ANNA) is None
    await saved.read_back(empty)
    assert await erasing.look(place.parts) == 0
    [kept] = await erasures.lines(empty, 0)
    assert (kept.person, kept.asked_by) == ("", "")
    assert (await place.contact("sms", CAMILLE)).person_id == person


@guards("G06", partly=True)
async def test_a_ledger_that_fell_behind_the_backup_takes_nothing_back(place: Place, papers: Path) -> None:
    """It says that they asked; in the backup their rows had gone already."""
    person = await lives(place)
    await asks(place, person)
    line = erasures.Line.of((await erasures.open_(place.parts.db))[0])
    assert await erasing.look(place.parts) == 1
    async with place.parts.db.transaction() as tx:
        assert await erase_again(tx, [line], place.parts.zone, place.clock.now) == 1
    await passes_a_day(place)
    assert await erasures.open_(place.parts.db) == []
    done = await erasures.latest(place.parts.db, 9)
    async with place.parts.db.transaction() as tx:
        assert await erase_again(tx, [line], place.parts.zone, place.clock.now + timedelta(hours=1)) == 0
    assert await erasures.latest(place.parts.db, 9) == done


@guards("G17", partly=True)
@pytest.mark.parametrize("done", [False, True])
async def test_a_dispute_about_a_closed_account_is_in_the_backup(
    place: Place, papers: Path, tmp_path: Path, empty: Database, done: bool
) -> None:
    """It began before all was done that follows the closing; or later, and the ledger is read from before it, since
    somebody else had asked first."""
    person = await lives(place)
    if done:
        await asks(place, "somebody else")
    await closing.close(place.parts, person, ANNA)
    if done:
        await place.passes(hours=30)
        await afterwards.look(place.parts)
    assert [each.person for each in await erasures.open_(place.parts.db)] == ["somebody else" if done else person]
    held = await is_disputed(place, person)
    saved = await Saved(place, tmp_path).made()
    known = await erasures.of_person(place.parts.db, person)
    await saved.read_back(empty)
    assert (await erasures.of_person(empty, person) == known) == done
    await passes_a_day(place)
    assert await holds.of_person(empty, person) == [held]
    assert await archives.there(empty, person)


@guards("G06", partly=True)
async def test_who_was_to_be_closed_and_wants_to_be_erased_since_is_erased(
    place: Place, papers: Path, tmp_path: Path, empty: Database
) -> None:
    person = await lives(place)
    await asks(place, person, closes=True)
    saved = await Saved(place, tmp_path).made()
    await asks(place, person)
    assert await ledger.publish(place.parts)
    await saved.read_back(empty)
    assert await erasing.look(place.parts) == 1
    assert not await archives.there(empty, person)


def test_an_older_backup_is_told_the_whole_ledger(tmp_path: Path) -> None:
    """It counted whoever had asked as erased."""
    for header, known in (({"erasures": 3, "erased": 2}, (2, 3)), ({"erasures": 3}, (0, 3)), ({}, (0, 0))):
        (tmp_path / "a.backup").write_bytes(gzip.compress(json.dumps(header).encode()))
        assert backup.erased_until(tmp_path / "a.backup") == known


def test_an_older_line_of_the_ledger_has_begun() -> None:
    asked = erasures.Line(7, "somebody", (), datetime(2026, 3, 2, tzinfo=UTC), closes=True, asked_by="operator:anna")
    assert erasures.Line.from_json(asked.to_json()) == asked
    assert erasures.Line.from_json(replace(asked, asked_by="").to_json()) == replace(asked, asked_by="")
    assert "asked_by" not in replace(asked, asked_by="").to_json()


async def test_the_ledger_is_read_past_the_number_that_was_noted(place: Place, papers: Path) -> None:
    """Of two who write it at once, the one who knows less may be the last to write the number."""
    person = await lives(place)
    await erasing.erase(place.parts, person, ANNA)
    store = place.parts.documents.store  # type: ignore[union-attr]
    await store.put(ledger.HEAD, b"0")
    assert [line.person for line in await ledger.after(store, 0, 1)] == [person]
    with pytest.raises(ledger.Unknown, match="tells of 1 erasures, the backup of 2"):
        await ledger.after(store, 0, 2)
    await store.put(ledger.HEAD, b"?")
    assert not await ledger.publish(place.parts), "what nobody can read stops no other"


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
        assert await erase_again(tx, [], place.parts.zone, place.clock.now) == 1
    assert await residue(db) == []
    await place.parts.documents.store.put(document, b"...")  # type: ignore[union-attr]  # not gone yet, at that moment
    await passes_a_day(place)
    assert documents_in(papers) == []
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
async def test_who_is_erased_again_by_a_file_is_told_to_the_store(
    place: Place, papers: Path, tmp_path: Path, empty: Database
) -> None:
    """It was away when they were erased, and an older backup goes by it later on. Their files go as always."""
    person = await lives(place)
    saved = await Saved(place, tmp_path).made()
    parts = place.parts
    place.parts = replace(parts, documents=None)
    assert isinstance(await erasing.erase(place.parts, person, ANNA), Erased)
    place.parts = parts
    await saved.read_back(empty, by_file=True)
    assert await oracle.judge(empty, place.clock.now) == []
    await passes_a_day(place)
    store = parts.documents.store  # type: ignore[union-attr]
    assert [line.person for line in await ledger.after(store, *backup.erased_until(saved.path))] == [person]
    assert documents_in(papers) == []
    assert await erasures.open_(empty) == []


@guards("G17", partly=True)
async def test_who_was_kept_says_a_file_is_told_to_the_store(
    place: Place, papers: Path, tmp_path: Path, empty: Database
) -> None:
    """It heard that they had asked, and was away when a dispute kept them."""
    person = await lives(place)
    saved = await Saved(place, tmp_path).made()
    await asks(place, person)
    assert await ledger.publish(place.parts)
    parts = place.parts
    place.parts = replace(parts, documents=None)
    await is_disputed(place, person)
    assert await erasing.look(place.parts) == 0
    store = parts.documents.store  # type: ignore[union-attr]
    assert [line.person for line in await ledger.after(store, 0)] == [person]
    await saved.read_back(empty, by_file=True)
    place.parts = replace(place.parts, documents=parts.documents)
    assert await erasing.look(place.parts) == 0
    assert [line.person for line in await ledger.after(store, 0)] == [""]


@guards("G06", partly=True)
async def test_nobody_is_erased_under_a_number_that_names_nobody(place: Place, papers: Path) -> None:
    """A process that looked before a dispute put it off begins when that is over: no backup would be told of whom."""
    person = await lives(place)
    await asks(place, person)
    [seen] = await erasures.open_(place.parts.db)
    held = await is_disputed(place, person)
    await erasing.look(place.parts)
    assert await disputes.release(place.parts, held.id, ANNA) is None
    assert isinstance(await erasing.begin(place.parts, seen), Nobody)
    assert (await place.contact("sms", CAMILLE)).person_id == person
    assert await erasing.erase(place.parts, person, ANNA) == Erased(2, gone=1, told=True)
    assert [line.person for line in await erasures.lines(place.parts.db, 0)] == ["", person]
