"""The ledger of who was erased, and backups: none brings back anybody (safety G6, I18)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from conversations.model import Reply
from conversations.text import Text
from handlers import content
from handlers.privacy import disputes, erasing, ledger
from handlers.privacy.erasing import Erased
from handlers.privacy.restoring import erase_again
from storage import contacts, erasures, outbox
from tests.guards import guards
from tests.handlers.path.erased import ANNA, documents_in, lives, lives_alone, residue
from tests.handlers.path.place import CAMILLE, CLAIRE, Place


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
