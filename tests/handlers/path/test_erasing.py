"""Somebody is erased: nothing of them is left in any row, sealed or not, in any file, nor in the bytes of the database;
whoever counts on them is told, and neither who nor why (safety G6).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from booking.core import Booking
from booking.model import ContactId, PersonId
from bot.work import watch
from handlers import holding
from handlers.channels.base import ChannelName
from handlers.documents.judging import Judge
from handlers.documents.keeping import Keeping
from handlers.documents.stores import Folder, StoreAway
from handlers.figures.gathered import gather
from handlers.figures.period import period
from handlers.privacy import erasing
from handlers.privacy.erasing import Erased, Nobody
from storage import api_answers, audit, contacts, erasures, oracle, provider_copies, tickets, tokens
from storage.booking import RowStore
from storage.db import Database
from tests.guards import guards
from tests.handlers.path.erased import (
    ANNA,
    CANARIES,
    DONE,
    bytes_of,
    documents_in,
    lives,
    lives_alone,
    passes_a_day,
    residue,
    sealed_of,
)
from tests.handlers.path.place import CAMILLE, CLAIRE, LATER, SAM, Place


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


@guards("G06", partly=True)
async def test_nobody_is_done_before_the_databases_own_files_are(
    place: Place, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever dies over these, or cannot reach them, leaves that to do."""
    person, tried = await lives_alone(place), []
    await erasing.erase(place.parts, person, ANNA)
    await place.settle()
    trace = Database.leave_no_trace

    async def leaves_none(db: Database, tables: Sequence[str]) -> None:
        tried.append(tables)
        if len(tried) == 1:
            raise OSError("away")
        await trace(db, tables)

    monkeypatch.setattr(Database, "leave_no_trace", leaves_none)
    await place.passes(hours=21)
    with pytest.raises(OSError, match="away"):
        await erasing.look(place.parts)
    assert [each.person for each in await erasures.open_(place.parts.db)] == [person]
    await erasing.look(place.parts)
    assert await erasures.open_(place.parts.db) == []
    await erasing.look(place.parts)
    assert len(tried) == 2
