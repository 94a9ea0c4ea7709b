"""One inbox row, one transaction: what a turn leaves behind, what is set aside, and who may do what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from booking.authority import AFTERWARDS, WorkerActor
from booking.model import AppointmentId, ContactId, WorkerId
from booking.ports import AlreadyOver, Cancelled
from bot.work import tidy
from conversations.model import Context, Finish, Flow, Outcome
from conversations.text import t
from handlers.acting import Acting
from handlers.turns import ALIKE, EVER, take_next
from storage import audit, contacts, inbox
from storage.booking import RowStore
from tests.guards import guards
from tests.handlers.path.place import CAMILLE, LATER, SAM, Place


def broken(place: Place, *errors: type[Exception]) -> None:
    """PRIVATE breaks, with these errors in turn."""
    turns = iter(errors * EVER)

    async def finish(c: Context) -> Outcome:
        if (error := next(turns, None)) is not None:
            raise error(CAMILLE)
        return Finish(t("language.done"))

    flows = {**place.parts.flows, "private": Flow("private", version=1, steps=(), finish=finish)}
    place.parts = replace(place.parts, flows=flows)


async def test_poison_stands_aside_with_one_apology_and_the_next_is_heard(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    broken(place, ValueError)
    await place.comes("sms", CAMILLE, text="prive")
    await place.comes("sms", CAMILLE, text="aide")
    await place.settle()
    sorry, helped = place.new("sms", CAMILLE)
    assert "01 99 00 00 09" in sorry
    assert helped != sorry
    assert place.alarm_codes() == ["inbox_parked"]
    assert place.figure("inbound_messages_total", channel="sms", outcome="parked") == 1
    (parked,) = await inbox.parked(place.parts.db, 9)
    assert (parked.attempts, parked.reason) == (ALIKE, "failed: ValueError")


async def test_errors_that_take_turns_are_set_aside_too(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    broken(place, ValueError, KeyError)
    await place.says("sms", CAMILLE, "prive")
    (parked,) = await inbox.parked(place.parts.db, 9)
    assert parked.attempts == EVER


async def test_a_mended_row_is_answered_although_it_was_apologised_for(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    whole = place.parts
    broken(place, ValueError)
    assert len(await place.says("sms", CAMILLE, "prive")) == 1
    place.parts = whole
    (parked,) = await inbox.parked(place.parts.db, 9)
    assert await inbox.retry(place.parts.db, parked.id)
    await place.settle()
    (answer,) = place.new("sms", CAMILLE)
    assert "employeur" in answer


async def test_a_turn_that_is_rolled_back_counts_nothing(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    before = place.parts.metrics.text()[0]
    broken(place, ValueError)
    contact = await place.comes("sms", CAMILLE, text="prive")
    assert contact is not None
    assert await take_next(place.parts, contact)
    assert place.parts.metrics.text()[0] == before


async def test_what_cannot_be_read_waits_for_a_human(place: Place) -> None:
    await place.comes("sms", CAMILLE, nonsense=True)
    await place.settle()
    assert place.alarm_codes() == ["inbox_parked"]


async def test_a_terminals_messages_are_left_to_its_own_process(place: Place) -> None:
    await place.comes("terminal", "tty", text="bonjour")
    await place.settle()
    assert (await inbox.figures(place.parts.db)).unread == 1
    assert place.alarms == []


# ------------------------------------------------------------ who it is


@guards("T04", partly=True)
async def test_not_me_shows_nothing_more_of_whoever_had_this_telephone(place: Place) -> None:
    await place.says("sms", CAMILLE, *LATER)
    await place.says("sms", CAMILLE, "pas moi")
    contact = await place.contact("sms", CAMILLE)
    assert (contact.person_id, contact.opted_out_at) == (None, place.clock.now)
    (shown,) = await place.says("sms", CAMILLE, "mes rendez-vous")
    assert "9 mars" not in shown
    await place.passes(days=5)
    assert place.new("sms", CAMILLE) == []
    assert place.alarm_codes() == ["desk_not_me", "nobody_to_tell"]


async def test_a_language_reaches_the_contact_and_the_person(place: Place) -> None:
    await place.books()
    await place.says("sms", CAMILLE, "english")
    contact = await place.contact("sms", CAMILLE)
    assert contact.lang == "en"
    async with place.parts.db.transaction() as tx:
        person = await RowStore(tx, place.parts.directories).person_of(ContactId(contact.id))
    assert person is not None
    assert person.language == "en"


async def test_an_apps_user_id_and_its_number_are_one_contact(place: Place) -> None:
    first = await place.comes("whatsapp", SAM, alias="FR.1234", text="bonjour")
    assert await place.comes("whatsapp", "FR.1234", text="aide") == first
    hidden = await place.comes("whatsapp", "FR.99", text="bonjour")
    assert await place.comes("whatsapp", CAMILLE, alias="FR.99", text="aide") == hidden
    assert await place.comes("whatsapp", CAMILLE, text="aide") == hidden
    assert await place.comes("sms", SAM, text="aide") not in {first, hidden}


# ------------------------------------------------------------ authority


async def appointment(place: Place) -> AppointmentId:
    rows = await place.parts.db.fetch("SELECT id FROM appointment WHERE status = 'booked'")
    return AppointmentId(rows[0]["id"])


@guards("T02", partly=True)
async def test_nobody_cancels_what_is_not_theirs_whatever_id_they_name(place: Place) -> None:
    await place.books()
    await place.says("sms", SAM, "bonjour")
    id = await appointment(place)
    for address, expected in ((SAM, AlreadyOver), (CAMILLE, Cancelled)):
        contact = await place.contact("sms", address)
        async with place.parts.db.transaction() as tx:
            store = RowStore(tx, place.parts.directories)
            core = Acting(tx, store, place.parts.rules, place.clock.now, place.parts.new_id, contact=contact)
            assert isinstance(await core.cancel(id, "person"), expected)
    deeds = [(deed.actor.split(":")[0], deed.action) for deed in await audit.of(place.parts.db, f"appointment:{id}")]
    assert deeds == [("person", "cancel"), ("nobody", "cancel refused"), ("person", "book")]


@guards("T23", partly=True)
async def test_a_worker_sees_their_own_agenda_only_and_it_is_noted(place: Place) -> None:
    await place.books()
    now, id = place.clock.now, await appointment(place)
    async with place.parts.db.transaction() as tx:
        store = RowStore(tx, place.parts.directories)
        booked = await store.appointment(id)
        assert booked is not None
        for actor, count in ((WorkerActor(WorkerId("somebody")), 0), (WorkerActor(booked.worker), 1)):
            core = Acting(tx, store, place.parts.rules, now, place.parts.new_id, actor=actor)
            assert len(await core.agenda(booked.worker, now, now + timedelta(days=7))) == count
            assert (await core.entry(id, booked.worker) is not None) == bool(count)
        late = booked.end + AFTERWARDS + timedelta(seconds=1)
        core = Acting(tx, store, place.parts.rules, late, place.parts.new_id, actor=WorkerActor(booked.worker))
        assert await core.agenda(booked.worker, now, late) == []
        assert await core.entry(id, booked.worker) is None
    seen = [(deed.actor, deed.action) for deed in await audit.of(place.parts.db, f"appointment:{id}")]
    assert seen[:2] == [(f"worker:{booked.worker}", "see")] * 2, "of the list, and of the one hour"


# ------------------------------------------------------------ once a day


async def test_machine_rows_are_purged_once_a_day_by_one_of_all(place: Place) -> None:
    await place.says("sms", CAMILLE, "bonjour")
    place.clock.now += timedelta(days=3)
    for owner in ("one", "two"):
        await tidy(place.parts, owner)
    assert [deed.actor for deed in await audit.of(place.parts.db, "database")] == ["process:one"]
    rows = await place.parts.db.fetch("SELECT body FROM inbox")
    assert [row["body"] for row in rows] == [None]
    place.clock.now += timedelta(days=1)
    await tidy(place.parts, "two")
    assert len(await audit.of(place.parts.db, "database")) == 2
    found = await contacts.find(place.parts.db, "sms", CAMILLE)
    assert found is not None, "what belongs to a person has lifetimes of its own"
