"""What people do with their own data in the talk, on rows: frozen, objecting, instructed; each noted, each a ticket."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from booking.authority import DeskActor
from booking.model import ContactId, Mode, Motive, PersonId, Waiting, WaitingId, Wish
from booking.ports import Refused
from conversations.text import t
from handlers.acting import Acting
from handlers.effects import Notice, ToPerson
from storage import audit, contacts, tickets
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, LATER, SAM, Place
from tests.handlers.path.test_what_comes_to_the_desk import follows
from tests.handlers.path.test_workday import booked, goes_to

pytestmark = pytest.mark.sampled


async def person_of(place: Place) -> str:
    return (await place.contact("sms", CAMILLE)).person_id or ""


async def freezes(place: Place) -> None:
    await place.says("sms", CAMILLE, "mes données", "4", "1")


async def noted(place: Place) -> list[tuple[str, str]]:
    person = await person_of(place)
    return [(deed.actor, deed.action) for deed in reversed(await audit.of(place.parts.db, f"person:{person}"))]


async def suppressed(place: Place, kind: str) -> list[str | None]:
    rows: list[Any] = await place.parts.db.fetch("SELECT status, reason FROM outbox WHERE kind = ?", kind)
    return [row["reason"] for row in rows if row["status"] == "suppressed"]


@guards("G07")
async def test_a_frozen_account_has_no_new_hour_whoever_wants_it(place: Place) -> None:
    """By a link of the agenda, by the desk, by the API: they all ask the core."""
    hour = await booked(place)
    await freezes(place)
    person = await person_of(place)
    parts = place.parts
    async with parts.db.transaction() as tx:
        store = RowStore(tx, parts.directories)
        core = Acting(tx, store, parts.rules, place.clock.now, parts.new_id, actor=DeskActor(), called="operator:o1")
        known = await core.known(hour["contact_id"])
        assert known.refused == Refused("frozen")
        assert [a.id for a in known.upcoming] == [hour["id"]], "what stands stays"
        assert await core.instead_of(hour["id"], 3) == ()
    assert await noted(place) == [(f"person:{person}", "restrict")]
    await place.says("sms", CAMILLE, "libérer mon compte", "1")
    async with parts.db.transaction() as tx:
        free = await RowStore(tx, parts.directories).person(PersonId(person))
        assert free is not None
        assert free.frozen is None
    assert [action for _, action in await noted(place)] == ["restrict", "restrict"]


@guards("G07", partly=True)
async def test_what_was_begun_on_another_channel_keeps_nothing_more(place: Place) -> None:
    """They froze the account elsewhere: the hours still stand on this screen, with the waiting list below them."""
    await place.books()
    await place.says("telegram", "900000000000011", "bonjour")
    there, person = await place.contact("telegram", "900000000000011"), await person_of(place)
    async with place.parts.db.transaction() as tx:
        await contacts.link_person(tx, there.id, person)
    await place.says("sms", CAMILLE, "je voudrais un autre rendez-vous", "1")
    await place.says("telegram", "900000000000011", "geler mon compte", "1")
    assert "gelé" in (await place.says("sms", CAMILLE, "1"))[-1]
    assert await place.parts.db.fetch("SELECT id FROM hold") == []


@guards("G07", partly=True)
async def test_what_is_kept_for_them_on_any_channel_goes(place: Place) -> None:
    """An hour that is held by SMS, and a place on the waiting list, when they freeze their account on Telegram."""
    await place.says("sms", CAMILLE, *LATER)
    await place.says("telegram", "900000000000011", "bonjour")
    here, there = await place.contact("sms", CAMILLE), await place.contact("telegram", "900000000000011")
    person, db = PersonId(await person_of(place)), place.parts.db
    await place.says("sms", CAMILLE, "rdv", "1", "2")
    waits = Waiting(WaitingId("w1"), ContactId(here.id), person, Wish(Motive.FINANCE, Mode.PHONE), place.clock.now)
    async with db.transaction() as tx:
        await contacts.link_person(tx, there.id, person)
        await RowStore(tx, place.parts.directories).save_waiting(waits)
    assert len(await db.fetch("SELECT id FROM hold")) == 1
    await place.says("telegram", "900000000000011", "geler mon compte", "1")
    assert await db.fetch("SELECT id FROM hold") == []
    assert [row["status"] for row in await db.fetch("SELECT status FROM waiting")] == ["left"]
    assert len(await db.fetch("SELECT id FROM appointment WHERE status = 'booked'")) == 1, "what stands stays"


@guards("G07")
async def test_nothing_more_is_asked_of_who_froze_their_account(place: Place) -> None:
    hour = await booked(place)
    await freezes(place)
    person = PersonId(await person_of(place))
    for kind in ("feedback", "freed", "offer", "cancelled"):
        await follows(place, Notice(ToPerson(person), kind, (t("human.left"),), urgent=True))
    assert [await suppressed(place, kind) for kind in ("feedback", "freed", "offer")] == [["frozen"]] * 3
    assert await suppressed(place, "cancelled") == [], "news of an hour that stands still come"
    await goes_to(place, hour["start_at"] + timedelta(minutes=10))
    place.new("sms", CAMILLE)
    await place.says("sms", hour["phone"], "1")
    await goes_to(place, hour["start_at"] + timedelta(days=2))
    assert [said for said in place.new("sms", CAMILLE) if "comment" in said.casefold()] == []
    assert await suppressed(place, "feedback") == ["frozen"], "nor is a question open that nobody read"


@guards("G07")
async def test_who_objects_is_not_asked_how_it_was(place: Place) -> None:
    hour = await booked(place)
    await place.says("sms", CAMILLE, "mes données", "5", "1")
    person = PersonId(await person_of(place))
    await follows(place, Notice(ToPerson(person), "feedback", (t("human.left"),), urgent=True))
    assert await suppressed(place, "feedback") == ["objected"]
    await goes_to(place, hour["start_at"] + timedelta(minutes=10))
    await place.says("sms", hour["phone"], "1")
    await goes_to(place, hour["start_at"] + timedelta(days=2))
    assert await suppressed(place, "feedback") == ["objected"], "nor is a question open that nobody read"


@guards("G08", partly=True)
async def test_instructions_are_sealed_and_the_last_one_counts(place: Place) -> None:
    await booked(place)
    await place.says("sms", CAMILLE, "mes données", "6", "2", "Ma soeur Anne, 06 39 98 00 77", "mes directives", "1")
    rows = await place.parts.db.fetch("SELECT * FROM instruction ORDER BY made_at, id")
    assert [row["wish"] for row in rows] == ["hand_over", "erase"]
    assert [row["revoked_at"] is None for row in rows] == [False, True]
    assert b"Anne" not in bytes(rows[0]["trusted"])
    assert [action for _, action in await noted(place)] == ["instruct", "instruct"]
    await place.says("sms", CAMILLE, "mes directives", "3")
    rows = await place.parts.db.fetch("SELECT id FROM instruction WHERE revoked_at IS NULL")
    assert rows == []


@guards("G10")
@pytest.mark.parametrize(("number", "kind"), [("4", "pause"), ("5", "object")])
async def test_what_was_answered_at_once_leaves_a_closed_ticket(place: Place, number: str, kind: str) -> None:
    await booked(place)
    await place.says("sms", CAMILLE, "mes données", number, "1")
    (ticket,) = await tickets.listed(place.parts.db, ["closed"])
    assert (ticket.kind, ticket.subject, ticket.outcome) == ("privacy", f"request:{kind}", "solved")
    assert "desk_privacy" not in place.alarm_codes()
    await place.says("sms", CAMILLE, "mes données", "7", "mes données", "5", "1")
    (waits,) = await tickets.listed(place.parts.db)
    assert waits.subject == "request:other"
    entries = [entry.detail for entry in await tickets.entries(place.parts.db, waits.id)]
    then = "request:accept" if kind == "object" else "request:object"
    assert entries == ["request:other", then], "it holds what comes while it waits"
    assert place.alarm_codes() == ["desk_privacy"]


@guards("G10", partly=True)
async def test_the_desk_reads_what_was_asked_in_their_words(place: Place) -> None:
    """One ticket, told of once; noted as soon as it is asked, whether they say more or not. A stranger has one, too."""
    words = "je voudrais savoir qui a lu mes messages"
    await booked(place)
    place.alarms.clear()
    await place.says("sms", CAMILLE, "mes données", "7")
    (ticket,) = await tickets.listed(place.parts.db)
    assert [(entry.kind, entry.words) for entry in await tickets.entries(place.parts.db, ticket.id)] == [
        ("opened", None)
    ]
    await place.says("sms", CAMILLE, words)
    entries = [(entry.kind, entry.words) for entry in await tickets.entries(place.parts.db, ticket.id)]
    assert entries == [("opened", None), ("wrote", words)]
    assert place.alarm_codes().count("desk_privacy") == 1
    await place.says("sms", SAM, "je veux mes données personnelles")
    (other,) = [each for each in await tickets.listed(place.parts.db) if each.id != ticket.id]
    assert [entry.words for entry in await tickets.entries(place.parts.db, other.id)][
        -1
    ] == "je veux mes données personnelles"
