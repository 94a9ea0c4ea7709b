"""Tickets as rows: one of a kind a contact, one operator at a time, one talk with the desk; and their end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from storage import desk_figures, purge, rotation, stuck, tickets
from storage.crypto import Vault
from storage.db import Database
from storage.tickets import NewTicket
from tests.storage.conftest import KEYS, NOW, SECRET

NewId = Callable[[], str]
ANNA, BEN = "operator:anna", "operator:ben"
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


async def opened(db: Database, new_id: NewId, kind: str = "human", contact: str | None = "c1", **more: object) -> str:
    async with db.transaction() as tx:
        made = await tickets.open_(tx, NewTicket(kind, contact, **more), NOW, new_id)  # type: ignore[arg-type]
    return made.id


async def test_of_a_kind_there_is_one_a_contact(db: Database, new_id: NewId) -> None:
    first = await opened(db, new_id, subject="appointment:a1")
    assert await opened(db, new_id, subject="appointment:a2") == first
    others = {await opened(db, new_id, "danger"), await opened(db, new_id, contact="c2")}
    assert len({first, *others}) == 3
    assert [(e.kind, e.detail) for e in await tickets.entries(db, first)] == [
        ("opened", "appointment:a1"),
        ("again", "appointment:a2"),
    ]
    async with db.transaction() as tx:
        assert await tickets.close(tx, first, "solved", NOW)
        assert not await tickets.close(tx, first, "solved", NOW)
    assert await opened(db, new_id) != first


async def test_without_a_contact_each_is_its_own(db: Database, new_id: NewId) -> None:
    assert await opened(db, new_id, contact=None) != await opened(db, new_id, contact=None)


async def test_opened_from_two_sides_at_once_it_is_one(db: Database, another: Database, new_id: NewId) -> None:
    ids = await asyncio.gather(*(opened(each, new_id) for each in (db, another) for _ in range(5)))
    assert len(set(ids)) == 1
    assert [entry.kind for entry in await tickets.entries(db, ids[0])] == ["opened", *["again"] * 9]


async def test_since_when_somebody_waits_for_an_answer(db: Database, new_id: NewId) -> None:
    """From their first words after the desk's last; a note is no answer."""
    first, other, silent = [await opened(db, new_id, contact=name) for name in ("c1", "c2", "c3")]
    story: list[tuple[str, tickets.EntryKind]] = [
        (first, "wrote"),
        (first, "said"),
        (other, "wrote"),
        (first, "wrote"),
        (first, "note"),
        (first, "wrote"),
        (silent, "wrote"),
        (silent, "said"),
    ]
    async with db.transaction() as tx:
        for n, (ticket, kind) in enumerate(story):
            await tickets.entry(tx, ticket, kind, NOW + n * SECOND, words="…")
    waits = await stuck.waits(db, [first, other, silent])
    assert waits == {first: NOW + 3 * SECOND, other: NOW + 2 * SECOND}
    assert await stuck.waits(db, [first]) == {first: NOW + 3 * SECOND}
    assert await stuck.waits(db, []) == {}


async def test_it_is_one_operators_at_a_time(db: Database, new_id: NewId) -> None:
    id = await opened(db, new_id)
    async with db.transaction() as tx:
        assert await tickets.take(tx, id, ANNA, NOW)
        assert await tickets.take(tx, id, ANNA, NOW), "who has it may say so again"
        assert not await tickets.take(tx, id, BEN, NOW)
        assert await tickets.take(tx, id, BEN, NOW, over=True)
        await tickets.close(tx, id, "solved", NOW)
        assert not await tickets.take(tx, id, BEN, NOW, over=True)
    found = await tickets.get(db, id)
    assert found is not None
    assert (found.status, found.operator, found.outcome) == ("closed", BEN, "solved")


async def test_a_talk_is_in_one_ticket(db: Database, new_id: NewId) -> None:
    human, danger = await opened(db, new_id), await opened(db, new_id, "danger")
    elsewhere = await opened(db, new_id, contact="c2")
    async with db.transaction() as tx:
        for id in (elsewhere, human, danger):
            await tickets.take(tx, id, ANNA, NOW)
            await tickets.with_desk(tx, id)
    found = await tickets.live(db, "c1")
    assert found is not None
    assert found.id == danger
    async with db.transaction() as tx:
        assert await tickets.alone(tx, "c1") == [danger]
        assert await tickets.alone(tx, "c1") == []
    assert await tickets.live(db, "c1") is None
    again = await tickets.get(db, danger)
    assert again is not None
    assert again.status == "open", "nobody's any more"
    other = await tickets.live(db, "c2")
    assert other is not None
    assert other.id == elsewhere


async def test_danger_stands_first_then_who_waits_in_their_talk(db: Database, new_id: NewId) -> None:
    notice, human, danger = [
        await opened(db, new_id, kind, f"c-{kind}") for kind in ("notice_not_sent", "human", "danger")
    ]
    async with db.transaction() as tx:
        await tickets.with_desk(tx, human)
    assert [row.id for row in await tickets.listed(db)] == [danger, human, notice]
    async with db.transaction() as tx:
        await tickets.close(tx, danger, "solved", NOW)
        await tickets.take(tx, notice, ANNA, NOW)
    assert [row.id for row in await tickets.listed(db, ["open"])] == [human]
    assert [row.id for row in await tickets.listed(db, ["taken"])] == [notice]
    assert [row.id for row in await tickets.listed(db, ["closed"])] == [danger]
    assert [row.id for row in await tickets.of_contacts(db, ["c-human", "c-danger"])] == [human, danger]
    assert await tickets.of_contacts(db, []) == []


async def test_what_is_said_is_sealed_and_what_cannot_be_stored_is_replaced(db: Database, new_id: NewId) -> None:
    id = await opened(db, new_id, context={"step": "book.slot", "phone": "+33639980011"}, person="p1")
    async with db.transaction() as tx:
        await tickets.entry(tx, id, "wrote", NOW, words="canary \ud800 \0")
    (row,) = await db.fetch("SELECT words FROM ticket_entry WHERE kind = 'wrote'")
    assert b"canary" not in row["words"]
    assert [entry.words for entry in await tickets.entries(db, id)] == [None, "canary � �"]
    found = await tickets.get(db, id)
    assert found is not None
    assert found.context == {"step": "book.slot", "phone": "+33639980011"}


async def test_words_and_contexts_get_the_new_key(db: Database, database_url: str, new_id: NewId) -> None:
    id = await opened(db, new_id, context={"step": "book.slot"})
    async with db.transaction() as tx:
        await tickets.entry(tx, id, "note", NOW, words="canary")
    turned = await Database.open(database_url, Vault(SECRET, KEYS[::-1]))
    try:
        assert await rotation.reseal(turned) == rotation.Resealed(2, 0)
        assert await rotation.reseal(turned) == rotation.Resealed(0, 0)
        assert [entry.words for entry in await tickets.entries(turned, id)] == [None, "canary"]
    finally:
        await turned.close()


@pytest.mark.parametrize("closes", [True, False])
async def test_what_was_said_goes_after_the_end_and_never_before(db: Database, new_id: NewId, *, closes: bool) -> None:
    id = await opened(db, new_id, context={"step": "book.slot"})
    async with db.transaction() as tx:
        await tickets.entry(tx, id, "wrote", NOW, words="canary")
        if closes:
            await tickets.close(tx, id, "solved", NOW)
    assert await purge.purge(db, NOW + 90 * DAY) == {}
    ended = await purge.purge(db, NOW + 90 * DAY + SECOND)
    assert ended == ({"words of closed tickets": 1, "contexts of closed tickets": 1} if closes else {})
    assert await purge.purge(db, NOW + 365 * DAY) == {}
    ended = await purge.purge(db, NOW + 365 * DAY + SECOND)
    assert ended == ({"entries of closed tickets": 2, "closed tickets": 1} if closes else {})


async def test_how_much_waits_for_the_desk(db: Database, new_id: NewId) -> None:
    """One that was left is as old as that: it was somebody's until then."""
    assert await desk_figures.figures(db) == desk_figures.Figures(0, 0, None)
    left, taken, waits, done = [await opened(db, new_id, contact=name) for name in ("c1", "c2", "c3", "c4")]
    async with db.transaction() as tx:
        for id in (left, taken, done):
            await tickets.take(tx, id, ANNA, NOW)
        await tickets.with_desk(tx, left)
        await tickets.close(tx, done, "solved", NOW)
    assert await desk_figures.figures(db) == desk_figures.Figures(3, 1, NOW)
    async with db.transaction() as tx:
        await tickets.alone(tx, "c1")
        await tickets.entry(tx, left, "left", NOW + DAY)
        await tickets.take(tx, waits, BEN, NOW)
    assert await desk_figures.figures(db) == desk_figures.Figures(3, 1, NOW + DAY)
